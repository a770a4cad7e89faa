"""Run BlazePose's networks with LiteRT (the extra "detect")."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..._extras import missing

INSTEAD = "or give the keypoints of another detector: --keypoints FILE_OR_FOLDER (OpenPose, AlphaPose, COCO, ...)"
MAX_THREADS = 4
CHATTER = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU."
"""A line that LiteRT writes for each process, and has no setting for."""


def require_litert():
    """Give LiteRT's interpreter. Raises MissingExtra if it is not installed."""
    try:
        from ai_edge_litert.interpreter import Interpreter  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise missing("finding people in pictures", "detect", error, INSTEAD) from None
    return Interpreter


@contextlib.contextmanager
def without_chatter() -> Iterator[None]:
    """Leave CHATTER out of what is written to the process's standard error, from any language; keep other lines."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as caught:
        shown = os.dup(2)
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(shown, 2)
            os.close(shown)
            caught.seek(0)
            os.write(2, b"".join(line for line in caught if line.strip() != CHATTER))


def only_outputs(model: bytes, names: tuple[str, ...]) -> bytes:
    """Give a .tflite model with the outputs of these names alone, without the operators that only the others need.

    LiteRT computes all outputs that a model has. BlazePose's mask of the person and its 3D points cost a third of the
    smaller landmark network's time.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema  # pyright: ignore[reportMissingImports]

    whole: Any = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    graph, needed, operators = whole.subgraphs[0], set(), []
    graph.outputs = [int(tensor) for tensor in graph.outputs if graph.tensors[tensor].name.decode() in names]
    needed.update(graph.outputs)
    for operator in reversed(graph.operators):
        if needed.intersection(map(int, operator.outputs)):
            operators.append(operator)
            needed.update(map(int, operator.inputs))
    graph.operators, whole.signatureDefs = operators[::-1], None
    builder = flatbuffers.Builder(len(model))
    builder.Finish(whole.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class Network:
    """A network with one picture as its input. outputs: the names of those to compute; none: all of them."""

    def __init__(self, path: Path, outputs: tuple[str, ...] = ()):
        import torch

        threads, model = min(MAX_THREADS, torch.get_num_threads()), path.read_bytes()
        model = only_outputs(model, outputs) if outputs else model
        with without_chatter():
            self._run = require_litert()(model_content=model, num_threads=threads)
            self._run.allocate_tensors()
        self._in = self._run.get_input_details()[0]["index"]
        self._out = sorted((out["name"], out["index"]) for out in self._run.get_output_details())

    def __call__(self, picture: np.ndarray) -> list[np.ndarray]:
        """Give the outputs, in order of their names, for a picture (height, width, 3), float32."""
        self._run.set_tensor(self._in, picture[None].astype(np.float32, copy=False))
        self._run.invoke()
        return [self._run.get_tensor(index)[0] for _, index in self._out]
