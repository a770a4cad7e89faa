"""Pickles of arrays are read, and nothing that a pickle says is run."""

import contextlib
import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_datasets import HEADER, STYLES, held, pickled, soup, write_npz

from vvipe_explore.datasets import _npz, _pickles
from vvipe_explore.datasets._pickles import Array, ArrayUnpickler

DATA = {
    "S1": {"Walking 1": np.arange(24, dtype=np.float32).reshape(2, 4, 3), "Photo": np.zeros((0, 4, 3))},
    "S11": {"big": np.arange(3000, dtype=">f8").reshape(1000, 3), "list": [np.eye(2, order="F"), np.ones(3, "f4")]},
    "meta": {"n": 17, "large": 2**40, "pi": 3.25, "none": None, "flag": True, "pair": ([1, 2], (3, 4))},
    "scalar": np.float64(7),
}  # fmt: skip


def run(data: bytes):
    """Give what the reader makes of a pickle."""
    return ArrayUnpickler(io.BytesIO(data), 10**6).load()


def same(got, expected):
    """Say whether both are equal all the way down, arrays by their numbers."""
    if isinstance(expected, np.ndarray):
        return type(got) is Array and got.numbers.dtype == expected.dtype and np.array_equal(got.numbers, expected)
    if isinstance(expected, dict):
        return list(got) == list(expected) and all(same(got[key], expected[key]) for key in expected)
    if isinstance(expected, (list, tuple)):
        return type(got) is type(expected) and all(same(g, e) for g, e in zip(got, expected, strict=True))
    return got == expected and isinstance(got, type(expected))


@pytest.mark.parametrize("style", STYLES)
def test_dictionaries_of_arrays(style, tmp_path):
    assert same(run(pickled(DATA, style)).items[0], DATA)
    path = write_npz(tmp_path / "a.npz", "positions_3d", pickled(DATA, style))
    assert same(_npz.read_dictionary(path, "positions_3d", "a file"), DATA)


def test_what_numpy_itself_writes(tmp_path):
    for name, save in (("a.npz", np.savez), ("b.npz", np.savez_compressed)):
        save(tmp_path / name, positions_2d=DATA, metadata={"num_joints": 17})
        assert same(_npz.read_dictionary(tmp_path / name, "positions_2d", "a file"), DATA)


class Runs:
    """Runs what it is given when a pickle of it is loaded."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


HOSTILE = {
    "os.system": lambda mark: Runs(os.system, (f"touch {mark}",)),
    "eval": lambda mark: Runs(eval, (f"open({str(mark)!r}, 'w')",)),
    "numpy.load": lambda mark: Runs(np.load, (str(mark), None, True)),
    "numpy.fromfile": lambda mark: Runs(np.fromfile, (str(mark),)),
    "numpy.memmap": lambda mark: Runs(np.memmap, (str(mark), "u1", "w+", 0, (1,))),
    "numpy.zeros": lambda mark: Runs(np.zeros, (10**12,)),
    "open": lambda mark: Runs(open, (str(mark), "w")),
    "getattr": lambda mark: Runs(getattr, ("abc", "upper")),
    "bytes": lambda mark: Runs(bytes, (10**9,)),
    "bytearray": lambda mark: Runs(bytearray, (10**9,)),
    "masked array": lambda mark: np.ma.array([1.0]),
    "record": lambda mark: np.zeros(2, [("a", "f4")]),
    "text array": lambda mark: np.array(["a"]),
    "set": lambda mark: {1, 2},
}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_is_run(name, protocol, tmp_path):
    mark = tmp_path / "mark"
    data = pickle.dumps(np.array({"S1": {"a": HOSTILE[name](mark)}}, dtype=object), protocol=protocol)
    path = write_npz(tmp_path / "bad.npz", "positions_3d", data)
    with pytest.raises(ValueError, match=r"bad\.npz: expected a file of poses, got another file or a damaged one"):
        _npz.read_dictionary(path, "positions_3d", "a file of poses")
    assert not mark.exists()


def glob(module, name):
    return f"c{module}\n{name}\n".encode()


ARRAY = glob("numpy.core.multiarray", "_reconstruct") + glob("numpy", "ndarray") + b"K\x00\x85C\x01b\x87R"
F4 = glob("numpy", "dtype") + b"X\x02\x00\x00\x00f4\x89\x88\x87R"


def array(shape: bytes, data: bytes, dtype: bytes = F4) -> bytes:
    """An array's pickle of a shape and data given as instructions."""
    return b"\x80\x02" + ARRAY + b"(K\x01" + shape + dtype + b"\x89" + data + b"tb."


def test_the_hand_made_array_is_one():
    assert run(array(b"K\x01\x85", b"C\x04\x00\x00\x80?")).numbers.tolist() == [1.0]


REFUSED = {
    "another type reconstructed": b"\x80\x02" + glob("numpy.core.multiarray", "_reconstruct")
    + glob("_codecs", "encode") + b"K\x00\x85C\x01b\x87R.",
    "a huge shape": array(b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", b"C\x04abcd"),
    "a shape beyond 64 bit": array(b"\x8a\x09" + b"\xff" * 8 + b"\x00\x85", b"C\x04abcd"),
    "a negative shape": array(b"J\xff\xff\xff\xffJ\xff\xff\xff\xff\x86", b"C\x04abcd"),
    "a shape of nothing and much": array(b"K\x00J\xff\xff\xff\x7f\x8a\x05\x00\x00\x00\x00\x7f\x87", b"C\x04abcd"),
    "items for numbers": array(b"K\x01\x85", b"]"),
    "a text beyond Latin-1 for numbers": array(b"K\x01\x85", b"X\x04\x00\x00\x00\xf0\x9f\x98\x80"),
    "a list as shape": array(b"]", b"C\x04abcd"),
    "a dtype with names": array(b"K\x01\x85", b"C\x04abcd", F4.replace(b"f4", b"V4")),
    "a second state": array(b"K\x01\x85", b"C\x04abcd")[:-1] + b"(K\x01K\x01\x85" + F4 + b"\x89C\x04abcdtb.",
    "a state for a list": b"\x80\x02]K\x01b.",
    "a tuple as key": b"\x80\x02})K\x01s.",
    "a number called": b"\x80\x02K\x01)R.",
    "a name made of numbers": b"\x80\x04K\x01K\x02\x93.",
    "an empty stack": b"\x80\x02.",
    "a mark that is not there": b"\x80\x02t.",
    "a memory that is not there": b"\x80\x02h\x07.",
    "no end": b"\x80\x02N",
    "a length without an end": b"\x80\x02B\xff\xff\xff\x7fabc.",
    "a length of 64 bit": b"\x80\x04\x8e" + b"\xff" * 8 + b".",
    "persistent identity": b"\x80\x02K\x01Q.",
    "new object": b"\x80\x02" + glob("numpy", "dtype") + b")\x81.",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, tmp_path):
    path = write_npz(tmp_path / "bad.npz", "positions_3d", REFUSED[name])
    assert not held(name, path, lambda: _npz.read_dictionary(path, "positions_3d", "a file"))


def test_too_many_instructions(monkeypatch):
    monkeypatch.setattr(_pickles, "MAX_STEPS", 1000)
    assert run(b"\x80\x02" + b"N" * 900 + b".") is None
    with pytest.raises(ValueError, match="more than 1000 opcodes"):
        run(b"\x80\x02" + b"N" * 1000 + b".")


def test_a_key_whose_hash_would_take_for_ever():
    """Forty tuples, each of the one before twice: as a key, or as a byte order, 2 to the 40 steps."""
    nest = b")" + b"q\x00h\x00\x86" * 40
    for data in (b"\x80\x02}" + nest + b"Ns.", b"\x80\x04" + nest + nest + b"\x93.",
                 b"\x80\x02" + F4 + b"(K\x03" + nest + b"tb" + b"."):  # fmt: skip
        try:
            run(data)
        except ValueError:
            continue


def test_memory_far_out_costs_nothing():
    assert run(b"\x80\x02Nr\xff\xff\xff\xff.") is None


BOMBS = {
    "zeros": lambda: array(b"J\x00\x00\x00\x01\x85", b"B" + struct.pack("<I", 2**26) + bytes(2**26)),
    "lists": lambda: b"\x80\x02" + b"]" * 60_000_000 + b".",
    "emoji": lambda: b"\x80\x02" + (b"X\xe8\x03\x00\x00" + b"a" * 996 + "\U0001f600".encode()) * 60_000 + b".",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_that_unpacks_to_much(name, tmp_path):
    path = write_npz(tmp_path / "bomb.npz", "positions_3d", BOMBS[name]())
    assert path.stat().st_size < 2e6
    assert not held(name, path, lambda: _npz.read_dictionary(path, "positions_3d", "a file"))


def test_a_member_that_lies_about_its_size(tmp_path):
    """The list of members says 100 bytes, the content is 64 MB: no more than is said is unpacked."""
    path = write_npz(tmp_path / "bomb.npz", "positions_3d", array(b"K\x01\x85", b"B" + struct.pack("<I", 2**26)
                                                                   + bytes(2**26)))  # fmt: skip
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 200)
    path.write_bytes(data)
    assert not held("lie", path, lambda: _npz.read_dictionary(path, "positions_3d", "a file"))


def archive(path, compression=zipfile.ZIP_DEFLATED, comment=b"", copies=1):
    with zipfile.ZipFile(path, "w", compression) as made:
        for i in range(copies):
            made.writestr(f"a{i}.npy", HEADER + pickled(DATA))
        made.comment = comment
    return path


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda p: archive(p, zipfile.ZIP_LZMA), "its compression is not one that numpy uses"),
        (lambda p: archive(p, zipfile.ZIP_BZIP2), "its compression is not one that numpy uses"),
        (lambda p: archive(p, comment=b"x" * 30), "no .npz archive as numpy writes one"),
        (lambda p: archive(p, copies=65), "no .npz archive as numpy writes one"),
        (lambda p: p.write_bytes(b""), "no .npz archive"),
        (lambda p: p.write_bytes(pickled(DATA)), "no .npz archive"),
        (lambda p: p.write_bytes(HEADER + pickled(DATA)), "no .npz archive"),
        (lambda p: np.savez(p, a1=np.zeros(3)), r"has no a0\.npy; it has a1\.npy"),
        (lambda p: np.savez(p, a0=np.zeros(3)), "expected a dictionary, got an array of float64 of shape .3,."),
        (lambda p: np.savez(p, a0=np.array([{}, {}], dtype=object)), "expected a dictionary, got an array of object"),
        (lambda p: np.savez(p, a0=np.array([1.0], dtype=object)[0]), "expected a dictionary, got an array of float64"),
        (lambda p: write_npz(p, "a0", pickled(DATA) + b"more"), "something follows its pickle"),
        (lambda p: write_npz(p, "a0", pickle.dumps({})), "holds no dictionary"),
        (lambda p: write_npz(p, "a0", pickle.dumps(np.zeros(3))), "holds no dictionary"),
        (lambda p: write_npz(p, "a0", b"", HEADER.replace(b"()", b"(9999999,)")), "damaged"),
        (lambda p: write_npz(p, "a0", b"", HEADER.replace(b"|O", b"<f8").replace(b"()", b"(9**9)")), "damaged"),
        (lambda p: write_npz(p, "a0", b"", b"\x93NUMPY\x02\x00\xff\xff\xff\xff"), "another version than 1.0"),
    ],
)
def test_other_archives(made, reason, tmp_path):
    made(tmp_path / "bad.npz")
    with pytest.raises(ValueError, match=rf"bad\.npz: .*{reason}"):
        _npz.read_dictionary(tmp_path / "bad.npz", "a0", "a file")


def test_a_missing_or_huge_file(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*none\.npz; expected poses"):
        _npz.read_dictionary(tmp_path / "none.npz", "a0", "poses")
    monkeypatch.setattr(_npz, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match=r"big\.npz: expected poses of at most 10 bytes, got [\d,]+"):
        _npz.read_dictionary(archive(tmp_path / "big.npz"), "a0", "poses")


def test_a_flipped_byte_does_not_pass_the_checksum(tmp_path):
    whole = archive(tmp_path / "a.npz", zipfile.ZIP_STORED).read_bytes()
    for at in range(100, whole.index(b"PK\x01\x02"), 1001):   # in the content, behind the member's own head
        (tmp_path / "bad.npz").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with pytest.raises(ValueError, match=r"bad\.npz"):
            _npz.read_dictionary(tmp_path / "bad.npz", "a0", "a file")


@settings(max_examples=150)
@given(data=st.binary(max_size=200) | st.integers(0, 2**32).map(soup))
def test_any_bytes(data):
    """No other error than what read_dictionary turns into one message, and none of the process's own."""
    with contextlib.suppress(ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error):
        run(data)


@pytest.mark.parametrize(("kind", "examples"), [("npz", 150), ("pickle", 60), ("soup", 150)])
def test_damaged_files_are_refused_by_name(kind, examples, fuzzed):
    """Damaged files of each kind; benchmarks/fuzz_datasets.py does thousands."""
    assert fuzzed.refused(kind, examples) > examples * 2 / 3


def test_the_names_that_a_pickle_may_use():
    """Add no name without thought. None is called: each stands for a kind of thing that is built here."""
    assert len(_pickles._GLOBALS) == 9
    assert set(_pickles._GLOBALS.values()) == {"array", "ndarray", "dtype", "scalar", "encode", "bytes"}
