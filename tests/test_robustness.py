"""Installations that can't be written to, links, odd file names: what a stranger's machine brings along."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOWHERE = "/proc/nowhere"  # nobody can make this folder, not even root, as which these tests may run


def run(*words, path=ROOT, **environment):
    """Run Python on words with this checkout, or the copy in path; give what it did, with bytes as output."""
    environment = {**os.environ, "PYTHONPATH": str(path), "OMP_NUM_THREADS": "1", **environment}
    return subprocess.run([sys.executable, *map(str, words)], capture_output=True, env=environment, cwd=path)


@pytest.fixture
def read_only(tmp_path):
    """A copy of the package in which each __pycache__ is a file, so no folder of that name can be made."""
    copy = tmp_path / "installed"
    for name in ("vvipe_explore", "data"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in [copy / "vvipe_explore", *(p for p in (copy / "vvipe_explore").rglob("*") if p.is_dir())]:
        (folder / "__pycache__").touch()
    return copy


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder that even root can't write to")
def test_no_folder_for_compiled_code_is_needed(read_only):
    code = (
        "import torch, vvipe_explore as vv, vvipe_explore._procrustes as p, vvipe_explore._banded as b\n"
        "import numpy as np\n"
        "poses = torch.from_numpy(vv.datasets.load('synthetic').poses[:4])\n"
        "print(vv.metrics.pa_mpjpe(poses, 2 * poses.roll(1, -1)).max() < 1e-5, p.__file__)\n"
        "print(b.solve_pentadiagonal(np.stack([np.zeros(5), np.zeros(5), np.full(5, 2.0)]), np.ones((5, 1)))[0, 0])\n"
        "print(type(p._newton._cache).__name__)"
    )
    nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "MPLCONFIGDIR"), NOWHERE)
    done = run("-c", code, path=read_only, **nowhere)
    assert done.returncode == 0, done.stderr.decode()
    aligned, solution, cache = done.stdout.decode().splitlines()
    assert aligned == f"tensor(True) {read_only / 'vvipe_explore' / '_procrustes.py'}"
    assert (solution, cache) == ("0.5", "NullCache")
    code = "import vvipe_explore._procrustes as p; print(type(p._newton._cache).__name__)"
    assert run("-c", code).stdout.decode().strip() == "FunctionCache"
