"""Read models: one safetensors file with its own description. No pickle, no code from the file."""

import importlib
import json
from pathlib import Path
from typing import cast

import torch

from .._files import read_tensors, sha256
from .embedder import FORMAT, Embedder
from .vvipe import VVIPE

KINDS = {"vvipe": (".vvipe", "VVIPE"), "direct": (".baselines", "DirectLifter"), "prvipe": (".prvipe", "PrVIPE")}
"""Each kind of model: the module and the class that read it. A new method adds its line here."""
MAX_WIDTH = 100_000
WEIGHTS = Path(__file__).parent.parent / "weights"


def _class_of(kind: str) -> type[Embedder]:
    module, name = KINDS[kind]
    return getattr(importlib.import_module(module, __package__), name)


def _assemble(path, tensors: dict, description: dict) -> Embedder:
    """Build the model that description says from its tensors; errors name path."""
    if description.get("format") != FORMAT:
        raise ValueError(f"{path}: expected the format {FORMAT!r}, got {description.get('format')!r}; train it again.")
    try:
        _check_sizes(description["parts"], len(tensors))
        with torch.device("meta"):
            model = _class_of(description["kind"]).from_parts(description["parts"], description.get("about", {}))
        model.load_state_dict({k: v.float() for k, v in tensors.items()}, assign=True)
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise ValueError(f"{path} does not hold the model it describes ({reason}); fetch or train it again.") from None
    return model.eval().requires_grad_(False)


def _check_sizes(parts: dict[str, dict], tensors: int) -> None:
    """Refuse sizes that no network with so many tensors has, before one is built."""
    for name, part in parts.items():
        for key, value in part.items():
            if type(value) is int and not 0 <= value <= (tensors if key == "blocks" else MAX_WIDTH):
                raise ValueError(f"{name} with {key} = {value} is no network of {tensors} tensors")


def load(path) -> Embedder:
    """Read a model that save wrote (safetensors), ready to use: float32, eval mode.

    Raises ValueError, naming the file, if it is missing, damaged, or not of this library.
    """
    return _assemble(path, *read_tensors(path))


def load_pretrained(keypoints: str = "detected") -> VVIPE:
    """Load the weights that come with the package.

    keypoints: "detected" for the 2D encoder meant for a detector's keypoints, "exact" for the one trained on exact
    projections. Raises ValueError for another word, or if the file's hash is not the one in the registry.
    """
    registry = json.loads((WEIGHTS / "registry.json").read_text())
    if keypoints not in registry:
        raise ValueError(
            f'expected keypoints "detected" (a detector found them) or "exact" (projections), got {keypoints!r}; '
            "load a model of your own with vvipe_explore.load(path)."
        )
    tensors, description = {}, {}
    for file, digest in registry[keypoints].items():
        path = WEIGHTS / file
        if not path.is_file() or sha256(path) != digest:
            raise ValueError(f"the weights {file} are missing or damaged (wrong SHA-256); install the package again.")
        part, description = read_tensors(path)
        tensors |= part
    return cast(VVIPE, _assemble(WEIGHTS / keypoints, tensors, description))
