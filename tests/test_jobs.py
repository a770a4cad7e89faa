"""Several trainings at once: the same models as one after the other, and an interrupt that loses nothing."""

import dataclasses
import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from vvipe_explore.cli import main, train
from vvipe_explore.training.jobs import Job, train_all
from vvipe_explore.training.loop import TrainingData
from vvipe_explore.training.methods import METHODS


def small(name):
    """A method so small that it trains in a moment."""
    method = METHODS[name]
    vae = method.vae and dataclasses.replace(method.vae, width=16, batch=32, steps=3)
    return dataclasses.replace(method, width=16, batch=32, steps=3, vae=vae)


@pytest.fixture(scope="module")
def data(synthetic):
    poses = torch.from_numpy(synthetic.poses[::100]).float()
    return TrainingData(poses, poses, "few")


def test_two_at_once_give_the_same_as_one_after_the_other(data, tmp_path):
    trained = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        jobs = [Job(small(m), folder) for m in ("V-VIPE + A", "V-VIPE (ours) + A", "Pr-VIPE", "V-VIPE")]
        trained.append(train_all(jobs, data, workers))
        assert (folder / "vae.safetensors").is_file()
        assert (folder / "vae_ours.safetensors").is_file()
    for alone, together in zip(*trained, strict=True):
        assert alone.about == together.about
        for name, tensor in alone.state_dict().items():
            assert torch.allclose(tensor, together.state_dict()[name], atol=1e-5), name


def test_what_goes_wrong_in_one_is_said(data, tmp_path):
    wrong = dataclasses.replace(small("direct lifter"), lr=1e30, steps=60)  # goes wrong between two reports
    jobs = [Job(wrong, tmp_path), Job(small("Pr-VIPE"), tmp_path)]
    with pytest.raises(FloatingPointError, match="no longer finite"):
        train_all(jobs, data, 2)
    with pytest.raises(ValueError, match="expected at least 1 training at once, got 0"):
        train_all(jobs, data, 0)


def test_an_interrupt_stops_all_and_the_same_command_goes_on(tmp_path, monkeypatch):
    """Four trainings, two at once: the two that wait never begin."""
    out = tmp_path / "run"
    methods = "Pr-VIPE;Pr-VIPE + A;direct lifter;direct lifter + A"
    arguments = ["train", "--jobs", "2", "--scale", "0.02", "--out", str(out), "--methods", methods]
    # a shell that starts tests in the background has them ignore Ctrl-C
    command = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command += f"from vvipe_explore.cli.main import main; sys.exit(main({arguments!r}))"
    process = subprocess.Popen([sys.executable, "-c", command], stderr=subprocess.PIPE, text=True, env=os.environ)
    try:
        for _ in range(1200):
            if process.poll() is not None or len(list(out.glob("*.checkpoint.safetensors"))) == 2:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert "rerun the command to resume" in said
    assert "Traceback" not in said
    assert {p.name.partition(".")[0] for p in out.iterdir()} == {"prvipe", "prvipe_a"}
    assert len(list(out.glob("*.checkpoint.safetensors"))) == 2
    monkeypatch.setattr(train, "measure", lambda *_: None)
    assert main.main(arguments) == 0
    trained = ("direct_lifter", "direct_lifter_a", "prvipe", "prvipe_a")
    assert sorted(p.name for p in out.iterdir()) == [f"{name}.safetensors" for name in trained]
