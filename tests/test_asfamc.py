"""ASF/AMC: places worked out by hand, damaged files refused with their line, and Carnegie Mellon's own skeletons."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_datasets import damaged, held

from vvipe_explore import alignment, datasets, metrics
from vvipe_explore.datasets import _amc, _asf, asfamc
from vvipe_explore.skeleton import PAPER_13

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

HEAD = """# comment
:version 1.10
:name hand made
:units
  mass 1.0
  length 1.0
  angle deg
:documentation
  begin is a word here
:root
  order TX TY TZ RX RY RZ
  axis XYZ
  position 0 0 0
  orientation 0 0 0
:bonedata
"""


def bone(name, direction, length, axis="0 0 0 XYZ", dof=""):
    lines = ["begin", f"id 1\n name {name}", f"direction {direction}", f"length {length}", f"axis {axis}"]
    return "\n".join([*lines, f"dof {dof}\nlimits (-inf inf)\n (-10 10)" if dof else "", "end", ""])


CHAIN = HEAD + bone("A", "0 1 0", 2, dof="rz") + bone("b", "1 0 0", 3, "0 0 90 XYZ", "rx") + bone("c", "0 0 1", 1)
CHAIN += bone("d", "0 1 0", 1, dof="rz rx") + bone("e", "0 1 0", 1)
CHAIN += ":hierarchy\nbegin\nroot a\na b\nb c\nc d\nd e\nend\n"
MOTION = """#!OML:ASF somewhere
:FULLY-SPECIFIED
:DEGREES
1
root 0 0 0 0 0 0
a 0
b 0
d 0 0
2
root 1 2 3 0 0 0
a 90
b 90
d 0 0
4
root 0 0 0 0 0 0
a 0
b 0
d 90 90
"""


INCHES = {
    "nose": (0, 63, 4.4), "shoulder": (8, 55, 0), "elbow": (19, 55, 0), "wrist": (29, 55, 0),
    "hip": (4, 35, 0), "knee": (4, 19, 0), "ankle": (4, 3, 0),
}  # fmt: skip
"""A T-pose of BODY: the hips 35 inches up; the nose a head's length above the head's begin and 1.1 before it."""


def body(scale=1.0):
    """Give the text of an .asf and an .amc of two frames: a T-pose, and one 10 inches to the left, knees bent."""
    bones = {"Thorax": ("0 1 0", 20), "neck": ("0 1 0", 4), "head": ("0 2 0", 4)}
    tree = ["root thorax lhip rhip", "thorax neck lclavicle rclavicle", "neck head"]
    for side, x in (("l", "1 0 0"), ("r", "-1 0 0")):
        arm = {"clavicle": 8, "humerus": 11, "radius": 6, "wrist": 4, "hand": 3}
        bones |= {f"{side}{name}": (x, length) for name, length in arm.items()}
        bones |= {f"{side}{name}": ("0 -1 0", 16) for name in ("femur", "tibia")}
        bones |= {f"{side}hip": (x, 4), f"{side}foot": ("0 0 1", 6)}
        for chain in (("clavicle", "humerus", "radius", "wrist", "hand"), ("hip", "femur", "tibia", "foot")):
            tree += [f"{side}{a} {side}{b}" for a, b in zip(chain, chain[1:], strict=False)]
    asf = HEAD + "".join(
        bone(name, direction, length * scale, dof="rx" if name.endswith("tibia") else "")
        for name, (direction, length) in bones.items()
    )
    asf += ":hierarchy\nbegin\n" + "\n".join(tree) + "\nend\n"
    amc = f":DEGREES\n1\nroot 0 {35 * scale} 0 0 0 0\nltibia 0\nrtibia 0\n"
    return asf, amc + f"2\nroot {10 * scale} {35 * scale} 0 0 0 0\nltibia 90\nrtibia 90\n"


def t_pose():
    """Give the body's T-pose (13, 3) in metres."""
    rows = np.array([INCHES[joint.split("_")[-1]] for joint in PAPER_13])
    rows[2::2, 0] *= -1  # the right side
    return rows * 0.0254


@pytest.fixture
def folder(tmp_path):
    """Give a folder with the body's skeleton, 07.asf, and motion, 07_03.amc."""
    for name, text in zip(("07.asf", "07_03.amc"), body(), strict=True):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def chain(tmp_path):
    """Write the chain, with changes, and give where its bones begin, in file units, and the frames' numbers."""

    def read(asf=CHAIN, amc=MOTION):
        (tmp_path / "chain.asf").write_text(asf)
        (tmp_path / "chain.amc").write_text(amc)
        skeleton = asfamc.read_asf(tmp_path / "chain.asf")
        places, frames = asfamc.read_amc(tmp_path / "chain.amc", skeleton)
        return places / skeleton.metres, frames

    return read


def test_bones_begin_where_the_hand_puts_them(chain):
    places, frames = chain()
    assert frames.tolist() == [1, 2, 4]
    np.testing.assert_allclose(places[0], [(0, 0, 0), (0, 2, 0), (3, 2, 0), (3, 2, 1), (3, 3, 1)], atol=1e-12)
    # a turns +y to -x. b's own x is y at rest: about it +x turns to -z, and +z to +x, which a turns to +y.
    np.testing.assert_allclose(places[1, :4], [(1, 2, 3), (-1, 2, 3), (-1, 2, 0), (-1, 3, 0)], atol=1e-12)


@pytest.mark.parametrize(("order", "end"), [("XYZ", (3, 2, 2)), ("ZYX", (2, 2, 1))])
def test_axis_gives_the_order_of_rotations_and_dof_that_of_numbers(chain, order, end):
    """x first takes d's +y to +z, where z leaves it; z first takes it to -x, where x leaves it."""
    ordered = bone("d", "0 1 0", 1, f"0 0 0 {order}", "rz rx")
    places, _ = chain(CHAIN.replace(bone("d", "0 1 0", 1, dof="rz rx"), ordered))
    np.testing.assert_allclose(places[2, 4], end, atol=1e-12)
    places, _ = chain(amc=MOTION.replace("d 90 90", "d 90 0"))
    np.testing.assert_allclose(places[2, 4], (2, 2, 1), atol=1e-12)


def test_the_root_turns_and_moves_in_its_order(chain):
    """Rotations z, then x: a's +y goes to -x and stays; x first would take it to +z."""
    asf = CHAIN.replace("order TX TY TZ RX RY RZ", "order RZ RX RY TX TY TZ")
    places, _ = chain(asf, MOTION.replace("root 0 0 0 0 0 0", "root 90 90 0 1 2 3", 1))
    np.testing.assert_allclose(places[0, :2], [(1, 2, 3), (-1, 2, 3)], atol=1e-12)


def test_the_root_s_preset_comes_before_its_motion(chain):
    """A rest pose turned by z, moved by (5, 0, 0): a's +y is -x, where the motion's x leaves it."""
    asf = CHAIN.replace("position 0 0 0", "position 5 0 0").replace("orientation 0 0 0", "orientation 0 0 90")
    places, _ = chain(asf, MOTION.replace("root 0 0 0 0 0 0", "root 1 2 3 90 0 0", 1))
    np.testing.assert_allclose(places[0, :2], [(6, 2, 3), (4, 2, 3)], atol=1e-12)


@pytest.mark.parametrize("unit", [":RADIANS", "", ":DEGREES"])
def test_angles_in_radians(chain, unit):
    """Without a word in the .amc its angles are in the .asf's unit."""
    expected, _ = chain()
    quarter = "1.5707963267948966"
    asf = CHAIN.replace("angle deg", "angle rad").replace("axis 0 0 90 XYZ", f"axis 0 0 {quarter} XYZ")
    amc = MOTION if unit == ":DEGREES" else MOTION.replace(":DEGREES", unit).replace("90", quarter)
    np.testing.assert_allclose(chain(asf, amc)[0], expected, atol=1e-12)


def test_lengths_are_inches_times_the_factor(tmp_path, chain):
    chain(CHAIN.replace("length 1.0\n  angle", "length 0.45\n  angle"))
    skeleton = asfamc.read_asf(tmp_path / "chain.asf")
    places, _ = asfamc.read_amc(tmp_path / "chain.amc", skeleton)
    assert places[0, 2, 0] == pytest.approx(3 * 0.0254 / 0.45)


def test_read_a_body(folder):
    motion = asfamc.read_file(folder / "07_03.amc")
    assert motion.joint_names == PAPER_13
    assert motion.poses.dtype == np.float32
    assert (motion.subject.tolist(), motion.sequence.tolist(), motion.frame.tolist()) == ([7, 7], ["07_03"] * 2, [1, 2])
    np.testing.assert_allclose(motion.poses[0], t_pose(), atol=1e-6)
    bent = t_pose() + [0.254, 0, 0]
    # the shin turns about x from -y to -z: the ankle is behind the knee
    bent[11:] += np.array([0, 16, -16]) * 0.0254
    np.testing.assert_allclose(motion.poses[1], bent, atol=1e-6)


def test_every_and_own_joints(folder):
    joints = {"nose": "Head", "pelvis": "root", "mid_hip": ("LFemur", "RFemur")}
    motion = asfamc.read_file(folder / "07_03.amc", joints=joints, every=2, metres=1.0)
    assert motion.joint_names == ("nose", "pelvis", "mid_hip")
    np.testing.assert_allclose(motion.poses, [[(0, 59, 0), (0, 35, 0), (0, 35, 0)]], atol=1e-5)


def test_a_unit_that_gives_no_body_is_guessed(tmp_path):
    """The body in centimetres would be four metres tall if they were inches."""
    for name, text in zip(("a.asf", "a.amc"), body(2.54), strict=True):
        (tmp_path / name).write_text(text)
    np.testing.assert_allclose(asfamc.read_file(tmp_path / "a.amc").poses[0], t_pose(), atol=1e-5)


def test_the_nose_is_before_a_body_that_rests_facing_x(tmp_path):
    """Turn all directions of the rest pose from +z to +x: the nose turns too."""
    asf, amc = body()
    turned = {"direction 1 0 0": "direction 0 0 -1", "direction -1 0 0": "direction 0 0 1"}
    for old, new in turned.items():
        asf = asf.replace(old, new)
    (tmp_path / "a.asf").write_text(asf)
    (tmp_path / "a.amc").write_text(amc)
    nose = asfamc.read_file(tmp_path / "a.amc").poses[0, 0]
    np.testing.assert_allclose(nose, np.array([4.4, 63, 0]) * 0.0254, atol=1e-6)


def test_the_skeleton_beside_the_motion(folder):
    """The longest name that the motion's name begins with; else the only one; else it must be named."""
    for name, found in (("07_03", "07_03.asf"), ("07", "07.asf")):
        (folder / "07_03.asf").write_text("") if name == "07_03" else (folder / "07_03.asf").unlink()
        assert asfamc.find_asf(folder / "07_03.amc").name == found
    moved = (folder / "07_03.amc").rename(folder / "walk.amc")
    assert asfamc.find_asf(moved).name == "07.asf"
    (folder / "0.ASF").write_text("")
    with pytest.raises(ValueError, match=r"walk\.amc: expected its skeleton .* \(walk\.asf, or .*got 0\.ASF, 07\.asf"):
        asfamc.read_file(moved)
    assert len(asfamc.read_file(moved, folder / "07.asf")) == 2
    for file in (*folder.glob("*.asf"), folder / "0.ASF"):
        file.unlink()
    with pytest.raises(ValueError, match=r"got no \.asf; copy it there, or pass asf_path="):
        asfamc.read_file(moved)


B = bone("b", "1 0 0", 3, "0 0 90 XYZ", "rx")
WRONG_ASF = [
    (CHAIN, "", "expected a section :root, got none"),
    (":bonedata", ":bonedatta", "expected a section :bonedata, got none|expected bones of :bonedata"),
    (":hierarchy", ":tree", "expected a section :hierarchy, got none"),
    ("# comment\n:version", "version", "line 1: expected a section such as :units, got 'version 1.10'"),
    ("length 1.0\n  angle", "length 0\n  angle", "line 6: expected a length above 0"),
    ("length 1.0\n  angle", "length one\n  angle", "line 6: expected 1 finite number after length, got 'length one'"),
    ("angle deg", "angle grad", "line 7: expected angle deg or angle rad, got 'angle grad'"),
    ("RX RY RZ\n", "RX RY RY\n", "line 11: expected order with each of TX"),
    ("axis XYZ\n", "axis XYX\n", "line 12: expected an order of rotations such as XYZ"),
    ("position 0 0 0", "position 0 0", "line 13: expected 3 finite numbers after position"),
    (B, B.replace("end\n", ""), "line 35: expected the line end of the bone before, got 'begin'"),
    (B, B.replace("direction", "direktion"), "line 35: expected a line direction before the bone's end"),
    (B, B.replace("1 0 0", "1 nan 0"), "line 29: expected 3 finite numbers after direction, got 'direction 1 nan 0'"),
    (B, B.replace("length 3", "length 1e999"), "line 30: expected 1 finite number after length"),
    (B, B.replace("0 0 90 XYZ", "0 0 90"), "line 31: expected an order of rotations such as XYZ"),
    (B, B.replace("rx", "rx tx"), "line 32: expected dof of rx, ry, rz, each once, got 'dof rx tx'"),
    (B, B.replace("rx", "rx rx"), "line 32: expected dof of rx, ry, rz, each once"),
    (B, B + B, "line 38: expected each bone once, got 'name b'"),
    (B, B.replace("name b", "name root"), "line 28: expected each bone once"),
    (B, B.replace("name b", "name two words"), "line 28: expected one name"),
    ("\na b\n", "\na x\n", "expected bones of :bonedata, not x, got 'a x'"),
    ("\na b\n", "\na root\n", "expected bones of :bonedata, not root"),
    ("\na b\n", "\na b\nd b\n", "expected one parent of b, got 'd b'"),
    ("\na b\n", "\ne b\n", "leads from root to each bone, got none for b, c, d, e; check for a circle"),
    ("\nroot a\n", "\nb a\n", "leads from root to each bone, got none for a, b, c, d, e"),
    ("hand made", "x" * 5000, "line 3: expected lines of fewer than 4096 characters"),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG_ASF)
def test_a_wrong_skeleton_is_refused_with_its_line(chain, old, new, message):
    assert old in CHAIN
    with pytest.raises(ValueError, match=rf"chain\.asf[:,] .*({message}).*\.$"):
        chain(CHAIN.replace(old, new, 1))


WRONG_AMC = [
    (MOTION, "", "expected frames, got none; pass a whole Acclaim motion"),
    (MOTION, ":FULLY-SPECIFIED\n", "expected frames, got none"),
    (MOTION, CHAIN, "line 5: expected a frame's number, got 'mass 1.0'; pass an Acclaim motion"),
    ("1\nroot", "root", "line 4: expected a frame's number, got 'root"),
    ("a 90", "a 90 1", "line 11: expected 1 finite number after a, got 'a 90 1'; pass the skeleton of this motion"),
    ("d 90 90", "d 90", "line 18: expected 2 finite numbers after d"),
    ("d 90 90", "d 90 x", "line 18: expected 2 finite numbers after d"),
    ("a 90", "a nan", "line 11: expected 1 finite number after a, got 'a nan'"),
    ("a 90", "a -inf", "line 11: expected 1 finite number after a"),
    ("a 90", "lfemur 1 2 3", r"line 11: expected a bone that turns in .*chain\.asf, got 'lfemur 1 2 3'; pass the skel"),
    ("a 90", "c 90", "line 11: expected a bone that turns"),
    ("a 90", "a 90\na 90", "line 12: expected a once in frame 2, got 'a 90'"),
    ("a 90\n", "", "line 13: expected the values of a first, got '4'"),
    ("d 90 90\n", "", "line 17: expected the values of d first, got 'b 0'"),
    ("4\nroot", "2\nroot", "line 14: expected a frame number above 2, got '2'"),
    ("4\nroot", "1\nroot", "line 14: expected a frame number above 2, got '1'"),
    ("4\nroot", "-4\nroot", "line 14: expected a bone that turns"),
    ("4\nroot", "9999999999\nroot", "line 14: expected a bone that turns"),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG_AMC)
def test_a_wrong_motion_is_refused_with_its_line(chain, old, new, message):
    assert old in MOTION
    with pytest.raises(ValueError, match=rf"chain\.amc[:,] .*({message}).*\.$"):
        chain(amc=MOTION.replace(old, new, 1))


def test_sizes_are_bounded(tmp_path, chain, monkeypatch):
    monkeypatch.setattr(_amc, "MAX_FRAMES", 2)
    with pytest.raises(ValueError, match=r"line 14: expected at most 2 frames, got '4'; split the file"):
        chain()
    monkeypatch.setattr(_asf, "MAX_BONES", 4)
    with pytest.raises(ValueError, match="expected at most 4 bones, got 'name e'"):
        chain()
    monkeypatch.setattr(_amc, "MAX_BYTES", 10)
    skeleton = _asf.Skeleton(tmp_path)
    with pytest.raises(ValueError, match=r"chain\.amc: expected an Acclaim motion .* of at most 10 bytes"):
        asfamc.read_amc(tmp_path / "chain.amc", skeleton)
    with pytest.raises(FileNotFoundError, match=r"no file .*gone\.amc"):
        asfamc.read_file(tmp_path / "gone.amc")


def test_a_chain_as_deep_as_may_be(chain):
    """512 bones below one another, listed from the last to the first, turn by 90 degrees in all."""
    n = _asf.MAX_BONES
    bones = "".join(bone(f"x{i}", "0 1 0", 1, dof="rz") for i in reversed(range(n)))
    tree = "\n".join(f"x{i} x{i + 1}" for i in reversed(range(n - 1)))
    amc = "1\nroot 0 0 0 0 0 0\n" + "".join(f"x{i} {90 / n}\n" for i in range(n))
    places, _ = chain(f"{HEAD}{bones}:hierarchy\nbegin\n{tree}\nroot x0\nend\n", amc)
    turns = np.radians(90 / n * np.arange(1, n))
    np.testing.assert_allclose(places[0, -1], [-np.sin(turns).sum(), np.cos(turns).sum(), 0], atol=1e-9)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_comments_may_be_in_any_encoding(folder, encoding):
    for name, text in zip(("07.asf", "07_03.amc"), body(), strict=True):
        (folder / name).write_bytes(f"# Müller\r\n{text}".replace("\n", "\r\n").encode(encoding))
    assert len(asfamc.read_file(folder / "07_03.amc")) == 2


def test_an_overflow_is_refused(folder):
    asf, _ = body()
    (folder / "07.asf").write_text(re.sub("length 16.0", "length 1.5e308", asf))
    with pytest.raises(ValueError, match=r"07_03\.amc: expected a body of a few metres, got places that overflow"):
        asfamc.read_file(folder / "07_03.amc")


def test_missing_bones_are_named(folder):
    (folder / "07.asf").write_text(body()[0].replace("lhand", "left_hand"))
    with pytest.raises(ValueError, match=r"07\.asf: expected the bones lhand, got thorax, .*; pass joints="):
        asfamc.read_file(folder / "07_03.amc")


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), which=st.sampled_from([0, 1]))
def test_damaged_files_are_read_or_refused(tmp_path_factory, seed, which):
    folder = tmp_path_factory.mktemp("damaged")
    texts = [text.encode() for text in body()]
    texts[which] = damaged(texts[which], seed)
    for name, text in zip(("07.asf", "07.amc"), texts, strict=True):
        (folder / name).write_bytes(text)
    # either file may be to blame: both names begin with 07
    (folder / "07").write_bytes(b"".join(texts))
    held("asf and amc", folder / "07", lambda: asfamc.read_file(folder / "07.amc"))


def test_load_from_a_folder(tmp_path):
    (tmp_path / "cmu-asfamc" / "02").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"expected NN/NN_TT\.amc files in .*cmu-asfamc, got none"):
        asfamc.load(tmp_path)
    asf, amc = body()
    head, frame = amc.split("1\n", 1)[0], amc.split("1\n", 1)[1].split("2\n")[0]
    (tmp_path / "cmu-asfamc/02/02.asf").write_text(asf)
    (tmp_path / "cmu-asfamc/02/02_01.amc").write_text(head + "".join(f"{i}\n{frame}" for i in range(1, 11)))
    motion = asfamc.load(tmp_path)
    assert (motion.frame.tolist(), set(motion.subject), set(motion.action)) == ([1, 5, 9], {2}, {"walk"})


@pytest.fixture
def trials(real_data):
    """Give the folders of real ASF/AMC and BVH."""
    folders = real_data / "cmu-asfamc", real_data / "cmu-mocap"
    if not all(folder.is_dir() for folder in folders):
        pytest.skip("VVIPE_DATA holds no cmu-asfamc or no cmu-mocap: copy CMU's ASF/AMC and BVH files there")
    return folders


def test_the_same_motion_on_people_s_own_bodies(trials, tmp_path):
    """Row by row the pose is the BVH's of that trial, on another body: upright, unmirrored, the nose ahead."""
    own, shared = trials
    folder = tmp_path / "cmu-asfamc" / "02"
    folder.mkdir(parents=True)
    for name in ("02.asf", "02_01.amc"):
        (folder / name).symlink_to(own / "02" / name)
    own = asfamc.load(tmp_path)
    shared = datasets.read_bvh(shared / "02/02_01.bvh", every=4, metres=0.01)
    assert own.joint_names == shared.joint_names
    np.testing.assert_array_equal(own.frame, shared.frame)
    errors = metrics.pa_mpjpe(own.poses[1:], shared.poses[1:])
    assert np.median(errors) < 0.055
    assert errors.max() < 0.06
    assert np.median(metrics.pa_mpjpe(own.poses[1:] * [-1, 1, 1], shared.poses[1:])) > 0.15
    canonical = alignment.canonicalise(own.poses)
    assert (canonical.rotation[:, 1, 1] > 0.95).all()
    assert (canonical.poses[:, 0, 2] > canonical.poses[:, 1:3, 2].mean(1) + 0.04).all()


def elbow(poses):
    """Measure the left elbow's angle (n,) in degrees."""
    upper, fore = poses[:, 3] - poses[:, 1], poses[:, 5] - poses[:, 3]
    cosine = (upper * fore).sum(-1) / np.linalg.norm(upper, axis=-1) / np.linalg.norm(fore, axis=-1)
    return np.degrees(np.arccos(cosine))


def test_an_amc_s_frame_is_the_bvh_s_of_its_number(trials):
    """The elbow bends at the same moment: a shift of one frame either way fits worse."""
    own = asfamc.read_file(trials[0] / "02/02_02.amc")
    shared = datasets.read_bvh(trials[1] / "02/02_02.bvh", metres=0.01)
    assert own.frame.tolist() == shared.frame.tolist()
    ours, theirs = elbow(own.poses), elbow(shared.poses)
    spread = [np.std(np.roll(ours, shift)[10:-10] - theirs[10:-10]) for shift in (-1, 0, 1)]
    assert spread[1] < 0.8 * min(spread[0], spread[2])


def test_every_trial_has_the_bvh_s_frames(trials):
    """A BVH has one frame more, the T-pose."""
    own, shared = trials
    found = [p for p in sorted(own.glob("*/*.amc")) if (shared / p.parent.name / f"{p.stem}.bvh").exists()]
    assert len(found) == 15
    for path in found:
        frames = len(re.findall(rb"^\d+\s*$", path.read_bytes(), re.MULTILINE))
        text = (shared / path.parent.name / f"{path.stem}.bvh").read_text()
        assert [int(n) for n in re.findall(r"Frames:\s*(\d+)", text)] == [frames + 1]
