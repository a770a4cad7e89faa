"""2D keypoints that a detector wrote: read, named, and the chosen person followed."""

from .follow_person import Choice
from .reader import Detections, read_detections

__all__ = ["Choice", "Detections", "read_detections"]
