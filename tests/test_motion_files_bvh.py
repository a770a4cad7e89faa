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
    "zeros behind": PLAIN + "\n\n  \n",
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
