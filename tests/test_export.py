"""Exports are read back by libraries that are not ours: BVH by bvhio, TRC by trc, C3D by c3d; glTF by a walk here.

Chromium and Blender read them in benchmarks/read_back.py.
"""

import json
import struct

import bvhio
import c3d
import numpy as np
import pytest
import torch
import trc

from vvipe_explore import cameras
from vvipe_explore.alignment import canonicalise
from vvipe_explore.cli import main
from vvipe_explore.datasets import read_motion
from vvipe_explore.datasets._rotations import about
from vvipe_explore.lift import Lifted, lift_sequence
from vvipe_explore.lift.export import FORMATS, check_formats, export, hinges, levelled, on_the_ground, rotations
from vvipe_explore.lift.export.steady_skeleton import JOINT_OF, NAMES, PARENTS, fit
from vvipe_explore.models.storage import load_pretrained
from vvipe_explore.skeleton import MIRROR, PAPER_13

READABLE = ["csv", "npz", "trc", "c3d"]


@pytest.fixture(scope="module")
def squat(body):
    """Sixty frames of the standing body of round numbers that bends its arms and knees, walks along z and turns.

    Its lengths are steady. (60, 13, 3), metres.
    """
    place = dict(zip(PAPER_13, body.numpy(), strict=True))
    frames = []
    for bend in np.concatenate([np.zeros(10), np.linspace(0, 1.9, 50)]):
        now, thigh, shank = dict(place), about(0, -bend), about(0, bend / 2)
        for side, x in (("left", 1), ("right", -1)):
            hip, knee, ankle = (place[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
            now[f"{side}_knee"] = hip + thigh @ (knee - hip)
            now[f"{side}_ankle"] = now[f"{side}_knee"] + shank @ (ankle - knee)
            forearm = about(2, x * bend / 3) @ about(0, -bend) @ [0, -0.25, 0.0]
            now[f"{side}_wrist"] = place[f"{side}_elbow"] + forearm
        turned = np.stack([now[name] for name in PAPER_13]) @ about(1, 2 * bend).T
        frames.append(turned + [0.1, 0, bend])
    return np.stack(frames)


# --- rotations ---


@pytest.mark.parametrize("order", ["ZXY", "XZY", "XYZ", "YZX"])
def test_angles_make_the_rotation_again(order):
    angles = np.random.default_rng(0).uniform(-3, 3, (200, 3))
    angles[:5, 1] = np.pi / 2
    turns = np.stack([np.linalg.multi_dot([about("XYZ".index(a), x) for a, x in zip(order, row, strict=True)])
                      for row in angles])  # fmt: skip
    found = rotations.to_angles(turns[:, None], order)[:, 0]
    again = np.stack([np.linalg.multi_dot([about("XYZ".index(a), x) for a, x in zip(order, row, strict=True)])
                      for row in found])  # fmt: skip
    assert np.allclose(again, turns, atol=1e-6)


def test_angles_go_on_past_a_right_angle_without_a_jump():
    lift = np.linspace(0, 2.5, 100)
    found = rotations.to_angles((about(0, lift) @ about(2, 0.1))[:, None], "ZXY")[:, 0]
    assert np.abs(np.diff(found[lift < 1.5], axis=0)).max() < 0.2
    found = rotations.to_angles((about(0, lift) @ about(2, 0.1))[:, None], "XZY")[:, 0]
    assert np.allclose(found[:, 0], lift)
    turning = rotations.to_angles(about(1, np.linspace(0, 20, 100))[:, None], "ZXY")[:, 0]
    assert np.allclose(turning[:, 2], np.linspace(0, 20, 100))


def test_quaternions_turn_as_the_matrices_and_keep_their_side():
    turns = about(0, np.linspace(0, 12, 300)) @ about(1, 0.7)
    x, y, z, w = rotations.to_quaternions(turns).T
    assert np.allclose(np.stack([1 - 2 * (y**2 + z**2), 2 * (x * y - z * w), 2 * (x * z + y * w)], -1), turns[:, 0])
    assert np.abs(np.diff(np.stack([x, y, z, w]), axis=1)).max() < 0.05


def test_the_smallest_turn_takes_one_to_the_other_even_over():
    source = rotations.unit(np.random.default_rng(1).normal(size=(50, 3)))
    target = np.concatenate([-source[:10], source[10:20], np.roll(source, 1, 0)[20:]])
    aside = rotations.unit(np.cross(source, [0.3, -0.8, 0.5]))
    turns = rotations.smallest_turn(source, target, aside)
    assert np.allclose(np.einsum("nij,nj->ni", turns, source), target, atol=1e-9)
    assert np.allclose(np.linalg.det(turns), 1)
    assert np.allclose(np.einsum("nij,nj->ni", turns[:10], aside[:10]), aside[:10], atol=1e-9)


def test_a_hinge_stays_where_the_limb_is_straight():
    """A limb bends about x, is straight for 40 frames with noise, and bends again: the hinge never leaves x."""
    n, noise = 100, np.random.default_rng(2).normal(scale=1e-3, size=(100, 1, 3))
    along = np.tile([[0.0, -1.0, 0.0]], (n, 1, 1))
    bend = np.where(np.abs(np.arange(n) - 50) < 20, 0.0, 1.0)
    bent = np.tile([[1.0, 0.0, 0.0]], (n, 1, 1)) * bend[:, None, None] + noise
    found = hinges.steady_hinges(along, bent, np.linalg.norm(bent, axis=-1), 30)
    assert np.degrees(np.arccos(found[:, 0, 0])).max() < 1


def test_smoothing_solves_its_system():
    weight, wanted = np.array([[1.0], [0.0], [2.0]]), np.array([[[1.0, 0.0]], [[0.0, 0.0]], [[4.0, 2.0]]])
    system = np.array([[1.0 + 3, -3, 0], [-3, 6, -3], [0, -3, 2 + 3]])
    assert np.allclose(hinges._smooth(wanted, weight, 3.0)[:, 0], np.linalg.solve(system, wanted[:, 0]))
    assert np.allclose(hinges._smooth(wanted[2:], weight[2:], 3.0), wanted[2:] / 2)


def test_what_is_carried_does_not_turn_about_the_bone():
    t = np.linspace(0, 2 * np.pi, 200)
    along = np.stack([np.sin(t), np.cos(t), 0 * t], -1)[:, None]
    carried = hinges.carry(along)
    assert np.allclose((carried * along).sum(-1), 0)
    assert np.allclose(carried, carried[:1], atol=1e-9) == bool(abs(carried[0, 0, 2]) > 0.99)
    assert np.allclose(carried[-1], carried[0])


# --- the skeleton ---


def test_a_body_of_steady_lengths_is_met_exactly(squat):
    assert np.abs(fit(squat, 30).bodies() - squat).max() < 1e-9


def test_at_rest_it_stands_in_a_t_with_left_on_the_left(squat):
    rest = dict(zip(NAMES, fit(squat, 30).rest(), strict=True))
    assert rest["LeftHand"][0] > rest["LeftForeArm"][0] > rest["LeftArm"][0] > 0 > rest["RightHand"][0]
    assert np.allclose(rest["LeftHand"][1], rest["LeftArm"][1])
    assert rest["Nose"][1] > rest["Chest"][1] > 0 > rest["LeftLeg"][1] > rest["LeftFoot"][1]
    assert rest["Nose"][2] > 0.05
    for joint in [joint for joint in NAMES if joint.startswith("Left")]:
        assert np.allclose(rest[joint], rest[joint.replace("Left", "Right")] * [-1, 1, 1]), joint


def test_elbows_and_knees_are_hinges(squat):
    """Bent, they turn about their hinge only: the arm's is y at rest, the leg's x; and no joint jumps."""
    local = dict(zip(NAMES, fit(squat, 30).local().swapaxes(0, 1), strict=True))
    for joint, axis in (("LeftLeg", 0), ("RightLeg", 0), ("LeftForeArm", 1), ("RightForeArm", 1)):
        assert np.abs(local[joint][25:, axis, axis] - 1).max() < 0.01, joint
        bend = np.arccos((np.trace(local[joint][25:], axis1=1, axis2=2) - 1) / 2)
        assert (np.diff(bend) > 0).all(), joint
    for joint, turns in local.items():
        cosine = (np.einsum("nij,nij->n", turns[1:], turns[:-1]) - 1) / 2
        assert np.degrees(np.arccos(cosine.clip(-1, 1))).max() < 15, joint


def test_lengths_are_medians_and_the_root_stays_on_the_ground(squat):
    stretched = squat.copy()
    stretched[50:, 5] += (squat[50:, 5] - squat[50:, 3]) * 0.5  # a wrist too far in some frames
    figure = fit(stretched, 30)
    bodies = figure.bodies()
    hand = figure.offsets[NAMES.index("LeftHand")]
    assert np.allclose(np.linalg.norm(hand), np.linalg.norm(squat[0, 5] - squat[0, 3]))
    assert np.allclose(bodies[..., 1].min(1), stretched[..., 1].min(1))


def test_odd_bodies_have_a_figure(squat):
    flat = squat.copy()
    flat[:, 1] = flat[:, 2] = flat[:, 1:3].mean(1)  # no shoulders
    flat[:, 5] = flat[:, 3]  # no forearm
    flat[::2, 9], flat[::2, 11] = 2 * flat[::2, 7] - flat[::2, 9], flat[::2, 7]  # knees over, folded
    figure = fit(flat, 30)
    assert np.isfinite(figure.places()).all()
    assert np.allclose(np.linalg.det(figure.turns), 1)


# --- read back by others ---


def read_bvh(path):
    """Give the joints' places (n, j, 3) and names, by bvhio."""
    root = bvhio.readAsHierarchy(str(path))
    joints = [joint for joint, _, _ in root.layout()]
    places = []
    for frame in range(bvhio.readAsBvh(str(path)).FrameCount):
        root.loadPose(frame)
        places.append([list(joint.PositionWorld) for joint in joints])
    return np.array(places), [joint.Name for joint in joints]


def read_glb(path):
    """Give the places (n, j, 3) and names of a glTF's nodes at its frames, and its JSON; by the format's rules."""
    data = path.read_bytes()
    magic, version, size, length = struct.unpack("<4s3I", data[:16])
    assert (magic, version, size, data[16:20]) == (b"glTF", 2, len(data), b"JSON")
    told, start = json.loads(data[20 : 20 + length]), 20 + length + 8
    assert data[20 + length + 4 : start] == b"BIN\0"

    def array(number):
        accessor = told["accessors"][number]
        view = told["bufferViews"][accessor["bufferView"]]
        kind = {5126: "<f4", 5123: "<u2", 5121: "u1"}[accessor["componentType"]]
        parts = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}[accessor["type"]]
        first = start + view["byteOffset"]
        return np.frombuffer(data[first : first + view["byteLength"]], kind).reshape(accessor["count"], parts)

    animation, n = told["animations"][0], told["accessors"][told["animations"][0]["samplers"][0]["input"]]["count"]
    nodes = told["nodes"]
    moves = {(i, key): np.tile(node[key], (n, 1)) for i, node in enumerate(nodes) for key in node if key[0] in "tr"}
    for channel in animation["channels"]:
        values = array(animation["samplers"][channel["sampler"]]["output"])
        moves[channel["target"]["node"], channel["target"]["path"]] = values
    places = {}

    def walk(i, origin, turn):
        x, y, z, w = moves[i, "rotation"].T.astype(float)
        rows = [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
                2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
                2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]  # fmt: skip
        places[nodes[i]["name"]] = origin + np.einsum("nij,nj->ni", turn, moves[i, "translation"])
        now = turn @ np.stack(rows, -1).reshape(-1, 3, 3)
        for child in nodes[i].get("children", ()):
            walk(child, places[nodes[i]["name"]], now)

    walk(0, np.zeros((n, 3)), np.tile(np.eye(3), (n, 1, 1)))
    return np.stack(list(places.values()), 1), list(places), told, array


def of_13(places, names):
    """Take the 13 joints of places (n, j, 3), by name."""
    return places[:, [names.index(joint) for joint in JOINT_OF.values()]]


def test_bvh_read_by_bvhio(squat, tmp_path):
    places, names = read_bvh(export(tmp_path / "squat.bvh", squat, 50))
    assert np.abs(of_13(places, names) - squat).max() < 1e-4
    assert dict(zip(names, NAMES, strict=True)) == {name: name for name in PARENTS}
    assert bvhio.readAsBvh(str(tmp_path / "squat.bvh")).FrameTime == pytest.approx(0.02)


def test_glb_read_by_the_format_s_rules(squat, tmp_path):
    places, names, told, array = read_glb(export(tmp_path / "squat.glb", squat, 50))
    assert np.abs(of_13(places, names) - squat).max() < 1e-5
    times = array(told["animations"][0]["samplers"][0]["input"])
    assert np.allclose(times[:, 0], np.arange(60) / 50)


def test_the_mesh_lies_along_the_bones_and_faces_outward(squat, tmp_path):
    _, _, told, array = read_glb(export(tmp_path / "squat.glb", squat, 50))
    parts = told["meshes"][0]["primitives"][0]
    vertices, normals = (array(parts["attributes"][key]) for key in ("POSITION", "NORMAL"))
    corners = array(parts["indices"]).reshape(-1, 3)
    a, b, c = (vertices[corners[:, i]] for i in range(3))
    faces = np.cross(b - a, c - a)
    sized = np.linalg.norm(faces, axis=-1) > 1e-9
    assert ((faces * normals[corners[:, 0]]).sum(-1)[sized] > 0).all()
    assert sized.mean() > 0.8
    rest = fit(squat, 50).rest()
    back = array(told["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4)
    assert np.allclose(back[:, 3, :3], -rest, atol=1e-6)
    joints = array(parts["attributes"]["JOINTS_0"])[:, 0]
    colours = array(parts["attributes"]["COLOR_0"])
    left = np.array([NAMES[joint].startswith("Left") for joint in joints])
    assert (vertices[left, 0] > 0).all()
    assert (colours[left, 2] > colours[left, 0]).all()  # blue


def test_trc_read_by_trc(squat, tmp_path):
    found = trc.TRCData()
    found.load(str(export(tmp_path / "squat.trc", squat, 59.94)))
    places = np.array([found[frame + 1][1] for frame in range(60)])
    assert found["Markers"] == list(PAPER_13)
    assert (found["Units"], found["DataRate"]) == ("mm", 59.94)
    assert np.abs(places / 1000 - squat).max() < 1e-6
    assert found[60][0] == pytest.approx(59 / 59.94, abs=1e-6)


def read_c3d(path):
    with open(path, "rb") as file:
        reader = c3d.Reader(file)
        frames = np.array([points for _, points, _ in reader.read_frames()])
        return frames, [label.strip() for label in reader.point_labels], reader.point_rate


def test_c3d_read_by_c3d(squat, tmp_path):
    frames, labels, rate = read_c3d(export(tmp_path / "squat.c3d", squat, 50))
    assert labels == list(PAPER_13)
    assert rate == 50
    assert np.abs(frames[..., :3] / 1000 - squat).max() < 1e-6
    assert (frames[..., 3] == 0).all()


def test_c3d_counts_its_frames_or_refuses(squat, tmp_path):
    most = np.repeat(squat[:1], 2**16 - 1, axis=0)
    with open(export(tmp_path / "long.c3d", most), "rb") as file:
        assert c3d.Reader(file).frame_count == 2**16 - 1
    with pytest.raises(ValueError, match="at most 65,535 frames for C3D, got 65,536; cut the motion, or write TRC"):
        export(tmp_path / "longer.c3d", np.repeat(squat[:1], 2**16, axis=0))


def test_json_says_what_it_is(squat, tmp_path):
    told = json.loads(export(tmp_path / "squat.json", squat, 50).read_text())
    assert (told["fps"], told["unit"], told["up"], told["joint_names"]) == (50, "m", "y", list(PAPER_13))
    assert np.allclose(told["positions"], squat, atol=1e-6)


@pytest.mark.parametrize("kind", READABLE)
def test_read_motion_reads_it_again(squat, tmp_path, kind):
    motion = read_motion(export(tmp_path / f"squat.{kind}", squat, 50))
    assert np.abs(motion.poses - squat).max() < 1e-5


def test_read_motion_reads_bvh_again_with_left_on_the_left(squat, tmp_path):
    motion = read_motion(export(tmp_path / "squat.bvh", squat, 50))  # frame 0 of a BVH file is taken for a rest pose
    assert np.abs(motion.poses - squat[1:]).max() < 1e-4
    mirrored = read_motion(export(tmp_path / "other.bvh", squat[:, list(MIRROR)] * [-1, 1, 1], 50))
    assert np.abs(mirrored.poses - squat[1:]).max() > 0.1


# --- gaps ---


@pytest.fixture
def gappy(squat):
    """The squat with a gap in the middle, one at the start, and one missing wrist."""
    gaps = squat.copy()
    gaps[0] = gaps[20:25] = gaps[40, 5] = np.nan
    return gaps


@pytest.mark.filterwarnings("ignore:.*frames have no body")
def test_gaps_hold_the_pose_or_are_blank(squat, gappy, tmp_path):
    held = squat.copy()
    held[0], held[20:25], held[40] = squat[1], squat[19], squat[39]
    for places, names, *_ in (read_bvh(export(tmp_path / "a.bvh", gappy)), read_glb(export(tmp_path / "a.glb", gappy))):
        assert np.abs(of_13(places, names) - held).max() < 1e-4
    frames, _, _ = read_c3d(export(tmp_path / "a.c3d", gappy))
    assert ((frames[..., 3] < 0) == np.isnan(gappy[..., 0])).all()
    rows = export(tmp_path / "a.trc", gappy).read_text().splitlines()[6:]
    assert rows[0].split("\t")[2:] == [""] * 39
    assert [bool(cell) for cell in rows[40].split("\t")[2:]] == [True] * 15 + [False] * 3 + [True] * 21
    told = json.loads(export(tmp_path / "a.json", gappy).read_text())["positions"]
    assert told[40][5] is None
    assert told[0] == [None] * 13
    for kind in ("csv", "npz", "trc", "c3d"):
        motion = read_motion(export(tmp_path / f"a.{kind}", gappy))
        assert set(range(60)) - set(motion.frame) == {0, 20, 21, 22, 23, 24, 40}, kind


def test_gaps_are_told(gappy, tmp_path):
    with pytest.warns(UserWarning, match=r"^a\.bvh: 7 of 60 frames have no body, and hold the pose before$"):
        export(tmp_path / "a.bvh", gappy)
    with pytest.warns(UserWarning, match=r"^a\.trc: 7 of 60 frames have no body, and are left blank"):
        export(tmp_path / "a.trc", gappy)


def test_the_lowest_joint_stands_on_the_ground(squat):
    poses = squat - squat[:, 7:8]
    poses[3] = np.nan
    stood = on_the_ground(poses)
    assert np.allclose(np.delete(stood, 3, 0)[..., 1].min(1), 0.08)
    assert np.isnan(stood[3]).all()
    assert np.allclose(np.diff(stood[0], axis=0), np.diff(poses[0], axis=0))


# --- a tilted camera ---


def tilt_left(poses, true):
    """Give the angle in degrees by which poses (n, 13, 3) lean against the true ones, whatever way both face."""
    lean = []
    for pose, upright in zip(poses, true, strict=True):
        a, b = pose - pose.mean(0), upright - upright.mean(0)
        u, _, vt = np.linalg.svd(b.T @ a)
        turn = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
        lean.append(np.degrees(np.arccos(turn[1, 1])))
    return float(np.median(lean))


@pytest.mark.parametrize("camera", [(30, 15, 0), (30, 0, 15)], ids=["looks down", "rolled"])
def test_who_is_seen_by_a_tilted_camera_stands_upright(body, tmp_path, camera):
    """Somebody who turns on the spot; lifting alone finds a part of what the camera looks down."""
    turning = np.stack([body.numpy() @ about(1, angle).T for angle in np.linspace(0, 2 * np.pi, 60, endpoint=False)])
    seen = cameras.view(torch.from_numpy(turning), cameras.fixed_orbit([camera])).numpy()
    lifted = lift_sequence(load_pretrained("exact"), seen, fps=25)
    left = {}
    for level in (True, False):
        with np.load(lifted.export(tmp_path / "a.npz", level=level)) as file:
            left[level] = tilt_left(file["positions"], turning)
    assert left[True] < 5
    assert left[False] > 8


def test_a_body_is_levelled_only_where_it_stands_straight(squat):
    tilted = squat @ about(2, np.radians(15))
    assert tilt_left(levelled(tilted), squat) < 1
    bent = tilted[40:]
    assert np.array_equal(levelled(bent), bent)
    lying = squat @ about(0, np.radians(80))
    assert np.array_equal(levelled(lying), lying)
    gaps = np.concatenate([np.full((3, 13, 3), np.nan), tilted])
    assert tilt_left(levelled(gaps)[3:], squat) < 1


# --- a lifted person ---


@pytest.fixture(scope="module")
def lifted(squat):
    """The squat as if lifted at 25 frames a second: canonical poses, and how they are turned; one frame is missing."""
    canon = canonicalise(squat)
    poses, rotation = canon.poses.copy(), canon.rotation.copy()
    poses[7] = rotation[7] = np.nan
    there = np.arange(60) != 7
    none = np.zeros((60, 13, 2))
    return Lifted(np.arange(60), none, none[..., 0], none[:, :5, 0], poses, there, ~there & False, rotation, 25.0)


@pytest.mark.filterwarnings("ignore:.*frames have no body")
@pytest.mark.parametrize("kind", ["trc", "bvh"])
def test_a_lifted_person_stands_on_the_ground_in_place(lifted, squat, tmp_path, kind):
    motion = read_motion(lifted.export(tmp_path / f"walk.{kind}", level=False))
    poses = dict(zip(motion.frame, motion.poses, strict=True))
    scale = float(canonicalise(squat).scale[0])
    for frame in (20, 40):
        assert poses[frame][:, 1].min() == pytest.approx(0.08, abs=1e-4)
        hips = poses[frame][7:9].mean(0)
        assert np.abs(hips[[0, 2]]).max() < 1e-4
        wanted = (squat[frame] - squat[frame, 7:9].mean(0)) / scale
        assert np.abs(poses[frame] - hips - wanted).max() < 1e-4
    assert (7 in motion.frame) == (kind == "bvh")


@pytest.mark.filterwarnings("ignore:.*frames have no body")
def test_a_lifted_person_brings_its_clock(lifted, tmp_path):
    told = [json.loads(lifted.export(tmp_path / "a.json", fps).read_text())["fps"] for fps in (None, 50)]
    assert told == [25, 50]


# --- the door ---


@pytest.mark.parametrize("kind", FORMATS)
def test_one_frame_tensors_and_capitals(squat, tmp_path, kind):
    path = export(str(tmp_path / f"one.{kind.upper()}"), torch.from_numpy(squat[:1]).float(), 30)
    assert path.stat().st_size > 100
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_other_skeletons_keep_their_points(squat, tmp_path):
    names = (*PAPER_13, "left_big_toe")
    more = np.concatenate([squat, squat[:, :1]], axis=1)
    assert json.loads(export(tmp_path / "a.json", more, 30, names).read_text())["joint_names"] == list(names)
    places, read = read_bvh(export(tmp_path / "a.bvh", more, 30, names))
    assert np.abs(of_13(places, read) - squat).max() < 1e-4


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("a.fbx", {}, r"ends in one of \.bvh, \.trc, .*got 'a\.fbx'"),
        ("a", {}, r"ends in one of"),
        ("a.bvh", {"poses": np.zeros((2, 12, 3))}, r"expected poses of shape \(frames, 13, 3\).*\(2, 12, 3\)"),
        ("a.bvh", {"poses": np.full((2, 13, 3), np.nan)}, r"expected a frame with all 13 joints, got none in 2"),
        ("a.bvh", {"poses": np.zeros((0, 13, 3))}, r"expected a frame with all 13 joints, got none in 0"),
        ("a.bvh", {"fps": 0}, r"expected frames a second above 0, got fps=0"),
        ("a.bvh", {"fps": float("nan")}, r"got fps=nan"),
        ("a.trc", {"poses": np.full((2, 13, 3), 1e9)}, r"give poses in metres"),
        ("a.bvh", {"joint_names": [f"j{i}" for i in range(13)]}, r"expected nose"),
    ],
)
def test_refusals_are_sentences_and_leave_nothing(squat, tmp_path, name, change, message):
    with pytest.raises(ValueError, match=message):
        export(tmp_path / name, **{"poses": squat, "fps": 30, **change})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_file_before(squat, tmp_path, monkeypatch):
    path = export(tmp_path / "a.bvh", squat)
    before = path.read_text()

    def fail(path, points):
        path.write_text("half")
        raise OSError("disk full")

    monkeypatch.setitem(FORMATS, "bvh", fail)
    with pytest.raises(OSError, match="disk full"):
        export(path, squat)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_without_ezc3d_it_says_how_to_get_it(squat, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ezc3d", None)
    with pytest.raises(ValueError, match=r'needs ezc3d; install it with: pip install "vvipe-explore\[export\]"'):
        check_formats(["bvh", "c3d"])
    with pytest.raises(ValueError, match="needs ezc3d"):
        export(tmp_path / "a.c3d", squat)
    check_formats(["bvh", "glb"])


def test_unknown_formats_are_named():
    with pytest.raises(ValueError, match="expected a format out of bvh, trc, c3d, glb, csv, npz, json, got 'fbx'"):
        check_formats(["bvh", "fbx"])


# --- the commands ---


def test_lift_exports(synthetic, tmp_path, capsys):
    keypoints = cameras.view(synthetic.poses[:20], cameras.fixed_orbit([(30, 10, 0)]))
    np.savez(tmp_path / "keypoints.npz", keypoints=keypoints, joint_names=PAPER_13)
    given = ["lift", "--keypoints", str(tmp_path / "keypoints.npz"), "--out", str(tmp_path / "out"), "--fps", "50"]
    assert main.main([*given, "--export", "bvh,json"]) == 0
    assert f"| {tmp_path / 'out' / 'motion.bvh'} | " in capsys.readouterr().out
    told = json.loads((tmp_path / "out" / "motion.json").read_text())
    assert told["fps"] == 50
    positions = np.array(told["positions"])
    assert np.allclose(positions[..., 1].min(1), 0.08, atol=1e-6)
    with np.load(tmp_path / "out" / "lift.npz") as file:
        standing = file["poses"] @ file["rotation"]
    assert np.allclose(np.diff(positions, axis=1), np.diff(standing, axis=1), atol=1e-5)
    with pytest.raises(SystemExit):
        main.main([*given, "--export", "bvh,fbx"])
    assert "expected a format out of bvh, trc" in capsys.readouterr().err


def command(*arguments):
    return main.main(["export-motion", *map(str, arguments)])


def test_the_command_converts_with_the_file_s_clock_and_gaps(gappy, tmp_path, capsys):
    with pytest.warns(UserWarning, match="7 of 60"):
        source = export(tmp_path / "walk.c3d", gappy, 120)
    out = tmp_path / "made"
    with pytest.warns(UserWarning, match="6 of 59"):  # the one at the start is left out
        assert command(source, "--to", "json,.BVH,json", "--out", out) == 0
    assert sorted(path.name for path in out.iterdir()) == ["walk.bvh", "walk.json"]
    printed = capsys.readouterr().out
    assert "59 frames, 120 a second\n" in printed
    assert printed.count("walk.bvh | ") == 1
    told = json.loads((out / "walk.json").read_text())
    assert told["fps"] == 120
    found = np.array([np.nan if p is None else p[0] for frame in told["positions"] for p in frame]).reshape(-1, 13)
    wanted = np.where(np.isnan(gappy[1:, :, 0]).any(1)[:, None], np.nan, gappy[1:, :, 0])
    assert np.allclose(found, wanted, atol=1e-5, equal_nan=True)


def test_the_command_says_what_it_assumes_and_does_as_told(squat, tmp_path, capsys):
    path = tmp_path / "a.npz"
    np.savez(path, positions=squat[..., [2, 0, 1]] * 500, joint_names=np.array(PAPER_13))  # z up, half millimetres
    assert command(path, "--to", "json", "--out", tmp_path, "--unit", "0.002", "--up", "z") == 0
    assert "60 frames, 30 a second (assumed; set it with --fps)" in capsys.readouterr().out
    assert command(path, "--to", "json", "--out", tmp_path, "--fps", 24, "--unit", "0.002") == 0
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["fps"] == 24
    height = np.array(told["positions"])[:, 0, 1]
    assert np.allclose(height, squat[:, 0, 1], atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["walk.bvh", "--to", "bvh"], "expected another file to write than walk.bvh itself, got its format; pass"),
        (["walk.bvh", "--to", "fbx"], "expected a format out of bvh, trc, c3d, glb, csv, npz, json, got 'fbx'"),
        (["none.bvh", "--to", "glb"], "none.bvh"),
        ([".", "--to", "glb"], "expected a motion file, got the folder"),
        (["walk.bvh", "--to", "glb", "--fps", "-3"], "expected fps= as frames a second"),
        (["walk.bvh", "--to", "glb", "--unit", "mile"], "expected unit= as metres a unit"),
    ],
)
def test_the_command_refuses_in_a_sentence(squat, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    before = export("walk.bvh", squat).read_text()
    try:
        status = command(*arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["walk.bvh"]
    assert (tmp_path / "walk.bvh").read_text() == before
