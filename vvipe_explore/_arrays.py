"""numpy arrays and torch tensors both go in; what comes out is of the kind that went in.

`@arrays(poses=joints_3d)` converts the named arguments to tensors, checks them, and turns the result
back into numpy when numpy came in. The checks stand here once, so that every public function refuses the
same bad input in the same words.
"""

import dataclasses
import functools
import inspect
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast, overload, runtime_checkable

import numpy as np
import torch
from torch import Tensor

Check = Callable[[Tensor, str], Tensor]

if TYPE_CHECKING:
    Array = Any  # the kind depends on what went in, which a type checker can't follow
else:
    Array = Tensor | np.ndarray

P = ParamSpec("P")
Q = ParamSpec("Q")
S = TypeVar("S")
R = TypeVar("R", covariant=True)
ALL_THERE: Any = None
"""The default of confidence: every keypoint is there. What check_keypoints lets pass holds ones instead."""


@runtime_checkable
class Either(Protocol[P, R]):
    """What arrays makes of a function of tensors: it takes tensors as annotated, and arrays in their places."""

    @overload
    def __call__(self, first: np.ndarray, /, *args: Any, **kwargs: Any) -> Any: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...
    @overload
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def __get__(self: "Either[Concatenate[S, Q], R]", instance: S, owner: Any = None) -> "Either[Q, R]": ...


CHUNK = 2048
"""Rows that in_chunks computes at once: larger chunks need more memory and are no faster."""


def in_chunks(
    function: Callable[..., Tensor], batch: Sequence[int], *tensors: Tensor, rows: int | None = None
) -> Tensor:
    """Call function on a part of the tensors (*batch, ...) at a time, and join what it gives for each: (*batch, ...).

    function takes any number of batch dimensions and computes each row alone. rows: the size of a part, or CHUNK.
    So the memory for what lies between input and result does not grow with the batch. Gradients flow.
    """
    total, rows = math.prod(batch), rows or CHUNK
    if total <= rows:
        return function(*tensors)
    flat = [tensor.reshape(total, *tensor.shape[len(batch) :]) for tensor in tensors]
    result = torch.empty(0)
    for start in range(0, total, rows):
        part = function(*(tensor[start : start + rows] for tensor in flat))
        if start == 0:
            result = part.new_empty(total, *part.shape[1:])
        result[start : start + rows] = part  # joined at the end, the parts would take twice the result's memory
    return result.unflatten(0, batch)


def as_tensor(value, name: str) -> Tensor:
    """Give value as a floating-point tensor; integers and half precision become float32."""
    if not isinstance(value, Tensor):
        try:
            array = np.asarray(value)
            if array.dtype.kind not in "fiub":
                raise TypeError
            value = torch.from_numpy(np.ascontiguousarray(array)) if array.ndim else torch.tensor(array.item())
        except (TypeError, ValueError):
            raise ValueError(
                f"expected {name} as numbers, got {_describe(value)}; pass a numpy array or a torch tensor of floats."
            ) from None
    return value if value.dtype in (torch.float32, torch.float64) else value.float()


def _describe(value) -> str:
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return f"a {type(value).__name__}"


def finite(value: Tensor, name: str) -> Tensor:
    """Refuse NaN and infinity, and say where the first one is."""
    bad = ~torch.isfinite(value)
    if bad.any():
        where = tuple(bad.nonzero()[0].tolist())
        raise ValueError(
            f"expected finite numbers, got {name} with {int(bad.sum())} values that are NaN or infinite, the first at "
            f"index {where}; drop those frames or fill them."
        )
    return value


def any_floats(value: Tensor, name: str) -> Tensor:
    """Accept any finite numbers."""
    return finite(value, name)


def joints_3d(value: Tensor, name: str) -> Tensor:
    """Accept (..., joints, 3), finite."""
    if value.ndim < 2 or value.shape[-1] != 3:
        kind = ", 2D keypoints" if value.ndim >= 2 and value.shape[-1] == 2 else ""
        raise ValueError(
            f"expected {name} of shape (..., joints, 3), got {tuple(value.shape)}{kind}; "
            "pass 3D poses here, and 2D keypoints to embed_keypoints or lift."
        )
    return finite(value, name)


def joints_2d(value: Tensor, name: str) -> Tensor:
    """Accept (..., joints, 2), finite."""
    if value.ndim < 2 or value.shape[-1] != 2:
        raise ValueError(
            f"expected {name} of shape (..., joints, 2) in pixels, got {tuple(value.shape)}; pass 3D poses to "
            "embed_poses, and a detector's scores as confidence."
        )
    return finite(value, name)


def _paper_joints(value: Tensor, name: str, what: str) -> Tensor:
    if value.shape[-2] != 13:
        known = {17: '"coco_17"', 25: '"body_25"', 26: '"halpe_26"', 18: '"coco_18"', 28: '"mpi_28"'}
        source = known.get(value.shape[-2], "your_joint_names")
        other = ', or with "h36m_17" if that is their order' if value.shape[-2] == 17 else ""
        raise ValueError(
            f"expected the 13 {what} of skeleton.PAPER_13 in {name}, got {value.shape[-2]}; "
            f'convert with skeleton.convert({name}, {source}, "paper_13"){other}.'
        )
    return value


def poses_13(value: Tensor, name: str) -> Tensor:
    """Accept (..., 13, 3), finite."""
    return _paper_joints(joints_3d(value, name), name, "joints")


def keypoints_13(value: Tensor, name: str) -> Tensor:
    """Accept (..., 13, 2); NaN is left to the confidence, which must then be 0."""
    if value.ndim < 2 or value.shape[-1] != 2:
        joints_2d(value, name)
    return _paper_joints(value, name, "keypoints")


def arrays(
    together: Callable[..., tuple | None] | None = None, /, **checks: Check
) -> Callable[[Callable[P, R]], Either[P, R]]:
    """Decorate a function: convert and check the named arguments, give back the caller's kind of array.

    With numpy arrays it keeps no gradients.

    together: a function of all the named arguments (None where not given) that checks them together. What it returns,
    if anything, takes their places.
    """

    def decorate(function: Callable[P, R]) -> Either[P, R]:
        signature = inspect.signature(function)
        optional = {n for n in checks if signature.parameters[n].default is None}

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            given = [n for n in checks if n not in optional or bound.arguments.get(n) is not None]
            from_numpy = not any(isinstance(bound.arguments[n], Tensor) for n in given)
            for name in given:
                bound.arguments[name] = checks[name](as_tensor(bound.arguments[name], name), name)
            if together is not None:
                values = together(*(bound.arguments.get(name) for name in checks))
                bound.arguments.update(zip(checks, values or (), strict=bool(values)))
            with torch.set_grad_enabled(torch.is_grad_enabled() and not from_numpy):
                result = function(*bound.args, **bound.kwargs)
            return as_numpy(result) if from_numpy else result

        return cast(Either[P, R], wrapper)

    return decorate


def as_numpy(result):
    """Turn the tensors in a result (tuples, dicts and dataclasses too) into numpy arrays."""
    if isinstance(result, Tensor):
        return result.detach().cpu().numpy()
    if isinstance(result, tuple):
        return tuple(as_numpy(r) for r in result)
    if isinstance(result, dict):
        return {k: as_numpy(v) for k, v in result.items()}
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        fields = {f.name: as_numpy(getattr(result, f.name)) for f in dataclasses.fields(result)}
        return dataclasses.replace(result, **fields)
    return result
