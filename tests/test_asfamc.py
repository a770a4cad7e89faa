"""ASF/AMC: places worked out by hand, damaged files refused with their line, and Carnegie Mellon's own skeletons."""

import numpy as np
import pytest

from vvipe_explore import alignment, datasets, metrics
from vvipe_explore.datasets import asfamc

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


@pytest.fixture
def chain(tmp_path):
    """Write the chain, with changes, and give where its bones begin, in file units, and the frames' numbers."""

    def read(asf=CHAIN, amc=MOTION):
        (tmp_path / "chain.asf").write_text(asf)
        (tmp_path / "chain.amc").write_text(amc)
        skeleton = asfamc.read_asf(tmp_path / "chain.asf")
        places, frames = asfamc.read_amc(tmp_path / "chain.amc", skeleton)
        return places / asfamc.metres_per_unit(skeleton), frames

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


def test_the_same_motion_on_people_s_own_bodies(real_data):
    """Row by row the pose is the BVH's of that trial, on another body: upright, unmirrored, the nose ahead."""
    if not (real_data / "cmu-asfamc").is_dir() or not (real_data / "cmu-mocap").is_dir():
        pytest.skip("VVIPE_DATA holds no cmu-asfamc or no cmu-mocap: copy CMU's ASF/AMC and BVH files there")
    own = asfamc.load(real_data)
    assert set(own.subject) == {1, 2, 3}
    assert len(own) == 7656
    own = own[own.sequence == "02_01"]
    shared = datasets.bvh.read_file(real_data / "cmu-mocap/02/02_01.bvh", datasets.bvh.MAPS["daz"], 4, 0.01)
    assert own.joint_names == shared.joint_names
    np.testing.assert_array_equal(own.frame, shared.frame)
    errors = metrics.pa_mpjpe(own.poses[1:], shared.poses[1:])
    assert np.median(errors) < 0.055
    assert errors.max() < 0.06
    assert np.median(metrics.pa_mpjpe(own.poses[1:] * [-1, 1, 1], shared.poses[1:])) > 0.15
    canonical = alignment.canonicalise(own.poses)
    assert (canonical.rotation[:, 1, 1] > 0.95).all()
    assert (canonical.poses[:, 0, 2] > canonical.poses[:, 1:3, 2].mean(1) + 0.04).all()
