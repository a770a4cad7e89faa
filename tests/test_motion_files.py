"""Motion files of every other format: told by their content, read right, or refused by the way out."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_datasets import held
from made_motion import (
    AMC,
    ASF,
    C3D,
    DEC,
    INTEL,
    MIPS,
    NAMES,
    FuzzedMotion,
    bvh,
    csv,
    long_csv,
    motive,
    npz,
    places,
    trc,
)

from vvipe_explore.datasets.motion_files import NotMotion, kind_of, read_raw
from vvipe_explore.skeleton import SKELETONS


def write(folder, content, name="walk.dat"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_one(folder, content, name="walk.dat"):
    found = read_raw(write(folder, content, name))
    assert len(found) == 1
    return found[0]


def test_formats_are_told_by_content(tmp_path):
    made = {"bvh": bvh(), "c3d": C3D().file(places()), "trc": trc(), "csv": csv(), "npz": npz(tmp_path), "amc": AMC}
    assert {kind: kind_of(write(tmp_path, content)) for kind, content in made.items()} == {k: k for k in made}
    assert kind_of(write(tmp_path, "1\nroot 0 0 0 0 0 0\nlfemur 1 2 3\n")) == "amc"
    assert kind_of(write(tmp_path, bvh().encode("utf-16"))) == "bvh"


# C3D


@pytest.mark.parametrize("processor", [INTEL, DEC, MIPS])
@pytest.mark.parametrize("scale", [-1.0, 0.5])
@pytest.mark.parametrize("analog", [0, 5])
def test_c3d_of_any_processor(tmp_path, processor, scale, analog):
    motion = read_one(tmp_path, C3D(processor, scale).file(places(), lost=[(1, 2)], analog=analog))
    wanted = places()
    wanted[1, 2] = np.nan
    np.testing.assert_array_equal(motion.positions, wanted)
    assert (motion.names, motion.fps, motion.metres, motion.up) == (NAMES, 100.0, 0.001, None)
    assert (motion.notes, motion.parents, motion.first) == ((), None, 0)


def test_c3d_says_its_axes_and_unit(tmp_path):
    data = C3D().file(places(), POINT__UNITS="m ", POINT__X_SCREEN="+X", POINT__Y_SCREEN="+Z", POINT__RATE=240.0)
    motion = read_one(tmp_path, data)
    assert (motion.metres, motion.up, motion.fps) == (1.0, "z", 240.0)


def test_c3d_leaves_out_what_is_no_place(tmp_path):
    positions = np.concatenate([places(), places(), places()[:, :1]], axis=1)
    names = [*NAMES, "LKneeAngles", "*7", "LAnkleForce", ""]
    data = C3D().file(positions, names, POINT__ANGLES=["LKneeAngles"], POINT__FORCES=["LAnkleForce"])
    motion = read_one(tmp_path, data)
    assert motion.names == NAMES
    np.testing.assert_array_equal(motion.positions, places())


def test_c3d_of_more_than_255_points(tmp_path):
    positions = np.arange(2 * 300 * 3, dtype=float).reshape(2, 300, 3)
    names = [f"p{i}" for i in range(300)]
    data = C3D().file(positions, names[:255], POINT__LABELS2=names[255:])
    motion = read_one(tmp_path, data)
    assert motion.names == tuple(names)
    np.testing.assert_array_equal(motion.positions[1], positions[1])


def test_c3d_of_more_frames_than_16_bits_count(tmp_path):
    n = 70_000
    positions = np.ones((n, 1, 3)) * np.arange(1, n + 1)[:, None, None] * [1, 2, 3]
    data = C3D().file(
        positions[:, :1], ["p"], header_frames=-1, POINT__FRAMES=-1,
        TRIAL__ACTUAL_START_FIELD=(1, 0), TRIAL__ACTUAL_END_FIELD=(n % 65536, n // 65536),
    )  # fmt: skip
    motion = read_one(tmp_path, data)
    assert len(motion.positions) == n
    assert motion.positions[-1, 0].tolist() == [n, 2 * n, 3 * n]


def test_c3d_that_is_cut_off(tmp_path):
    data = C3D().file(places(200))
    motion = read_one(tmp_path, data[: len(data) // 2])
    assert 50 < len(motion.positions) < 150
    assert motion.notes == (f"200 frames are declared, {len(motion.positions)} are there; all of these are read",)


C3D_REFUSED = {
    "a start only": (b"\2P", "expected a C3D header of 512 bytes, got 2"),
    "no parameters": (C3D().file(places())[:512], "expected a C3D file with parameters, got block 2 and processor 0"),
    "Theia3D": (
        C3D().file(places()[:, :0], [], ROTATION__USED=1, ROTATION__LABELS=["pelvis_4X4"]),
        "got rotations of segments only, as Theia3D exports them; export BVH, or FBX",
    ),
    "no points": (C3D().file(places()[:, :0], [], analog=4), "expected points in the C3D file, got none (analog"),
    "no labels": (C3D().file(places(), POINT__LABELS=None), "expected labels of points (POINT:LABELS), got none"),
    "no frames": (C3D().file(places())[:1024], "expected a C3D header with a scale and where the frames"),
}


@pytest.mark.parametrize("kind", C3D_REFUSED)
def test_c3d_refusals(tmp_path, kind):
    data, reason = C3D_REFUSED[kind]
    with pytest.raises(ValueError, match="expected") as refused:
        read_raw(write(tmp_path, data))
    assert reason in str(refused.value)


# TRC and CSV


def test_trc(tmp_path):
    positions = places()
    positions[1, 2] = np.nan
    motion = read_one(tmp_path, trc(positions))
    np.testing.assert_array_equal(motion.positions, positions)
    assert (motion.names, motion.fps, motion.metres, motion.up, motion.notes) == (NAMES, 100.0, 0.001, None, ())


TRC_SAME = {
    "commas": trc().replace("\t", ","),
    "CRLF": trc().replace("\n", "\r\n"),
    "names without gaps": trc().replace("\t\t\t", "\t").replace("Foot\t\t\n", "Foot\n"),
    "no blank line": trc().replace("\n\n", "\n"),
    "no X1, Y1, Z1": trc().replace("\t\tX1\tY1\tZ1\tX2\tY2\tZ2\tX3\tY3\tZ3\n", ""),
    "tabs at the ends": trc().replace("\n", "\t\n"),
    "decimal commas": trc().replace(".", ","),
    "rate from times": trc(rate=0),
}


@pytest.mark.parametrize("kind", TRC_SAME)
def test_trc_written_otherwise(tmp_path, kind):
    motion = read_one(tmp_path, TRC_SAME[kind])
    np.testing.assert_array_equal(motion.positions, places())
    assert (motion.names, motion.fps, motion.metres, motion.notes) == (NAMES, 100.0, 0.001, ())


UNITS = [("m", 1), ("cm", 0.01), ("meters", 1), ("in", 0.0254), ("furlong", None)]


@pytest.mark.parametrize(("unit", "metres"), UNITS)
def test_trc_units(tmp_path, unit, metres):
    assert read_one(tmp_path, trc(unit=unit)).metres == metres


def test_trc_with_fewer_rows_than_declared(tmp_path):
    motion = read_one(tmp_path, trc().replace("100\t100\t3\t", "100\t100\t5\t"))
    assert motion.notes == ("5 frames are declared, 3 are there; all of these are read",)


TRC_REFUSED = {
    "a start only": ("PathFileType\t4\t(X/Y/Z)\twalk.trc\n", "expected a TRC file's line Frame#, Time and names, got"),
    "pixels": (trc(unit="px"), "got 2D keypoints in px; give it to vvipe lift --keypoints"),
    "no rows": (trc().split("\n1\t")[0], "line 6: expected rows of numbers, got none"),
    "more cells than names": (trc().replace("\n2\t", "\n2\t0\t"), "line 8: expected at most 11 columns, got 12"),
    "a word": (trc().replace("898.5", "x"), "line 8: expected numbers or blank cells, got 'x' in column 4"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TRC_REFUSED)
def test_trc_refusals(tmp_path, kind):
    text, reason = TRC_REFUSED[kind]
    with pytest.raises(ValueError, match="expected") as refused:
        read_raw(write(tmp_path, text))
    assert reason in str(refused.value)


def below_names(*more: str, once: bool = False) -> str:
    """A table whose names stand above a line of x, y, z, once or in each column, with more lines before the rows."""
    names = [name if axis == "x" or not once else "" for name in NAMES for axis in "xyz"]
    head = [",".join(["", *names]), ",".join(["frame", *"xyz" * 3]), *more]
    return "\n".join([*head, *csv().splitlines()[1:]]) + "\n"


CSV_SAME = {
    "ours": csv(),
    "capitals": csv(style="{}_{}").replace("_x", "_X").replace("_y", "_Y").replace("_z", "_Z"),
    "points": csv(style="{}.{}"),
    "spaces": csv(style='"{} {}"'),
    "brackets": csv(style="{} ({})"),
    "colons": csv(style="{}:{}"),
    "positions": csv(style="{}_position_{}"),
    "pos": csv(style="{}.pos.{}"),
    "axis first": csv(style="{1}_{0}"),
    "semicolons and decimal commas": csv(separator=";").replace(".", ","),
    "tabs": csv(separator="\t"),
    "spaces behind commas": csv().replace(",", ", "),
    "no frame numbers": "\n".join(line.partition(",")[2] for line in csv().splitlines()),
    "a header as numpy writes it": "# " + csv(),
    "axes below names": below_names(),
    "axes below names once": below_names(once=True),
    "axes below names, and the index's name": below_names("frame" + "," * 9),
    "words before": "made by hand\n\n" + csv(),
    "CRLF, UTF-8 mark": "\ufeff" + csv().replace("\n", "\r\n"),
    "a row a point": long_csv().decode(),
    "a row a point, pos_x": long_csv().decode().replace("x,y,z", "pos_x,pos_y,pos_z"),
    "a comma behind each row": csv().replace("\n", ",\n"),
    "a column of words": csv().replace("_z\n", "_z,note\n").replace("0\n", "0,x\n"),
}


@pytest.mark.parametrize("kind", CSV_SAME)
def test_csv_written_in_many_ways(tmp_path, kind):
    motion = read_one(tmp_path, CSV_SAME[kind])
    np.testing.assert_array_equal(motion.positions, places())
    assert (motion.names, motion.fps, motion.metres, motion.notes) == (NAMES, None, None, ())


def test_csv_says_its_unit_and_its_times(tmp_path):
    text = csv(style="{}_{} (mm)", first="time")
    for i in (1, 2):
        text = text.replace(f"\n{i},", f"\n{i * 0.02},")
    motion = read_one(tmp_path, text)
    assert (motion.metres, motion.fps) == (0.001, 50.0)


@pytest.mark.parametrize("style", ["{}_{} (mm)", "{}_{}[mm]", "{}_{}_mm", "{} {} mm"])
def test_csv_says_its_unit_with_the_axis(tmp_path, style):
    motion = read_one(tmp_path, csv(style=style))
    assert (motion.names, motion.metres) == (NAMES, 0.001)


STEPS = [(0.01, 100), (10, 100), (33.367, 29.97), (10_000, 100), (1e7, 100), (1, None)]


@pytest.mark.parametrize(("step", "fps"), STEPS)
def test_csv_times_of_any_unit(tmp_path, step, fps):
    rows = [f"{i * step},{i},1,2,{i},5,{-i}" for i in range(1, 5)]
    motion = read_one(tmp_path, "timestamp,a_x,a_y,a_z,b_x,b_y,b_z\n" + "\n".join(rows))
    assert motion.fps == (fps if fps is None else pytest.approx(fps, abs=1e-3))


def test_freemocap_s_names(tmp_path):
    names = [f"body_p{i}" for i in range(15)] + ["left_hand_wrist"]
    positions = np.random.default_rng(0).normal(size=(4, 16, 3)).round(3)
    motion = read_one(tmp_path, csv(positions, names).replace("frame,", "timestamp,"))
    assert motion.names == (*(f"p{i}" for i in range(15)), "left_hand_wrist")
    np.testing.assert_allclose(motion.positions, positions, atol=1e-3)


@pytest.mark.parametrize("kind", ["a row a point", "a row a frame"])
def test_mediapipe_s_landmarks_by_number(tmp_path, kind):
    positions = np.random.default_rng(0).normal(size=(4, 33, 3)).round(3)
    rows = [f"{t},{i},{','.join(map(str, positions[t, i]))},0.9" for t in range(4) for i in range(33)]
    by_point = "frame,landmark_id,x,y,z,visibility\n" + "\n".join(rows)
    motion = read_one(tmp_path, by_point if kind == "a row a point" else csv(positions, [str(i) for i in range(33)]))
    assert motion.names == SKELETONS["blazepose_33"]
    np.testing.assert_allclose(motion.positions, positions, atol=1e-3)


def test_csv_of_two_persons(tmp_path):
    text = "frame,person_id,a_x,a_y,a_z,b_x,b_y,b_z\n"
    text += "".join(f"{i},{p},{p},{i},2,1,{i},5\n" for i in range(5) for p in (7, 9))
    found = read_raw(write(tmp_path, text))
    assert [motion.positions[:, 0, 0].tolist() for motion in found] == [[7] * 5, [9] * 5]


MOTIVE = [(kind, labelled) for kind in ("Bone", "Marker", "Bone Marker") for labelled in (True, False)]


@pytest.mark.parametrize(("kind", "labelled"), [*MOTIVE, ("A type of tomorrow", True)])
def test_motive(tmp_path, labelled, kind):
    positions = places()
    positions[1, 2] = np.nan
    motion = read_one(tmp_path, motive(positions, kind=kind, labelled=labelled))
    np.testing.assert_array_equal(motion.positions, positions)
    assert motion.names == tuple(f"Ann:{name}" for name in NAMES)
    assert (motion.fps, motion.metres, motion.notes) == (120.0, 0.001, ())


def test_motive_takes_bones_before_markers(tmp_path):
    names = ("Hip", "LThigh", "LShin", "LFoot")
    bones = motive(np.ones((2, 4, 3)) * [[[1, 2, 3]], [[4, 5, 7]]], names).splitlines()
    markers = motive(np.zeros((2, 4, 3)) + 9, [f"M{i}" for i in range(4)], kind="Marker").splitlines()
    both = [a if not a or i == 0 else a + b[b.index(",", b.index(",") + 1):]
            for i, (a, b) in enumerate(zip(bones, markers, strict=True))]  # fmt: skip
    motion = read_one(tmp_path, "\n".join(both))
    assert motion.names == tuple(f"Ann:{name}" for name in names)
    assert motion.positions[1].tolist() == [[4, 5, 7]] * 4


def test_motive_of_two_people(tmp_path):
    names = [f"{who}:{name}" for who in ("Ann", "Bo") for name in NAMES]
    text = motive(np.concatenate([places(), places() + 5], 1), names).replace("Ann:Ann", "Ann").replace("Ann:Bo", "Bo")
    found = read_raw(write(tmp_path, text))
    assert [motion.names[0] for motion in found] == ["Ann:Hips", "Bo:Hips"]
    np.testing.assert_array_equal(found[1].positions, places() + 5)


CSV_REFUSED = {
    "FreeMoCap without rows": ("nose_x,nose_y,nose_z\n", "line 2: expected rows of numbers, got none", ValueError),
    "Motive's first line": ("Format Version,1.23,Take Name,x\n", "in Motive's CSV, got none; export it", ValueError),
    "Motive, local": (motive(space="Local"), "line 1: expected Coordinate Space Global, got Local", ValueError),
    "2D": ("frame,nose_x,nose_y\n1,2,3\n", "got a table without z; read 2D keypoints with read_detections", NotMotion),
    "another table": ("name,age\nAnn,7\n", "got 'name, age'; name the columns so", NotMotion),
    "in a plane": (csv(places() * [1, 1, 0]), "expected points in space, got points that lie in a plane", NotMotion),
    "decimal and separating commas": (csv().replace(".", ","), "expected at most 10 columns, got 11", ValueError),
    "a word": (csv().replace("850", "a"), "line 2: expected numbers or blank cells, got 'a' in column 6", ValueError),
    "too far": (csv().replace("850", "1e300"), "got places that overflow", ValueError),
}


@pytest.mark.parametrize("kind", CSV_REFUSED)
def test_csv_refusals(tmp_path, kind):
    text, reason, error = CSV_REFUSED[kind]
    with pytest.raises(ValueError, match="expected") as refused:
        read_raw(write(tmp_path, text))
    assert reason in str(refused.value)
    assert type(refused.value) is error


def test_points_at_zero_now_and_then_are_not_seen(tmp_path):
    positions = places()
    positions[1, 2] = 0
    for content in (trc(positions), csv(positions), C3D().file(positions), npz(tmp_path, positions=positions)):
        motion = read_one(tmp_path, content)
        assert np.isnan(motion.positions).all(-1).tolist() == [[False] * 3, [False, False, True], [False] * 3]
        assert motion.notes == ("points at exactly 0, 0, 0 count as not seen (1 of 9)",)


def test_a_root_that_stays_at_zero_is_seen(tmp_path):
    positions = places() - places()[:, :1]
    motion = read_one(tmp_path, csv(positions))
    np.testing.assert_array_equal(motion.positions, positions)
    assert motion.notes == ()


# npz, ASF/AMC


@pytest.mark.parametrize("names", [np.array(NAMES), np.array(NAMES, "S"), np.array(NAMES, object)])
def test_npz(tmp_path, names):
    motion = read_one(tmp_path, npz(tmp_path, joint_names=names))
    np.testing.assert_array_equal(motion.positions, places())
    assert (motion.names, motion.fps, motion.metres, motion.up, motion.notes) == (NAMES, 100.0, None, None, ())


def test_npz_says_unit_and_up(tmp_path):
    motion = read_one(tmp_path, npz(tmp_path, unit="mm", up="z", fps=np.array([50])))
    assert (motion.metres, motion.up, motion.fps) == (0.001, "z", 50.0)
    assert read_one(tmp_path, npz(tmp_path, unit=0.01, fps=None)).metres == 0.01


@pytest.mark.parametrize("key", ["joints", "joints_3d", "poses", "positions_3d", "body_positions"])
def test_npz_of_other_keys(tmp_path, key):
    """With names, an array of another usual name is meant; without them, poses are SMPL's and so on (see below)."""
    arrays = {"positions": None, "joint_names": None, "fps": None, "names": np.array(NAMES), "frame_rate": 50}
    motion = read_one(tmp_path, npz(tmp_path, **arrays, **{key: places()}))
    np.testing.assert_array_equal(motion.positions, places())
    assert (motion.names, motion.fps) == (NAMES, 50.0)


NPZ_REFUSED = {
    "no names": ({"joint_names": None}, "it has positions of 3 joints, but no joint_names"),
    "fewer names": ({"joint_names": np.array(NAMES[:2])}, "it has 3 joints and 2 joint_names"),
    "flat": ({"positions": np.zeros((3, 9))}, "expected positions of shape (frames, joints, 3), got (3, 9)"),
    "texts": ({"positions": np.array([["a"]])}, "positions is no array of numbers"),
    "AMASS": ({"positions": None, "joint_names": None, "poses": np.zeros((3, 156)), "trans": np.zeros((3, 3))},
              "got SMPL parameters such as AMASS (fps, poses, trans); compute its joints with the package smplx"),
    "2D": ({"positions": None, "joint_names": None, "positions_2d": np.zeros((3, 17, 2))}, "read_detections"),
    "another": ({"positions": None, "joint_names": None, "fps": None, "a": np.ones(3)}, "joint_names and fps, got a; "),
}  # fmt: skip


@pytest.mark.parametrize("kind", NPZ_REFUSED)
def test_npz_refusals(tmp_path, kind):
    arrays, reason = NPZ_REFUSED[kind]
    with pytest.raises(ValueError, match="expected") as refused:
        read_raw(write(tmp_path, npz(tmp_path, **arrays)))
    assert reason in str(refused.value)


def test_asf_amc(tmp_path):
    write(tmp_path, ASF, "walk.asf")
    motion = read_one(tmp_path, AMC, "walk.amc")
    assert motion.names == ("root", "lfemur", "ltibia")
    assert motion.parents.tolist() == [-1, 0, 1]
    np.testing.assert_allclose(motion.rest, [[0, 0, 0], [0, 0, 0], [0, -8, 0]], atol=1e-12)
    assert motion.positions[:, 0].tolist() == [[1, 15, 0], [2, 15, 0], [3, 15, 0]]
    np.testing.assert_allclose(np.linalg.norm(motion.positions[:, 2] - motion.positions[:, 1], axis=-1), 8)
    assert (motion.metres, motion.fps, motion.first) == (pytest.approx(0.0254 / 0.45), None, 0)
    turned = np.einsum("nij,j->ni", motion.turns(1), motion.rest[2] - motion.rest[1])
    np.testing.assert_allclose(turned, motion.positions[:, 2] - motion.positions[:, 1], atol=1e-12)


def test_amc_without_its_skeleton(tmp_path):
    with pytest.raises(ValueError, match=r"expected its skeleton in its folder \(02\.asf, .*got no \.asf; copy it"):
        read_raw(write(tmp_path, AMC, "02_01.amc"))


# What is not read


def zipped(**members) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


AIST = pickle.dumps({"smpl_poses": [0.0], "smpl_trans": [0.0]})
OTHERS = {
    "FBX": (b"Kaydara FBX Binary  \0\x1a\0" + bytes(60), "got an FBX file; import it in Blender and export"),
    "FBX in text": (b"; FBX 7.4.0 project file\n", "got an FBX file in text; convert it to BVH"),
    "GLB": (b"glTF\2\0\0\0" + bytes(40), "got a GLB, glTF or VRM file; import it in Blender"),
    "glTF": (b'{"asset":{"version":"2.0"}}', "got a glTF file; import it in Blender"),
    "MVNX": (b'<?xml version="1.0"?><mvnx></mvnx>', "got an Xsens MVNX file; export BVH or C3D from MVN"),
    "COLLADA": (b'<?xml version="1.0"?>\n<COLLADA xmlns="x">', "got a COLLADA file; import it in Blender"),
    "USD": (b"#usda 1.0\n", "got a USD file; import it in Blender"),
    "USDC": (b"PXR-USDC\0\0", "got a USD file; import it in Blender"),
    "USDZ": (zipped(walk__usdc="x"), "got a USD archive (.usdz); import it in Blender"),
    "AIST++": (AIST, "got a pickle of SMPL parameters (such as AIST++); compute its joints with the package smplx"),
    "a pickle": (pickle.dumps({"a": 1}), "got a pickle, which can run code; save its joints with np.savez"),
    "BVH in a zip": (zipped(walk__bvh=bvh()), "got a zip archive with 1 motion files (walk.bvh); unpack it"),
    "Excel": (zipped(**{"[Content_Types]__xml": "x"}), "got an Excel or Office file; save the sheet as CSV"),
    "an array": (b"\x93NUMPY\1\0" + bytes(20), "got an array without names (.npy); save it with the joints' names"),
    "a skeleton": (ASF, "got Acclaim's skeleton (.asf); give its motion, the .amc that lies beside it"),
    "a video": (bytes(4) + b"ftypisom" + bytes(20), "got a video; lift its people with vvipe lift"),
    "gzip": (b"\x1f\x8b\x08" + bytes(20), "got a gzip archive; unpack it"),
    "Git LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "got a pointer to a file in Git LFS"),
    "a web page": ("<!DOCTYPE html>\n<html>", "got a web page; download the file itself"),
    "JSON": (json.dumps([{"keypoints": []}]), "got a JSON file; read 2D detections with read_detections"),
    "OpenSim angles": ("walk\nversion=1\nnRows=2\nendheader\n", "got an OpenSim table (.mot, .sto); give the markers"),
    "Qualisys": ("NO_OF_FRAMES\t10\nNO_OF_CAMERAS\t8\n", "got Qualisys' table (.tsv); export C3D or TRC"),
    "Nexus": ("Trajectories\n100\n,,S:LFHD,,\nFrame,Sub Frame,X,Y,Z\n", "got Vicon Nexus's table (ASCII export); exp"),
    "VMD": (b"Vocaloid Motion Data 0002\0" + bytes(40), "got a MikuMikuDance motion (VMD); import it in Blender"),
    "a text": ("Dear all,\n", "got 'Dear all, '"),
    "nothing": ("", "got an empty file; copy or export it again"),
    "zeros": (bytes(2000), "got an empty file"),
    "noise": (bytes(range(1, 256)) + bytes(20), "got a binary file of an unknown kind"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_formats_are_named_with_the_way_out(tmp_path, kind):
    content, reason = OTHERS[kind]
    path = write(tmp_path, content)
    with pytest.raises(ValueError, match="expected") as refused:
        read_raw(path)
    assert str(refused.value).startswith(str(path))
    assert reason in str(refused.value)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_raw(tmp_path / "walk.bvh")


# Damage


@pytest.fixture(scope="module")
def damage(tmp_path_factory):
    return FuzzedMotion(tmp_path_factory.mktemp("motion"))


KINDS = ["bvh", "c3d", "trc", "csv", "npz", "amc", "asf", "npz, unpacked", "words", "c3d, its head", "the door"]


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused(damage, kind):
    """Each is read, or refused by a ValueError that names the file; benchmarks/fuzz_motion.py reads thousands."""

    @settings(max_examples=30)
    @given(seed=st.integers(0, 2**32))
    def check(seed):
        held(kind, *damage.kinds[kind](seed))

    check()
