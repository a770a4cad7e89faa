"""Run vvipe lift from end to end, on the real recording and on synthetic people; the detectors are stand-ins."""

import functools
import http.server
import json
import re
import sys
import threading
import types
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from vvipe_explore import cameras
from vvipe_explore.cli import lift as lift_command
from vvipe_explore.cli import main
from vvipe_explore.lift import video as videos
from vvipe_explore.lift.detectors import rtmpose
from vvipe_explore.models import storage
from vvipe_explore.skeleton import COCO_17, PAPER_13

TRIAL = "pose2sim-single/S00_P00_T01_BalancingTrial"
N = 12
PLACE = [COCO_17.index(name) for name in PAPER_13]


@pytest.fixture(scope="module")
def seen(synthetic):
    """A synthetic person over N frames: keypoints (N, 13, 2) in a picture of 320 x 240."""
    poses = torch.from_numpy(synthetic.poses[:N])
    return 0.24 * cameras.view(poses, cameras.fixed_orbit([(30, 5, 0)])).numpy() + [40, 0]


@pytest.fixture
def folder(tmp_path, seen):
    """Pictures frame_0.png to frame_11.png whose grey says their number."""
    made = tmp_path / "pictures"
    made.mkdir()
    for k in range(N):
        Image.fromarray(np.full((240, 320, 3), 20 * k, np.uint8)).save(made / f"frame_{k}.png")
    return made


def alphapose(path, seen, frames=range(N), name="{}.jpg"):
    """Write AlphaPose's JSON of the person, and of a small bystander who comes first."""
    entries = []
    for k in frames:
        for points in (0.1 * seen[k], seen[k]):
            full = np.zeros((17, 3))
            full[PLACE] = np.concatenate([points, np.full((13, 1), 0.9)], 1)
            entry = {"image_id": name.format(k), "category_id": 1, "keypoints": full.ravel().tolist(), "score": 2.5}
            entries.append(entry)
    path.write_text(json.dumps(entries))
    return path


def lift(*arguments) -> int:
    return main.main(["lift", *map(str, arguments)])


def read(out):
    with np.load(out / "lift.npz", allow_pickle=False) as file:
        return dict(file), json.loads((out / "lift.json").read_text())


# --- keypoints given ---


@pytest.mark.parametrize("camera", ["cam01", "cam02", "cam03", "cam04"])
def test_each_real_camera_with_a_reference(real_data, tmp_path, capsys, monkeypatch, camera):
    trial = real_data / TRIAL
    if not trial.is_dir():
        pytest.skip("VVIPE_DATA holds no pose2sim-single: copy Pose2Sim's S00_Demo_Session there under that name")
    reference = next(f for f in (trial / "pose-3d").glob("*.trc") if "filt" not in f.name)
    out = tmp_path / "out"
    if camera != "cam02":
        monkeypatch.setitem(sys.modules, "av", None)  # one video is enough
    code = lift("--keypoints", trial / "openpose" / camera, "--out", out, "--reference", reference, "--fps", 60)
    printed = capsys.readouterr().out
    assert code == 0, printed
    arrays, about = read(out)
    error = about["pa_mpjpe_mm"]
    assert f"| lifted | {error['lifted']:.0f} mm |" in printed
    assert error["lifted"] < 0.6 * error["mean training pose"]  # a wrong or a mirrored person is far above
    assert "100 frames, 60 a second" in printed
    assert "person: " in printed
    assert arrays["poses"].shape == (100, 13, 3)
    assert arrays["joint_names"].tolist() == list(PAPER_13)
    files = {"lift.html", "lift.npz", "lift.json"} | ({"lift.mp4"} if camera == "cam02" else set())
    assert {p.name for p in out.iterdir()} == files


def test_a_real_video_is_read(real_data):
    video = real_data / TRIAL / "videos" / "cam02.mp4"
    if not video.is_file():
        pytest.skip("VVIPE_DATA holds no pose2sim-single: copy Pose2Sim's S00_Demo_Session there under that name")
    frames = videos.Frames(video)
    first = next(iter(frames))
    assert first.shape == (1920, 1080, 3)
    assert first.std() > 20
    assert frames.fps == 60


def test_keypoints_alone(tmp_path, seen, capsys):
    out = tmp_path / "out"
    path = alphapose(tmp_path / "a.json", seen, [k for k in range(N) if k not in (4, 5)])
    assert lift("--keypoints", path, "--out", out, "--fps", 20) == 0
    arrays, about = read(out)
    assert np.flatnonzero(arrays["filled"]).tolist() == [4, 5]
    np.testing.assert_allclose(arrays["keypoints"][[0, 11]], seen[[0, 11]], atol=1e-3)  # the person, not the bystander
    assert [row["state"] for row in about["frames"]] == ["seen"] * 4 + ["filled"] * 2 + ["seen"] * 6
    np.testing.assert_allclose(about["frames"][3]["pose"], arrays["poses"][3], atol=1e-4)
    assert about["fps"] == 20
    assert about["smoothing"]["method"] == "kalman"
    registry = json.loads((storage.WEIGHTS / "registry.json").read_text())
    assert about["weights"] in registry.values()
    assert "| 12 | 10 | 2 | 0 |" in capsys.readouterr().out


def test_without_smoothing_and_fit_each_frame_is_what_the_model_lifts(tmp_path, seen, capsys):
    path = alphapose(tmp_path / "a.json", seen)
    fitted, plain = tmp_path / "fitted", tmp_path / "plain"
    assert lift("--keypoints", path, "--out", fitted, "--no-smooth") == 0
    assert "not calibrated" not in capsys.readouterr().out
    assert lift("--keypoints", path, "--out", plain, "--no-smooth", "--no-fit") == 0
    assert "not calibrated" in capsys.readouterr().out
    arrays, about = read(plain)
    alone = storage.load_pretrained("detected").lift(seen.astype(np.float32))
    np.testing.assert_allclose(arrays["poses"], alone, atol=1e-3)
    assert (about["smoothing"], about["fit"]) == (None, False)
    arrays, about = read(fitted)
    assert np.abs(arrays["poses"] - alone).max() > 0.01
    assert about["fit"] is True


def test_what_is_exported_is_levelled_unless_told_not_to(tmp_path, body):
    """Somebody who stands and turns, seen by a camera that is rolled by 15 degrees."""
    angles = torch.linspace(0, 6, N)
    zero, one = torch.zeros(N), torch.ones(N)
    turns = torch.stack([angles.cos(), zero, angles.sin(), zero, one, zero, -angles.sin(), zero, angles.cos()], -1)
    turning = body.float() @ turns.reshape(N, 3, 3).mT
    rolled = 0.1 * cameras.view(turning, cameras.fixed_orbit([(30, 0, 15)])).numpy() + 50
    path, lean = alphapose(tmp_path / "a.json", rolled), {}
    for option in ("--level", "--no-level"):
        out = tmp_path / option
        assert lift("--keypoints", path, "--out", out, "--fps", 25, "--export", "npz", option) == 0
        with np.load(out / "motion.npz") as file:
            positions = file["positions"]
        up = positions[:, 1:3].mean(1) - positions[:, 11:13].mean(1)
        lean[option] = np.degrees(np.arccos(up[:, 1] / np.linalg.norm(up, axis=-1))).mean()
    assert lean["--level"] < 5
    assert 10 < lean["--no-level"] < 20


def test_pictures_and_keypoints_meet_by_name(tmp_path, folder, seen):
    """The first two pictures show nobody, so the file does not list them."""
    path = alphapose(tmp_path / "a.json", seen, range(2, N), name="frame_{}.png")
    assert lift(folder, "--keypoints", path, "--out", tmp_path / "out") == 0
    arrays, _ = read(tmp_path / "out")
    assert arrays["seen"].tolist() == [k >= 2 for k in range(N)]


def test_alphapose_counts_a_video_s_frames_from_0(tmp_path, seen):
    video, path = tmp_path / "v.mp4", alphapose(tmp_path / "a.json", seen, range(3, N))
    videos.write_video(video, (np.full((240, 320, 3), 10 * k, np.uint8) for k in range(N)), 25)
    assert lift(video, "--keypoints", path, "--out", tmp_path / "out") == 0
    arrays, about = read(tmp_path / "out")
    assert arrays["seen"].tolist() == [k >= 3 for k in range(N)]
    assert about["fps"] == 25


def test_one_picture_gives_a_picture(tmp_path, folder, seen):
    path = alphapose(tmp_path / "a.json", seen, [3], name="frame_{}.png")
    assert lift(folder / "frame_3.png", "--keypoints", path, "--out", tmp_path / "out") == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"lift.html", "lift.png", "lift.npz", "lift.json"}


def test_the_video_shows_the_frame_and_both_sides(tmp_path, folder, seen):
    path = alphapose(tmp_path / "a.json", seen, name="frame_{}.png")
    assert lift(folder, "--keypoints", path, "--out", tmp_path / "out") == 0
    frames = list(videos.Frames(tmp_path / "out" / "lift.mp4"))
    assert len(frames) == N
    left, right = frames[5][:, :640].astype(int), frames[5][:, 640:].astype(int)
    assert abs(np.median(left) - 100) < 4  # the picture's grey
    for half in (left, right):
        red, blue = half[..., 0], half[..., 2]
        assert (blue > red + 60).sum() > 200
        assert (red > blue + 60).sum() > 200


def test_without_pyav_everything_but_the_video_is_written(tmp_path, folder, seen, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    path = alphapose(tmp_path / "a.json", seen, name="frame_{}.png")
    assert lift(folder, "--keypoints", path, "--out", tmp_path / "out") == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"lift.html", "lift.npz", "lift.json"}
    assert "vvipe-explore[video]" in capsys.readouterr().out
    assert '"11":' in (tmp_path / "out" / "lift.html").read_text()  # the last picture is on the page


def cut_video(path, share, n=90, kind="libx264"):
    """Write a video of n noisy frames, 30 a second, to "whole"; write a share of its bytes to path. Give the whole."""
    av = pytest.importorskip("av")
    rng, whole = np.random.default_rng(0), path.with_stem("whole")
    options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(whole), "w", options=options) as container:
        stream = container.add_stream(kind, rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for _ in range(n):
            picture = rng.integers(0, 255, (120, 160, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    path.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    return whole


@pytest.mark.parametrize(("name", "kind"), [("v.mp4", "libx264"), ("v.avi", "mpeg4"), ("v.mkv", "mpeg4")])
def test_a_cut_video_is_read_as_far_as_it_goes(tmp_path, name, kind):
    """FFmpeg fails in a cut .mp4, and ends in silence in .avi and .mkv: both are said, with numbers."""
    whole = cut_video(tmp_path / name, 0.5, kind=kind)
    with pytest.warns(UserWarning, match=rf"the video .*{name} breaks off: (\d+) of 90 frames could be read") as caught:
        read = len(list(videos.Frames(tmp_path / name)))
    assert 30 < read < 60
    assert f" {read} of 90 " in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(videos.Frames(whole))) == 90


def test_a_trimmed_video_is_whole(tmp_path):
    """A phone trims an .mp4 by an edit list: it holds 90 frames and shows fewer, and nothing breaks off."""
    whole = cut_video(tmp_path / "v.mp4", 1)
    data = bytearray(whole.read_bytes())
    at = data.index(b"elst") + 12  # the only edit's duration, in the movie's 1000 units a second
    data[at : at + 4] = (2000).to_bytes(4, "big")
    whole.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert 55 < len(list(videos.Frames(whole))) < 70


def test_a_video_cut_before_its_first_frame_is_refused(tmp_path):
    cut_video(tmp_path / "v.mkv", 0.004, kind="mpeg4")
    with pytest.raises(ValueError, match=r"expected a readable video, got .*v\.mkv"):
        list(videos.Frames(tmp_path / "v.mkv"))


def test_a_cut_video_is_lifted(tmp_path, seen, capsys):
    cut_video(tmp_path / "v.mp4", 0.1)
    with pytest.warns(UserWarning, match=r"v\.mp4 breaks off: \d+ of 90 frames could be read"):
        assert lift(tmp_path / "v.mp4", "--keypoints", alphapose(tmp_path / "a.json", seen), "--out", tmp_path) == 0
    assert re.search(r"the input has \d pictures for 12 frames; the last picture stays", capsys.readouterr().out)
    assert (tmp_path / "lift.html").is_file()


@pytest.mark.parametrize(("arguments", "expected"), [
    ((), "nothing to lift"),
    (("missing.mp4", "--keypoints", "x"), "there is no missing.mp4"),
    (("notes.txt", "--keypoints", "x"), "expected a video (.mp4, "),
    (("broken.mp4", "--keypoints", "x"), "expected a readable video, got broken.mp4"),
    ((".", "--keypoints", "x"), "in the folder ., got none"),
    (("--keypoints", "nowhere"), "nowhere"),
    (("--keypoints", "empty.json"), "nobody was found"),
    (("--keypoints", "a.json", "--person", "7"), "nobody has the track 7"),
    (("--keypoints", "a.json", "--reference", "notes.txt"), "expected a .trc file"),
    (("--keypoints", "a.json", "--fps", "-3"), "expected fps above 0, got -3"),
    (("--keypoints", "a.json", "--fps", "0"), "expected fps above 0, got 0"),
    (("--keypoints", "a.json", "--model", "notes.txt"), "notes.txt"),
])  # fmt: skip
def test_what_the_user_can_mend_is_one_sentence(tmp_path, seen, capsys, monkeypatch, arguments, expected):
    monkeypatch.chdir(tmp_path)
    for name in ("notes.txt", "broken.mp4"):
        (tmp_path / name).write_text("hello")
    (tmp_path / "empty.json").write_text("[]")
    alphapose(tmp_path / "a.json", seen)
    assert lift(*arguments) == 2
    printed = capsys.readouterr().err
    assert expected in printed
    assert "Traceback" not in printed


# --- a detector's stand-in: rtmlib's and onnxruntime's interface, known keypoints for known pictures ---


class StandIn:
    """rtmlib's networks: a picture's grey says which frame it is; frame 4 shows nobody."""

    def __init__(self, kind, calls, seen, onnx_model, model_input_size, device="cpu"):
        self.kind, self.calls, self.seen = kind, calls, seen
        calls[kind] = {"onnx_model": onnx_model, "model_input_size": model_input_size, "device": device}

    def __call__(self, image, bboxes=None):
        self.calls["order"] = image[0, 0].tolist()
        k = round(image[120, 160].mean() / 20)
        if self.kind == "YOLOX":
            return np.zeros((0, 4)) if k == 4 else np.array([[0, 0, 9, 9], [9, 9, 200, 200]])
        points, score = np.zeros((2, 17, 2)), np.full((2, 17), 0.05)
        points[0, PLACE], points[1, PLACE] = 0.1 * self.seen[k], self.seen[k]
        score[:, PLACE] = 1.02  # RTMPose's scores may exceed 1
        score[1, COCO_17.index("left_wrist")] = 0.2
        return points, score


@pytest.fixture
def rtmlib(monkeypatch, seen):
    """Put the stand-in in place of rtmlib and onnxruntime; give what it is called with."""
    calls = {}
    module = types.ModuleType("rtmlib")
    for kind in ("YOLOX", "RTMPose", "RTMO"):
        setattr(module, kind, functools.partial(StandIn, kind, calls, seen))
    runtime = types.ModuleType("onnxruntime")

    def session(path, providers):
        text = Path(path).read_text().split()
        out = [types.SimpleNamespace(name=name) for name in text[2:]]
        shape = types.SimpleNamespace(shape=["batch", 3, int(text[0]), int(text[1])])
        return types.SimpleNamespace(get_inputs=lambda: [shape], get_outputs=lambda: out)

    runtime.InferenceSession = session
    monkeypatch.setitem(sys.modules, "rtmlib", module)
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)
    return types.SimpleNamespace(calls=calls, module=module)


@pytest.fixture
def networks(tmp_path):
    """Files that the stand-in takes for networks: input height and width, names of the outputs."""
    texts = {"yolox": "640 640 dets", "rtmpose": "256 192 simcc_x simcc_y", "rtmo": "640 640 dets keypoints"}
    for name, text in texts.items():
        (tmp_path / f"{name}.onnx").write_text(text)
    return {name: tmp_path / f"{name}.onnx" for name in texts}


def test_pictures_without_keypoints_go_through_the_detector(tmp_path, folder, seen, rtmlib, networks, capsys):
    out = tmp_path / "out"
    assert lift(folder, "--detector-weights", networks["yolox"], "--pose-weights", networks["rtmpose"],
                "--out", out) == 0  # fmt: skip
    arrays, about = read(out)
    assert arrays["filled"].tolist() == [k == 4 for k in range(N)]
    known = [k for k in range(N) if k != 4]
    wrist = PAPER_13.index("left_wrist")
    others = [j for j in range(13) if j != wrist]
    np.testing.assert_allclose(arrays["keypoints"][known][:, others], seen[known][:, others], atol=1e-2)
    assert (arrays["confidence"][known, wrist] == 0).all()
    assert arrays["confidence"].max() == 1
    assert rtmlib.calls["YOLOX"]["model_input_size"] == (640, 640)
    assert rtmlib.calls["RTMPose"]["model_input_size"] == (192, 256)  # rtmlib counts the width first here
    assert set(about["detector"]) == {"yolox.onnx", "rtmpose.onnx"}
    printed = capsys.readouterr().out
    assert re.search(r"searched 12 frames for people, .* frames a second; kept in .*detections\.json", printed)
    speeds = re.findall(r"([\d.]+) frames a second(?:; kept| from pictures)", printed)
    searched, whole = map(float, speeds)
    assert 0 < whole < searched
    again = tmp_path / "again"
    assert lift(folder, "--keypoints", out / "detections.json", "--out", again) == 0
    assert " frames a second from keypoints to bodies" in capsys.readouterr().out
    np.testing.assert_array_equal(read(again)[0]["z"], arrays["z"])


def test_rtmo_needs_no_detector_of_people_and_gets_bgr(networks, rtmlib):
    found = rtmpose.RTMPose(None, networks["rtmo"])
    picture = np.full((240, 320, 3), 100, np.uint8)
    picture[0, 0] = [1, 2, 3]
    points = found(picture).points
    assert rtmlib.calls["order"] == [3, 2, 1]
    assert points.shape == (2, 17, 2)
    assert "YOLOX" not in rtmlib.calls


def test_weights_that_do_not_belong_together_are_refused(networks, rtmlib, tmp_path):
    with pytest.raises(ValueError, match=r"expected a YOLOX .onnx beside RTMPose's .*rtmpose\.onnx, got none"):
        rtmpose.RTMPose(None, networks["rtmpose"])
    with pytest.raises(ValueError, match=r"expected RTMO's .*rtmo\.onnx alone, got .*yolox\.onnx"):
        rtmpose.RTMPose(networks["yolox"], networks["rtmo"])
    with pytest.raises(ValueError, match=r"expected two networks, got .*yolox\.onnx alone"):
        rtmpose.RTMPose(networks["yolox"], None)
    with pytest.raises(ValueError, match=r"there is no file .*no\.onnx"):
        rtmpose.RTMPose(None, tmp_path / "no.onnx")
    (tmp_path / "bad.onnx").write_text("not a network")
    with pytest.raises(ValueError, match=r"expected a detector's .onnx file .*, got .*bad\.onnx"):
        rtmpose.RTMPose(None, tmp_path / "bad.onnx")


def test_without_rtmlib_it_says_what_to_install_and_how_to_give_files(folder, capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "rtmlib", None)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert lift(folder, "--detector", "balanced", "--out", tmp_path / "out") == 2
    printed = capsys.readouterr().err
    assert 'pip install "vvipe-explore[rtmlib]"; then: pip install --no-deps rtmlib' in printed
    assert "--keypoints" in printed
    assert not (tmp_path / "out").exists()


def test_an_unknown_detector_is_refused(folder, capsys, tmp_path):
    assert lift(folder, "--detector", "best", "--out", tmp_path / "out") == 2
    assert "expected the detector blazepose, lightweight, balanced, performance, got 'best'" in capsys.readouterr().err


def test_a_search_that_was_stopped_goes_on(folder, seen, rtmlib, networks, monkeypatch, tmp_path, capsys):
    """Ctrl-C in frame 7 keeps frames 0 to 6; the same command searches the rest, and lifts the same."""
    weights = ("--detector-weights", networks["yolox"], "--pose-weights", networks["rtmpose"])
    assert lift(folder, *weights, "--out", tmp_path / "whole") == 0
    usual, searched = StandIn.__call__, []

    def stop(self, image, bboxes=None):
        k = round(image[120, 160].mean() / 20)
        searched.append(k)
        if k == 7 and len(searched) < 20:
            raise KeyboardInterrupt
        return usual(self, image, bboxes)

    monkeypatch.setattr(StandIn, "__call__", stop)
    assert lift(folder, *weights, "--out", tmp_path / "out") == 130
    assert "rerun the command to resume" in capsys.readouterr().err
    searched[:] = [0] * 20
    assert lift(folder, *weights, "--out", tmp_path / "out") == 0
    assert min(searched[20:]) == 7
    assert "7 frames were searched before; going on from there" in capsys.readouterr().out
    np.testing.assert_array_equal(read(tmp_path / "out")[0]["z"], read(tmp_path / "whole")[0]["z"])
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".html", ".mp4", ".npz", ".json"}


# --- the detector's weights, from a server of our own ---


@pytest.fixture
def server(tmp_path):
    """Serve a folder with two archives, packed as rtmlib's publisher does; give the folder and rtmlib's table."""
    root = tmp_path / "server"
    root.mkdir()
    for name in ("det", "pose"):
        with zipfile.ZipFile(root / f"{name}.zip", "w") as archive:
            archive.writestr("20230831/rtmpose/end2end.onnx", f"network {name}")
            archive.writestr("../climbs.txt", "out")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{running.server_port}"
        mode = {"balanced": {"det": f"{url}/det.zip", "pose": f"{url}/pose.zip"}}
        yield root, types.SimpleNamespace(Body=types.SimpleNamespace(MODE=mode))
        running.shutdown()


def test_weights_are_fetched_once_and_their_first_hash_holds(server, tmp_path, capsys):
    root, module = server
    cache = tmp_path / "cache"
    person, pose = rtmpose.fetch_weights(module, "balanced", cache)
    assert (person.read_text(), pose.read_text()) == ("network det", "network pose")
    assert "so this download is trusted" in capsys.readouterr().out
    assert not (tmp_path / "climbs.txt").exists()
    assert set(json.loads((cache / "sha256.json").read_text())) == {"det.zip", "det.onnx", "pose.zip", "pose.onnx"}
    with zipfile.ZipFile(root / "det.zip", "w") as archive:
        archive.writestr("end2end.onnx", "something else")
    assert rtmpose.fetch_weights(module, "balanced", cache)[0].read_text() == "network det"  # not fetched again
    for path in cache.glob("det.*"):
        path.unlink()
    with pytest.raises(ValueError, match=r"det\.zip could not be fetched \(.*hash"):
        rtmpose.fetch_weights(module, "balanced", cache)


def test_weights_that_cannot_be_fetched_say_how_to_go_on(server, tmp_path):
    root, module = server
    with pytest.raises(ValueError, match="expected the mode balanced, got 'best'"):
        rtmpose.fetch_weights(module, "best", tmp_path / "cache")
    (root / "det.zip").unlink()
    with pytest.raises(ValueError, match="--detector-weights"):
        rtmpose.fetch_weights(module, "balanced", tmp_path / "cache")
    with zipfile.ZipFile(root / "det.zip", "w") as archive:
        archive.writestr("readme.txt", "no network")
    with pytest.raises(ValueError, match="expected one .onnx file .* got 0 files"):
        rtmpose.fetch_weights(module, "balanced", tmp_path / "cache")


# --- pictures ---


def test_pictures_are_in_the_order_of_their_numbers(folder):
    assert [picture[0, 0, 0] for picture in videos.Frames(folder)] == [20 * k for k in range(N)]


def test_a_phone_s_picture_is_turned_upright(tmp_path):
    sideways = Image.fromarray(np.zeros((20, 40, 3), np.uint8))
    exif = sideways.getexif()
    exif[274] = 6
    sideways.save(tmp_path / "p.jpg", exif=exif)
    assert videos.read_picture(tmp_path / "p.jpg").shape == (40, 20, 3)
    turned = videos.upright(np.arange(6).reshape(2, 3, 1), -90)
    assert turned[..., 0].tolist() == [[3, 0], [4, 1], [5, 2]]  # a quarter clockwise


def test_a_picture_of_too_many_pixels_or_none_is_refused(tmp_path, monkeypatch):
    Image.fromarray(np.zeros((20, 40, 3), np.uint8)).save(tmp_path / "p.png")
    (tmp_path / "q.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"expected a readable picture, got .*q\.png"):
        videos.read_picture(tmp_path / "q.png")
    monkeypatch.setattr(videos, "MAX_PIXELS", 700)
    with pytest.raises(ValueError, match=r"got .*p\.png .*40 x 20 pixels"):
        videos.read_picture(tmp_path / "p.png")


def test_the_command_names_its_defaults():
    assert lift_command.DEFAULT_FPS == 30


# --- detections that are no video's, or start later ---


def trc(path, poses):
    """Write poses (frames, 13, 3) as Pose2Sim's .trc, its world's axes turned."""
    head = "PathFileType\t4\t(X/Y/Z)\tmade.trc\n" + "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
    head += f"OrigDataStartFrame\tOrigNumFrames\n30\t30\t{len(poses)}\t13\tm\t30\t0\t{len(poses)}\n"
    head += "Frame#\tTime\t" + "\t\t\t".join(trc_name(name) for name in PAPER_13) + "\t\t\n"
    head += "\t\t" + "\t".join(f"{axis}{j}" for j in range(1, 14) for axis in "XYZ") + "\n\n"
    rows = [f"{k}\t{k / 30:.6f}\t" + "\t".join(f"{v:.6f}" for v in pose.ravel()) for k, pose in enumerate(poses)]
    path.write_text(head + "\n".join(rows) + "\n")
    return path


def trc_name(name):
    side, _, joint = name.rpartition("_")
    return side[:1].upper() + joint.capitalize()


@pytest.mark.parametrize(("first", "fit"), [(3, "--fit"), (9, "--no-fit")])
def test_a_reference_is_compared_with_the_right_frames(tmp_path, synthetic, seen, first, fit):
    """Nobody is seen in the first frames: few are kept as empty frames, many are left out, and both line up."""
    reference = trc(tmp_path / "r.trc", synthetic.poses[:N])
    path = alphapose(tmp_path / "a.json", seen, range(first, N))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert lift("--keypoints", path, "--out", tmp_path / "out", "--reference", reference, "--no-smooth", fit) == 0
    arrays, about = read(tmp_path / "out")
    shift = about["first_frame"]
    assert shift == (0 if first == 3 else 9)
    assert len(arrays["frame"]) == N - shift
    from vvipe_explore.metrics import pa_mpjpe

    assert about["pa_mpjpe_mm"]["each frame alone"] == about["pa_mpjpe_mm"]["lifted"]  # with or without the fit, both
    true = synthetic.poses[:N][shift:][arrays["seen"]]
    right = 1000 * np.median(pa_mpjpe(arrays["poses"][arrays["seen"]].astype(float), true.astype(float)))
    assert about["pa_mpjpe_mm"]["lifted"] == pytest.approx(right, abs=0.2)


def test_pictures_far_apart_are_lifted_one_by_one(tmp_path, seen, capsys):
    path = alphapose(tmp_path / "a.json", seen, [0, 7], name="{}")
    text = path.read_text().replace('"0"', "139").replace('"7"', "581781")
    path.write_text(text)
    with pytest.warns(UserWarning, match=r"2 pictures are numbered from 139 to 581,781, less than one in 15"):
        assert lift("--keypoints", path, "--out", tmp_path / "out", "--no-fit") == 0
    arrays, about = read(tmp_path / "out")
    assert "2 single pictures, each lifted by itself" in capsys.readouterr().out
    assert about["smoothing"] is None
    alone = storage.load_pretrained("detected").lift(seen[[0, 7]].astype(np.float32))
    np.testing.assert_allclose(arrays["poses"], alone, atol=1e-3)


def test_few_keypoints_of_a_long_video_stand_in_their_frames(tmp_path, seen):
    """A video says which numbers are frames: one in 25 is no list of ids."""
    video, path = tmp_path / "v.mp4", alphapose(tmp_path / "a.json", seen, [2, 8], name="{}")
    videos.write_video(video, (np.full((24, 32, 3), k, np.uint8) for k in range(60)), 25)
    path.write_text(path.read_text().replace('"8"', '"52.jpg"').replace('"2"', '"2.jpg"'))
    with pytest.warns(UserWarning, match="less than one in 15"):
        assert lift(video, "--keypoints", path, "--out", tmp_path / "out", "--size", "320x240") == 0
    assert np.flatnonzero(read(tmp_path / "out")[0]["seen"]).tolist() == [2, 52]


def test_parts_of_a_picture_take_its_size_from_the_input_or_the_command(tmp_path, folder, seen):
    wide = alphapose(tmp_path / "parts.json", seen / [320, 240], name="frame_{}.png")
    assert lift(folder, "--keypoints", wide, "--out", tmp_path / "out") == 0
    np.testing.assert_allclose(read(tmp_path / "out")[0]["keypoints"], seen, atol=1e-3)
    assert lift("--keypoints", wide, "--size", "320x240", "--out", tmp_path / "again") == 0
    np.testing.assert_allclose(read(tmp_path / "again")[0]["keypoints"], seen, atol=1e-3)


@pytest.mark.parametrize("size", ["320", "0x240", "axb", "-3x4"])
def test_a_size_that_is_none_is_refused(size, capsys):
    with pytest.raises(SystemExit):
        lift("--keypoints", "a.json", f"--size={size}")
    assert f"expected width x height in pixels, such as 1920x1080, got '{size}'" in capsys.readouterr().err


def test_a_warning_is_one_line_without_code(monkeypatch):
    lines, usual = [], warnings.formatwarning
    said = lambda _: lines.append(warnings.formatwarning("odd", UserWarning, "a", 1))  # noqa: E731
    monkeypatch.setattr(lift_command, "_lift", said)
    lift_command.run(None)
    assert lines == ["vvipe: odd\n"]
    assert warnings.formatwarning is usual
