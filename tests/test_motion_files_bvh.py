"""BVH files as the field writes them are read right, or refused by a sentence that names the line."""

import numpy as np
import pytest

from vvipe_explore.datasets.motion_files import read_raw

HEAD = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Left Leg
  {
    OFFSET 1 -4 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT Foot
    {
      OFFSET 0 -3 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      End Site
      {
        OFFSET 0 0 1
      }
    }
  }
}
"""
ROWS = ["0 0 0  0 0 0  0 0 0  0 0 0", "10 20 30  0 0 0  0 90 0  0 0 0", "1 2 3  90 0 0  0 0 0  0 0 0"]
MOTION = "MOTION\nFrames: 3\nFrame Time: 0.033333\n"
# 90 degrees about x turn (0, -3, 0) to (0, 0, -3); 90 about z turn (1, -4, 0) to (4, 1, 0).
PLACES = [
    [[0, 0, 0], [1, -4, 0], [1, -7, 0]],
    [[10, 20, 30], [11, 16, 30], [11, 16, 27]],
    [[1, 2, 3], [5, 3, 3], [8, 3, 3]],
]


def write(folder, text, name="walk.bvh", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read_one(folder, text, encoding="utf-8"):
    found = read_raw(write(folder, text, encoding=encoding))
    assert len(found) == 1
    return found[0]


PLAIN = HEAD + MOTION + "\n".join(ROWS) + "\n"


def test_a_plain_file(tmp_path):
    motion = read_one(tmp_path, PLAIN)
    np.testing.assert_allclose(motion.positions, PLACES, atol=1e-12)
    assert motion.names == ("Hips", "Left Leg", "Foot")
    assert motion.parents.tolist() == [-1, 0, 1]
    assert motion.rest.tolist() == [[0, 0, 0], [1, -4, 0], [1, -7, 0]]
    assert (motion.fps, motion.first, motion.notes, motion.metres, motion.up) == (30.0, 1, (), None, None)


SAME = {
    "CRLF and tabs": PLAIN.replace("  ", "\t").replace("\n", "\r\n"),
    "CR alone": PLAIN.replace("\n", "\r"),
    "byte-order mark": "\ufeff" + PLAIN,
    "small letters": HEAD.lower().replace("left leg", "Left Leg").replace("hips", "Hips").replace("foot", "Foot")
    + MOTION.lower() + "\n".join(ROWS),
    "capitals": HEAD.replace("position", "POSITION").replace("rotation", "ROTATION") + PLAIN[len(HEAD):],
    "no spaces behind colons": PLAIN.replace("Frames: 3", "Frames:3").replace("Time: ", "Time:"),
    "spaces before colons": PLAIN.replace("Frames:", "Frames :").replace("Time:", "Time\t:"),
    "braces on the line": PLAIN.replace("\n{", " {").replace("\n  {", " {").replace("\n    {", "{"),
    "one line a joint": HEAD.replace("\n", " ") + "\n" + MOTION + "\n".join(ROWS),
    "wrapped lines": HEAD + MOTION + "\n".join(row.replace("  ", "\n") for row in ROWS),
    "all in one line": HEAD + MOTION + " ".join(ROWS),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "no HIERARCHY": PLAIN.split("\n", 1)[1],
    "comments": "# made by hand\n" + PLAIN.replace("MOTION", "// the motion\nMOTION"),
    "decimal commas": HEAD.replace("OFFSET 1 -4 0", "OFFSET 1,0 -4,0 0,0") + MOTION.replace("0.0", "0,0")
    + "\n".join(row.replace("90", "90,0") for row in ROWS),
    "commas between numbers": HEAD + MOTION + "\n".join(row.replace("  ", " ").replace(" ", ", ") for row in ROWS),
    "scientific notation": HEAD.replace("-4", "-4.0e+00") + MOTION + "\n".join(r.replace("20", "2e1") for r in ROWS),
    "no End Site": HEAD.replace("End Site\n      {\n        OFFSET 0 0 1\n      }\n", "") + PLAIN[len(HEAD):],
    "a named End Site": PLAIN.replace("End Site", "END SITE of Foot"),
    "an End Site that turns": HEAD.replace("OFFSET 0 0 1\n", "OFFSET 0 0 1\nCHANNELS 1 Xrotation\n") + MOTION
    + "\n".join(f"{row} 45" for row in ROWS),
    "no spaces at the end": PLAIN.rstrip(),
    "blank lines behind": PLAIN + "\n\n  \n",
    "the end of a DOS file": PLAIN + "\x1a\0\0",
    "spaces of other alphabets": PLAIN.replace("10 20", "10\u300020").replace("1 2 3", "1\xa0 \xa02 3"),
    "words before": "Motion of a person\nby hand\n" + PLAIN,
    "an End Site without an end": PLAIN.replace("OFFSET 0 0 1", "OFFSET nan nan nan"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAME)
def test_written_otherwise_read_the_same(tmp_path, kind):
    motion = read_one(tmp_path, SAME[kind])
    np.testing.assert_allclose(motion.positions, PLACES, atol=1e-12)
    assert (motion.names, motion.fps, motion.notes) == (("Hips", "Left Leg", "Foot"), 30.0, ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "cp932", "latin-1"])
def test_encodings(tmp_path, encoding):
    name = "Fuß" if encoding == "latin-1" else "左足首"
    motion = read_one(tmp_path, PLAIN.replace("Foot", name), encoding)
    np.testing.assert_allclose(motion.positions, PLACES, atol=1e-12)
    assert motion.names[2] == name


MORE = {
    "positions on a joint": (
        HEAD.replace("CHANNELS 3", "CHANNELS 6 Xposition Yposition Zposition", 1),
        ["0 0 0  0 0 0  2 -5 1  0 0 0  0 0 0"], [[0, 0, 0], [2, -5, 1], [2, -8, 1]], [],
    ),
    "one position on a joint": (
        HEAD.replace("CHANNELS 3", "CHANNELS 4 Yposition", 1),
        ["0 0 0  0 0 0  -9 0 0 0  0 0 0"], [[0, 0, 0], [1, -9, 0], [1, -12, 0]], [],
    ),
    "positions that stay at zero": (
        HEAD.replace("CHANNELS 3", "CHANNELS 6 Xposition Yposition Zposition", 1),
        ["0 0 0  0 0 0  0 0 0  0 0 0  0 0 0"], [[0, 0, 0], [1, -4, 0], [1, -7, 0]], ["near 0 beside their OFFSET"],
    ),
    "positions that are added": (
        HEAD.replace("CHANNELS 3", "CHANNELS 6 Xposition Yposition Zposition"),
        ["0 0 0  0 0 0  .1 0 0  0 0 0  0 0 .1  0 0 0"],
        [[0, 0, 0], [1.1, -4, 0], [1.1, -7, 0.1]], ["2 joints (Left Leg, Foot)"],
    ),
    "a hinge": (
        HEAD.replace("CHANNELS 3 Zrotation Xrotation Yrotation\n    JOINT", "CHANNELS 1 Xrotation\n    JOINT"),
        ["0 0 0  0 0 0  90  0 0 0"], [[0, 0, 0], [1, -4, 0], [1, -4, -3]], [],
    ),
    "two rotations": (
        HEAD.replace("3 Zrotation Xrotation Yrotation\n    JOINT", "2 Yrotation Xrotation\n    JOINT"),
        ["0 0 0  0 0 0  90 90  0 0 0"], [[0, 0, 0], [1, -4, 0], [-2, -4, 0]], [],
    ),
    "a joint without channels": (
        HEAD.replace("CHANNELS 3 Zrotation Xrotation Yrotation\n    JOINT", "CHANNELS 0\n    JOINT"),
        ["1 1 1  0 0 0  0 0 0"], [[1, 1, 1], [2, -3, 1], [2, -6, 1]], [],
    ),
    "no position of the root": (
        HEAD.replace("OFFSET 0 0 0", "OFFSET 0 50 0").replace("6 Xposition Yposition Zposition", "3"),
        ["90 0 0  0 0 0  0 0 0"], [[0, 50, 0], [4, 51, 0], [7, 51, 0]], [],
    ),
    "no rotation of the root": (
        HEAD.replace("CHANNELS 6", "CHANNELS 3").replace("Zposition Zrotation Xrotation Yrotation", "Zposition"),
        ["1 2 3  0 90 0  0 0 0"], [[1, 2, 3], [2, -2, 3], [2, -2, 0]], [],
    ),
    "rotations first, positions in another order": (
        HEAD.replace("Xposition Yposition Zposition Zrotation Xrotation Yrotation",
                     "Zrotation Xrotation Yrotation Zposition Yposition Xposition"),
        ["90 0 0 3 2 1  0 0 0  0 0 0"], [[1, 2, 3], [5, 3, 3], [8, 3, 3]], [],
    ),
    "the order of rotations counts": (
        HEAD.replace("Zrotation Xrotation Yrotation\n  JOINT", "Xrotation Yrotation Zrotation\n  JOINT"),
        ["0 0 0  90 0 90  0 0 0  0 0 0"], [[0, 0, 0], [4, 0, 1], [7, 0, 1]], [],
    ),
    "more frames than declared": (HEAD, ROWS * 2, PLACES[0], ["3 frames are declared, 6 are there"]),
    "fewer frames than declared": (HEAD, ROWS[:1], PLACES[0], ["3 frames are declared, 1 are there"]),
    "a last frame that is not whole": (
        HEAD, [*ROWS, "1 2 3 4"], PLACES[0], ["the last frame has 4 of 12 numbers and is left out"],
    ),
    "words behind the frames": (HEAD, [*ROWS, "made by hand"], PLACES[0], ["line 27: what follows the frames"]),
    "two joints of one name": (
        HEAD.replace("JOINT Foot", "JOINT Hips"), ROWS, PLACES[0], [],
    ),
    "a scale is no movement": (
        HEAD.replace("CHANNELS 3", "CHANNELS 4 Xscale", 1),
        ["0 0 0  0 0 0  7 0 0 0  0 0 0"], PLACES[0], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MORE)
def test_kinds_of_files(tmp_path, kind):
    head, rows, first, notes = MORE[kind]
    motion = read_one(tmp_path, head + MOTION.replace("3", "1" if len(rows) == 1 and not notes else "3", 1)
                      + "\n".join(rows))  # fmt: skip
    np.testing.assert_allclose(motion.positions[0], first, atol=1e-12)
    said = [note for note in motion.notes if "frames are declared" not in note or "frames" in kind]
    assert len(said) == len(notes), motion.notes
    for note, wanted in zip(said, notes, strict=True):
        assert wanted in note


def test_positions_alone_make_the_rest_pose(tmp_path):
    head = HEAD.replace("CHANNELS 3", "CHANNELS 6 Xposition Zposition Yposition")
    head = head.replace("OFFSET 1 -4 0", "OFFSET 0 0 0").replace("OFFSET 0 -3 0", "OFFSET 0 0 0")
    rows = [f"7 {y} 0  90 0 0  1 0 -4  0 0 {y}  0 0 -3  0 0 0" for y in (0, 5, 6)]
    motion = read_one(tmp_path, head + MOTION + "\n".join(rows))
    assert motion.rest.tolist() == [[0, 0, 0], [1, -4, 0], [1, -7, 0]]
    np.testing.assert_allclose(motion.positions[0], [[7, 0, 0], [11, 1, 0], [14, 1, 0]], atol=1e-12)
    assert motion.notes == ()


def test_a_frame_that_says_no_number_is_missing(tmp_path):
    rows = [ROWS[0], "0 0 0  0 0 0  0 -1.#IND 0  0 0 0", "nan 2 3  0 0 0  0 0 0  0 0 0"]
    motion = read_one(tmp_path, HEAD + MOTION + "\n".join(rows))
    assert np.isfinite(motion.positions).all(-1).tolist() == [[True] * 3, [True, True, False], [False] * 3]
    assert motion.notes == ("in 2 of 3 frames a channel is no number; joints below it are missing",)


def test_several_roots_are_several_motions(tmp_path):
    prop = "ROOT Ball\n{\nOFFSET 0 0 0\nCHANNELS 3 Xposition Yposition Zposition\n}\n"
    found = read_raw(write(tmp_path, HEAD + prop + MOTION + "\n".join(f"{row}  7 8 9" for row in ROWS)))
    assert [motion.names for motion in found] == [("Hips", "Left Leg", "Foot"), ("Ball",)]
    np.testing.assert_allclose(found[0].positions, PLACES, atol=1e-12)
    assert found[1].positions.tolist() == [[[7, 8, 9]]] * 3
    assert found[1].parents.tolist() == [-1]


def test_two_files_in_one(tmp_path):
    found = read_raw(write(tmp_path, PLAIN + "\n" + PLAIN.replace("Hips", "Pelvis")))
    assert [motion.names[0] for motion in found] == ["Hips", "Pelvis"]
    np.testing.assert_allclose(found[1].positions, PLACES, atol=1e-12)


def test_a_joint_turns_what_hangs_on_it(tmp_path):
    motion = read_one(tmp_path, PLAIN)
    turned = np.einsum("nij,j->ni", motion.turns(1), motion.rest[2] - motion.rest[1])
    np.testing.assert_allclose(turned, motion.positions[:, 2] - motion.positions[:, 1], atol=1e-12)


def test_a_deep_hierarchy(tmp_path):
    deep, one = 4000, "JOINT a\n{\nOFFSET 0 1 0\nCHANNELS 1 Yrotation\n"
    head = "HIERARCHY\n" + one.replace("JOINT", "ROOT", 1) + one * (deep - 1) + "}\n" * deep
    motion = read_one(tmp_path, head + "MOTION\nFrames: 1\nFrame Time: 1\n" + "0 " * deep)
    assert motion.positions[0, -1].tolist() == [0, deep, 0]


RATES = {
    "0.0333333": 30.0, "0.0333": 30.0, "0.008333": 120.0, "0.00833": 120.0, "0.0083": 120.0, "0.033367": 29.97,
    "0.0416667": 24.0, "0.0417": 24.0, "0.04": 25.0, "0,04": 25.0, "1": 1.0, "3.3333e-2": 30.0, "0.020000": 50.0,
    "0": None, "0.0": None, "-1": None, "nan": None, "inf": None, "x": None, "": None, "1e-300": None,
}  # fmt: skip


@pytest.mark.parametrize("time", RATES)
def test_frame_times(tmp_path, time):
    fps = read_one(tmp_path, PLAIN.replace("0.033333", time)).fps
    assert fps == (None if RATES[time] is None else pytest.approx(RATES[time], abs=4e-4))


def test_a_frame_time_in_thousandths_is_said(tmp_path):
    motion = read_one(tmp_path, PLAIN.replace("0.033333", "33.333"))
    assert motion.fps is None
    assert motion.notes == ("Frame Time 33.333 is no time between two frames, in seconds; pass fps=",)


def test_no_clock_at_all(tmp_path):
    motion = read_one(tmp_path, HEAD + "MOTION\n" + "\n".join(ROWS))
    assert motion.fps is None
    np.testing.assert_allclose(motion.positions, PLACES, atol=1e-12)


REFUSED = {
    "brackets": (PLAIN.replace("OFFSET 1 -4 0", "OFFSET [1, -4, 0]"),
                 "line 8: expected three numbers as OFFSET of Left Leg, got '[1, -4, 0]'; export the file again."),
    "two numbers": (PLAIN.replace("OFFSET 1 -4 0", "OFFSET 1 -4"), "line 8: expected three numbers as OFFSET of Left"),
    "an unknown channel": (PLAIN.replace("Xrotation", "Wrotation", 1),
                           "line 5: expected channels of Hips such as Xposition or Zrotation, got 'Wrotation'"),
    "a channel too few": (PLAIN.replace("CHANNELS 6", "CHANNELS 7"), "line 5: expected 7 channels of Hips, got 6"),
    "a brace too few": (HEAD.rstrip()[:-1] + PLAIN[len(HEAD):], "line 20: expected a } that closes Hips, got MOTION"),
    "a brace too many": (PLAIN.replace("MOTION", "}\nMOTION"), "line 21: expected as many { as }, got one } more"),
    "no motion": (HEAD, "line 21: expected MOTION, got the end of the file"),
    "no frames": (HEAD + MOTION, "line 24: expected frames of 12 numbers, got no frame"),
    "half a frame": (HEAD + MOTION + "1 2 3", "line 24: expected frames of 12 numbers, got 3 numbers"),
    "a number too few": (PLAIN.replace(ROWS[1], ROWS[1][:-2]),
                         "line 25: expected 12 numbers, one for each channel, got 11"),
    "a number too many": (PLAIN.replace(ROWS[1], ROWS[1] + " 1"),
                          "line 25: expected 12 numbers, one for each channel, got 13"),
    "too few in one, too many in the next": (PLAIN.replace("0\n10", "\n0 10"),
                                             "line 24: expected 12 numbers, one for each channel, got 11"),
    "lines of another skeleton": (HEAD + MOTION + "\n".join(["0 0 0 0 0 0"] * 3), "line 24: expected 12 numbers"),
    "a word among the numbers": (PLAIN.replace("10 20", "10 x20"), "line 25: expected numbers only, got 'x20'"),
    "too far below": (HEAD.replace("CHANNELS 3", "CHANNELS 6 Xposition Yposition Zposition") + MOTION
                      + "\n".join(["0 0 0 0 0 0  1e300 1e300 nan 0 0 0  1e300 1 1 0 0 0"] * 2
                                  + ["0 0 0 0 0 0  1e300 1e300 1 0 0 0  1e300 1 1 0 0 0"]), "got places that overflow"),
    "too far": (PLAIN.replace("10 20", "1e300 20"), "got places that overflow"),
    "no channels": ("ROOT a\n{\nOFFSET 0 0 0\n}\nMOTION\n1\n",
                    "line 6: expected CHANNELS of at least one joint, got none"),
    "many roots": ("ROOT a\n{\nCHANNELS 1 Xrotation\n}\n" * 65 + "MOTION\n", "line 262: expected at most 64 skeletons"),
    "no root": ("HIERARCHY\nJOINT a\n{\n}\nMOTION\n", "line 2: expected ROOT first, got JOINT"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_refusals_name_the_line(tmp_path, kind):
    text, reason = REFUSED[kind]
    path = write(tmp_path, text)
    with pytest.raises(ValueError, match="expected") as refused:
        read_raw(path)
    assert str(refused.value).startswith(str(path))
    assert reason in str(refused.value)


LAST = [30.439712003167752, 101.63228870371402, 240.16924285328244]


def test_carnegie_mellon_s_own_walk(real_data):
    """A joint of a real file, as pybvh 0.9.0 places it: to the last bit."""
    motion = read_raw(real_data / "cmu-mocap" / "01" / "01_01.bvh")[0]
    last = motion.positions[-1, motion.names.index("rHand")]
    assert (motion.fps, motion.notes) == (120.0, ())
    assert last.tolist() == LAST
