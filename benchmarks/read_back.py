"""What others read out of our exports: how far are the joints from those that went in?

    VVIPE_DATA=... python benchmarks/read_back.py --three FOLDER --bpy PYTHON

Two motions are exported in every format: a lifted camera of the real recording (OpenPose's detections), standing on the
ground, and a CMU file as it is. Readers: bvhio, trc, c3d, ezc3d (pip install -e ".[test]"), pyomeca (pip install
pyomeca), three.js in Chromium (npm install three; FOLDER is node_modules/three), Blender (pip install bpy, Python 3.11;
PYTHON is the interpreter that has it). A reader that is not here is named in the table. BVH and glTF have steady
lengths: what is left to the skeleton that was fitted is the format's own error. --out keeps files and a picture.
"""

import argparse
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

import vvipe_explore as vv
from vvipe_explore._provenance import provenance
from vvipe_explore.datasets import pose2sim, registry
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.lift import lift_sequence
from vvipe_explore.lift.export import FORMATS, export, on_the_ground
from vvipe_explore.lift.export.steady_skeleton import JOINT_OF, fit
from vvipe_explore.skeleton import PAPER_13

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
FRAMES = 200
"""At most so many frames of a motion are looked at."""
BLENDER = """import sys, bpy, numpy as np
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_anim.bvh(filepath=sys.argv[1], update_scene_fps=True, update_scene_duration=True)
body, names, found = bpy.context.object, sys.argv[4:], []
for frame in range(int(sys.argv[3])):
    bpy.context.scene.frame_set(frame + 1)
    heads = [body.matrix_world @ body.pose.bones[name].head for name in names]
    found.append([[x, z, -y] for x, y, z in heads])  # Blender's z is up
np.save(sys.argv[2], np.array(found))
"""


def by_bvhio(path, fps, n):
    """Give the 13 joints (n, 13, 3), metres, +y up; so do the other readers."""
    import bvhio

    root = bvhio.readAsHierarchy(str(path))
    joints = {joint.Name: joint for joint, _, _ in root.layout()}
    places = []
    for frame in range(n):
        root.loadPose(frame)
        places.append([list(joints[name].PositionWorld) for name in JOINT_OF.values()])
    return np.array(places)


def by_blender(path, fps, n):
    """Ask the interpreter that has bpy."""
    if WITH.bpy is None:
        raise ImportError("no --bpy")
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.npy"
        subprocess.run([WITH.bpy, "-c", BLENDER, path, found, str(n), *JOINT_OF.values()], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        return np.load(found)


def by_three(path, fps, n):
    """Ask three.js in Chromium; keep a picture of the last frame beside the file."""
    if WITH.three is None:
        raise ImportError("no --three")
    from browser.lab import chromium
    from browser.three import places

    with chromium() as browser:
        times = [frame / fps for frame in range(n)]
        return places(browser, Path(WITH.three), path, JOINT_OF.values(), times, path.with_suffix(".png"))


def by_trc(path, fps, n):
    """Read TRC with trc-data-reader."""
    import trc

    found = trc.TRCData()
    found.load(str(path))
    assert found["Markers"] == list(PAPER_13)
    return np.array([found[frame + 1][1] for frame in range(n)]) / 1000


def by_c3d(path, fps, n):
    """Read C3D with c3d."""
    import c3d

    with open(path, "rb") as file:
        reader = c3d.Reader(file)
        assert [label.strip() for label in reader.point_labels] == list(PAPER_13)
        return np.array([points[:, :3] for _, points, _ in reader.read_frames()])[:n] / 1000


def by_ezc3d(path, fps, n):
    """Read C3D with ezc3d, which wrote it."""
    import ezc3d

    return np.moveaxis(ezc3d.c3d(str(path))["data"]["points"][:3], (0, 1, 2), (2, 1, 0))[:n] / 1000


def by_pyomeca(path, fps, n):
    """Read TRC or C3D with pyomeca."""
    from pyomeca import Markers

    if path.suffix == ".trc":
        found = Markers.from_trc(str(path), pandas_kwargs={"sep": "\t"})  # it reads commas otherwise
    else:
        found = Markers.from_c3d(str(path))
    assert list(found.channel.values) == list(PAPER_13)
    return np.moveaxis(found.values[:3], (0, 1, 2), (2, 1, 0))[:n] / 1000


def by_numpy(path, fps, n):
    """Read CSV and npz with numpy alone."""
    if path.suffix == ".npz":
        return np.load(path)["positions"][:n]
    return np.genfromtxt(path, delimiter=",", skip_header=1)[:n, 2:].reshape(-1, 13, 3)


def by_json(path, fps, n):
    """Read JSON with Python's own module."""
    import json

    return np.array(json.loads(path.read_text())["positions"])[:n]


READERS = {
    "bvh": (by_bvhio, by_blender), "glb": (by_three,), "trc": (by_trc, by_pyomeca),
    "c3d": (by_c3d, by_ezc3d, by_pyomeca), "csv": (by_numpy,), "npz": (by_numpy,), "json": (by_json,),
}  # fmt: skip


def motions() -> dict[str, tuple[np.ndarray, float]]:
    """Give the two motions: poses (n, 13, 3) that are exported, and frames a second."""
    recording = pose2sim.load_recording()
    model = vv.load_pretrained("detected")
    lifted = lift_sequence(model, recording.keypoints["cam02"], recording.confidence["cam02"], fps=60)
    walk = vv.datasets.read_motion(registry.data_folder("cmu-mocap") / "14" / "14_04.bvh")
    poses = on_the_ground(np.asarray(lifted.standing()))
    return {"recording_cam02": (poses, lifted.fps), "cmu_14_04": (walk.poses.astype(float), 120.0)}


def main() -> None:
    """Export, read back, print the table."""
    rows = []
    for motion, (poses, fps) in motions().items():
        poses = poses[:FRAMES]
        fitted = fit(poses, fps).bodies()
        for kind in FORMATS:
            path = export(Path(WITH.out) / f"{motion}.{kind}", poses, fps)
            for reader in READERS[kind]:
                name = reader.__name__.removeprefix("by_")
                try:
                    found = reader(path, fps, len(poses))
                except ImportError as error:
                    rows.append([motion, kind, name, str(error), "", ""])
                    continue
                away, own = (1000 * np.linalg.norm(found - wanted, axis=-1) for wanted in (poses, fitted))
                own = f"{own.max():.3f}" if kind in ("bvh", "glb") else ""
                rows.append([motion, kind, name, f"{away.mean():.3f}", f"{away.max():.3f}", own])
    print(f"read back, distance in mm ({provenance()['machine']})\n")
    print(markdown_table(["motion", "format", "reader", "mean", "largest", "largest to the skeleton fitted"], rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--three", help="three.js, as npm installs it: node_modules/three")
    parser.add_argument("--bpy", help="Python interpreter that has bpy")
    parser.add_argument("--out", default=tempfile.gettempdir(), help="folder for the files and the picture")
    WITH = parser.parse_args()
    warnings.simplefilter("ignore")
    main()
