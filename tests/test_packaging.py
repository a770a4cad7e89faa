"""What is declared in one place holds in the others, and importing costs little."""

import itertools
import json
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import make_results
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vvipe_explore.cli.notebooks import KINDS

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
    extras = project["optional-dependencies"]
    assert conda == as_dict([*project["dependencies"], *extras["lab"], *extras["video"]])


def test_environment_takes_conda_forge_and_says_how_to_get_cuda():
    text = (ROOT / "environment.yml").read_text()
    assert re.search(r"channels:\n  - conda-forge\n", text)
    assert "pytorch-gpu" in text


def test_constraints_satisfy_the_ranges(project):
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    pinned = {canonicalize_name(name): version for name, version in (pin.split("==") for pin in pins)}
    assert pinned["torch"] == "2.13.0"
    for line in itertools.chain(project["dependencies"], *project["optional-dependencies"].values()):
        requirement = Requirement(line)
        if requirement.name == project["name"]:
            assert requirement.extras <= project["optional-dependencies"].keys()
            continue
        assert canonicalize_name(requirement.name) in pinned, line
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), line


def test_one_package_brings_opencv(project):
    """rtmlib asks for two packages with a module cv2, so it is installed without what it asks for."""
    lines = itertools.chain(project["dependencies"], *project["optional-dependencies"].values())
    names = {canonicalize_name(Requirement(line).name) for line in lines}
    assert {name for name in names if "opencv" in name} == {"opencv-python-headless"}
    assert "rtmlib" not in names


def test_versions_agree(project):
    import vvipe_explore

    assert project["version"] == vvipe_explore.__version__
    assert vvipe_explore.__version__ in (ROOT / "CHANGELOG.md").read_text()


def test_the_repository_has_one_address(project):
    address = project["urls"]["Repository"]
    assert f'\nrepository-code: "{address}"\n' in (ROOT / "CITATION.cff").read_text()
    assert all(url.startswith((address, "https://arxiv.org/")) for url in project["urls"].values())


def test_the_readme_s_links_work_on_a_package_index(project, monkeypatch):
    """setup.py makes them absolute; each leads to a file of the repository."""
    said = {}
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("setuptools.setup", lambda **words: said.update(words))
    runpy.run_path("setup.py")
    links = re.findall(r"(!?)\[[^\]]*\]\(([^)]+)\)", said["long_description"])
    assert len(links) > 15
    for picture, link in links:
        place = f"{project['urls']['Repository']}/{'raw' if picture else 'blob'}/main/"
        if not link.startswith(("https://arxiv.org/", "https://pytorch.org")):
            assert link.startswith(place)
            assert (ROOT / link.removeprefix(place)).is_file(), link


def test_links_out_of_the_notebooks_lead_to_the_repository_or_to_results(project):
    """vvipe notebooks copies the notebooks with results/, but nothing else that lies above them."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            for place in re.findall(r"\.\./[^)\"'\s]+", "".join(cell["source"])):
                assert place.startswith("../results/"), (path.name, place)
                assert (path.parent / place).suffix in KINDS
                assert (path.parent / place).is_file()


def test_every_package_is_listed():
    """A folder of Python files that setuptools is not told of is missing from the wheel."""
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    listed = setuptools["packages"]
    assert all((ROOT / folder).is_dir() for folder in setuptools["package-dir"].values())
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


@pytest.mark.parametrize("arguments", [["-m", "vvipe_explore", "--version"]])
def test_the_module_is_the_command(arguments, project):
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout.strip() == f"vvipe-explore {project['version']}"


LAB = ("anywidget", "ipywidgets", "IPython", "plotly", "scipy", "sklearn", "traitlets", "umap")
WITHOUT_LAB = f"import sys; sys.modules.update(dict.fromkeys({LAB!r})); import vvipe_explore as vv\n"


def test_the_core_needs_none_of_the_notebooks_tools(tmp_path):
    """Training, evaluation, lifting and the export, with the packages of [lab] made to look missing."""
    out = str(tmp_path / "run")
    commands = (
        ["train", "--scale", "0.0005", "--out", out, "--methods", "V-VIPE + A"],
        ["export", str(tmp_path / "explorer.html"), "--points", "100"],
        ["lift", "--keypoints", str(tmp_path / "keypoints.npz"), "--out", str(tmp_path / "lift")],
    )
    code = WITHOUT_LAB + (
        "import numpy as np; from vvipe_explore.cli.main import main\n"
        "poses = vv.datasets.load('synthetic').poses[:20]\n"
        "keypoints = vv.cameras.view(poses, vv.cameras.fixed_orbit([(30, 10, 0)]))\n"
        f"np.savez({str(tmp_path / 'keypoints.npz')!r}, keypoints=keypoints, joint_names=vv.skeleton.PAPER_13)\n"
        f"sys.exit(sum(main(c) for c in {commands!r}))"
    )
    fresh(code, cwd=tmp_path)
    assert (tmp_path / "lift" / "lift.html").is_file()


def test_a_missing_extra_is_one_sentence_with_the_pip_line():
    lines = (
        "vv.explorer",
        "vv.plots.body_figure(poses[0])",
        "vv.latent.layout(poses.reshape(9, 39), 'umap')",
        "vv.datasets.synthetic.generate()",
    )
    tried = (f"try: {line}; print('no error')\nexcept ValueError as error: print(error)\n" for line in lines)
    said = fresh(WITHOUT_LAB + "poses = vv.datasets.load('synthetic').poses[:9]\n" + "".join(tried)).splitlines()
    for line, sentence in zip(lines, said, strict=True):
        assert re.match(r'.* needs \w+; install it with: pip install "vvipe-explore\[lab\]"; .*\.$', sentence), line


IMPORTED_AS = {"opencv-python-headless": "cv2", "pillow": "PIL", "scikit-learn": "sklearn", "umap-learn": "umap"}
LIGHT = {"filelock", "jaxtyping", "numpy", "safetensors", "torch", "tqdm"}


@pytest.fixture(scope="module")
def modules():
    """All modules once the package is imported and the weights are loaded; and those that loading the weights added."""
    code = (
        "import json, sys, safetensors.torch, vvipe_explore as vv, vvipe_explore.models.storage\n"
        "before = set(sys.modules); vv.load_pretrained(); added = set(sys.modules) - before\n"
        "import vvipe_explore.models, vvipe_explore.training; print(json.dumps([list(sys.modules), list(added)]))"
    )
    return [set(names) for names in json.loads(fresh(code))]


def test_importing_leaves_the_heavy_packages_alone(modules, project):
    """All that is declared but for LIGHT is imported only where it is used."""
    extras = (lines for extra, lines in project["optional-dependencies"].items() if extra != "test")
    declared = {Requirement(line).name for line in itertools.chain(project["dependencies"], *extras)}
    assert declared >= LIGHT
    assert "vvipe_explore.training" in modules[0]
    heavy = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in declared - LIGHT}
    assert not heavy & modules[0]


def test_loading_the_weights_imports_next_to_nothing(modules):
    """Eight hundred modules of PyTorch's, a second's worth, once came with an identity matrix."""
    assert len(modules[1]) < 20


def test_the_readme_s_example_runs_as_it_stands(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len([line for line in blocks[0].splitlines() if line.strip()]) <= 12
    fresh(blocks[0], cwd=tmp_path)


def test_the_readme_s_example_has_no_type_errors(tmp_path):
    """As a stranger's checker sees it; the package and the contract's calls are checked by make test itself."""
    pytest.importorskip("basedpyright", reason="basedpyright comes with: pip install -e .[test]")
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "readme.py").write_text("\n".join(blocks))
    settings = {"include": ["readme.py"], "typeCheckingMode": "standard", "extraPaths": [str(ROOT)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "-p", str(tmp_path), "--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", make_results.TEXTS)
def test_tables_are_those_of_the_results(page):
    """Each part, as the commands that measure wrote its figures to results/: tools/make_results.py --text."""
    text = (ROOT / page).read_text()
    assert make_results.written(page, text) == text
    for name in make_results.TEXTS[page]:
        start, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        assert make_results.written(page, text.replace(text.partition(start)[2].partition(end)[0], "99.9")) == text


def test_nothing_speaks_of_other_weights_than_those_that_ship():
    """make results PARTS=... makes what is named here again."""
    assert make_results.stale() == []


def test_readme_is_two_screens_long():
    assert len((ROOT / "README.md").read_text().split()) <= 900
