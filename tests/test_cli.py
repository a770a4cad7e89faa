"""The command, called in process: it trains, goes on, measures, and says in one line what went wrong."""

import dataclasses
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from vvipe_explore import _files, datasets
from vvipe_explore.cli import main
from vvipe_explore.models import storage
from vvipe_explore.training import methods, objectives

ROOT = Path(__file__).parents[1]
METHODS = "direct lifter;V-VIPE + A"


@pytest.fixture(scope="module")
def thin(synthetic):
    """The synthetic set thinned to every eightieth frame, so that a test takes seconds."""
    return synthetic[::80]


@pytest.fixture(autouse=True)
def _small(monkeypatch, thin, tmp_path):
    monkeypatch.setattr(datasets, "load", lambda name: thin if name == "synthetic" else load_real(name))
    for name, method in methods.METHODS.items():
        vae = method.vae and dataclasses.replace(method.vae, width=32, batch=64)
        monkeypatch.setitem(methods.METHODS, name, dataclasses.replace(method, width=32, batch=64, vae=vae))
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VVIPE_DATA", raising=False)


load_real = datasets.load


def train(out, *more):
    return main.main(["train", "--scale", "0.001", "--out", str(out), "--methods", METHODS, *more])


def files(out):
    return sorted(p.name for p in out.iterdir())


def test_train_then_evaluate(tmp_path, capsys, thin):
    out = tmp_path / "run"
    assert train(out) == 0
    printed = capsys.readouterr().out
    assert "Validation" in printed
    assert "| V-VIPE + A |" in printed
    assert files(out) == ["direct_lifter.safetensors", "vae.safetensors", "vvipe_a.safetensors"]

    assert main.main(["evaluate", "--data", "synthetic", "--out", str(out), "--methods", METHODS]) == 0
    printed = capsys.readouterr().out
    for method in ("chance", "2D keypoints", "2D keypoints, Procrustes", "direct lifter", "V-VIPE + A"):
        assert f"\n| {method} | " in printed
    record = json.loads((out / "evaluation.json").read_text())
    test_rows = datasets.split(thin)["test"]
    assert record["data"] == "synthetic"
    assert record["poses"] == {"": len(test_rows)}
    assert len(record["rows"]) == 10
    assert {"commit", "machine", "time", "seconds"} <= record.keys()
    log = (out / "test_runs.jsonl").read_text().splitlines()
    assert len(log) == 1
    assert json.loads(log[0])["hit@1"].keys() == {
        f"{r['method']}, {r['keypoints']}, {r['cameras']}" for r in record["rows"]
    }
    assert files(out) == sorted(
        ["direct_lifter.safetensors", "vae.safetensors", "vvipe_a.safetensors", "evaluation.json", "test_runs.jsonl"]
    )


def test_seeds_and_methods_of_both_kinds_of_keypoints(tmp_path, capsys):
    """Two seeds in folders of their own; the table is their mean, each method on the keypoints it was trained on."""
    methods = "Pr-VIPE + A;direct lifter, D + A;V-VIPE (ours), D + A"
    out = tmp_path / "run"
    command = ["--out", str(out), "--methods", methods]
    assert main.main(["train", "--scale", "0.0005", "--seeds", "2", *command]) == 0
    assert files(out) == ["seed0", "seed1"]
    assert files(out / "seed0") == files(out / "seed1")
    assert len({_files.sha256(out / seed / "prvipe_a.safetensors") for seed in ("seed0", "seed1")}) == 2
    capsys.readouterr()
    assert main.main(["evaluate", *command]) == 0
    printed = capsys.readouterr().out
    assert "2 seed(s)" in printed
    rows = json.loads((out / "evaluation.json").read_text())["rows"]
    kinds = {row["method"]: row["keypoints"] for row in rows if row["method"] in methods}
    assert kinds == {"Pr-VIPE + A": "GT", "direct lifter, D + A": "D", "V-VIPE (ours), D + A": "D"}
    assert {row["keypoints"] for row in rows if row["method"] == "chance"} == {"GT", "D"}
    assert all("hit@1 spread" in row and row["seeds"] == 2 for row in rows if row["method"] in methods)
    assert main.main(["evaluate", *command, "--keypoints", "GT"]) == 0
    rows = json.loads((out / "evaluation_GT.json").read_text())["rows"]
    assert {row["keypoints"] for row in rows} == {"GT"}


def test_a_second_train_takes_what_is_there(tmp_path, monkeypatch):
    assert train(tmp_path) == 0
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.glob("*.safetensors")}
    monkeypatch.setattr(methods, "fit", lambda *args, **kwargs: pytest.fail("trained again"))
    assert train(tmp_path) == 0
    assert {p.name: p.stat().st_mtime_ns for p in tmp_path.glob("*.safetensors")} == before


def interrupt_after(monkeypatch, objective, calls):
    """Let the objective's losses be asked for a number of times, then press Ctrl-C."""
    left, losses = [calls], objective.losses

    def counted(self, generator):
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        return losses(self, generator)

    monkeypatch.setattr(objective, "losses", counted)


@pytest.mark.parametrize("objective", ["VAEObjective", "KeypointObjective"])
def test_an_interrupted_run_goes_on_and_ends_the_same(objective, tmp_path, monkeypatch, capsys):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert train(whole) == 0
    with monkeypatch.context() as patch:
        interrupt_after(patch, getattr(objectives, objective), 2)
        assert train(broken) == 130
    assert "stopped; rerun the command to resume" in capsys.readouterr().err
    assert len(list(broken.glob("*.checkpoint.safetensors"))) == 1
    assert not list(broken.glob(".*"))
    assert train(broken) == 0
    assert files(broken) == files(whole)
    for name in files(whole):
        first, second = (storage.load(folder / name).state_dict() for folder in (whole, broken))
        assert all(torch.equal(first[k], second[k]) for k in first)


def one_line(capsys, *arguments):
    """Run the command, which must fail with 2, and give its one line."""
    assert main.main(list(arguments)) == 2
    error = capsys.readouterr().err
    lines = [line for line in error.splitlines() if line.startswith("vvipe: ")]
    assert len(lines) == 1
    assert "Traceback" not in error
    return lines[0]


def test_errors_are_one_line_and_exit_with_2(tmp_path, capsys):
    out = ["--out", str(tmp_path / "o")]
    assert "there is no file or folder" in one_line(capsys, "train", "--data", str(tmp_path / "gone"), *out)
    (tmp_path / "bare").mkdir()
    assert "holds no .bvh, " in one_line(capsys, "train", "--data", str(tmp_path / "bare"), *out)
    assert "cmu-mocap was not found" in one_line(capsys, "evaluate", "--data", "cmu", *out)
    unknown = one_line(capsys, "train", "--methods", "V-VIPER", *out)
    assert 'unknown method V-VIPER; did you mean "V-VIPE"?' in unknown
    assert "found none; give the --out of a vvipe train" in one_line(capsys, "evaluate", *out)
    named = one_line(capsys, "data", "fetch", "kinect")
    assert "expected one of cmu, ui-prmd, pr-vipe-frames to fetch, got 'kinect'" in named


def test_other_settings_and_damaged_models_are_refused(tmp_path, capsys):
    assert train(tmp_path) == 0
    capsys.readouterr()
    same = ["train", "--out", str(tmp_path), "--methods", METHODS, "--scale", "0.001"]
    assert "was trained with other settings" in one_line(capsys, *same, "--seed", "1")
    assert "was trained with other settings" in one_line(capsys, *same[:-1], "0.002")
    path = tmp_path / "vvipe_a.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    line = one_line(capsys, "evaluate", "--out", str(tmp_path), "--methods", METHODS)
    assert f"{path} is damaged" in line


def test_usage_errors_exit_with_2(capsys):
    for arguments in ([], ["train", "--seed", "x"], ["fly"], ["data", "remove"]):
        with pytest.raises(SystemExit) as caught:
            main.main(arguments)
        assert caught.value.code == 2
    assert "usage: vvipe" in capsys.readouterr().err


def test_data_list(tmp_path, capsys):
    assert main.main(["data"]) == 0
    printed = capsys.readouterr().out
    assert "not here; vvipe data fetch cmu" in printed
    assert "comes with the package" in printed
    (tmp_path / "cache" / "cmu-mocap").mkdir(parents=True)
    assert main.main(["data", "list"]) == 0
    assert str(tmp_path / "cache" / "cmu-mocap") in capsys.readouterr().out


def test_data_list_says_what_is_missing(tmp_path, capsys, monkeypatch):
    from vvipe_explore.datasets import registry

    files = list(registry.index("cmu-mocap")["files"])
    for path in files[:3]:
        (tmp_path / "cache" / "cmu-mocap" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cache" / "cmu-mocap" / path).write_text("half of it")
    (tmp_path / "own" / "h36m").mkdir(parents=True)
    monkeypatch.setenv("VVIPE_DATA", str(tmp_path / "own"))
    assert main.main(["data"]) == 0
    printed = capsys.readouterr().out
    assert f"cmu-mocap (only 0 of {len(files)} files are there and whole; vvipe data fetch cmu)" in printed
    assert "h36m (only 0 of 1 files are there and whole; copy the others there)" in printed
    (tmp_path / "own" / "h36m" / "data_3d_h36m.npz").write_text("not empty")
    assert main.main(["data"]) == 0
    assert f"{tmp_path / 'own' / 'h36m'}\n" in capsys.readouterr().out


def test_a_folder_of_bvh_trains(tmp_path, capsys):
    """Anyone's motion: thirty noisy frames in two files; a broken third is left out with a warning."""
    from test_datasets import bvh_folder

    folder = tmp_path / "mine"
    bvh_folder(folder, seed=0)
    (folder / "c.bvh").write_text("HIERARCHY")
    out = tmp_path / "o"
    with pytest.warns(UserWarning, match=r"c\.bvh"):
        code = main.main(["train", "--data", str(folder), "--out", str(out), "--methods", "direct lifter",
                         "--scale", "0.0004"])  # fmt: skip
    assert code == 0
    assert "direct_lifter.safetensors" in os.listdir(out)


def test_files_whose_names_tell_nothing_are_trained_on_by_a_map(tmp_path, capsys):
    """Of three files one is recognised, one needs the map, and one has hips of no width, and is named."""
    from test_read_motion import MAP, TREE, bvh, unnamed

    folder, out = tmp_path / "mine", tmp_path / "o"
    folder.mkdir()
    moves = [(x, 95, 0) for x in range(40)]
    flat = {name: (parent, (0, *at[1:]) if "UpLeg" in name else at) for name, (parent, at) in TREE.items()}
    (folder / "a.bvh").write_text(bvh(roots=moves))
    (folder / "b.bvh").write_text(bvh(roots=moves, rename=unnamed))
    (folder / "c.bvh").write_text(bvh(roots=moves, tree=flat))
    path = tmp_path / "map.json"
    path.write_text(json.dumps(MAP))
    run = ["--data", str(folder), "--joints", str(path), "--out", str(out), "--methods", "direct lifter"]
    for words in (["train", "--scale", "0.0004"], ["evaluate"]):
        with pytest.warns(UserWarning, match=r"left out 1 of 3 motion files in .*:\n1 such as .*c\.bvh: expected hips"):
            assert main.main([*words, *run]) == 0
    path.write_text(json.dumps({**MAP, "left_knee": None}))
    assert "map.json: expected the file's name of left_knee, or a list" in one_line(capsys, "train", *run)
    assert "expected --joints with files of your own" in one_line(capsys, "train", *run, "--data", "synthetic")
    assert "expected --up with files of your own" in one_line(capsys, "train", "--data", "synthetic", "--up", "z")
    (tmp_path / "one_pose.bvh").write_text(bvh(roots=moves[:1]))
    one = one_line(capsys, "train", *run[4:], "--data", str(tmp_path / "one_pose.bvh"))
    assert "one_pose.bvh: expected at least 2 poses to train on, got 1; give longer recordings." in one


def test_every_command_that_takes_motion_passes_on_what_its_files_do_not_say(tmp_path):
    from test_read_motion import bvh

    from vvipe_explore.cli.evaluate import load_motion
    from vvipe_explore.cli.motion_options import joined, motion_options

    told = ["--unit", "0.01", "--up", "-z", "--fps", "60", "--joints", "map.json"]
    starts = (["train"], ["evaluate"], ["export", "a.html"], ["export-motion", "a.bvh", "--to", "trc"])
    for start in starts:
        given = motion_options(main.parser().parse_args(joined([*start, *told])))
        assert given == {"joints": "map.json", "unit": 0.01, "up": "-z", "fps": 60.0}
        assert motion_options(main.parser().parse_args(start)) == {}
    path = tmp_path / "a.bvh"
    path.write_text(bvh(roots=[(x, 95, 0) for x in range(61)]))
    whole, metres = (load_motion(str(path), **options)[0] for options in ({}, {"unit": 0.02, "fps": 60.0}))
    np.testing.assert_allclose(metres.poses[0], 2 * whole.poses[0], atol=1e-5)
    assert len(metres.poses) == 30  # of 60 frames, 60 a second
    assert len(whole.poses) == 60  # the first of 61 is the rest pose


def test_evaluate_prints_the_published_protocol_s_rows(tmp_path, capsys, monkeypatch):
    """Human3.6M made in its own format: train on it, then its own rows beside those that the papers printed."""
    from made_datasets import h36m_32, write_frames, write_h36m

    monkeypatch.setattr(datasets, "load", load_real)
    monkeypatch.setenv("VVIPE_DATA", str(tmp_path))
    (tmp_path / "h36m").mkdir()
    moves = {(s, "Walking 1"): h36m_32(31, s) for s in (1, 5, 6, 7, 8, 9, 11)}
    write_h36m(tmp_path / "h36m", moves)
    write_frames(tmp_path / "pr-vipe-frames", [(s, "Walking 1", i) for s in (9, 11) for i in range(0, 31, 10)])
    run = ["--data", "h36m", "--out", str(tmp_path / "run"), "--methods", "direct lifter + A"]
    assert main.main(["train", "--scale", "0.0005", *run]) == 0
    capsys.readouterr()
    assert main.main(["evaluate", *run]) == 0
    printed = capsys.readouterr().out
    assert "h36m, the published protocol" in printed
    assert "\n| direct lifter + A, GT | h36m, published frames |" in printed
    assert "\n| V-VIPE, GT (as published) | h36m, published frames | 89.7 | 98.8 | 99.4 |" in printed
    record = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    assert {row["method"] for row in record["rows"]} == {"direct lifter + A", "2D keypoints"}
    assert {row["frames"] for row in record["rows"]} == {4 * 8}
    assert not (tmp_path / "run" / "test_runs.jsonl").exists()


def test_notebooks_are_copied_with_the_results_they_show_and_yours_are_kept(tmp_path, capsys):
    folder = tmp_path / "course"
    for _ in range(2):  # the second time changes nothing
        assert main.main(["notebooks", str(folder)]) == 0
        assert f"{len(list((ROOT / 'notebooks').glob('*.ipynb')))} notebooks" in capsys.readouterr().out
    copied = {p.name for p in folder.glob("*.ipynb")}
    assert copied == {p.name for p in (ROOT / "notebooks").glob("*.ipynb")}
    for path in folder.glob("*.ipynb"):
        cells = json.loads(path.read_text())["cells"]
        for result in re.findall(r"results/\w+\.\w+", "".join(str(cell["source"]) for cell in cells)):
            assert (folder / result).read_bytes() == (ROOT / result).read_bytes()
        assert "../results" not in path.read_text()
    first, second = sorted(folder.glob("*.ipynb"))[:2]
    first.write_text("mine")
    second.unlink()
    assert main.main(["notebooks", str(folder)]) == 2
    assert f"got {first}, which differ" in capsys.readouterr().err
    assert first.read_text() == "mine"
    assert not second.exists()
    assert main.main(["notebooks", str(first)]) == 2
    assert "expected a folder, got the file" in capsys.readouterr().err
