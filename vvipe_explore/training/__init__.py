"""How every network is trained: one plain loop, and what it is given."""

from .loop import Checkpoint, History, fit
from .objectives import KeypointObjective, PrVIPEObjective, VAEObjective
from .projected_poses import ProjectedPoses

__all__ = ["Checkpoint", "History", "KeypointObjective", "PrVIPEObjective", "ProjectedPoses", "VAEObjective", "fit"]
