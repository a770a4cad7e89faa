"""vvipe lift: pictures, a video or a detector's keypoints in; a body to look at, and its numbers, out."""

import dataclasses
import json
import re
import time
from pathlib import Path

import numpy as np

from .. import __version__

DEFAULT_FPS = 30.0
HELP = "lift the person in a video, in pictures or in a detections file to a 3D body: a page, a video, numbers"


def add_arguments(command) -> None:
    """Declare the command's arguments and what runs it."""
    command.set_defaults(run=run)
    add = command.add_argument
    add("input", nargs="?", help="a video, a picture, or a folder of pictures; with --keypoints it may be left out")
    add("--keypoints", metavar="PATH", help="a detector's file: OpenPose's folder, AlphaPose's or COCO's JSON, .npz")
    add("--skeleton", help='its joints where the file cannot say, such as "body_25b"')
    add("--person", type=int, metavar="TRACK", help="whom to follow (default: the largest who stays near)")
    add("--fps", type=float, help=f"frames a second (default: the video's, else {DEFAULT_FPS:g})")
    add("--no-smooth", dest="smooth", action="store_false", help="lift each frame alone; gaps are filled all the same")
    add("--smooth", dest="smooth", action="store_true", default=True, help="smooth in the latent space (the default)")
    add("--reference", metavar="TRC", help="a Pose2Sim .trc with as many frames, to be compared with: PA-MPJPE")
    add("--out", help="the folder to write to (default: runs/lift/NAME)")
    add("--model", help="a model's .safetensors (default: the weights for detections that come with the package)")
    add("--detector", default="balanced", help='"lightweight", "balanced" or "performance": the networks to fetch')
    add("--detector-weights", metavar="ONNX", help="a YOLOX .onnx that finds people, instead of fetching it")
    add("--pose-weights", metavar="ONNX", help="an RTMPose .onnx; RTMO's needs no --detector-weights")
    add("--device", default="cpu", help='where the detector runs: "cpu", "cuda" or "mps"')


def run(args) -> None:
    """Lift, write lift.html, lift.mp4, lift.npz and lift.json, and print the table."""
    from ..lift.sequence import lift_sequence
    from ..lift.smoothing import Smoothing
    from ..lift.video import Frames

    if args.input is None and args.keypoints is None:
        raise ValueError("nothing to lift: give a video, a picture or a folder of pictures, or --keypoints PATH.")
    frames = Frames(args.input) if args.input else None
    out = Path(args.out or f"runs/lift/{_name(args)}")
    detector = None if args.keypoints else _detector(args)
    reference = _reference(args.reference)
    out.mkdir(parents=True, exist_ok=True)
    found = _found(args, frames, detector, out)
    points, sure, frame, n, why = _one_person(found, args.person, frames)
    fps = args.fps or (frames.fps if frames else None) or DEFAULT_FPS
    told = "" if args.fps or (frames and frames.fps) else " (assumed: the input does not say; set it with --fps)"
    print(f"person: {why}\n{n} frames, {fps:g} a second{told}")
    model, weights = _model(args.model)
    smoothing = Smoothing() if args.smooth else None
    start = time.perf_counter()
    lifted = lift_sequence(model, points, sure, frame, n, fps, smoothing)
    alone = lift_sequence(model, points, sure, frame, n, fps, None)
    spent = time.perf_counter() - start
    about = {
        "version": __version__, "weights": weights, "detector": detector.weights if detector else None,
        "input": args.input and Path(args.input).name, "keypoints": args.keypoints and Path(args.keypoints).name,
        "joints": list(found.joint_names), "person": why, "fps": fps,
        "smoothing": dataclasses.asdict(smoothing) if smoothing else None,
    }  # fmt: skip
    errors = _errors(model, lifted, alone, reference)
    files = _write(out, lifted, frames, fps, about | {"pa_mpjpe_mm": errors}, _name(args))
    _print(lifted, errors, files, spent)


def _name(args) -> str:
    path = Path(args.input or args.keypoints).resolve()
    return path.name if path.is_dir() else path.stem


def _detector(args):
    from ..lift.detector import Detector

    return Detector(args.detector_weights, args.pose_weights, args.detector, args.device)


def _reference(path) -> np.ndarray | None:
    """Triangulated poses (n, 13, 3) in metres, NaN where missing."""
    if path is None:
        return None
    from .. import skeleton
    from ..datasets.pose2sim import read_trc

    poses, names = read_trc(path)
    rows = [poses[:, places].mean(1) for places in skeleton.derived_joints(names, "paper_13")]
    return np.stack(rows, 1)


def _found(args, frames, detector, out: Path):
    """The detections: as given, or found in every frame and kept in detections.json."""
    from tqdm.auto import tqdm

    from ..datasets import read_detections

    if detector is None:
        return read_detections(args.keypoints, args.skeleton)
    from ..lift.detector import detect_to

    path, start, total = out / "detections.json", time.perf_counter(), len(frames.files) or None
    n = detect_to(path, detector, tqdm(frames, desc="finding people", unit="frame", total=total, leave=False))
    seconds = time.perf_counter() - start
    print(f"found people in {n} frames, {n / seconds:.1f} frames a second; kept in {path}, to go behind --keypoints")
    return read_detections(path)


def _one_person(found, track: int | None, frames):
    """Keypoints (rows, 13, 2), confidence, frames' numbers, how many frames there are, and who was chosen, in words."""
    choice = found.choice(track)
    if not len(choice.rows):
        raise ValueError("nobody was found in any frame, so there is no body to lift. Try another detector or video.")
    one = found[choice.rows]
    points, sure = one.to_paper_13()
    frame, n = _numbers(one, found, frames)
    return points, sure, frame, n, choice.why


def _numbers(one, found, frames) -> tuple[np.ndarray, int]:
    """Which frame of the input each row belongs to: by the picture's name where names agree, else by its number."""
    if frames is None or not one.image[0]:
        return one.frame, found.n_frames
    stems = [Path(name).stem for name in one.image]
    places = {path.stem: i for i, path in enumerate(frames.files)}
    if frames.files and all(stem in places for stem in stems):
        return np.array([places[stem] for stem in stems]), len(frames.files)
    if not frames.files and all(re.fullmatch(r"[0-9]{1,9}", stem) for stem in stems):  # AlphaPose numbers from 0
        number = np.array([int(stem) for stem in stems])
        shift = number - one.frame
        if shift[0] > 0 and (shift == shift[0]).all():
            return number, int(found.n_frames + shift[0])
    return one.frame, found.n_frames


def _model(path):
    """The model and the SHA-256 of each of its files."""
    from .._files import sha256
    from ..models.storage import WEIGHTS, load, load_pretrained

    if path is None:
        registry = json.loads((WEIGHTS / "registry.json").read_text())
        return load_pretrained("detected"), registry.get("detected", registry["exact"])
    model = load(path)
    if getattr(model, "keypoint_encoder", None) is None:
        raise ValueError(f"{path} holds no 2D encoder and decoder, so it cannot lift; a V-VIPE was wanted.")
    return model, {Path(path).name: sha256(path)}


def _errors(model, lifted, alone, reference) -> dict[str, float] | None:
    """Median PA-MPJPE in mm to the reference over the frames that both have: lifted, each frame alone, mean pose."""
    if reference is None:
        return None
    from ..metrics import pa_mpjpe

    n = min(len(reference), len(lifted))
    both = lifted.there[:n] & np.isfinite(reference[:n]).all((1, 2))
    if not both.any():
        raise ValueError(f"the reference has {len(reference)} frames, none of which has a lifted pose to compare with.")
    if len(reference) != len(lifted):
        print(f"the reference has {len(reference)} frames, the input {len(lifted)}: the first {n} are compared")
    mean = model.decode(np.asarray(model.latent_mean)[None])
    which = {
        "lifted": (lifted.poses[:n], both), "each frame alone": (alone.poses[:n], both & lifted.seen[:n]),
        "mean training pose": (np.broadcast_to(mean, (n, 13, 3)), both),
    }  # fmt: skip
    errors = {name: pa_mpjpe(p[rows].astype(np.float64), reference[:n][rows]) for name, (p, rows) in which.items()}
    return {name: round(1000 * float(np.median(e)), 2) for name, e in errors.items() if len(e)}


def _write(out: Path, lifted, frames, fps: float, about: dict, name: str) -> list[Path]:
    """All files; the video is left out where PyAV is not installed, and one frame becomes a picture."""
    from tqdm.auto import tqdm

    from ..lift.drawing import side_by_side
    from ..lift.page import Thumbnails, save_page
    from ..lift.video import NEED_VIDEO, NoVideo, write_video

    thumbnails, files = Thumbnails(), [_npz(out / "lift.npz", lifted), _json(out / "lift.json", lifted, about)]
    source = thumbnails.watch(frames) if frames else None
    drawn = tqdm(side_by_side(lifted, source, fps), total=len(lifted), desc="drawing", unit="frame", leave=False)
    try:
        if len(lifted) == 1:
            files.append(_png(out / "lift.png", next(iter(drawn))))
        else:
            write_video(out / "lift.mp4", drawn, fps)
            files.append(out / "lift.mp4")
    except NoVideo:
        print(f"lift.mp4 is left out: {NEED_VIDEO}")
        for _ in source or ():  # the page wants the frames all the same
            pass
    if frames and thumbnails.count < len(lifted):
        print(f"there are keypoints of {len(lifted)} frames but only {thumbnails.count} pictures: the last one stays")
    return [save_page(out / "lift.html", lifted, fps, thumbnails, name), *files]


def _png(path: Path, picture: np.ndarray) -> Path:
    from PIL import Image

    from .._files import atomic_path

    with atomic_path(path) as temporary:
        Image.fromarray(picture).save(temporary, "PNG")
    return path


def _npz(path: Path, lifted) -> Path:
    from .._files import atomic_path
    from ..skeleton import PAPER_13

    arrays = {f.name: np.asarray(getattr(lifted, f.name)) for f in dataclasses.fields(lifted)}
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, joint_names=np.array(PAPER_13), **arrays)
    return path


def _json(path: Path, lifted, about: dict) -> Path:
    """The same to read: one line a frame. Poses in metres of one standard body, keypoints as x, y, confidence."""
    from .._files import atomic_path
    from ..skeleton import PAPER_13

    head = about | {"joint_names": PAPER_13, "bodies": "canonical: +x to the person's left, +y up, +z forward, metres"}
    with atomic_path(path) as temporary, open(temporary, "w") as file:
        file.write(json.dumps(head, indent=1)[:-2] + ',\n "frames": [\n')
        for k in range(len(lifted)):
            file.write("  " + json.dumps(_row(lifted, k)) + (",\n" if k + 1 < len(lifted) else "\n"))
        file.write(" ]\n}\n")
    return path


def _row(lifted, k: int) -> dict:
    state = "seen" if lifted.seen[k] else "filled" if lifted.filled[k] else "missing"
    row = {"frame": k, "state": state}
    if state == "seen":
        flat = np.concatenate([lifted.keypoints[k], lifted.confidence[k][:, None]], -1)
        row["keypoints"] = flat.astype(float).round(2).tolist()
    if state != "missing":
        row["z"], row["pose"] = (a[k].astype(float).round(4).tolist() for a in (lifted.z, lifted.poses))
    return row


def _print(lifted, errors: dict | None, files: list[Path], spent: float) -> None:
    n, seen, filled = len(lifted), int(lifted.seen.sum()), int(lifted.filled.sum())
    print(f"lifted twice (smoothed and not), {2 * n / max(spent, 1e-9):.0f} frames a second\n")
    print("| frames | seen | filled | left empty |\n|---|---|---|---|")
    print(f"| {n} | {seen} | {filled} | {n - seen - filled} |\n")
    if errors:
        print("| to the reference | PA-MPJPE, median |\n|---|---|")
        print("\n".join(f"| {name} | {value:.0f} mm |" for name, value in errors.items()) + "\n")
    print("| file | kB |\n|---|---|")
    print("\n".join(f"| {path} | {path.stat().st_size / 1000:.0f} |" for path in files))
