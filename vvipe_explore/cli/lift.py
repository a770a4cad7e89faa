"""`vvipe lift`: a video, pictures or detections go in; a page, a video and the numbers come out."""

import argparse
import dataclasses
import json
import re
import shlex
import time
from pathlib import Path

from .. import __version__
from .shared import DEFAULT_FPS, FORMATS_HELP, formats, one_line_warnings, table_of_files

DETECTIONS = "detections.json"
HELP = "lift the person in a video, in pictures or in detections to 3D; write a page, a video and the numbers"


def add_arguments(command) -> None:
    """Declare the command's arguments and what runs it."""
    command.set_defaults(run=run)
    add = command.add_argument
    add("input", nargs="?", help="video, picture or folder of pictures; optional with --keypoints")
    add("--keypoints", metavar="PATH",
        help="use these detections, not the detector: a file or folder of OpenPose, AlphaPose, COCO, MediaPipe, "
        "Ultralytics, MMPose, DeepLabCut, ...; JSON, CSV, .npz")  # fmt: skip
    add("--skeleton", metavar="NAMES",
        help='joints, in order, if the file does not say: "body_25b", a JSON list of names, or its file')  # fmt: skip
    add("--size", metavar="WxH", type=_size,
        help="size of the pictures, such as 1920x1080, if keypoints are parts of it "
        "(default: that of input)")  # fmt: skip
    add("--person", type=int, metavar="TRACK", help="track to follow (default: the largest person who stays near)")
    add("--fps", type=float, help=f"frames a second (default: the video's, the keypoints', or else {DEFAULT_FPS:g})")
    add("--smooth", action=argparse.BooleanOptionalAction, default=True,
        help="smooth over time (the default), or lift each frame alone; both fill short gaps")  # fmt: skip
    add("--fit", action=argparse.BooleanOptionalAction, default=True,
        help="fit each body to its keypoints, where the model says how unsure it is (the default), or take it as the "
        "2D encoder gives it")  # fmt: skip
    add("--reference", metavar="TRC", help="Pose2Sim .trc with the true poses; print the PA-MPJPE to them")
    add("--out", metavar="FOLDER", help="folder to write to (default: runs/lift/NAME)")
    add("--export", metavar="FORMATS", type=formats, default=[],
        help=f"{FORMATS_HELP} (motion.bvh, ...: the person in place, feet on the ground)")  # fmt: skip
    add("--level", action=argparse.BooleanOptionalAction, default=True,
        help="in what is exported, stand the person upright if they stand straight for a while (the default), or leave "
        "them tilted as the camera is")  # fmt: skip
    add("--model", metavar="FILE", help="model's .safetensors (default: the shipped weights for detections)")
    add("--detector", metavar="NAME", default="blazepose",
        help='"blazepose", or rtmlib\'s "lightweight", "balanced" or "performance" (default: %(default)s)')  # fmt: skip
    add("--detector-weights", metavar="ONNX", help="rtmlib: YOLOX .onnx that finds people (default: fetch it)")
    add("--pose-weights", metavar="ONNX",
        help="rtmlib: RTMPose .onnx that finds keypoints (default: fetch it); RTMO's .onnx does both")  # fmt: skip
    add("--device", default="cpu", help='where rtmlib runs: "cpu", "cuda" or "mps" (default: %(default)s)')


def _size(text: str) -> tuple[int, int]:
    """Read 1920x1080 as a width and a height."""
    sides = re.fullmatch(r"([1-9]\d{0,5})\s*[xX*,]\s*([1-9]\d{0,5})", text.strip())
    if sides is None:
        raise argparse.ArgumentTypeError(f"expected width x height in pixels, such as 1920x1080, got {text!r}")
    return int(sides[1]), int(sides[2])


def run(args) -> None:
    """Lift, write lift.html, lift.mp4, lift.npz and lift.json, and print the table. A warning is one line."""
    with one_line_warnings():
        _lift(args)


def _lift(args) -> None:
    from ..lift.reference import read_reference
    from ..lift.video import Frames

    if args.input is None and args.keypoints is None:
        raise ValueError("nothing to lift; give a video, a picture or a folder of pictures, or --keypoints PATH.")
    frames = Frames(args.input) if args.input else None
    reference = read_reference(args.reference) if args.reference else None
    path = Path(args.input or args.keypoints).resolve()
    title = path.name if path.is_dir() else path.stem
    out = Path(args.out or f"runs/lift/{title}")
    found, networks, searching = _detections(args, frames, out)
    choice = found.choice(args.person)
    if not len(choice.rows):
        raise ValueError("nobody was found in any frame, so there is no body to lift; try another detector or video.")
    lifted, about, lifting = _lifted(args, found, choice, frames, reference)
    about |= {
        "version": __version__, "detector": networks, "joints": list(found.joint_names), "person": choice.why,
        "input": args.input and Path(args.input).name, "keypoints": args.keypoints and Path(args.keypoints).name,
    }  # fmt: skip
    files = _write(args, found, choice, frames, lifted, about, title, out)
    rate, source = 1 / max(searching + lifting, 1e-9), "pictures" if searching else "keypoints"
    print(f"{rate:.1f} frames a second from {source} to bodies, before they are drawn\n")
    _print_tables(lifted, about["pa_mpjpe_mm"], files)


def _lifted(args, found, choice, frames, reference):
    """Lift the chosen person and print how; give the lifted, what lift.json says of it, and the seconds a frame."""
    from ..lift.reference import errors_to
    from ..lift.sequence import LONGEST_GAP, lift_sequence
    from ..lift.smoothing import Smoothing, prepare
    from ..lift.video import match_frames

    one = found[choice.rows]
    frame, n, video = match_frames(one, found.n_frames, frames)
    fps, assumed = _fps(args, frames, found)
    clock = f"{n} frames, {fps:g} a second{assumed}" if video else f"{n} single pictures, each lifted by itself"
    print(f"person: {choice.why}\n{clock}")
    model, weights = _model(args.model)
    smoothing = Smoothing() if args.smooth and video else None
    points, confidence = one.to_paper_13()
    prepare()
    start = time.perf_counter()
    lifted = lift_sequence(model, points, confidence, frame, n, fps, smoothing, LONGEST_GAP if video else 0.0, args.fit)
    seconds = (time.perf_counter() - start) / n
    first, notes = _first_frame(found, frames, video, n, reference)
    if args.fit and not lifted.fitted:
        notes.append("bodies are not fitted to their keypoints: these weights predict no log_var")
    if not lifted.calibrated:
        why = "for these weights" if args.fit else "with --no-fit"
        notes.append(f"how far a joint may be off is not calibrated {why}")
    print("".join(f"{note}\n" for note in notes), end="")
    about = {
        "weights": weights, "fps": fps if video else None, "first_frame": first,
        "smoothing": dataclasses.asdict(smoothing) if smoothing else None, "fit": lifted.fitted,
        "pa_mpjpe_mm": None if reference is None else errors_to(reference, model, lifted, first),
    }  # fmt: skip
    return lifted, about, seconds


def _write(args, found, choice, frames, lifted, about: dict, title: str, out: Path) -> list[Path]:
    """Write all files and print what was left out; give the files."""
    from ..lift.detectors.search import unfinished
    from ..lift.outputs import save
    from ..lift.portraits import everyone
    from ..lift.video import match_frames

    exported = [lifted.export(out / f"motion.{name}", level=args.level) for name in args.export]
    single = about["fps"] is None
    people = [] if single else everyone(found, choice.rows, match_frames(found, found.n_frames, frames)[0])
    files, notes = save(out, lifted, frames, lifted.fps, about, title, people, _again(args, out), exported)
    unfinished(out / DETECTIONS).unlink(missing_ok=True)
    print("".join(f"{note}\n" for note in notes), end="")
    return files


def _again(args, out: Path) -> str:
    """Give the command that lifts from the same detections again; --person N goes behind it."""
    words = ["vvipe", "lift", *([args.input] if args.input else []), "--keypoints", args.keypoints or out / DETECTIONS]
    size, export = args.size and "{}x{}".format(*args.size), ",".join(args.export)
    options = {"skeleton": args.skeleton, "size": size, "fps": args.fps, "reference": args.reference, "out": args.out}
    for name, value in (options | {"export": export, "model": args.model}).items():
        words += [f"--{name}", value] if value else []
    words += [f"--no-{name}" for name in ("smooth", "fit", "level") if not getattr(args, name)]
    return shlex.join(map(str, words))


def _fps(args, frames, found) -> tuple[float, str]:
    """Give the frames a second, as asked for, as the video or the detections say, or the default; and what to say."""
    for rate in (args.fps, frames and frames.fps, found.fps):
        if rate is not None:
            return rate, ""
    return DEFAULT_FPS, " (assumed; set it with --fps)"


def _first_frame(found, frames, video: bool, n: int, reference) -> tuple[int, list[str]]:
    """Give the number of the first lifted frame in the recording, and notes for the user."""
    first = found.first if frames is None and video and found.first > 1 else 0
    if reference is not None and first >= len(reference):
        first = 0  # a number that does not count this recording's frames
    notes = [f"frame 0 is the keypoints' frame {first:,}"] * (first > 0)
    if reference is not None and len(reference) != n + first:
        notes.append(f"the reference has {len(reference)} frames, the input {n}; those that both have are compared")
    return first, notes


def _detections(args, frames, out: Path):
    """Read the detections that were given, or find people in every frame and keep them in detections.json.

    Make the folder out. Give the detections, the detector's networks, and the seconds that finding took a frame.
    """
    from ..datasets import read_detections
    from ..lift.detectors import make_detector
    from ..lift.detectors.search import describe, find_people

    if args.keypoints:
        out.mkdir(parents=True, exist_ok=True)
        size = args.size or (frames and frames.size)
        return read_detections(args.keypoints, args.skeleton, size, args.fps), None, 0.0
    follow = not frames.files or frames.in_order
    detector = make_detector(args.detector, follow, args.detector_weights, args.pose_weights, args.device, args.person)
    out.mkdir(parents=True, exist_ok=True)
    path = out / DETECTIONS
    n, rate = find_people(path, detector, frames, describe(frames.source, detector), frames.count or None)
    speed = f", {rate:.1f} frames a second" if rate else ""
    print(f"searched {n} frames for people{speed}; kept in {path}, to reuse with --keypoints")
    return read_detections(path), detector.weights, 1 / rate if rate else 0.0


def _model(path):
    """Load the model; give it and the SHA-256 of its weights."""
    from .._files import sha256
    from ..models.storage import WEIGHTS, load, load_pretrained

    if path is None:
        registry = json.loads((WEIGHTS / "registry.json").read_text())
        return load_pretrained("detected"), registry.get("detected", registry["exact"])
    model = load(path)
    if getattr(model, "keypoint_encoder", None) is None:
        raise ValueError(f"expected a V-VIPE, got {path} without a 2D encoder and a decoder, so it can't lift.")
    return model, {Path(path).name: sha256(path)}


def _print_tables(lifted, errors: dict | None, files: list[Path]) -> None:
    from ..evaluation.markdown import markdown_table

    n, seen, filled = len(lifted), int(lifted.seen.sum()), int(lifted.filled.sum())
    doubted = sum(words != "" for words in lifted.doubt)
    counts = [str(count) for count in (n, seen, filled, n - seen - filled, doubted)]
    print(markdown_table(("frames", "seen", "filled", "left empty", "doubted"), [counts]))
    if errors:
        rows = [(name, f"{error:.0f} mm") for name, error in errors.items()]
        print("\n" + markdown_table(("to the reference", "PA-MPJPE, median"), rows))
    print("\n" + table_of_files(files))
