"""The layout holds: who imports whom, without a circle, and nothing below knows what is above it."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "vvipe_explore"
BASE = ("alignment", "cameras", "keypoints", "metrics", "losses")
BELOW_BASE = {"_arrays", "_compiled", "_joint_names", "_procrustes", "skeleton", *BASE}
FLOORS = (
    ("_arrays", "_banded", "_compiled", "_extras", "_files", "_joint_names", "_procrustes", "_provenance"),
    ("skeleton", "datasets", "latent", *BASE),
    ("models", "retrieval", "plots"),
    ("training",),
    ("evaluation", "explorer", "_gauge", "_guess", "_named_poses", "_page"),
    ("lift",),
    ("cli", "__main__"),
)


def modules() -> dict[str, Path]:
    """Each module of the package by its dotted name below vvipe_explore; "" is the package itself."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """The package's modules that a module imports, at its top or inside a function."""
    package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        start = [part for part in package if part][: len([p for p in package if p]) - (node.level - 1)]
        source = ".".join([*start, *(node.module.split(".") if node.module else [])])
        for alias in node.names:
            whole = f"{source}.{alias.name}".strip(".")
            found.add(whole if whole in known else source)
    return found - {name, ""}


@pytest.fixture(scope="module")
def graph():
    known = modules()
    return {name: imports(name, path, known) for name, path in known.items()}


def test_the_graph_is_read(graph):
    """Some edges that are known to be there: a test of an empty graph passes always."""
    assert {"keypoints", "alignment", "models.networks"} <= graph["models.vvipe"]
    assert "skeleton" in graph["alignment"]
    assert "datasets.registry" in graph["datasets.h36m"]


def test_no_circle(graph):
    """Repeatedly take away the modules that import nothing that is left; a circle stays."""
    left = dict(graph)
    while left:
        free = [name for name, needs in left.items() if not needs & left.keys()]
        assert free, f"a circle among {sorted(left)}"
        for name in free:
            del left[name]


def test_the_paper_s_base_imports_nothing_above_it(graph):
    for name in BASE:
        assert graph[name] <= BELOW_BASE, name


def test_each_floor_imports_only_floors_below(graph):
    floor = {name: level for level, names in enumerate(FLOORS) for name in names}
    for name, needs in graph.items():
        for need in needs:
            if name and need.split(".")[0] != name.split(".")[0]:
                assert floor[need.split(".")[0]] <= floor[name.split(".")[0]], f"{name} imports {need}"


def test_files_import_no_model(graph):
    assert graph["_files"] == set()


def test_contributing_names_every_module(graph):
    """The layout has each module; of datasets/ the two folders. The modules that the text below speaks of are there."""
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    layout, rest = text.split("```")[1:3]
    names = {name for name in graph if name and not name.startswith(("__main__", "weights"))}
    wanted = {name.split(".")[-1] for name in names if not name.startswith("datasets.")}
    assert wanted | {"motion_files", "detections"} <= set(re.findall(r"\w+", layout))
    said = set(re.findall(r"`(\w+_\w+)`", rest.split("\n## ")[0]))
    assert len(said) >= 6
    assert {f"datasets.{name}" for name in said} <= graph.keys()
