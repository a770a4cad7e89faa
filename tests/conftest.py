"""Shape annotations are checked in every test; the real data is found once; nothing here draws unseeded numbers."""

import importlib.util
import os
from pathlib import Path

import pytest
import torch
from browser.lab import SCREENSHOTS, chromium, find_chromium, listen
from hypothesis import settings
from jaxtyping import install_import_hook

PACKAGE = Path(importlib.util.find_spec("vvipe_explore").origin).parent
# Two modules are left out: numba compiles functions as they stand and cannot see through a checking wrapper.
CHECKED = [f"vvipe_explore.{p.stem}" for p in PACKAGE.iterdir() if p.stem not in ("_procrustes", "_banded", "__init__")]
install_import_hook(CHECKED, "typechecking.checked")

settings.register_profile("suite", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("suite")
torch.set_num_threads(1)

START_PROCESSES = ("test_browser", "test_runs", "test_jobs", "test_robustness", "test_packaging", "test_cli")


def pytest_collection_modifyitems(items):
    """Put the files that start processes first: they take longest, and no worker should end alone with one of them."""
    items.sort(key=lambda item: item.path.stem not in START_PROCESSES)


HOW = (
    "the real data is not here: set VVIPE_DATA to the folder that holds cmu-mocap and pose2sim-single "
    "(cmu-mocap comes with: vvipe data fetch cmu)"
)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, or a skip that says how to get it."""
    folder = os.environ.get("VVIPE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip(HOW)
    return Path(folder)


@pytest.fixture(scope="session")
def recording(real_data):
    """The balancing trial of the calibrated recording."""
    from vvipe_explore.datasets import pose2sim

    if not (real_data / "pose2sim-single").is_dir():
        pytest.skip("VVIPE_DATA holds no pose2sim-single: copy Pose2Sim's S00_Demo_Session there under that name")
    return pose2sim.load_recording(root=real_data)


@pytest.fixture(scope="session")
def cmu_sample(real_data):
    """About 2,000 real poses from a few files of several people and kinds of motion: (n, 13, 3), metres."""
    from vvipe_explore.datasets import read_bvh
    from vvipe_explore.datasets.motion import Motion

    if not (real_data / "cmu-mocap").is_dir():
        pytest.skip("VVIPE_DATA holds no cmu-mocap: fetch it with: vvipe data fetch cmu, or copy it there")
    files = sorted((real_data / "cmu-mocap").glob("*/*.bvh"))[::12]
    parts = [read_bvh(f, every=4, metres=0.01) for f in files]
    motion = Motion.join(parts)
    return motion[:: max(1, len(motion) // 2000)]


@pytest.fixture(scope="session")
def body():
    """A standing person of round numbers, float64, metres: faces +z, left is +x, 1 m from hip to the floor."""
    half = {
        "shoulder": (0.2, 1.5, 0.0), "elbow": (0.25, 1.2, 0.0), "wrist": (0.25, 1.0, 0.1),
        "hip": (0.1, 1.0, 0.0), "knee": (0.1, 0.5, 0.02), "ankle": (0.1, 0.1, 0.0),
    }  # fmt: skip
    rows = [(0.0, 1.7, 0.1)]
    for x, y, z in half.values():
        rows += [(x, y, z), (-x, y, z)]
    return torch.tensor(rows, dtype=torch.float64)


@pytest.fixture(scope="session")
def synthetic():
    """The frozen sample that comes with the package."""
    from vvipe_explore import datasets

    return datasets.load("synthetic")


@pytest.fixture(scope="session")
def poses(synthetic):
    """Two hundred poses of the frozen sample, spread over people and actions: (200, 13, 3), float64, metres."""
    rows = torch.linspace(0, len(synthetic) - 1, 200).long().numpy()
    return torch.from_numpy(synthetic.poses[rows]).double()


@pytest.fixture(scope="module")
def browser():
    """A running Chromium; without one a skip, but a failure where VVIPE_REQUIRE_BROWSER is set, as in CI."""
    if find_chromium() is None and not os.environ.get("VVIPE_REQUIRE_BROWSER"):
        pytest.skip("no Chromium here: install Debian's chromium, or set VVIPE_CHROMIUM to the path of one")
    SCREENSHOTS.mkdir(exist_ok=True)
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser):
    """A new page at the size of a laptop; console errors fail the test."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        made = context.new_page()
        heard = listen(made)
        yield made
        assert heard == []


@pytest.fixture
def rng() -> torch.Generator:
    """A seeded generator."""
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """A maker of damaged data files, in a folder of its own."""
    from made_datasets import Fuzzed

    return Fuzzed(tmp_path_factory.mktemp("fuzzed"))
