"""Find people's keypoints in pictures: BlazePose, which runs out of the box, or rtmlib's networks.

A detector is called with one picture after the other and gives People. Its weights say which networks it runs
({file name: SHA-256}), its settings how; state and resume let a search go on where it was stopped.
"""

from .people import People

__all__ = ["NAMES", "People", "make_detector"]

RTMLIB = ("lightweight", "balanced", "performance")
NAMES = ("blazepose", *RTMLIB)


def make_detector(
    name: str = "blazepose", follow: bool = True, person_weights=None, pose_weights=None, device="cpu", person=None
):
    """Make the detector of a name in NAMES; with weights of rtmlib's networks, that of these.

    follow: whether the pictures follow each other in time. person: see blazepose.BlazePose. person_weights,
    pose_weights, device: see rtmpose.RTMPose. Raises ValueError if the name is unknown, or as the detector does.
    """
    if name not in NAMES:
        raise ValueError(f"expected the detector {', '.join(NAMES)}, got {name!r}.")
    if person_weights is not None or pose_weights is not None or name in RTMLIB:
        from .rtmpose import RTMPose

        return RTMPose(person_weights, pose_weights, name if name in RTMLIB else "balanced", device)
    from .blazepose import BlazePose

    return BlazePose(follow=follow, person=person)
