"""Memory stays bounded: benchmarks/memory.py measures each call in a fresh process."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "memory.py"
LIMIT = 150


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status")
@pytest.mark.parametrize(
    ("what", "rows"),
    [("nearest", 100_000), ("embed_keypoints", 60_000), ("embed_poses", 60_000), ("decode", 60_000), ("lift", 60_000)],
)
def test_a_call_takes_little_memory_above_its_input(what, rows):
    """In MB: all distances at once take 430, all rows at once 280 or more, and chunks 20 to 100."""
    spec = importlib.util.spec_from_file_location("memory_benchmark", SCRIPT)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    assert benchmark.measure(what, rows) < LIMIT
