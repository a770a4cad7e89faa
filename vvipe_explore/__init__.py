"""V-VIPE, the variational view-invariant pose embedding (arXiv 2407.07092), to be looked at.

    import vvipe_explore as vv
    model = vv.load_pretrained()
    z = model.embed_keypoints(keypoints)        # (n, 13, 2) pixels from any camera -> (n, d)
    pose = model.decode(z)                      # (n, 13, 3) canonical, metres
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        alignment,
        cameras,
        cli,
        datasets,
        evaluation,
        explorer,
        keypoints,
        latent,
        lift,
        losses,
        metrics,
        models,
        plots,
        retrieval,
        skeleton,
        training,
    )  # fmt: skip
    from .models.storage import load, load_pretrained

__version__ = "0.1.0"

__all__ = [
    "__version__", "alignment", "cameras", "cli", "datasets", "evaluation", "explorer", "keypoints", "latent",
    "lift", "load", "load_pretrained", "losses", "metrics", "models", "plots", "retrieval", "skeleton", "training",
]  # fmt: skip


def __getattr__(name: str):
    # Modules are imported when first used, so that `import vvipe_explore` costs little.
    if name in ("load", "load_pretrained"):
        return getattr(importlib.import_module(".models.storage", __name__), name)
    if name in __all__:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
