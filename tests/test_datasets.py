"""Motion from files: a BVH whose joints are worked out by hand, folders with bad files, and where data comes from."""

import json
import os
import shutil
from pathlib import Path, PurePosixPath

import numpy as np
import pooch
import pytest

from vvipe_explore import datasets
from vvipe_explore.datasets import Motion, motion_files, read_bvh, registry
from vvipe_explore.skeleton import PAPER_13

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

CHAIN = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Chest
  {
    OFFSET 0 50 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT Head
    {
      OFFSET 0 30 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      End Site
      {
        OFFSET 0 10 0
      }
    }
  }
}
MOTION
Frames: 3
Frame Time: 0.008333
0 100 0  0 0 0  0 0 0  0 0 0
1 100 2  90 0 0  0 0 0  0 0 0
0 100 0  0 0 0  0 90 0  0 0 0
"""


def both_sides(words, nose, names):
    """Name each of the 13 joints: {} in names, in the order shoulder to ankle, becomes the word for a side."""
    limbs = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    found = {"nose": nose}
    for side, word in zip(("left", "right"), words, strict=True):
        found |= {f"{side}_{joint}": (name.format(word),) for joint, name in zip(limbs, names.split(), strict=True)}
    return found


MAPS = {
    "daz": both_sides("lr", ("leftEye", "rightEye"), "{}Shldr {}ForeArm {}Hand {}Thigh {}Shin {}Foot"),
    "motionbuilder": both_sides(("Left", "Right"), ("Head",), "{}Arm {}ForeArm {}Hand {}UpLeg {}Leg {}Foot"),
    "xsens": both_sides(("Left", "Right"), ("Head",), "{}Shoulder {}Elbow {}Wrist {}Hip {}Knee {}Ankle"),
    "smpl": both_sides("LR", ("Head",), "{}_Shoulder {}_Elbow {}_Wrist {}_Hip {}_Knee {}_Ankle"),
}

# Where each of the 13 joints stands below the root, centimetres: a T-pose without a spine, 170 high.
PLACES = {
    "nose": (0, 70, 8), "shoulder": (20, 50, 0), "elbow": (48, 50, 0), "wrist": (74, 50, 0),
    "hip": (10, 0, 0), "knee": (10, -45, 0), "ankle": (10, -90, 0), "toe": (74, 40, 0),
}  # fmt: skip


def place(joint):
    x, y, z = PLACES[joint.split("_")[-1]]
    return (-x if joint.startswith("right") else x, y, z)


def bvh_text(names, frames=3, scale=1.0, turn=0):
    """A BVH file in which every joint hangs at the root: names maps our joints to the file's, one or several."""
    nodes = []
    for joint, parts in names.items():
        for part in parts:
            x, y, z = (scale * v for v in place(joint))
            nodes.append(f"JOINT {part}\n{{\nOFFSET {x} {y} {z}\nCHANNELS 3 Zrotation Xrotation Yrotation\n"
                         f"End Site\n{{\nOFFSET 0 1 0\n}}\n}}\n")  # fmt: skip
    head = "HIERARCHY\nROOT Root\n{\nOFFSET 0 0 0\nCHANNELS 6 Xposition Yposition Zposition "
    head += "Zrotation Xrotation Yrotation\n"
    rows = [f"{scale * i} {scale * 90} 0 0 0 {turn} " + "0 0 0 " * len(nodes) for i in range(frames)]
    return head + "".join(nodes) + f"}}\nMOTION\nFrames: {frames}\nFrame Time: 0.0333333\n" + "\n".join(rows) + "\n"


def bvh_folder(folder, seed):
    """Make a folder of two files, 61 noisy frames each."""
    head, _ = bvh_text(MAPS["daz"], frames=1).split("MOTION")
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        rows = [" ".join(f"{v:.3f}" for v in [0, 90, 0, *rng.normal(0, 20, 3), *[0] * 42]) for _ in range(61)]
        text = head + "MOTION\nFrames: 61\nFrame Time: 0.008\n" + "\n".join(rows) + "\n"
        (folder / f"{name}.bvh").write_text(text)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def person(tmp_path):
    return write(tmp_path / "07_03.bvh", bvh_text(MAPS["motionbuilder"]))


def test_forward_kinematics_by_hand(tmp_path):
    """Frame 1: the root turned +90 degrees about z, so up becomes -x. Frame 2: the chest +90 about x: up becomes +z."""
    (raw,) = motion_files.read_raw(write(tmp_path / "chain.bvh", CHAIN))
    assert raw.names == ("Hips", "Chest", "Head")
    pelvis, chest, head = np.moveaxis(raw.positions[1:], 1, 0)
    assert pelvis == pytest.approx(np.array([[1, 100, 2], [0, 100, 0]]), abs=1e-6)
    assert chest == pytest.approx(np.array([[-49, 100, 2], [0, 150, 0]]), abs=1e-6)
    assert head == pytest.approx(np.array([[-79, 100, 2], [0, 150, 30]]), abs=1e-6)


def test_single_frame_is_kept(tmp_path):
    path = write(tmp_path / "one.bvh", bvh_text(MAPS["xsens"], frames=1))
    assert read_bvh(path).frame.tolist() == [0]


def test_every_takes_frames_from_the_second_on(tmp_path):
    path = write(tmp_path / "long.bvh", bvh_text(MAPS["xsens"], frames=12))
    assert read_bvh(path, every=4).frame.tolist() == [1, 5, 9]


@pytest.mark.parametrize("name", sorted(MAPS))
def test_recognised_skeletons(name, tmp_path):
    motion = read_bvh(write(tmp_path / "02_05.bvh", bvh_text(MAPS[name])))
    assert motion.joint_names == PAPER_13
    expected = np.array([place(joint) for joint in PAPER_13]) / 100 + [0.01, 0.9, 0]
    assert motion.poses[0, 1:] == pytest.approx(expected[1:], abs=1e-6)
    if name == "daz":   # the eyes; elsewhere the nose is in front of the head
        assert motion.poses[0, 0] == pytest.approx(expected[0], abs=1e-6)
    assert motion.poses.dtype == np.float32
    assert motion.subject.tolist() == [2, 2]
    assert motion.sequence.tolist() == motion.action.tolist() == ["02_05", "02_05"]


def test_own_names_are_recognised(tmp_path):
    path = write(tmp_path / "mine.bvh", bvh_text({joint: (joint,) for joint in PAPER_13}))
    motion = read_bvh(path)
    assert motion.joint_names == PAPER_13
    assert motion.subject.tolist() == [0, 0]


def test_a_joint_of_several_is_their_mean(tmp_path):
    joints = MAPS["daz"] | {"nose": ["leftEye", "rightEye", "lHand", "rHand"]}
    joints |= {"left_wrist": "lToe", "right_wrist": "rToe"}
    text = bvh_text(MAPS["daz"] | {"left_toe": ("lToe",), "right_toe": ("rToe",)})
    motion = read_bvh(write(tmp_path / "a.bvh", text), joints=joints, metres=0.01)
    assert motion.joint_names == PAPER_13
    assert motion.poses[0, 0] == pytest.approx([0.01, 0.9 + (70 + 50) / 200, 0.04], abs=1e-6)


@pytest.mark.parametrize(("scale", "unit"), [(0.01, "m"), (1.0, "cm"), (10.0, "mm"), (1 / 2.54, "inches")])
def test_the_unit_is_guessed(scale, unit, tmp_path):
    motion = read_bvh(write(tmp_path / f"{unit}.bvh", bvh_text(MAPS["daz"], scale=scale)))
    hips = motion.poses[0, PAPER_13.index("left_hip")] - motion.poses[0, PAPER_13.index("right_hip")]
    assert hips == pytest.approx([0.2, 0, 0], abs=1e-5)


def test_a_given_unit_is_taken(person):
    assert np.allclose(read_bvh(person, metres=1.0).poses, 100 * read_bvh(person).poses, rtol=1e-5)


def test_unknown_skeleton_lists_its_joints(tmp_path):
    path = write(tmp_path / "chain.bvh", CHAIN)
    with pytest.raises(ValueError, match=r"chain\.bvh: expected joints whose names tell.* are Hips, Chest, Head; "):
        read_bvh(path)
    joints = {joint: f"{joint}_x" for joint in PAPER_13}
    with pytest.raises(ValueError, match=r"chain\.bvh: expected a joint named nose_x for nose, got none in the file"):
        read_bvh(path, joints=joints)


BAD = {
    "truncated in the hierarchy": lambda text: text[:200],
    "empty": lambda text: "",
    "foreign": lambda text: json.dumps({"people": []}),
    "binary": lambda text: "\x00\x01\x02" * 100,
    "not a number": lambda text: text[:-20] + " nan walk\n",
}


@pytest.mark.parametrize("damage", BAD)
def test_bad_files_are_named_and_the_rest_loads(damage, tmp_path):
    text = bvh_text(MAPS["motionbuilder"])
    write(tmp_path / "a" / "01_01.bvh", text)
    write(tmp_path / "b" / "02_01.BVH", text)
    bad = write(tmp_path / "b" / "bad.bvh", BAD[damage](text))
    write(tmp_path / "readme.txt", "no motion")
    with pytest.raises(ValueError, match=r"bad\.bvh(, line \d+)?: ") as caught:
        read_bvh(tmp_path)
    assert str(bad) in str(caught.value)
    with pytest.raises(ValueError, match=r"bad\.bvh(, line \d+)?: "):
        read_bvh(bad)
    with pytest.warns(UserWarning, match=r"left out 1 of 3 motion files in .*:\n1 such as .*bad\.bvh"):
        motion = read_bvh(tmp_path, errors="skip")
    assert motion.sequence.tolist() == ["01_01", "01_01", "02_01", "02_01"]
    assert motion.subject.tolist() == [1, 1, 2, 2]


def test_folder_errors(tmp_path, person):
    with pytest.raises(ValueError, match="there is no file or folder .*nowhere; give the path"):
        read_bvh(tmp_path / "nowhere")
    (tmp_path / "bare").mkdir()
    with pytest.raises(ValueError, match="the folder .*bare holds no .bvh files"):
        read_bvh(tmp_path / "bare")
    with pytest.raises(ValueError, match="expected errors=\"raise\" or \"skip\", got 'ignore'"):
        read_bvh(tmp_path, errors="ignore")
    write(tmp_path / "bare" / "x.bvh", "x")
    with pytest.raises(ValueError, match=r"none of the 1 motion files in .*bare could be read:\n1 such as .*x\.bvh"):
        read_bvh(tmp_path / "bare", errors="skip")


def test_a_huge_file_is_refused_unread(tmp_path, person, monkeypatch):
    monkeypatch.setattr("vvipe_explore.datasets.motion_files.text.MAX_BYTES", 100)
    with pytest.raises(ValueError, match=r"07_03.bvh: expected a BVH file of at most 100 bytes, got [\d,]+"):
        read_bvh(person)


def test_motion_rows_and_joins(person):
    motion = read_bvh(person)
    assert len(motion) == 2
    assert motion[1].frame.tolist() == [2]
    assert motion[motion.frame == 1].poses.shape == (1, 13, 3)
    assert motion[:0].poses.shape == (0, 13, 3)
    both = Motion.join([motion, motion[1:]])
    assert both.frame.tolist() == [1, 2, 2]
    assert both.joint_names == PAPER_13
    with pytest.raises(ValueError, match="expected 2 rows of action, one a pose; got 1"):
        Motion(motion.poses, PAPER_13, motion.subject, motion.action[:1], motion.sequence, motion.frame)
    other = Motion(motion.poses, PAPER_13[::-1], motion.subject, motion.action, motion.sequence, motion.frame)
    with pytest.raises(ValueError, match="expected motions with one list of joints, got 2 lists; convert them first"):
        Motion.join([motion, other])


def test_unknown_data_set():
    with pytest.raises(ValueError, match="unknown data set 'cmmu'; expected .*synthetic.*cmu.*mpi_inf_3dhp.*read_mo"):
        datasets.load("cmmu")


def test_missing_data_says_where_it_was_looked_for_and_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("VVIPE_DATA", str(tmp_path / "here"))
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ValueError, match="cmu-mocap was not found") as caught:
        datasets.load("cmu")
    for part in (tmp_path / "here" / "cmu-mocap", tmp_path / "cache" / "cmu-mocap", "vvipe data fetch cmu"):
        assert str(part) in str(caught.value)
    with pytest.raises(ValueError, match="or pass root="):
        registry.data_folder("pose2sim-single")
    with pytest.raises(ValueError, match=str(tmp_path / "gone")):
        datasets.load("cmu", tmp_path / "gone")
    (tmp_path / "cmu-mocap").mkdir()
    with pytest.raises(ValueError, match="expected NN/NN_TT.bvh files in .*cmu-mocap, got none; fetch them with"):
        datasets.load("cmu", tmp_path)


def test_where_data_is_found(tmp_path, monkeypatch):
    for folder in ("env/cmu-mocap", "cache/cmu-mocap", "root/cmu-mocap"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VVIPE_DATA", raising=False)
    assert registry.data_folder("cmu-mocap") == tmp_path / "cache" / "cmu-mocap"
    monkeypatch.setenv("VVIPE_DATA", str(tmp_path / "env"))
    assert registry.data_folder("cmu-mocap") == tmp_path / "env" / "cmu-mocap"
    assert registry.data_folder("cmu-mocap", tmp_path / "root") == tmp_path / "root" / "cmu-mocap"
    assert registry.data_folder("cmu-mocap", tmp_path / "root" / "cmu-mocap") == tmp_path / "root" / "cmu-mocap"


def test_cmu_from_a_small_folder(tmp_path):
    write(tmp_path / "cmu-mocap" / "14" / "14_04.bvh", bvh_text(MAPS["daz"], frames=10))
    motion = datasets.load("cmu", tmp_path)
    assert motion.frame.tolist() == [1, 5, 9]
    assert set(motion.subject) == {14}
    assert motion.action[0] != "14_04"   # the registry describes this trial
    write(tmp_path / "cmu-mocap" / "14" / "14_05.bvh", "HIERARCHY")
    with pytest.raises(ValueError, match=r"14_05\.bvh, line 2: expected ROOT, got the end of the file"):
        datasets.load("cmu", tmp_path)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A small registry of two files and an empty download folder."""
    files = {f"01/01_0{i}.bvh": {"url": f"https://example.org/{i}", "sha256": str(i) * 64} for i in (1, 2)}
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path))
    monkeypatch.setattr(registry, "index", lambda name: {"files": files})
    return tmp_path


def test_fetch_offline_says_what_to_do(cache, monkeypatch):
    def offline(*args, **kwargs):
        raise OSError("Name or service not known\nfor host example.org")

    monkeypatch.setattr(pooch, "retrieve", offline)
    with pytest.raises(ValueError, match="01/01_01.bvh of cmu-mocap could not be fetched .Name or service") as caught:
        registry.fetch("cmu-mocap", progress=False)
    assert "Check the network and rerun the command to resume" in str(caught.value)
    assert str(cache / "cmu-mocap") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_fetch_asks_for_each_file_with_its_hash(cache, monkeypatch):
    asked = []
    monkeypatch.setattr(pooch, "retrieve", lambda url, known, fname, path, progressbar: asked.append(
        (url, known, Path(path, fname))))  # fmt: skip
    assert registry.fetch("cmu-mocap", progress=False) == cache / "cmu-mocap"
    assert asked == [
        (f"https://example.org/{i}", f"sha256:{str(i) * 64}", cache / "cmu-mocap" / "01" / f"01_0{i}.bvh")
        for i in (1, 2)
    ]


def test_a_stopped_fetch_goes_on(tmp_path, monkeypatch):
    """The first file is there and whole: only the second is downloaded. A damaged one is downloaded again."""
    import hashlib

    data = {1: b"one", 2: b"two"}
    files = {
        f"01/01_0{i}.bvh": {"url": f"https://example.org/{i}", "sha256": hashlib.sha256(d).hexdigest()}
        for i, d in data.items()
    }
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path))
    monkeypatch.setattr(registry, "index", lambda name: {"files": files})
    folder = tmp_path / "cmu-mocap" / "01"
    folder.mkdir(parents=True)
    (folder / "01_01.bvh").write_bytes(data[1])
    asked = []

    def download(url, output_file, pooch, **kwargs):
        asked.append(url)
        Path(output_file).write_bytes(data[int(url[-1])])

    monkeypatch.setattr("pooch.core.choose_downloader", lambda url, progressbar=False: download)
    registry.fetch("cmu-mocap", progress=False)
    assert asked == ["https://example.org/2"]
    (folder / "01_02.bvh").write_bytes(b"tw")
    registry.fetch("cmu-mocap", progress=False)
    assert asked == ["https://example.org/2"] * 2
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {"01_01.bvh": b"one", "01_02.bvh": b"two"}


@pytest.fixture
def downloads(tmp_path, monkeypatch):
    """Two files to download, "one" and "two", an empty download folder of the data set, and a folder outside."""
    import hashlib

    def download(url, output_file, pooch, **kwargs):
        asked.append(url)
        Path(output_file).write_bytes(whole[url])

    asked, folder, outside = [], tmp_path / "cache" / "cmu-mocap", tmp_path / "outside"
    whole = {"1": b"one", "2": b"two"}
    files = {f"0{n}/a.bvh": {"url": n, "sha256": hashlib.sha256(data).hexdigest()} for n, data in whole.items()}
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(registry, "index", lambda name: {"files": files})
    monkeypatch.setattr("pooch.core.choose_downloader", lambda url, progressbar=False: download)
    (folder / "01").mkdir(parents=True)
    outside.mkdir()
    return folder, outside, asked


def test_fetch_takes_whole_files_behind_links(downloads):
    """A link to a whole file stays, wherever it leads; so does a link to a folder of whole files."""
    folder, outside, asked = downloads
    write(outside / "stored", "one")
    (folder / "01" / "a.bvh").symlink_to(outside / "stored")
    write(outside / "02" / "a.bvh", "two")
    (folder / "02").symlink_to(outside / "02")
    registry.fetch("cmu-mocap", progress=False)
    assert asked == []
    assert (folder / "01" / "a.bvh").is_symlink()
    assert registry.count_whole("cmu-mocap", folder) == (2, 2)


def test_fetch_writes_through_no_link(downloads):
    """A link to a damaged file is replaced by the file; a link to a folder elsewhere is refused. Neither is changed."""
    folder, outside, asked = downloads
    write(outside / "stored", "damaged")
    (folder / "01" / "a.bvh").symlink_to(outside / "stored")
    (folder / "02").symlink_to(outside)
    with pytest.raises(ValueError, match=r"cmu-mocap/02 is a link that leads out of .*; remove it to fetch 02/a\.bvh"):
        registry.fetch("cmu-mocap", progress=False)
    assert asked == ["1"]
    assert not (folder / "01" / "a.bvh").is_symlink()
    assert (folder / "01" / "a.bvh").read_text() == "one"
    assert {p.name: p.read_text() for p in outside.iterdir()} == {"stored": "damaged"}


def test_a_data_set_counts_its_whole_files(downloads):
    """Cut, damaged and empty files are not whole, nor are links to nothing."""
    folder, outside, _ = downloads
    assert registry.count_whole("cmu-mocap", folder) == (0, 2)
    write(folder / "01" / "a.bvh", "one")
    (folder / "02").mkdir()
    (folder / "02" / "a.bvh").symlink_to(outside / "nothing")
    assert registry.count_whole("cmu-mocap", folder) == (1, 2)
    registry.fetch("cmu-mocap", progress=False)
    assert registry.count_whole("cmu-mocap", folder) == (2, 2)
    write(folder / "01" / "a.bvh", "on")
    assert registry.count_whole("cmu-mocap", folder) == (1, 2)
    write(folder / "S3" / "Seq2" / "annot.mat", "not empty")
    assert registry.count_whole("mpi_inf_3dhp", folder) == (1, 16)


def test_bvh_behind_links_is_read(tmp_path):
    """Linked files and folders are read once, links in a circle or upward are not followed, a dead link is named."""
    write(tmp_path / "store" / "01" / "01_01.bvh", bvh_text(MAPS["daz"], frames=3))
    shutil.copyfile(tmp_path / "store" / "01" / "01_01.bvh", tmp_path / "store" / "blob")
    folder = tmp_path / "data" / "mine"
    folder.mkdir(parents=True)
    (folder / "02_01.bvh").symlink_to("../../store/blob")
    for name, target in (("01", "../../store/01"), ("circle", "."), ("up", "../.."), ("again", "../../store/01")):
        (folder / name).symlink_to(target)
    assert sorted(set(read_bvh(folder).sequence)) == ["01_01", "02_01"]
    assert len(read_bvh(folder)) == 4
    (folder / "03_01.bvh").symlink_to("../annex/abc")
    with pytest.raises(FileNotFoundError, match=r"03_01\.bvh is a link to \.\./annex/abc, which is not there"):
        read_bvh(folder)


def test_a_download_with_another_hash_is_refused_and_not_kept(cache, monkeypatch):
    def download(url, output_file, pooch, **kwargs):
        Path(output_file).write_bytes(b"something else")

    monkeypatch.setattr("pooch.core.choose_downloader", lambda url, progressbar=False: download)
    with pytest.raises(ValueError, match="01/01_01.bvh of cmu-mocap could not be fetched"):
        registry.fetch("cmu-mocap", progress=False)
    assert not [p for p in cache.rglob("*") if p.is_file()]


def test_no_path_of_the_registry_climbs_out():
    files = registry.index("cmu-mocap")["files"]
    assert len(files) == 142
    for path, source in files.items():
        parts = PurePosixPath(path)
        assert not parts.is_absolute()
        assert ".." not in parts.parts
        assert "\\" not in path
        assert source["url"].startswith("https://")
        assert len(source["sha256"]) == 64


def test_registry_hashes_are_those_of_the_data_here(real_data):
    from vvipe_explore._files import sha256

    files = registry.index("cmu-mocap")["files"]
    there = sorted(files)[::20]
    assert all(sha256(real_data / "cmu-mocap" / path) == files[path]["sha256"] for path in there)
    assert set(files) == {
        p.relative_to(real_data / "cmu-mocap").as_posix() for p in (real_data / "cmu-mocap").rglob("*.bvh")
    }


def test_the_frozen_sample_is_small(synthetic):
    assert sum(p.stat().st_size for p in Path(registry.data_file("synthetic.npz")).parent.iterdir()) < 3_200_000
    assert os.path.getsize(registry.data_file("synthetic.npz")) <= 3_000_000
    assert len(synthetic) > 10_000
