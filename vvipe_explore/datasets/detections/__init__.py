"""Read 2D keypoints that a detector wrote, name the joints, and follow one person."""

from .follow_person import Choice
from .reader import Detections, read_detections

__all__ = ["Choice", "Detections", "read_detections"]
