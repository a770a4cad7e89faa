"""Installations that can't be written to, links, odd file names: what a stranger's machine brings along."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from vvipe_explore import _files, _procrustes

ROOT = Path(__file__).parents[1]
NOWHERE = "/proc/nowhere"  # nobody can make this folder, not even root, as which these tests may run


def run(*words, path=ROOT, stderr=subprocess.PIPE, **environment):
    """Run Python on words with this checkout, or the copy in path; give what it did, with bytes as output."""
    environment = {**os.environ, "PYTHONPATH": str(path), "OMP_NUM_THREADS": "1", **environment}
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=stderr, env=environment, cwd=path)


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
        "band = np.stack([np.zeros(5), np.zeros(5), np.full(5, 2.0)])\n"
        "print(b.solve_pentadiagonal(band, np.ones((5, 1)))[0][0, 0])\n"
        "print(type(p._newton._cache).__name__)"
    )
    nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "MPLCONFIGDIR"), NOWHERE)
    done = run("-c", code, path=read_only, **nowhere)
    assert done.returncode == 0, done.stderr.decode()
    aligned, solution, cache = done.stdout.decode().splitlines()
    assert aligned == f"tensor(True) {read_only / 'vvipe_explore' / '_procrustes.py'}"
    assert (solution, cache) == ("0.5", "NullCache")
    assert type(_procrustes._newton._cache).__name__ == "FunctionCache"  # where it can be written


def test_a_link_is_replaced_by_what_is_written(tmp_path):
    """Whoever keeps results elsewhere behind links keeps them: no command writes through a link."""
    (tmp_path / "kept").write_text("kept")
    for name, target in (("result.json", "kept"), ("dead.json", "nothing")):
        (tmp_path / name).symlink_to(target)
        with _files.atomic_path(tmp_path / name) as temporary:
            Path(temporary).write_text("new")
        assert not (tmp_path / name).is_symlink()
        assert (tmp_path / name).read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dead.json", "kept", "result.json"]
    assert (tmp_path / "kept").read_text() == "kept"


def test_a_linked_log_goes_on_in_a_file_of_its_own(tmp_path):
    from vvipe_explore.cli.evaluate import log_test_run

    (tmp_path / "kept").write_text("first\n")
    (tmp_path / "log.jsonl").symlink_to("kept")
    log_test_run(tmp_path / "log.jsonl", {"what": "second"})
    first, second = (tmp_path / "log.jsonl").read_text().splitlines()
    assert (first, json.loads(second)["what"]) == ("first", "second")
    assert (tmp_path / "kept").read_text() == "first\n"


ODD = os.fsdecode(b"caf\xe9")
COMMAND = "import sys; from vvipe_explore.cli.main import main; sys.exit(main())"
COMMANDS = "from vvipe_explore.cli.main import main\nfor words in {}: print('exit', main(words), flush=True)"
STDOUT = ["utf-8:strict", "ascii:strict", "ascii:surrogateescape"]  # UTF-8 locales, and C's as PEP 538 and 540 leave it


@pytest.fixture
def odd(tmp_path):
    """A folder whose name is no UTF-8. Skips where the file system has no such names (macOS)."""
    try:
        (tmp_path / ODD).mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    return tmp_path / ODD


def test_tensors_are_kept_under_any_name(odd):
    path = odd / f"{ODD}.safetensors"
    _files.write_tensors(path, {"a": torch.arange(3)}, {"made of": ODD})
    tensors, description = _files.read_tensors(path)
    assert tensors["a"].tolist() == [0, 1, 2]
    assert description == {"made of": ODD}
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="is damaged or no safetensors file"):
        _files.read_tensors(path)


def test_motion_under_any_name_is_trained_on(odd):
    from test_datasets import MAPS, bvh_text

    for name, more in ((f"{ODD}.bvh", 0), ("b.bvh", 2)):
        (odd / name).write_text(bvh_text(MAPS["daz"], frames=40 + more))
    (odd / f"{ODD}2.bvh").write_text("HIERARCHY")
    commands = (
        ["train", "--data", odd, "--methods", "V-VIPE", "--scale", "0.0005", "--out", odd / "out"],
        ["evaluate", "--data", odd, "--methods", "V-VIPE", "--out", odd / "out"],
        ["export", odd / "explorer.html", "--data", odd, "--points", "10"],
        ["lift", "--keypoints", odd],  # holds no .json: the error names the folder
    )
    code = COMMANDS.format([list(map(str, words)) for words in commands])
    done = run("-c", code, PYTHONIOENCODING="utf-8:strict", stderr=subprocess.STDOUT)
    said = done.stdout.decode()
    assert re.findall(r"^exit (\d)$", said, re.MULTILINE) == ["0", "0", "0", "2"], said
    assert all("caf\\udce9" in each for each in re.split(r"^exit \d$", said, flags=re.MULTILINE)[:-1]), said
    assert json.loads((odd / "out" / "evaluation.json").read_text())["data"] == str(odd)


@pytest.mark.parametrize("encoding", STDOUT)
def test_detections_under_any_name_are_lifted(odd, encoding):
    rng = np.random.default_rng(0)
    for t in range(3):
        flat = np.column_stack([rng.uniform(0, 400, (18, 2)), np.full(18, 0.9)]).ravel().tolist()
        path = odd / f"{ODD}_{t:012d}_keypoints.json"
        path.write_text(json.dumps({"people": [{"pose_keypoints_2d": flat}]}))
    out = odd / "out"
    done = run("-c", COMMAND, "lift", "--keypoints", odd, "--out", out, LC_ALL="C", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr.decode()
    assert b"caf\\udce9" in done.stdout
    assert json.loads((out / "lift.json").read_text())["keypoints"] == ODD
    assert "caf\\udce9" in (out / "lift.html").read_text("utf-8")
