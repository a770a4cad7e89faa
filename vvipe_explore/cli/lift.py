"""`vvipe lift`: a video, pictures or detections go in; a page, a video and the numbers come out."""

import argparse
import dataclasses
import json
import time
from pathlib import Path

from .. import __version__

DEFAULT_FPS = 30.0
HELP = "lift the person in a video, in pictures or in detections to 3D; write a page, a video and the numbers"


def add_arguments(command) -> None:
    """Declare the command's arguments and what runs it."""
    command.set_defaults(run=run)
    add = command.add_argument
    add("input", nargs="?", help="video, picture or folder of pictures; optional with --keypoints")
    add("--keypoints", metavar="PATH",
        help="use these detections, not the detector: OpenPose's folder, AlphaPose's or COCO's JSON, .npz")  # fmt: skip
    add("--skeleton", metavar="NAME", help='skeleton of the keypoints, such as "body_25b", if the file does not say')
    add("--person", type=int, metavar="TRACK", help="track to follow (default: the largest person who stays near)")
    add("--fps", type=float, help=f"frames a second (default: the video's, or else {DEFAULT_FPS:g})")
    add("--smooth", action=argparse.BooleanOptionalAction, default=True,
        help="smooth over time (the default), or lift each frame alone; both fill short gaps")  # fmt: skip
    add("--reference", metavar="TRC", help="Pose2Sim .trc with the true poses; print the PA-MPJPE to them")
    add("--out", metavar="FOLDER", help="folder to write to (default: runs/lift/NAME)")
    add("--model", metavar="FILE", help="model's .safetensors (default: the shipped weights for detections)")
    add("--detector", metavar="MODE", default="balanced",
        help='networks to fetch: "lightweight", "balanced" or "performance" (default: %(default)s)')  # fmt: skip
    add("--detector-weights", metavar="ONNX", help="YOLOX .onnx that finds people (default: fetch it)")
    add("--pose-weights", metavar="ONNX",
        help="RTMPose .onnx that finds keypoints (default: fetch it); RTMO's .onnx does both")  # fmt: skip
    add("--device", default="cpu", help='where the detector runs: "cpu", "cuda" or "mps" (default: %(default)s)')


def run(args) -> None:
    """Lift, write lift.html, lift.mp4, lift.npz and lift.json, and print the table."""
    from ..lift.detector import Detector
    from ..lift.outputs import save
    from ..lift.reference import errors_to, read_reference
    from ..lift.sequence import lift_sequence
    from ..lift.smoothing import Smoothing
    from ..lift.video import Frames, match_frames

    if args.input is None and args.keypoints is None:
        raise ValueError("nothing to lift; give a video, a picture or a folder of pictures, or --keypoints PATH.")
    frames = Frames(args.input) if args.input else None
    path = Path(args.input or args.keypoints).resolve()
    name = path.name if path.is_dir() else path.stem
    out = Path(args.out or f"runs/lift/{name}")
    networks = args.detector_weights, args.pose_weights, args.detector, args.device
    detector = None if args.keypoints else Detector(*networks)
    reference = read_reference(args.reference) if args.reference else None
    out.mkdir(parents=True, exist_ok=True)
    found = _detections(args, frames, detector, out)
    choice = found.choice(args.person)
    if not len(choice.rows):
        raise ValueError("nobody was found in any frame, so there is no body to lift; try another detector or video.")
    one = found[choice.rows]
    frame, n = match_frames(one, found.n_frames, frames)
    known = frames.fps if args.fps is None and frames else args.fps
    fps, assumed = (DEFAULT_FPS, " (assumed; set it with --fps)") if known is None else (known, "")
    print(f"person: {choice.why}\n{n} frames, {fps:g} a second{assumed}")
    model, weights = _model(args.model)
    smoothing = Smoothing() if args.smooth else None
    start = time.perf_counter()
    lifted = lift_sequence(model, *one.to_paper_13(), frame, n, fps, smoothing)
    seconds = time.perf_counter() - start
    errors = None if reference is None else errors_to(reference, model, lifted)
    about = {
        "version": __version__, "weights": weights, "detector": detector.weights if detector else None,
        "input": args.input and Path(args.input).name, "keypoints": args.keypoints and Path(args.keypoints).name,
        "joints": list(found.joint_names), "person": choice.why, "fps": fps,
        "smoothing": dataclasses.asdict(smoothing) if smoothing else None, "pa_mpjpe_mm": errors,
    }  # fmt: skip
    files, notes = save(out, lifted, frames, fps, about, name)
    if reference is not None and len(reference) != n:
        notes.append(f"the reference has {len(reference)} frames, the input {n}; only the first ones are compared")
    print("".join(f"{note}\n" for note in notes) + f"lifted {n / max(seconds, 1e-9):.0f} frames a second\n")
    _print_tables(lifted, errors, files)


def _detections(args, frames, detector, out: Path):
    """Read the detections that were given, or find people in every frame and keep them in detections.json."""
    from tqdm.auto import tqdm

    from ..datasets import read_detections

    if detector is None:
        return read_detections(args.keypoints, args.skeleton)
    from ..lift.detector import write_detections

    path, start, total = out / "detections.json", time.perf_counter(), len(frames.files) or None
    n = write_detections(path, detector, tqdm(frames, desc="finding people", unit="frame", total=total, leave=False))
    rate = n / (time.perf_counter() - start)
    print(f"searched {n} frames for people, {rate:.1f} frames a second; kept in {path}, to reuse with --keypoints")
    return read_detections(path)


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
    counts = [str(count) for count in (n, seen, filled, n - seen - filled)]
    print(markdown_table(("frames", "seen", "filled", "left empty"), [counts]))
    if errors:
        rows = [(name, f"{error:.0f} mm") for name, error in errors.items()]
        print("\n" + markdown_table(("to the reference", "PA-MPJPE, median"), rows))
    rows = [(str(path), f"{path.stat().st_size / 1000:.0f}") for path in files]
    print("\n" + markdown_table(("file", "kB"), rows))
