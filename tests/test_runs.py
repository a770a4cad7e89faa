"""Runs never lie and end as they should: whose data, whose folder, what an interrupt, a kill or a full disk leaves."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch

from vvipe_explore import _files, _provenance, datasets
from vvipe_explore.cli import main
from vvipe_explore.training import methods
from vvipe_explore.training.loop import TrainingData
from vvipe_explore.training.methods import METHODS, train_method

SMALL = dataclasses.replace(METHODS["direct lifter"], width=16, batch=16, steps=4)


@pytest.fixture
def two(synthetic):
    """Two sets of poses of one size."""
    first = torch.from_numpy(synthetic.poses[::400]).float()
    return TrainingData(first, first[::4], "one"), TrainingData(1.01 * first, first[::4], "other")


def test_a_model_of_other_data_is_refused_with_both_named(two, tmp_path):
    one, other = two
    model = train_method(SMALL, one, tmp_path, progress=False)
    assert model.about["data"]["name"] == "one"
    assert model.about["data"]["poses"] == len(one.train)
    with pytest.raises(ValueError, match=r"lifter\.safetensors was trained with .*data 'one' .*, not data 'other'"):
        train_method(SMALL, other, tmp_path, progress=False)
    renamed = dataclasses.replace(one, name="the same poses elsewhere")
    assert train_method(SMALL, renamed, tmp_path, progress=False).about == model.about


def test_a_stopped_run_is_not_resumed_on_other_data(two, tmp_path, monkeypatch):
    one, other = two
    inner, left = methods.KeypointObjective.losses, [2]

    def interrupted(self, generator):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return inner(self, generator)

    with monkeypatch.context() as patch:
        patch.setattr(methods.KeypointObjective, "losses", interrupted)
        with pytest.raises(methods.Stopped):
            train_method(SMALL, one, tmp_path, progress=False)
    with pytest.raises(ValueError, match="is the checkpoint of another run: data 'one' .*, not data 'other'"):
        train_method(SMALL, other, tmp_path, progress=False)
    assert train_method(SMALL, one, tmp_path, progress=False).about["data"]["name"] == "one"


def test_the_command_refuses_another_data_set_in_the_same_folder(tmp_path, capsys, monkeypatch, synthetic):
    sets = {"synthetic": synthetic[::80], "cmu": synthetic[1::80]}
    monkeypatch.setattr(datasets, "load", lambda name: sets[name])
    monkeypatch.setattr(datasets, "split", lambda motion: {"train": slice(0, 100), "validation": slice(100, 150)})
    monkeypatch.setitem(methods.METHODS, "direct lifter", SMALL)
    run = ["--methods", "direct lifter", "--out", str(tmp_path)]
    assert main.main(["train", "--data", "synthetic", *run]) == 0
    assert main.main(["train", "--data", "cmu", *run]) == 2
    assert re.search("data 'synthetic' .*, not data 'cmu'", capsys.readouterr().err)


def test_folders_of_one_name_get_runs_of_their_own(tmp_path, monkeypatch):
    from test_datasets import bvh_folder

    monkeypatch.setitem(methods.METHODS, "direct lifter", SMALL)
    monkeypatch.chdir(tmp_path)
    for place, seed in (("here", 0), ("there", 1), ("here again", 0)):
        bvh_folder(tmp_path / place / "walks", seed)
        folder = str(tmp_path / place / "walks")
        assert main.main(["train", "--data", folder, "--methods", "direct lifter"]) == 0
    runs = sorted(p.name for p in (tmp_path / "runs").iterdir())
    assert len(runs) == 2   # the same motion from two places is one run
    assert all(re.fullmatch("walks-[0-9a-f]{8}", name) for name in runs)


def test_a_folder_in_use_says_by_whom_and_what_was_left_is_cleaned(tmp_path):
    litter = tmp_path / "seed0" / ".writing-vae.safetensors.abc.safetensors"
    litter.parent.mkdir()
    litter.write_bytes(b"half")
    with _files.folder_in_use(tmp_path, "vvipe train"):
        assert not litter.exists()
        code = f"from vvipe_explore.cli.main import main; main(['train', '--out', {str(tmp_path)!r}])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
        assert re.search(rf"is in use by process {os.getpid()} \(vvipe train, since \d{{4}}-", done.stderr), done.stderr
    assert list(tmp_path.rglob("*")) == [tmp_path / "seed0"]


def test_a_folder_whose_user_was_killed_is_free(tmp_path):
    code = (
        "import os, signal; from vvipe_explore._files import folder_in_use\n"
        f"with folder_in_use({str(tmp_path)!r}, 'x'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], timeout=120)
    assert (tmp_path / ".in_use.json").exists()
    with _files.folder_in_use(tmp_path, "y"):
        assert json.loads((tmp_path / ".in_use.json").read_text())["for"] == "y"
    assert not list(tmp_path.iterdir())


def command(*arguments):
    code = f"import sys; from vvipe_explore.cli.main import main; sys.exit(main({list(map(str, arguments))!r}))"
    return [sys.executable, "-c", code]


def wait_for(condition, seconds=100):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


def children(pid):
    """The processes below one, those of multiprocessing alone."""
    listed = subprocess.run(["ps", "-ewwo", "pid,ppid,args"], capture_output=True, text=True).stdout.splitlines()[1:]
    rows = [line.split(None, 2) for line in listed]
    return [int(p) for p, parent, args in rows if int(parent) == pid and "spawn_main" in args]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"


TWO_AT_ONCE = ("train", "--jobs", "2", "--scale", "0.5", "--methods", "direct lifter;direct lifter + A")


@pytest.fixture
def at_work(tmp_path):
    """A run of two trainings at once, both with a checkpoint, and its workers."""
    process = subprocess.Popen(command(*TWO_AT_ONCE, "--out", tmp_path), stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: process.poll() is not None or len(list(tmp_path.glob("*.checkpoint.safetensors"))) == 2)
        yield process, children(process.pid), tmp_path
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks processes up in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_parent(number, at_work):
    process, workers, out = at_work
    assert len(workers) == 2
    process.send_signal(number)
    _, said = process.communicate(timeout=100)
    wait_for(lambda: not any(alive(pid) for pid in workers), 60)
    assert len(list(out.glob("*.checkpoint.safetensors"))) == 2
    if number == signal.SIGTERM:
        assert process.returncode == 130
        assert "stopped; rerun the command to resume" in said
        assert not list(out.glob(".*"))


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks processes up in /proc")
def test_a_killed_worker_is_one_sentence(at_work):
    process, workers, out = at_work
    os.kill(workers[0], signal.SIGKILL)
    _, said = process.communicate(timeout=100)
    assert process.returncode == 2
    line = [line for line in said.splitlines() if line.startswith("vvipe: ")]
    assert line[0].startswith("vvipe: a training process was killed, perhaps for lack of memory; rerun the command")
    assert "Traceback" not in said
    wait_for(lambda: not any(alive(pid) for pid in workers), 60)


def test_sigterm_before_the_first_report_tells_the_truth(tmp_path, monkeypatch, capsys):
    losses = methods.KeypointObjective.losses

    def first(self, generator):
        signal.raise_signal(signal.SIGTERM)
        return losses(self, generator)

    monkeypatch.setattr(methods.KeypointObjective, "losses", first)
    assert main.main(["train", "--methods", "direct lifter", "--scale", "0.02", "--out", str(tmp_path)]) == 130
    assert "stopped at step 1 of 40; no weights were scored yet" in "".join(capsys.readouterr())
    assert [p.name for p in tmp_path.iterdir()] == ["direct_lifter.checkpoint.safetensors"]


@pytest.fixture
def full_disk():
    """No file grows beyond 100,000 bytes; Python ignores the signal that comes with it, so writing is an error."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(tmp_path, full_disk, capsys):
    assert main.main(["train", "--methods", "direct lifter", "--scale", "0.001", "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert re.search(r"^vvipe: could not write .*direct_lifter", said, re.MULTILINE), said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="/proc is the folder that even root can't write to")
def test_a_folder_that_cannot_be_written_to_is_said_at_the_start(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(methods, "fit", lambda *_, **__: pytest.fail("trained"))
    (tmp_path / "file").write_text("")
    for out in ("/proc", "/proc/run", str(tmp_path / "file")):
        assert main.main(["train", "--methods", "direct lifter", "--out", out]) == 2
        said = capsys.readouterr().err
        assert re.search(rf"^vvipe: can't write to {out} \(.+\); give another folder", said, re.MULTILINE), said


def test_provenance_is_the_package_s_own(tmp_path, monkeypatch):
    """Not that of a repository in which the environment lies, and not an error where there is no git."""
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q", tmp_path], check=True)
    subprocess.run([*git, "-C", tmp_path, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    inside = tmp_path / "venv" / "lib"
    inside.mkdir(parents=True)
    foreign = subprocess.run([*git, "-C", tmp_path, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    assert _provenance.commit(inside) != foreign.stdout.strip()
    (inside / "pyproject.toml").write_text("")
    assert _provenance.commit(inside) != foreign.stdout.strip()
    (tmp_path / "pyproject.toml").write_text("")
    assert _provenance.commit(tmp_path) == foreign.stdout.strip()
    monkeypatch.setenv("PATH", "")
    assert "commit" in _provenance.provenance()
    assert _provenance.commit(tmp_path) in ("not a checkout", _provenance._noted_by_pip())
