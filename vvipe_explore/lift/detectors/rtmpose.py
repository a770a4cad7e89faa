"""Find keypoints in pictures with RTMPose or RTMO, run by rtmlib through onnxruntime (the extra "rtmlib").

    detect = RTMPose("yolox.onnx", "rtmpose.onnx")         # two stages: a box around each person, then keypoints
    detect = RTMPose(None, "rtmo.onnx")                    # one stage
    people = detect(picture)                               # .points (n, 17 or 26, 2) pixels, .confidence
"""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np

from ..._extras import missing
from ..._files import atomic_path, sha256, write_json
from ...datasets.registry import download_folder
from .people import People

KEYPOINTS = (17, 26)  # COCO's and Halpe's
MIN_SCORE = 0.3
"""A keypoint with a lower score counts as missing: these networks always answer, with a low score where unsure."""
MAX_BYTES = 2 * 2**30
INSTEAD = (
    "then: pip install --no-deps rtmlib (which alone would bring two OpenCVs). Or use --detector blazepose, or another "
    "detector's keypoints: --keypoints FILE_OR_FOLDER (OpenPose, AlphaPose, COCO)"
)


def _rtmlib():
    try:
        import onnxruntime  # pyright: ignore[reportMissingImports]
        import rtmlib  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise missing("rtmlib", "rtmlib", error, INSTEAD) from None
    return rtmlib, onnxruntime


def _inspect(path, onnxruntime) -> tuple[tuple[int, int], list[str]]:
    """Give a network's input (height, width), pixels, and its outputs' names. Raises ValueError, naming the file."""
    if not Path(path).is_file():
        raise ValueError(f"there is no file {path}; give a detector's .onnx file.")
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        height, width = (int(side) for side in session.get_inputs()[0].shape[-2:])
        return (height, width), [output.name for output in session.get_outputs()]
    except Exception as error:  # onnxruntime has its own kinds of errors, and shapes may be text
        reason = " ".join(str(error).split())[:160]
        raise ValueError(f"expected a detector's .onnx file with a fixed input size, got {path} ({reason}).") from None


class RTMPose:
    """Find people's keypoints in a picture.

    person_weights: a YOLOX .onnx; None for RTMO. pose_weights: an RTMPose or RTMO .onnx. Both None fetches the pair
    that rtmlib calls mode ("lightweight", "balanced", "performance"). device: "cpu", "cuda", "mps".
    Raises ValueError if rtmlib is missing, the weights can't be fetched, or the two do not belong together.
    """

    def __init__(self, person_weights=None, pose_weights=None, mode: str = "balanced", device: str = "cpu"):
        rtmlib, onnxruntime = _rtmlib()
        if pose_weights is None:
            if person_weights is not None:
                raise ValueError(
                    f"expected two networks, got {person_weights} alone, which finds people; give the one that finds "
                    "keypoints as pose_weights (--pose-weights)."
                )
            person_weights, pose_weights = fetch_weights(rtmlib, mode)
        (height, width), outputs = _inspect(pose_weights, onnxruntime)
        self.weights = {Path(p).name: sha256(p) for p in (person_weights, pose_weights) if p is not None}
        self.settings = {"device": device}
        one_stage = "keypoints" in outputs  # RTMO's outputs are dets and keypoints, RTMPose's simcc_x and simcc_y
        if one_stage and person_weights is not None:
            raise ValueError(f"expected RTMO's {pose_weights} alone, got {person_weights} as well; give RTMO's only.")
        if not one_stage and person_weights is None:
            raise ValueError(
                f"expected a YOLOX .onnx beside RTMPose's {pose_weights}, got none; give the network that finds people "
                "as person_weights (--detector-weights)."
            )
        if one_stage:
            self._boxes, kind, size = None, rtmlib.RTMO, (height, width)
        else:
            box_size = _inspect(person_weights, onnxruntime)[0]
            self._boxes = rtmlib.YOLOX(str(person_weights), model_input_size=box_size, device=device)
            kind, size = rtmlib.RTMPose, (width, height)  # of rtmlib's networks, only RTMPose takes the width first
        self._keypoints = kind(str(pose_weights), model_input_size=size, device=device)

    def __call__(self, picture: np.ndarray) -> People:
        """Find people in an RGB picture (height, width, 3), uint8. Unsure keypoints have confidence 0."""
        picture = np.ascontiguousarray(picture[..., ::-1])  # rtmlib takes BGR, as OpenCV reads
        if self._boxes is None:
            points, score = self._keypoints(picture)
        else:
            boxes = self._boxes(picture)
            if len(boxes) == 0:  # without a box, RTMPose takes the whole picture as a person
                return People(np.zeros((0, 17, 2)), np.zeros((0, 17)))
            points, score = self._keypoints(picture, bboxes=boxes)
        points, score = np.asarray(points, np.float64), np.asarray(score, np.float64)
        if points.ndim != 3 or points.shape[1] not in KEYPOINTS or score.shape != points.shape[:2]:
            raise ValueError(
                f"expected (people, 17 or 26, 2) keypoints from the detector, each with a score, got {points.shape} "
                f"and scores {score.shape}; give weights for COCO's 17 or Halpe's 26."
            )
        confidence = np.where((score >= MIN_SCORE) & np.isfinite(points).all(-1), score.clip(0, 1), 0)
        kept = (confidence > 0).any(1)
        return People(points[kept], confidence[kept])

    def state(self) -> None:
        """Give nothing: each picture is searched by itself."""

    def resume(self, state: None) -> None:
        """Go on: there is nothing to restore."""


def fetch_weights(rtmlib, mode: str, folder=None) -> tuple[Path, Path]:
    """Download the two networks that rtmlib names for mode, once, to the download folder; give their .onnx files.

    Their publisher gives no hashes. So the first download is trusted: its SHA-256 is written beside it, and every later
    download must have the same. Raises ValueError if one fails.
    """
    modes = rtmlib.Body.MODE
    if mode not in modes:
        raise ValueError(f"expected the mode {', '.join(modes)}, got {mode!r}.")
    folder = Path(folder or download_folder() / "rtmlib")
    folder.mkdir(parents=True, exist_ok=True)
    return _fetch(modes[mode]["det"], folder), _fetch(modes[mode]["pose"], folder)


def _fetch(url: str, folder: Path) -> Path:
    import pooch

    name = Path(url).name
    target, ledger = folder / f"{Path(name).stem}.onnx", folder / "sha256.json"
    known = json.loads(ledger.read_text()) if ledger.is_file() else {}
    if target.is_file() and known.get(target.name) == sha256(target):
        return target
    try:
        archive = pooch.retrieve(url, known.get(name), fname=name, path=folder, progressbar=True)
        _unpack(Path(archive), target)
    except Exception as error:  # requests, sockets, hashes and archives fail in many ways; the remedy is the same
        reason = " ".join(str(error).split())[:160]
        raise ValueError(
            f"the detector's weights {name} could not be fetched ({reason}); check the network, or give the weights: "
            "--detector-weights PERSON.onnx --pose-weights POSE.onnx, or the keypoints: --keypoints FILE_OR_FOLDER."
        ) from None
    if name not in known:
        print(f"{name}: fetched for the first time; its publisher gives no hash, so this download is trusted.")
    known |= {name: sha256(archive), target.name: sha256(target)}
    write_json(ledger, known)
    return target


def _unpack(archive: Path, target: Path) -> None:
    """Write the one .onnx file of an archive, or the file itself if it is no archive, to target."""
    if not zipfile.is_zipfile(archive):
        with atomic_path(target) as temporary:
            shutil.copyfile(archive, temporary)
        return
    with zipfile.ZipFile(archive) as file:
        inside = [entry for entry in file.infolist() if entry.filename.endswith(".onnx")]
        if len(inside) != 1 or inside[0].file_size > MAX_BYTES:
            raise ValueError(f"expected one .onnx file of at most {MAX_BYTES >> 30} GB inside, got {len(inside)} files")
        with atomic_path(target) as temporary, file.open(inside[0]) as source, open(temporary, "wb") as sink:
            shutil.copyfileobj(source, sink)
