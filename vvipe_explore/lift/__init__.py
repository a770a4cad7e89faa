"""Lift a person to 3D over time, from a video or from detections."""

from .sequence import Lifted, lift_sequence

__all__ = ["Lifted", "lift_sequence"]
