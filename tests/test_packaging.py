"""What is declared in one place holds in the others, and importing costs little."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vvipe_explore.evaluation import cross_view

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"pytorch-cpu": "torch", "matplotlib-base": "matplotlib"}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def as_dict(lines):
    """{canonical name: the range as text} of requirement lines."""
    found = {}
    for line in lines:
        requirement = Requirement(re.sub(r"(?<![=<>!~])=(?![=])", "==", line))
        found[canonicalize_name(CONDA_NAMES.get(requirement.name, requirement.name))] = str(requirement.specifier)
    return found


def conda_lines():
    """The dependencies of environment.yml, pip's among them, read without a YAML package."""
    text = (ROOT / "environment.yml").read_text()
    lines = re.findall(r"^ *- ([^#\n]+?) *$", text[text.index("dependencies:") :], re.MULTILINE)
    return [line for line in lines if line not in ("pip", "pip:", "-e .")]


def test_environment_and_pyproject_list_the_same_packages(project):
    conda = as_dict(conda_lines())
    assert conda.pop("python") == project["requires-python"]
    assert conda == as_dict(project["dependencies"])


def test_environment_takes_conda_forge_and_says_how_to_get_cuda():
    text = (ROOT / "environment.yml").read_text()
    assert re.search(r"channels:\n  - conda-forge\n", text)
    assert "pytorch-gpu" in text


def test_constraints_satisfy_the_ranges(project):
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    pinned = {canonicalize_name(name): version for name, version in (pin.split("==") for pin in pins)}
    assert pinned["torch"] == "2.13.0"
    for line in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        requirement = Requirement(line)
        assert canonicalize_name(requirement.name) in pinned, line
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), line


def test_versions_agree(project):
    import vvipe_explore

    assert project["version"] == vvipe_explore.__version__
    assert vvipe_explore.__version__ in (ROOT / "CHANGELOG.md").read_text()


def test_every_package_is_listed():
    """A folder of Python files that setuptools is not told of is missing from the wheel."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    there = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in (ROOT / "vvipe_explore").rglob("*.py")}
    assert there <= set(listed)


def test_the_command_is_what_pyproject_names(project):
    import importlib

    module, function = project["scripts"]["vvipe"].split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_every_public_name_is_there():
    import vvipe_explore

    files = {p.stem for p in (ROOT / "vvipe_explore").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    public = {name for name in files if name[0] != "_"} - {"weights"}
    assert set(vvipe_explore.__all__) == public | {"load", "load_pretrained", "__version__"}
    assert len(public) <= 16
    assert all(getattr(vvipe_explore, name) is not None for name in vvipe_explore.__all__)
    assert dir(vvipe_explore) == sorted(vvipe_explore.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'sklearn'"):
        _ = vvipe_explore.sklearn


def fresh(code, cwd=ROOT):
    """Run code in a fresh process and give what it printed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


HEAVY = ("numba", "matplotlib", "plotly", "scipy", "umap", "pandas", "sklearn", "pybvh", "pooch", "ipywidgets")


@pytest.mark.parametrize("modules", ["vvipe_explore", "vvipe_explore, vvipe_explore.models, vvipe_explore.training"])
def test_importing_leaves_the_heavy_packages_alone(modules):
    assert fresh(f"import sys, {modules}; print(*sorted(set({HEAVY!r}) & sys.modules.keys()))") == ""


def test_loading_the_weights_imports_next_to_nothing():
    """Eight hundred modules of PyTorch's, a second's worth, once came with an identity matrix."""
    code = (
        "import sys, safetensors.torch, vvipe_explore as vv, vvipe_explore.models.storage; before = set(sys.modules); "
        "vv.load_pretrained(); print(len(set(sys.modules) - before))"
    )
    assert int(fresh(code)) < 20


def test_the_readme_s_example_runs_as_it_stands(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len([line for line in blocks[0].splitlines() if line.strip()]) <= 12
    fresh(blocks[0], cwd=tmp_path)


def test_results_tables_are_those_of_the_results():
    """Each line of the tables, as the commands that measure wrote them to results/."""
    text = (ROOT / "RESULTS.md").read_text()
    comparison, shipped = (
        json.loads((ROOT / "results" / f"{name}.json").read_text()) for name in ("comparison", "shipped")
    )
    assert cross_view.as_table(comparison["rows"]) in text
    assert cross_view.as_table([row for row in shipped["rows"] if row["method"].startswith("shipped")]) in text


def test_readme_table_is_that_of_the_comparison():
    """Six methods with random training cameras: Hit@1 with its spread, the best of each column in bold."""
    readme = (ROOT / "README.md").read_text()
    rows = json.loads((ROOT / "results" / "comparison.json").read_text())["rows"]
    place = {
        (r["method"].removesuffix(" + A").removesuffix(", D"), r["keypoints"], r["cameras"]): r
        for r in rows
        if r["seeds"] == 1 or r["method"].endswith("+ A")
    }
    columns = [(k, c) for k in ("GT", "D") for c in ("seen", "unseen")]
    table = readme[readme.index("| Hit@1 |") :].split("\n\n")[0].splitlines()[2:]
    lines = [line.strip("| ").split(" | ") for line in table]
    assert len(lines) == 6
    for name, *cells in lines:
        for column, cell in zip(columns, cells, strict=True):
            row = place[name, *column]
            best = row["hit@1"] == max(place[n, *column]["hit@1"] for n, *_ in lines)
            text = cross_view._hits(row)[0]
            assert cell == (f"**{text}**" if best else text), (name, column)


def test_readme_is_two_screens_long():
    assert len((ROOT / "README.md").read_text().split()) <= 900
