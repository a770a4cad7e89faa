"""Models on disk: one safetensors file with its own description. No pickle, nothing half-written."""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

import torch

from .models import VVIPE, DirectLifter, Embedder, KeypointEncoder, PoseVAE

FORMAT = "vvipe-explore/1"


@contextlib.contextmanager
def atomic_path(path):
    """Give a temporary path beside path; move it there when the block ends well, remove it when it does not."""
    path = Path(path)
    if not path.parent.is_dir():
        raise ValueError(f"the folder {path.parent} does not exist; make it first, or give another path.")
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        yield temporary
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def write_tensors(path, tensors: dict, description: dict) -> None:
    """Write tensors and a JSON description to a safetensors file, atomically."""
    from safetensors.torch import save_file

    with atomic_path(path) as temporary:
        save_file(tensors, temporary, metadata={"vvipe": json.dumps(description)})


def read_tensors(path) -> tuple[dict, dict]:
    """Read what write_tensors wrote. Raises ValueError, naming the file, if it is missing, damaged or foreign."""
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no file {path}; give the path of a model that vvipe train or model.save wrote.")
    try:
        with safe_open(path, framework="pt") as file:
            description = json.loads((file.metadata() or {}).get("vvipe", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is damaged or no safetensors file ({error}); fetch or train it again.") from None
    if not isinstance(description, dict) or not description:
        raise ValueError(f"{path} is a safetensors file, but not one of this library's: it carries no description.")
    return tensors, description


def _described(model: Embedder, dtype: torch.dtype | None, about: dict | None) -> tuple[dict, dict]:
    """A model's tensors and the description from which load builds it again."""
    tensors = {k: v.detach().cpu().to(dtype or v.dtype).contiguous() for k, v in model.state_dict().items()}
    about = {**model.about, **(about or {})}
    return tensors, {"format": FORMAT, "kind": model.kind, "parts": model.parts(), "about": about}


def save_model(model: Embedder, path, dtype: torch.dtype | None = None, about: dict | None = None) -> None:
    """Write a model to path; see Embedder.save."""
    write_tensors(path, *_described(model, dtype, about))


def _build(kind: str, parts: dict, about: dict) -> Embedder:
    if kind == "vvipe":
        encoder = KeypointEncoder(**parts["keypoint_encoder"]) if "keypoint_encoder" in parts else None
        return VVIPE(PoseVAE(**parts["vae"]), encoder, about)
    if kind == "direct":
        return DirectLifter(KeypointEncoder(**parts["encoder"]), about)
    if kind == "prvipe":
        from .prvipe import PrVIPE

        return PrVIPE(**parts["network"], about=about)
    raise ValueError(f"unknown kind of model {kind!r}")


def _assemble(path, tensors: dict, description: dict) -> Embedder:
    """Build the model that description says from its tensors; errors name path."""
    if description.get("format") != FORMAT:
        raise ValueError(f"{path} has the format {description.get('format')!r}; {FORMAT!r} was wanted.")
    try:
        with torch.device("meta"):
            model = _build(description["kind"], description["parts"], description.get("about", {}))
        model.load_state_dict({k: v.float() for k, v in tensors.items()}, assign=True)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise ValueError(f"{path} does not hold the model it describes ({reason}); fetch or train it again.") from None
    return model.eval().requires_grad_(False)


def load(path) -> Embedder:
    """Read a model that save wrote (safetensors), ready to use: float32, eval mode.

    Raises ValueError, naming the file, if it is missing, damaged, or not of this library.
    """
    return _assemble(path, *read_tensors(path))


def sha256(path) -> str:
    """The SHA-256 of a file, as hexadecimal text."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


WEIGHTS = Path(__file__).parent / "weights"


def load_pretrained(keypoints: str = "detected") -> VVIPE:
    """Load the weights that come with the package.

    keypoints: "detected" for the 2D encoder meant for a detector's keypoints, "exact" for the one trained on exact
    projections. Raises ValueError for another word, or if the file's hash is not the one in the registry.
    """
    if keypoints not in ("detected", "exact"):
        raise ValueError(f'keypoints is {keypoints!r}; "detected" or "exact" was wanted.')
    registry = json.loads((WEIGHTS / "registry.json").read_text())
    name = keypoints if keypoints in registry else "exact"
    if name != keypoints:
        import warnings

        warnings.warn("no encoder for detections ships yet; this is the one trained on exact keypoints.", stacklevel=2)
    tensors, description = {}, {}
    for file, digest in registry[name].items():
        path = WEIGHTS / file
        if not path.is_file() or sha256(path) != digest:
            raise ValueError(f"the weights {file} are missing or damaged (wrong SHA-256); install the package again.")
        part, description = read_tensors(path)
        tensors |= part
    return _assemble(path, tensors, description)


def ship(model: VVIPE, name: str, about: dict | None = None) -> list[Path]:
    """Put a model among the weights that come with the package, in half precision, and hashes into their registry.

    name: "exact" or "detected"; the maintainers' last step, after the choice was made on validation. Both share one
    VAE, which lies in a file of its own. Raises ValueError if the other one shipped with another VAE.
    """
    registry = WEIGHTS / "registry.json"
    entries = json.loads(registry.read_text()) if registry.is_file() else {}
    tensors, description = _described(model, torch.float16, about)
    shared = {k: v for k, v in tensors.items() if k.startswith("vae.")}
    entry = {}
    for file, part in (
        ("vae.safetensors", shared),
        (f"{name}.safetensors", {k: v for k, v in tensors.items() if k not in shared}),
    ):
        write_tensors(WEIGHTS / file, part, description if part is not shared else {"format": FORMAT, "shared": "vae"})
        entry[file] = sha256(WEIGHTS / file)
    if any(other["vae.safetensors"] != entry["vae.safetensors"] for n, other in entries.items() if n != name):
        raise ValueError("the other encoder was trained with another VAE; remove registry.json and ship both again.")
    with atomic_path(registry) as temporary:
        Path(temporary).write_text(json.dumps({**entries, name: entry}, indent=1) + "\n")
    return [WEIGHTS / file for file in entry]
