"""From a video or from detections to a body in 3D, over time."""

from .sequence import Lifted, lift_sequence

__all__ = ["Lifted", "lift_sequence"]
