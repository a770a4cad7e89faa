"""The door for motion of any format: which way is up, how long a unit is, where the nose is, and folders.

The bodies are made here: a T-pose of round numbers in centimetres, each joint below the one before it, whose root
moves. So where its joints are can be told without the code under test.
"""

import json
import warnings

import numpy as np
import pytest

from vvipe_explore import alignment, datasets
from vvipe_explore.datasets import body_frame, read_bvh, read_motion
from vvipe_explore.datasets.marker_joints import NEEDED
from vvipe_explore.datasets.motion_wishes import checked_wishes
from vvipe_explore.skeleton import PAPER_13

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

# Parent, and place from it, in centimetres: +y up, the left at +x, the front at +z.
TREE = {
    "Hips": (None, (0, 0, 0)), "Spine": ("Hips", (0, 25, 0)), "Neck": ("Spine", (0, 25, 0)),
    "Head": ("Neck", (0, 10, 1)),
    "LeftArm": ("Spine", (18, 22, 0)), "LeftForeArm": ("LeftArm", (28, 0, 0)), "LeftHand": ("LeftForeArm", (25, 0, 0)),
    "RightArm": ("Spine", (-18, 22, 0)), "RightForeArm": ("RightArm", (-28, 0, 0)),
    "RightHand": ("RightForeArm", (-25, 0, 0)),
    "LeftUpLeg": ("Hips", (9, -3, 0)), "LeftLeg": ("LeftUpLeg", (0, -43, 0)), "LeftFoot": ("LeftLeg", (0, -42, 0)),
    "RightUpLeg": ("Hips", (-9, -3, 0)), "RightLeg": ("RightUpLeg", (0, -43, 0)),
    "RightFoot": ("RightLeg", (0, -42, 0)),
}  # fmt: skip
EYES = {"LeftEye": ("Head", (3, 6, 9)), "RightEye": ("Head", (-3, 6, 9))}
NAMES = {
    "nose": "Head", "left_shoulder": "LeftArm", "right_shoulder": "RightArm", "left_elbow": "LeftForeArm",
    "right_elbow": "RightForeArm", "left_wrist": "LeftHand", "right_wrist": "RightHand", "left_hip": "LeftUpLeg",
    "right_hip": "RightUpLeg", "left_knee": "LeftLeg", "right_knee": "RightLeg", "left_ankle": "LeftFoot",
    "right_ankle": "RightFoot",
}  # fmt: skip
HIGH = 95
"""Where the hips are, in centimetres."""


def places(tree=TREE):
    """Where each joint of the T-pose is, in centimetres from the root."""
    found = {}
    for name, (parent, offset) in tree.items():
        found[name] = np.array(offset, float) + (found[parent] if parent else 0)
    return found


def expected(tree=TREE, x=0.0):
    """The 13 joints of the T-pose whose hips are HIGH, x centimetres to its left, in metres; the nose is the head."""
    at = places(tree)
    return np.array([at[NAMES[joint]] + [x, HIGH, 0] for joint in PAPER_13]) / 100


def bvh(tree=TREE, roots=None, seconds="0.0333333", scale=1.0, turns=None, rename=str, axes=(0, 1, 2), signs=(1, 1, 1)):
    """Write a BVH whose joints don't turn, but for the joints in turns {name: (Z, X, Y) degrees}.

    roots: the root's place in each frame. axes, signs: where the file's x, y and z come from.
    """
    roots = [(x, HIGH, 0) for x in range(4)] if roots is None else roots

    def numbers(point):
        return " ".join(f"{sign * scale * point[axis]:.5f}" for axis, sign in zip(axes, signs, strict=True))

    def node(name):
        children = [child for child, (parent, _) in tree.items() if parent == name]
        inside = "".join(node(child) for child in children) or "End Site\n{\nOFFSET 0 1 0\n}\n"
        parent, offset = tree[name]
        channels = "3" if parent else "6 Xposition Yposition Zposition"
        order.append(name)
        return (f"{'JOINT' if parent else 'ROOT'} {rename(name)}\n{{\nOFFSET {numbers(offset)}\n"
                f"CHANNELS {channels} Zrotation Xrotation Yrotation\n{inside}}}\n")  # fmt: skip

    order: list[str] = []
    hierarchy = "".join(node(name) for name, (parent, _) in tree.items() if parent is None)
    names = [line.split(maxsplit=1)[1] for line in hierarchy.splitlines() if line.startswith(("ROOT", "JOINT"))]
    turns = {rename(name): turn for name, turn in (turns or {}).items()}
    rows = [" ".join([numbers(root), *(" ".join(map(str, turns.get(name, (0, 0, 0)))) for name in names)])
            for root in roots]  # fmt: skip
    return f"HIERARCHY\n{hierarchy}MOTION\nFrames: {len(rows)}\nFrame Time: {seconds}\n" + "\n".join(rows) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def made(tmp_path):
    """Give a function that writes a BVH and gives its path."""
    return lambda name="walk", **how: write(tmp_path / f"{name}.bvh", bvh(**how))


@pytest.fixture
def quiet():
    """Make every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_a_plain_file_is_read_without_a_word(made, quiet):
    motion = read_motion(made("07_02_walk"))
    assert (motion.joint_names, motion.frame.tolist()) == (PAPER_13, [1, 2, 3])
    for row, pose in enumerate(motion.poses):
        assert pose[1:] == pytest.approx(expected(x=row + 1)[1:], abs=1e-5)
    assert (motion.poses.dtype, set(motion.subject), set(motion.sequence)) == (np.float32, {7}, {"07_02_walk"})


@pytest.mark.parametrize("rename", [
    lambda name: f"mixamorig7:{name}", lambda name: name.replace("Left", "l_").replace("Right", "r_"),
    lambda name: f"Bip01 {name}", str.upper,
])  # fmt: skip
def test_names_are_told_by_rule(made, rename, quiet):
    assert read_motion(made(rename=rename)).poses[0, 1:] == pytest.approx(expected(x=1)[1:], abs=1e-5)


def test_the_nose_is_between_the_eyes(made, quiet):
    motion = read_motion(made(tree=TREE | EYES))
    assert motion.poses[0, 0] == pytest.approx(expected(x=1)[0] + [0, 0.06, 0.09], abs=1e-5)


def test_the_nose_is_in_front_of_a_head_without_eyes(made, quiet):
    """8 cm up and 10 cm forward on an adult whose limbs are 1.38 m; these are 1.38 m."""
    assert read_motion(made()).poses[0, 0] == pytest.approx(expected(x=1)[0] + [0, 0.08, 0.10], abs=1e-5)


def test_the_nose_turns_with_the_head(made, quiet):
    """90 degrees about y: forward becomes the left. In the plane of the shoulders it stays 2 cm in front of that."""
    nose = read_motion(made(turns={"Head": (0, 0, 90)})).poses[0, 0]
    assert nose == pytest.approx(expected(x=1)[0] + [0.10, 0.08, 0.01], abs=1e-5)


def test_the_nose_is_in_front_of_a_body_that_looks_elsewhere(made, quiet):
    """The whole body turned 180 degrees: the nose is behind its head in the file's axes, and before its shoulders."""
    pose = read_motion(made(turns={"Hips": (0, 0, 180)})).poses[0]
    assert pose[0, 2] - pose[1:3, 2].mean() == pytest.approx(-0.11, abs=1e-5)


def test_a_head_whose_rest_pose_tells_nothing_faces_as_the_torso_does():
    """All bones on one line at rest: the head's forward is what the torso's was on average."""
    points = np.tile(expected(), (5, 1, 1))
    turns = np.tile(np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]), (5, 1, 1))   # x, y, z at rest are y, z, x
    head = body_frame.Head("head", points[:, 0].copy(), turns)
    nose = body_frame.place_nose(head, points, np.outer(np.arange(13.0), [0, 1, 0]), "y")
    assert nose == pytest.approx(points[:, 0] + [0, 0.08, 0.10], abs=1e-6)


UP = {
    "z": ((0, 2, 1), (1, -1, 1)), "-z": ((0, 2, 1), (1, 1, -1)), "x": ((1, 0, 2), (1, -1, 1)),
    "-x": ((1, 0, 2), (-1, 1, 1)), "-y": ((0, 1, 2), (1, -1, -1)),
}  # fmt: skip
"""Where the file's x, y and z come from, and their signs, in a file in which another axis than y is up."""


def without_turn(poses):
    """Distances between all joints, and each joint's height: what no turn about the vertical changes."""
    apart = np.linalg.norm(poses[:, :, None] - poses[:, None], axis=-1)
    return np.concatenate([apart.reshape(len(poses), -1), poses[..., 1]], axis=1)


@pytest.mark.parametrize("up", UP)
def test_another_axis_that_is_up_is_turned_to_y_and_said(made, up):
    axes, signs = UP[up]
    path = made(axes=axes, signs=signs)
    with pytest.warns(UserWarning, match=f"walk.bvh: turned, so that y is up; in the file {up} is up"):
        poses = read_motion(path).poses
    assert without_turn(poses) == pytest.approx(without_turn(read_motion(made("y")).poses), abs=1e-5)
    left, forward = poses[0, 7] - poses[0, 8], poses[0, 0] - poses[0, 1:3].mean(0)
    assert np.cross(left, [0, 1, 0]) @ forward > 0   # not mirrored
    assert np.array_equal(read_motion(path, up=up).poses, poses)


def test_given_up_is_taken_without_a_word(made, quiet):
    assert read_motion(made(), up="-y").poses[0, 11, 1] == pytest.approx(-0.07, abs=1e-5)   # the ankle, turned over


def test_where_rest_and_motion_disagree_the_file_s_axis_is_kept_and_said(made):
    over = made(turns={"Hips": (180, 0, 0)})
    with pytest.warns(UserWarning, match="rest pose stands along y, but in 100% of the frames the head is below"):
        poses = read_motion(over).poses
    assert poses[0, 0, 1] < poses[0, 11, 1]
    lying = made("lying", turns={"Hips": (0, 90, 0)})
    with pytest.warns(UserWarning, match="along y, but in 100% of the frames the body stands along z; y is taken"):
        poses = read_motion(lying).poses
    assert np.ptp(poses[0, :, 1]) < 0.2


def test_a_file_that_stands_along_z_at_rest_and_along_y_in_motion_is_kept(made):
    axes, signs = UP["z"]
    path = made(axes=axes, signs=signs, turns={"Hips": (0, -90, 0)})
    with pytest.warns(UserWarning, match="stands along z, but .* along y; y is taken as up; pass up="):
        assert np.ptp(read_motion(path).poses[0, :, 1]) > 1.3


@pytest.mark.parametrize(
    ("unit", "scale"), [("m", 0.01), ("cm", 1), ("mm", 10), ("in", 1 / 2.54), ("cmu", 0.45 / 2.54)]
)
@pytest.mark.parametrize("posture", ["standing", "arms up", "sitting"])
def test_one_body_has_one_size_whatever_it_does(made, unit, scale, posture, quiet):
    turns = {
        "standing": {}, "arms up": {"LeftArm": (90, 0, 0), "RightArm": (-90, 0, 0)},
        "sitting": {"LeftUpLeg": (60, 0, 0), "RightUpLeg": (-60, 0, 0), "LeftLeg": (-120, 0, 0),
                    "RightLeg": (120, 0, 0)},
    }[posture]  # fmt: skip
    motion = read_motion(made(unit, scale=scale, turns=turns))
    thigh = np.linalg.norm(motion.poses[0, 7] - motion.poses[0, 9])
    assert thigh == pytest.approx(0.43, rel=1e-4)


def test_a_child_keeps_its_size_and_an_unknown_unit_makes_an_adult(made, quiet):
    child = read_motion(made("child", scale=0.65)).poses[0]
    assert np.linalg.norm(child[7] - child[9]) == pytest.approx(0.65 * 0.43, rel=1e-4)
    warnings.simplefilter("always")
    with pytest.warns(UserWarning, match="no usual unit makes the limbs a person's; taken as 0.1 m a unit"):
        odd = read_motion(made("decimetres", scale=0.1)).poses[0]
    assert np.linalg.norm(odd[7] - odd[9]) == pytest.approx(0.43, rel=1e-3)


@pytest.mark.parametrize(
    ("unit", "metres"),
    [("cm", 0.01), (" Inch", 0.0254), ("metres", 1.0), ("feet", 0.3048), ("centimeters", 0.01), (0.02, 0.02), (1, 1.0)],
)
def test_a_unit_that_is_given_is_taken(made, unit, metres, quiet):
    poses = read_motion(made(), unit=unit).poses
    assert np.linalg.norm(poses[0, 7] - poses[0, 9]) == pytest.approx(43 * metres, rel=1e-5)


def test_a_file_that_names_a_unit_which_makes_no_body_is_not_believed():
    """A TRC that says millimetres over numbers in metres."""
    unit, note = body_frame.find_unit(expected()[None], 0.001)
    assert (unit, note) == (1.0, "the file says 0.001 m a unit, which makes no body; m is taken")
    assert body_frame.find_unit(expected()[None], 0.8) == (0.8, "")


WRONG = {
    "unit": [0, -1, np.nan, np.inf, "feet and inches", True, [0.01]], "rate": [0, -1, np.nan, "30", True],
    "fps": [0, -30, np.inf, "fast"], "up": ["w", "yz", 1, ""],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_wrong_values_are_refused(name, value):
    with pytest.raises(ValueError, match=f"expected {name}= as .*, got .*; give"):
        checked_wishes(**{name: value})


@pytest.mark.parametrize(
    ("seconds", "rate", "frames"),
    [("0.0083333", 30, [1, 5, 9]), ("0.00834168", 29.97, [1, 5, 9]), ("0.01", 30, [1, 4, 8, 11]),
     ("0.0083333", 120, list(range(1, 12)))],
)  # fmt: skip
def test_the_rate_goes_by_the_clock(made, seconds, rate, frames, quiet):
    path = made(roots=[(0, HIGH, 0)] * 12, seconds=seconds)
    assert read_motion(path, rate=rate).frame.tolist() == frames


def test_a_rate_that_the_file_has_not(made):
    path = made(seconds="0.0333333")
    with pytest.warns(UserWarning, match="the file has 30 frames a second, fewer than 60; every frame is given"):
        assert len(read_motion(path, rate=60)) == 3
    timeless = made("timeless", seconds="0")
    with pytest.warns(UserWarning, match="the file says no frames a second, so every frame is given; pass fps="):
        assert len(read_motion(timeless, rate=30)) == 3
    assert read_motion(timeless, rate=30, fps=60).frame.tolist() == [1, 3]
    assert read_motion(path, rate=30, fps=90).frame.tolist() == [1]


def test_read_bvh_counts_frames(made):
    path = made(roots=[(0, HIGH, 0)] * 12)
    assert read_bvh(path, every=4).frame.tolist() == [1, 5, 9]
    with pytest.raises(ValueError, match="expected every= as a whole number of frames, 1 or more, got 0"):
        read_bvh(path, every=0)


def unnamed(name):
    return f"j{list(TREE).index(name)}"


MAP = {joint: unnamed(name) for joint, name in NAMES.items()}


def test_a_skeleton_of_unknown_names_is_read_by_a_map(made, tmp_path):
    path = made(rename=unnamed)
    with pytest.raises(ValueError, match=r"walk\.bvh: expected joints whose names tell the 13, got no nose, left"):
        read_motion(path)
    with pytest.warns(UserWarning, match="the nose is put in front of j3, which is no face"):
        motion = read_motion(path, joints=MAP)
    assert motion.poses[0] == pytest.approx(expected(x=1) + np.eye(13)[0][:, None] * [0, 0.08, 0.10], abs=1e-5)
    (tmp_path / "map.json").write_text(json.dumps(MAP))
    with pytest.warns(UserWarning, match="no face"):
        assert np.array_equal(read_motion(path, joints=str(tmp_path / "map.json")).poses, motion.poses)
    with pytest.raises(ValueError, match=r"walk\.bvh: expected a left_elbow below j4, got j8, which hangs below j7"):
        read_motion(path, joints=MAP | {"left_elbow": "j8", "right_elbow": "j5"})
    with pytest.raises(ValueError, match=r"expected a left_wrist below the left_elbow, got j5, which is above j6;"):
        read_motion(path, joints=MAP | {"left_elbow": "j6", "left_wrist": "j5"})


def test_a_map_may_name_more_joints(made, tmp_path):
    motion = read_motion(made(rename=unnamed), joints={"pelvis": "j0", **MAP, "nose": ["j3", "j2"]})
    assert motion.joint_names == (*PAPER_13, "pelvis")
    assert motion.poses[0, -1] == pytest.approx([0.01, 0.95, 0], abs=1e-6)
    made("by_name")
    refused = pytest.raises(ValueError, match=r"by_name\.bvh: expected a joint named .* got none in the file")
    with pytest.warns(UserWarning, match="the nose is put in front of j3, which is no face"), refused:
        read_motion(tmp_path, joints={"pelvis": "j0", **MAP})


def test_a_map_that_exchanges_both_arms_is_refused(made):
    """Each arm hangs together; only the hips tell that they are on the wrong sides."""
    path = made(rename=unnamed)
    arms = {joint: MAP[joint.replace("left", "x").replace("right", "left").replace("x", "right")] for joint in NAMES
            if joint.split("_")[-1] in ("shoulder", "elbow", "wrist")}  # fmt: skip
    with pytest.raises(ValueError, match="expected the left shoulder on the side of the left hip, got j7 and j10 on"):
        read_motion(path, joints=MAP | arms)


def test_in_a_folder_the_map_serves_the_files_that_have_its_names(made, tmp_path):
    made("a_named")
    made("b_unnamed", rename=unnamed)
    with pytest.raises(ValueError, match=r"b_unnamed\.bvh: expected joints whose names tell"):
        read_motion(tmp_path)
    with pytest.warns(UserWarning, match=r"b_unnamed\.bvh: the nose is put in front of j3"):
        motion = read_motion(tmp_path, joints=MAP)
    assert np.array_equal(motion.poses[motion.sequence == "a_named"], motion.poses[motion.sequence == "b_unnamed"])
    with pytest.raises(ValueError, match="expected a joint named j3 for nose, got none in the file"):
        read_motion(tmp_path / "a_named.bvh", joints=MAP)
    (tmp_path / "b_unnamed.bvh").unlink()
    with pytest.warns(UserWarning, match=r"a_named\.bvh: the map of joints= does not fit, and the file's own names"):
        assert len(read_motion(tmp_path, joints=MAP)) == 3


def test_two_files_of_one_name_are_two_sequences(tmp_path):
    text = bvh()
    for name in ("a/walk.bvh", "b/walk.bvh", "b/run.bvh"):
        write(tmp_path / name, text)
    assert list(dict.fromkeys(read_motion(tmp_path).sequence)) == ["a/walk", "run", "b/walk"]
    at = places()
    table = "frame," + ",".join(f"{joint}_{axis}" for joint in NAMES for axis in "xyz") + "\n"
    table += "0," + ",".join(f"{v:.4f}" for joint in NAMES for v in (at[NAMES[joint]] + [0, HIGH, 0]) / 100) + "\n"
    write(tmp_path / "b" / "run.csv", table)
    assert sorted(set(read_motion(tmp_path).sequence)) == ["a/walk", "b/run.bvh", "b/run.csv", "b/walk"]


def test_two_joints_of_one_name_are_said(made):
    tree = TREE | {"prop": ("LeftHand", (0, -90, 0))}
    path = made(tree=tree, rename=lambda name: "LeftHand" if name == "prop" else name)
    with pytest.warns(UserWarning, match=r"walk\.bvh: 2 joints are named .?LeftHand"):
        assert read_motion(path).poses[0, 5] == pytest.approx(expected(x=1)[5], abs=1e-5)


def test_hips_of_no_width_are_refused_by_name(made, tmp_path):
    made("good")
    flat = {name: (parent, (0, *offset[1:]) if "UpLeg" in name else offset) for name, (parent, offset) in TREE.items()}
    made("flat", tree=flat)
    with pytest.raises(ValueError, match=r"flat\.bvh: expected hips of some width, got left_hip and right_hip at"):
        read_motion(tmp_path)
    with pytest.warns(UserWarning, match=r"left out 1 of 2 motion files in .*:\n1 such as .*flat\.bvh: expected hips"):
        motion = read_motion(tmp_path, errors="skip")
    alignment.canonicalise(motion.poses)
    assert set(motion.sequence) == {"good"}


def test_frames_that_cannot_be_used_are_left_out_and_counted(tmp_path):
    """A CSV: in frame 1 a wrist was not seen, in frame 2 the hips are at one place."""
    poses = np.tile(expected(), (4, 1, 1))
    poses[1, 5] = np.nan
    poses[2, 7] = poses[2, 8]
    rows = [",".join("" if np.isnan(v) else f"{v:.4f}" for v in pose.ravel()) for pose in poses]
    head = ",".join(f"{joint}_{axis}" for joint in PAPER_13 for axis in "xyz")
    path = write(tmp_path / "walk.csv", head + "\n" + "\n".join(rows) + "\n")
    with (
        pytest.warns(UserWarning, match="1 of 4 frames are left out: a joint was not seen in them"),
        pytest.warns(UserWarning, match="1 of 3 frames are left out: their hips have no width"),
    ):
        assert read_motion(path).frame.tolist() == [0, 3]


def test_a_head_that_is_lost_at_times_still_gives_the_nose(tmp_path):
    names = ["head" if joint == "nose" else joint for joint in PAPER_13]
    rows = [",".join(f"{v:.4f}" for v in expected().ravel())] * 3
    rows[1] = ",,," + rows[1].split(",", 3)[3]
    head = ",".join(f"{joint}_{axis}" for joint in names for axis in "xyz")
    path = write(tmp_path / "walk.csv", "\n".join([head, *rows]) + "\n")
    with pytest.warns(UserWarning, match="1 of 3 frames are left out: a joint was not seen in them"):
        motion = read_motion(path)
    assert motion.frame.tolist() == [0, 2]
    assert motion.poses[1, 0] == pytest.approx(expected()[0] + [0, 0.08, 0.10], abs=1e-4)


def test_knees_that_bend_backward_are_said(made):
    """Sitting on a chair; then the same with left and right exchanged by name, as in a mirrored file."""
    turns = {"LeftUpLeg": (0, -80, 0), "LeftLeg": (0, 80, 0), "RightUpLeg": (0, -80, 0), "RightLeg": (0, 80, 0)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_motion(made(turns=turns))
    other = {"Left": "Right", "Right": "Left"}

    def mirror(name):
        return next((other[side] + name.removeprefix(side) for side in other if name.startswith(side)), name)

    with pytest.warns(UserWarning, match="the knees bend backward: is the file mirrored"):
        read_motion(made("mirrored", turns=turns, rename=mirror))


def test_a_limb_of_no_length_is_said(made):
    tree = TREE | {"LeftLeg": ("LeftUpLeg", (0, 0, 0))}
    with pytest.warns(UserWarning, match="left_hip and left_knee are at one place; name other joints with joints="):
        read_motion(made(tree=tree))


def test_a_joint_that_is_never_seen_is_named(tmp_path):
    head = ",".join(f"{joint}_{axis}" for joint in PAPER_13 for axis in "xyz")
    pose = expected().ravel().tolist()
    rows = ",".join("" if 15 <= i < 18 else f"{v:.4f}" for i, v in enumerate(pose))
    path = write(tmp_path / "walk.csv", f"{head}\n{rows}\n{rows}\n")
    with pytest.raises(ValueError, match=r"walk\.csv: expected frames in which .* were seen, got none w.*left_wrist"):
        read_motion(path)


def test_a_folder_that_fails_says_why_by_kind(made, tmp_path):
    made("a", rename=unnamed)
    made("b", rename=unnamed)
    write(tmp_path / "c.bvh", "HIERARCHY\nROOT Hips\n{\nOFFSET 1 2 x\n}\n")
    with pytest.raises(ValueError, match=r"none of the 3 motion files in .* could be read:\n") as caught:
        read_motion(tmp_path)
    text = str(caught.value)
    assert "\n2 such as " in text
    assert "a.bvh: expected joints whose names tell" in text
    assert "b.bvh" not in text
    assert "\n1 such as " in text
    assert "c.bvh, line 4: " in text
    made("d")
    with pytest.raises(ValueError, match=r"3 of the 4 motion files in .* can't be read; mend them, leave them out"):
        read_motion(tmp_path)
    with pytest.warns(UserWarning, match=r"left out 3 of 4 motion files in .*:\n2 such as .*a\.bvh"):
        assert set(read_motion(tmp_path, errors="skip").sequence) == {"d"}


def test_a_table_in_a_folder_of_motion_is_passed_over(made, tmp_path):
    made("d")
    write(tmp_path / "index.csv", "file,style\nd.bvh,neutral\n")
    with pytest.warns(UserWarning, match=r"index\.csv: holds no motion, and is passed over"):
        assert set(read_motion(tmp_path).sequence) == {"d"}


def test_what_is_said_of_many_files_is_said_once(made, tmp_path):
    axes, signs = UP["z"]
    for name in "abc":
        made(name, axes=axes, signs=signs)
    with pytest.warns(UserWarning, match=r"a\.bvh and 2 more: turned, so that y is up; in the file z") as said:
        read_motion(tmp_path)
    assert len(said) == 1
    for name, frames in (("d", 5), ("e", 6)):
        write(tmp_path / "more" / f"{name}.bvh", bvh().replace("Frames: 4", f"Frames: {frames}"))
    with pytest.warns(UserWarning, match=r"d\.bvh and 1 more: 5 frames are declared") as said:
        read_motion(tmp_path / "more")
    assert len(said) == 1


def test_a_folder_without_motion_names_the_format_that_it_has(tmp_path):
    with pytest.raises(ValueError, match=r"the folder .* holds no \.bvh, .* files; give the folder of the motion"):
        read_motion(tmp_path)
    write(tmp_path / "walk.fbx", "x")
    with pytest.raises(ValueError, match=r"the folder .* holds no \.bvh, .* files; walk\.fbx is an FBX file; "):
        read_motion(tmp_path)
    write(tmp_path / "walk.bvh", bvh())
    with pytest.warns(UserWarning, match=r"walk\.fbx: is not read: it is an FBX file; import it in Blender"):
        assert set(read_motion(tmp_path).sequence) == {"walk"}
    with pytest.raises(ValueError, match="there is no file or folder .*gone; give the path"):
        read_motion(tmp_path / "gone")


@pytest.mark.parametrize(
    ("name", "subject"), [("9" * 20 + "_x", 0), ("14_04", 14), ("walk", 0), ("²_1", 0), ("٣_1", 3)]
)
def test_subjects_by_the_file_s_name(made, name, subject):
    motion = read_motion(made(name))
    assert (set(motion.subject), motion.subject.dtype) == ({subject}, np.int64)


def test_markers_of_the_plug_in_gait_set_become_joints(tmp_path):
    """A body of markers, in a TRC in metres with a subject's name before each; no centre is at its marker."""
    side = {
        "SHO": (17, 145, 0), "ELB": (48, 141, -3), "WRA": (71, 141, 4), "WRB": (71, 141, -4), "ASI": (12, 98, 9),
        "PSI": (5, 99, -9), "KNE": (14, 50, 0), "ANK": (14, 9, -1), "FHD": (7, 168, 9), "BHD": (7, 167, -8),
    }  # fmt: skip
    at = {"C7": (0, 148, -7), "CLAV": (0, 141, 8)}
    for name, (x, y, z) in side.items():
        at |= {f"L{name}": (x, y, z), f"R{name}": (-x, y, z)}
    lines = ["PathFileType\t4\t(X/Y/Z)\twalk.trc",
             "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
             f"100\t100\t3\t{len(NEEDED)}\tm\t100\t1\t3",
             "Frame#\tTime\t" + "\t\t\t".join(f"Bob:{name}" for name in NEEDED),
             "\t\t" + "\t".join(f"X{i + 1}\tY{i + 1}\tZ{i + 1}" for i in range(len(NEEDED))), ""]  # fmt: skip
    for frame in range(3):
        values = [v / 100 for name in NEEDED for v in np.add(at[name], (frame, 0, 0))]
        lines.append(f"{frame + 1}\t{frame / 100:.2f}\t" + "\t".join(f"{v:.4f}" for v in values))
    motion = read_motion(write(tmp_path / "walk.trc", "\n".join(lines) + "\n"))
    assert (len(motion), motion.joint_names) == (3, PAPER_13)
    pose = dict(zip(PAPER_13, motion.poses[0], strict=True))
    assert 0.06 < pose["left_hip"][0] < 0.12
    assert 0.85 < pose["left_hip"][1] < 0.97
    assert pose["left_knee"][0] < 0.13
    assert pose["nose"][2] > 0.1
    assert pose["left_wrist"] == pytest.approx([0.71, 1.41, 0], abs=1e-3)


def test_the_shared_skeleton_s_poses_are_what_they_were(real_data):
    """CMU's file by the door is CMU's file by load: equal to the last bit."""
    files = sorted((real_data / "cmu-mocap").glob("01/*.bvh"))
    if not files:
        pytest.skip("VVIPE_DATA holds no cmu-mocap: fetch it with: vvipe data fetch cmu, or copy it there")
    by_door, by_count = read_motion(files[0], rate=30), read_bvh(files[0], every=4, metres=0.01)
    assert np.array_equal(by_door.poses, by_count.poses)
    assert by_door.frame.tolist() == by_count.frame.tolist()
    assert datasets.read_motion is read_motion
