"""Archives, single arrays, streams of storages, HDF5, safetensors and indices of shards: what is wrong with each."""

import json
import pickle
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import pytest

from resnet_dsl.checkpoints.files import Inert, archive, hdf5, pytorch, read_content, safetensors_file, shards
from resnet_dsl.checkpoints.files.archive import Archive, archive_of
from resnet_dsl.checkpoints.files.fault import Unreadable
from resnet_dsl.checkpoints.stored import Stored
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.limits import MAX_ARRAY

from ..hostile_weights import LIES, mapping, tensor, torch_archive, zipped

DAMAGED, TRUNCATED = "it is damaged", "it is empty or truncated"


def refusal(path: Path, data: bytes | None = None) -> tuple[str, tuple[str, ...]]:
    """Why a file cannot be read, and what helps."""
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(EnvironmentFault) as caught:
        read_content(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "RD504"
    start = f"cannot read the weights in `{path}`: "
    assert diagnostic.message.startswith(start)
    return diagnostic.message.removeprefix(start), diagnostic.helps


def tree(path: Path, data: bytes | None = None) -> Any:
    """What a file holds."""
    if data is not None:
        path.write_bytes(data)
    return read_content(path).tree


def facts(entry: Any) -> tuple[str, tuple[int, ...], tuple[int, ...], int, bytes]:
    """All of a tensor."""
    assert isinstance(entry, Stored)
    return entry.dtype, entry.shape, entry.strides, entry.offset, bytes(entry.read())


# Zip archives


def reason(function: Any, *arguments: Any) -> str:
    """Why a part of a file cannot be read."""
    with pytest.raises(Unreadable) as caught:
        function(*arguments)
    assert caught.value.helps == ()
    return caught.value.reason


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_of_archives(tmp_path: Path, compression: int) -> None:
    """As they are, or deflated, after names and extra fields of any length."""
    members = {"a": b"abc" * 100, "longer/name": b"x", "empty": b""}
    (tmp_path / "w").write_bytes(b"before" + zipped(members, compression))
    found = archive_of(tmp_path / "w")
    assert [*found.members] == [*members]
    for name, data in members.items():
        assert name in found
        assert found.source(name).read() == data
        assert found.source(name).length == len(data)
    assert "b" not in found
    assert reason(found.source, "b") == "`b` is missing from it: it is damaged or truncated"


def changed(path: Path, data: bytes = b"abc", **attributes: Any) -> Archive:
    """An archive of a member `a`, of which its list says something else."""
    compression = attributes.get("compress_type", zipfile.ZIP_STORED)
    known = compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    path.write_bytes(zipped({"a": data}, compression if known else zipfile.ZIP_STORED))
    found = archive_of(path)
    for name, value in attributes.items():
        setattr(found.members["a"], name, value)
    return found


def test_what_is_wrong_with_members(tmp_path: Path) -> None:
    """Encryption, another compression, sizes that differ or are too large, and places where there is no member."""
    path = tmp_path / "w"
    other = "it is compressed in another way than zip archives usually are"
    assert reason(changed(path, flag_bits=1).source, "a") == "it is encrypted"
    assert reason(changed(path, flag_bits=3).source, "a") == "it is encrypted"
    assert changed(path, flag_bits=2).source("a").read() == b"abc"
    assert reason(changed(path, compress_type=zipfile.ZIP_BZIP2).source, "a") == other
    assert reason(changed(path, file_size=4).source, "a") == DAMAGED
    assert reason(changed(path, header_offset=1).source, "a") == DAMAGED
    assert reason(changed(path, compress_size=10**6).source, "a") == TRUNCATED
    with pytest.raises(EnvironmentFault, match=r": it is empty or truncated$"):
        changed(path, header_offset=10**6).source("a")
    large = changed(path, compress_type=zipfile.ZIP_DEFLATED, file_size=MAX_ARRAY)
    assert large.source("a").length == MAX_ARRAY
    larger = changed(path, compress_type=zipfile.ZIP_DEFLATED, file_size=MAX_ARRAY + 1)
    assert reason(larger.source, "a") == "`a` would have more than 4,294,967,296 bytes"


def test_archives_have_bounded_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of members, and of bytes: what is too long is not even read."""
    data = zipped({"a.npy": b"", "b.npy": b"", "c.npy": b""})
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    (tmp_path / "w").write_bytes(data)
    assert len(archive_of(tmp_path / "w").members) == 3
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    assert reason(archive_of, tmp_path / "w") == "it has more than 2 members"
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2000)
    monkeypatch.setattr(archive, "_DIRECTORY", 3 * 51)
    assert len(archive_of(tmp_path / "w").members) == 3
    monkeypatch.setattr(archive, "_DIRECTORY", 3 * 51 - 1)
    assert reason(archive_of, tmp_path / "w") == "it has more than 2,000 members"


def test_archives_that_are_damaged(tmp_path: Path) -> None:
    """Without their lists, or with lists of other things."""
    data = zipped({"data.pkl": b"N."})
    for broken in (data[:-1], data[:20], data.replace(b"PK\1\2", b"PK\1\3")):
        assert refusal(tmp_path / "w", broken) == ("it is damaged or truncated", ())


# PyTorch


@pytest.mark.parametrize(
    ("word", "is_swapped"),
    [(b"big", True), (b" big\n", True), (b"little", False), (b"bigger", False), (b"big".ljust(16) + b"x", True)],
)
def test_the_order_of_bytes_of_an_archive(tmp_path: Path, word: bytes, is_swapped: bool) -> None:
    """Is a word beside its pickle."""
    members = {"w/data/0": bytes([1, 2, 3, 4]), "w/byteorder": word}
    entry = tree(tmp_path / "w", torch_archive(mapping(tensor()), members))["conv1.weight"]
    assert facts(entry) == ("float32", (1,), (1,), 0, bytes([4, 3, 2, 1] if is_swapped else [1, 2, 3, 4]))
    assert entry.identity == ((tmp_path / "w", "0"), 0)


def test_what_is_wrong_with_an_archive_of_pytorch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storage that is missing or too short, and a pickle that is too long."""
    path = tmp_path / "w"
    missing = "`w/data/0` is missing from it: it is damaged or truncated"
    short = "a storage is shorter than its tensors: it is damaged or truncated"
    assert refusal(path, torch_archive(mapping(tensor()))) == (missing, ())
    assert refusal(path, torch_archive(mapping(tensor(2)), {"w/data/0": b"\0" * 7})) == (short, ())
    whole = mapping(tensor())
    monkeypatch.setattr(pytorch, "MAX_PICKLE", len(whole))
    assert [*tree(path, torch_archive(whole, {"w/data/0": b"\0" * 4}))] == ["conv1.weight"]
    monkeypatch.setattr(pytorch, "MAX_PICKLE", 1234)
    long = b"\x80\2" + b"N" * 1232 + b"."
    assert refusal(path, torch_archive(long)) == ("its pickle has more than 1,234 bytes", ())


def test_what_an_archive_refers_to(tmp_path: Path) -> None:
    """The class of a module with its text is the class; anything else is a placeholder that says what it is."""
    module = b"(X\6\0\0\0modulecmy\nNet\nX\1\0\0\0.X\1\0\0\0xtQ."
    for data in (torch_archive(module), module):
        found = tree(tmp_path / "w", data)
        assert (found.name, found.arguments) == ("my.Net", ())
    for key, expected in ((b"K\7Q.", 7), (b"X\6\0\0\0module\x85Q.", ("module",))):
        for data in (torch_archive(key), b"\x80\2" + key):
            found = tree(tmp_path / "w", data)
            assert (found.name, found.arguments) == ("persistent id", (expected,))


def stream(*pickles: object, end: bytes = b"") -> bytes:
    """PyTorch's old format: its mark, its version, the sizes of types, the value, the keys, and the storages."""
    made = (each if isinstance(each, bytes) else pickle.dumps(each, 2) for each in pickles)
    return b"".join(made) + end


MARK, VERSION = 0x1950A86A20F9469CFC6C, 1001
ONE = struct.pack("<q", 1) + bytes([1, 2, 3, 4])


def test_streams_of_storages(tmp_path: Path) -> None:
    """Each after its number of elements, in the order of their keys, which may be numbers."""
    both = b"\x80\2}(X\1\0\0\0a" + tensor(key="0") + b"X\1\0\0\0b" + tensor(key="1") + b"u."
    end = ONE + struct.pack("<q", 1) + bytes([5, 6, 7, 8])
    found = tree(tmp_path / "w", stream(MARK, VERSION, {}, both, ["1", "0"], end=end))
    assert facts(found["a"])[-1] == bytes([5, 6, 7, 8])
    assert facts(found["b"])[-1] == bytes([1, 2, 3, 4])
    assert found["a"].identity == ((tmp_path / "w", 0, "0"), 0)
    found = tree(tmp_path / "w", stream(MARK, VERSION, {}, both, [1, 0], end=end))
    assert facts(found["b"])[-1] == bytes([1, 2, 3, 4])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (stream(MARK, VERSION, {}, mapping(tensor()), ["0"], end=ONE[:-1]), TRUNCATED),
        (stream(MARK, VERSION, {}, mapping(tensor()), ["0"], end=ONE[:7]), TRUNCATED),
        (stream(MARK, VERSION, {}, mapping(tensor()), ["1"], end=ONE), TRUNCATED),
        (stream(MARK, VERSION, {}, mapping(tensor()), [None], end=ONE), TRUNCATED),
        (stream(MARK, VERSION, {}, mapping(tensor()), ["0", "0"], end=ONE * 2), TRUNCATED),
        (stream(MARK, VERSION, {}, mapping(tensor(2)), ["0"], end=ONE), DAMAGED),
        (stream(MARK, VERSION, {}, mapping(tensor()), [], end=ONE), DAMAGED),
        (stream(MARK, VERSION, {}, mapping(tensor()), {"0": None}, end=ONE), DAMAGED),
        (stream(MARK, VERSION, {}, mapping(tensor(key="None")), [None], end=ONE), TRUNCATED),
        (stream(MARK, 1002, {}, mapping(tensor()), ["0"], end=ONE), DAMAGED),
        (mapping(tensor()), DAMAGED),
        (stream(MARK, VERSION, {}, mapping(tensor())), TRUNCATED),
    ],
    ids=lambda each: repr(each)[-20:],
)
def test_what_is_wrong_with_a_stream(tmp_path: Path, data: bytes, expected: str) -> None:
    """Storages that are missing, are left over, or have other numbers of elements; another version."""
    assert refusal(tmp_path / "w", data) == (expected, ())


def test_keys_of_storages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as an archive may have members; they are texts, or numbers of at most 64 bits."""
    data = stream(MARK, VERSION, {}, mapping(tensor()), ["0"], end=ONE)
    monkeypatch.setattr(pytorch, "MAX_MEMBERS", 1)
    assert [*tree(tmp_path / "w", data)] == ["conv1.weight"]
    monkeypatch.setattr(pytorch, "MAX_MEMBERS", 0)
    assert refusal(tmp_path / "w", data) == (DAMAGED, ())
    start, end = b"\x80\2(X\7\0\0\0storagectorch\nFloatStorage\n", b"X\3\0\0\0cpuK\1tQ."
    assert refusal(tmp_path / "w", start + b"\x8a\x09" + b"\xff" * 8 + b"\0" + end) == (DAMAGED, ())
    found = tree(tmp_path / "w", start + b"\x8a\x09" + b"\0" * 8 + b"\1" + end)
    assert (found.name, found.arguments[0][2]) == ("persistent id", 2**64)


def part(start: int, count: int) -> bytes:
    """A tensor in a part of a storage of four elements."""
    view = b"(X\1\0\0\0vJ" + struct.pack("<i", start) + b"J" + struct.pack("<i", count) + b"t"
    name = b"(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + b"0X\3\0\0\0cpuK\4" + view + b"tQ"
    return b"\x80\2}X\1\0\0\0actorch._utils\n_rebuild_tensor\n(" + name + b"K\0K\1\x85K\1\x85tRs."


def test_parts_of_storages(tmp_path: Path) -> None:
    """From an element, with a number of elements; those that reach beyond are found out when they are read."""
    end = struct.pack("<q", 4) + bytes(range(16))
    for start in range(4):
        entry = tree(tmp_path / "w", stream(MARK, VERSION, {}, part(start, 1), ["0"], end=end))["a"]
        assert facts(entry) == ("float32", (1,), (1,), 0, bytes(range(4 * start, 4 * start + 4)))
        assert entry.identity == (((tmp_path / "w", 0, "0"), start), 0)
    assert refusal(tmp_path / "w", stream(MARK, VERSION, {}, part(-1, 1), ["0"], end=end)) == (DAMAGED, ())
    assert refusal(tmp_path / "w", stream(MARK, VERSION, {}, part(0, -1), ["0"], end=end)) == (DAMAGED, ())


# NumPy


def npy(header: str, data: bytes = b"", version: int = 1, mark: bytes = b"\x93NUMPY") -> bytes:
    """A file of NumPy."""
    width = "<H" if version == 1 else "<I"
    return mark + bytes([version, 0]) + struct.pack(width, len(header)) + header.encode() + data


def header(descr: str = "'<i2'", order: str = "False", shape: str = "(2, 3)") -> str:
    """The header of an array."""
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


NUMBERS = bytes(range(12))


@pytest.mark.parametrize("version", [1, 2, 3])
def test_headers_of_arrays(tmp_path: Path, version: int) -> None:
    """Of every version, order, type and shape."""
    for order, strides in (("False", (3, 1)), ("True", (1, 2))):
        data = npy(header(order=order), NUMBERS, version)
        entry = tree(tmp_path / "w", zipped({"a/b.npy": data, "other": b""}))["a/b"]
        assert facts(entry) == ("int16", (2, 3), strides, 0, NUMBERS)
    flat = [("(6,)", (6,)), ("(6L,)", (6,)), ("(1, 6)", (1, 6)), ("(0, 2)", (0, 2)), ("()", ())]
    for text, shape in flat:
        entry = tree(tmp_path / "w", zipped({"a.npy": npy(header(shape=text), NUMBERS, version)}))["a"]
        assert entry.shape == shape
    for descr, expected in (("'>i2'", bytes([1, 0])), ("'|i1'", bytes([0])), ("'=i2'", bytes([0, 1]))):
        entry = tree(tmp_path / "w", zipped({"a.npy": npy(header(descr, shape="()"), NUMBERS, version)}))["a"]
        assert facts(entry)[-1] == expected
    for descr, name in (
        ("'|O'", "|O"),
        ("[('a', '<f4')]", "records"),
        ("''", "records"),
        ("'<U3'", "<U3"),
        ("'é'", "\ufffd\ufffd"),
    ):
        entry = tree(tmp_path / "w", zipped({"a.npy": npy(header(descr), NUMBERS, version)}))["a"]
        assert isinstance(entry, Inert)
        assert entry.name == f"numpy.ndarray of {name}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        npy(header(), NUMBERS, 4),
        npy(header(), NUMBERS, mark=b"\x93NUMPX"),
        npy(header("<i2"), NUMBERS),
        npy(header(order="0"), NUMBERS),
        npy(header(shape="6"), NUMBERS),
        npy(header(shape="(-6,)"), NUMBERS),
        npy(header() + " " * (2**16 + 1 - len(header())), NUMBERS, 2),
    ],
    ids=lambda each: repr(each)[:40],
)
def test_what_is_no_header_of_an_array(tmp_path: Path, data: bytes) -> None:
    """Another version or mark, a part of it that is missing, or one that is too long."""
    reason = "an array in it has no valid header: it is damaged"
    assert refusal(tmp_path / "w", zipped({"a.npy": data})) == (reason, ())


def test_the_longest_header_of_an_array(tmp_path: Path) -> None:
    """And arrays that are longer than their members, or have no shape."""
    data = npy(header() + " " * (2**16 - len(header())), NUMBERS, 2)
    assert facts(tree(tmp_path / "w", zipped({"a.npy": data}))["a"])[-1] == NUMBERS
    longer = "an array in it is longer than its member: it is damaged or truncated"
    assert refusal(tmp_path / "w", zipped({"a.npy": npy(header(), NUMBERS[:-1])})) == (longer, ())
    no_shape = "a tensor has no valid shape: it is damaged"
    assert refusal(tmp_path / "w", zipped({"a.npy": npy(header(shape="(1," * 65 + ")"))}))[0] != no_shape
    assert refusal(tmp_path / "w", zipped({"a.npy": npy(header(shape=f"({2**62},)"))})) == (no_shape, ())


def test_single_arrays(tmp_path: Path) -> None:
    """Of numbers they have no name; of objects they may hold a mapping, or something else."""
    alone = ("it is a single array without a name", ("save arrays by their names with `numpy.savez`",))
    assert refusal(tmp_path / "w", npy(header(), NUMBERS)) == alone
    objects: Any = numpy.array({"a": 1}, dtype=object)
    numpy.save(tmp_path / "w.npy", objects)
    assert tree(tmp_path / "w.npy") == {"a": 1}
    numpy.save(tmp_path / "w.npy", numpy.array([1, 2], dtype=object))
    found = tree(tmp_path / "w.npy")
    assert (found.name, found.state[-1]) == ("numpy.ndarray", [1, 2])


# HDF5


def test_hdf5_of_every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups in groups, every order of bytes, and placeholders that say what they are."""
    h5py = pytest.importorskip("h5py")
    path, values = tmp_path / "w.h5", numpy.arange(6, dtype=">i4").reshape(2, 3)
    with h5py.File(path, "w") as file:
        file["g/h/big"] = values
        file["g/little"] = values.astype("<i4")
        file.create_dataset("fast", data=values.astype("<i4"), compression="lzf")
        file.create_dataset("text", data=numpy.array(b"text"))
        file["elsewhere"] = h5py.ExternalLink("x", "/")
        file["soft"] = h5py.SoftLink("/g")
        layout = h5py.VirtualLayout((2,), "<i4")
        layout[:] = h5py.VirtualSource("other.h5", "x", (2,))
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("outside", (2,), "<i4", external="raw")
    found = tree(path)
    little = values.astype("<i4").tobytes()
    assert [*found] == ["elsewhere", "fast", "outside", "soft", "text", "virtual", "g/little", "g/h/big"]
    for name in ("g/h/big", "g/little", "fast"):
        assert facts(found[name]) == ("int32", (2, 3), (3, 1), 0, little)
    assert {name: entry.name for name, entry in found.items() if isinstance(entry, Inert)} == {
        "elsewhere": "h5py.ExternalLink",
        "soft": "h5py.SoftLink",
        "text": "h5py.Dataset of |S4",
        "virtual": "h5py.Dataset of int32",
        "outside": "h5py.Dataset of int32",
    }
    monkeypatch.setattr(hdf5, "MAX_MEMBERS", 10)
    assert len(tree(path)) == 8
    monkeypatch.setattr(hdf5, "MAX_MEMBERS", 9)
    assert refusal(path) == ("it has more than 9 parts", ())
    monkeypatch.setattr(hdf5, "MAX_MEMBERS", 1000)
    monkeypatch.setattr(hdf5, "MAX_ARRAY", 24)
    assert len(tree(path)) == 8
    monkeypatch.setattr(hdf5, "MAX_ARRAY", 23)
    assert refusal(path) == ("`/fast` has more than 23 bytes", ())


def test_hdf5_that_changes_or_is_damaged(tmp_path: Path) -> None:
    """A group in itself, a file cut off, and a tensor that is another one by the time it is read."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file["a"] = numpy.zeros(3, "<f4")
    start = f"cannot read the weights in `{path}`: "
    entry = tree(path)["a"]
    for change in (numpy.zeros(4, "<f4"), numpy.zeros(3, "<f8")):
        with h5py.File(path, "w") as file:
            file["a"] = change
        with pytest.raises(EnvironmentFault) as caught:
            entry.read()
        assert caught.value.diagnostics[0].message == start + "it has changed while it was read"
    with h5py.File(path, "w") as file:
        file["b"] = numpy.zeros(3, "<f4")
    with pytest.raises(EnvironmentFault) as caught:
        entry.read()
    assert caught.value.diagnostics[0].message == start + DAMAGED
    with h5py.File(path, "w") as file:
        group = file.create_group("g")
        group["again"] = group
    assert refusal(path) == (DAMAGED, ())


# safetensors


def safetensors(header: object, data: bytes = b"") -> bytes:
    """A file of safetensors."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def test_tensors_of_safetensors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they are, of which types; what is packed in fewer bits is said to be."""
    path = tmp_path / "w"
    header = {
        "b": {"dtype": "I16", "shape": [2, 1], "data_offsets": [4, 8]},
        "a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
    }
    found = tree(path, safetensors(header, bytes(range(8))))
    assert [*found] == ["b", "a"]
    assert facts(found["b"]) == ("int16", (2, 1), (1, 1), 0, bytes(range(4, 8)))
    assert facts(found["a"]) == ("uint8", (4,), (1,), 0, bytes(range(4)))
    packed = tree(path, safetensors({"a": {"dtype": "F4", "shape": [4], "data_offsets": [0, 2]}}, b"\0\0"))["a"]
    assert (packed.dtype, packed.shape) == ("packed f4", (4,))
    monkeypatch.setattr(safetensors_file, "MAX_MEMBERS", 2)
    path.write_bytes(safetensors(header, bytes(8)))
    assert len(tree(path)) == 2
    monkeypatch.setattr(safetensors_file, "MAX_MEMBERS", 1)
    assert refusal(path) == ("it has more than 1 tensors", ())
    reason, helps = refusal(path, safetensors({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 3]}}, b"\0" * 3))
    assert reason.startswith("it is damaged or truncated: ")
    assert helps == ()


def test_metadata_of_safetensors(tmp_path: Path) -> None:
    """Only the text of a spec is kept."""
    for metadata, specs in (({"resnet_dsl.spec": "a"}, ["a"]), ({"x": "a"}, []), ({}, [])):
        (tmp_path / "w").write_bytes(safetensors({"__metadata__": metadata}))
        content = read_content(tmp_path / "w")
        assert (content.tree, [*content.specs.values()]) == ({}, specs)


# Shards


def index(folder: Path, places: object, **others: object) -> Path:
    """The index of a checkpoint in several files."""
    (folder / "i").write_text(json.dumps({"weight_map": places, **others}))
    return folder / "i"


def test_an_index_that_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No mapping, names of files that are not beside it, and more shards than may be."""
    empty = ("its index lists no tensors", ())
    wrong: list[object] = [{}, [], None, 1]
    for places in wrong:
        assert refusal(index(tmp_path, places)) == empty
    assert refusal(tmp_path / "i", b'{"total_size": 1}') == empty
    assert refusal(tmp_path / "i", b'\n {"weight_map"') == (DAMAGED, ())
    assert refusal(tmp_path / "i", b'{"weight_map": "\xff"}') == (DAMAGED, ())
    for name in ("../w", "/w", "a/w", "a\\w", "a\0w", ".", "..", "i"):
        shown = f"its index names `{name}`, which is no file beside it"
        assert refusal(index(tmp_path, {"a": name})) == (shown, ())
    path = index(tmp_path, {"a": "x", "b": "y", "c": "x"})
    monkeypatch.setattr(shards, "MAX_MEMBERS", 2)
    assert refusal(path) == ("of its shards, `x` is missing and 1 more", ())
    monkeypatch.setattr(shards, "MAX_MEMBERS", 1)
    assert refusal(path) == ("it has more than 1 shards", ())
    monkeypatch.setattr(shards, "MAX_MEMBERS", 1000)
    monkeypatch.setattr(shards, "MAX_PICKLE", path.stat().st_size)
    assert refusal(path) == ("of its shards, `x` is missing and 1 more", ())
    monkeypatch.setattr(shards, "MAX_PICKLE", path.stat().st_size - 1)
    assert refusal(path) == ("its index is too long", ())


def test_shards_that_are_wrong(tmp_path: Path) -> None:
    """The fault names the shard; a tensor that is not in it is named with it."""
    path = index(tmp_path, {"a": "x", "b": "x"})
    (tmp_path / "x").write_bytes(pickle.dumps({"a": 1}))
    assert refusal(path) == ("`b` is not in the shard `x`, although the index says so", ())
    (tmp_path / "x").write_bytes(pickle.dumps([1]))
    assert refusal(path) == ("`a` is not in the shard `x`, although the index says so", ())
    (tmp_path / "x").write_bytes(b"\x80\2")
    with pytest.raises(EnvironmentFault) as caught:
        read_content(path)
    assert caught.value.diagnostics[0].message == f"cannot read the weights in `{tmp_path / 'x'}`: {TRUNCATED}"


def test_specs_in_shards(tmp_path: Path) -> None:
    """The first one is that of the whole."""
    path = index(tmp_path, {"a": "x", "b": "y"})
    for name, key, metadata in (("x", "a", {}), ("y", "b", {"resnet_dsl.spec": "s"})):
        entry = {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}
        (tmp_path / name).write_bytes(safetensors({"__metadata__": metadata, key: entry}, b"\1"))
    content = read_content(path)
    assert isinstance(content.tree, dict)
    assert [*content.tree] == ["a", "b"]
    assert content.specs == {id(content.tree): "s"}
    (tmp_path / "y").write_bytes(safetensors({"b": entry}, b"\1"))
    assert read_content(path).specs == {}


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("model-00001-of-00002.safetensors", "model.safetensors.index.json"),
        ("a-b-1-of-10.bin", "a-b.bin.index.json"),
        ("model-00001-of-00001.bin", None),
        ("model-00001-of-00000.bin", None),
        ("model-1-of-2", None),
        ("-1-of-2.bin", None),
        ("model.bin", None),
    ],
)
def test_a_file_that_is_one_of_several(tmp_path: Path, name: str, whole: str | None) -> None:
    """Says which index lists them all, by its own name."""
    (tmp_path / name).write_bytes(pickle.dumps({}))
    expected = None if whole is None else tmp_path / whole
    assert read_content(tmp_path / name).shard_of == expected


def test_folders_of_files(tmp_path: Path) -> None:
    """Only what may be weights counts, and shards do not; of more than eight, the others are not named."""
    several = "it is a folder with several files of weights: "
    for name in ("config.json", "w.txt", "model-1-of-2.bin"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.pt").mkdir()
    assert refusal(tmp_path) == ("it is a folder without files of weights", ())
    (tmp_path / "a.PKL").write_bytes(pickle.dumps({"a": 1}))
    assert tree(tmp_path) == {"a": 1}
    for number in range(7):
        (tmp_path / f"w{number}.npz").write_bytes(b"")
    listed = ", ".join(["`a.PKL`", *(f"`w{number}.npz`" for number in range(7))])
    helps = (f"give one, such as `{tmp_path / 'a.PKL'}`",)
    assert refusal(tmp_path) == (several + listed, helps)
    (tmp_path / "x.pt").write_bytes(b"")
    assert refusal(tmp_path) == (several + listed + ", …", helps)
    (tmp_path / "z.index.json").write_bytes(b"")
    listed = ", ".join(["`z.index.json`", "`a.PKL`", *(f"`w{number}.npz`" for number in range(6))])
    assert refusal(tmp_path) == (several + listed + ", …", (f"give one, such as `{tmp_path / 'z.index.json'}`",))


HOSTILE: Mapping[str, str] = {
    "a storage that is too short": "a storage is shorter than its tensors: it is damaged or truncated",
    "a tensor beyond its storage": "a tensor reaches beyond its storage: it is damaged",
    "a tensor of strides": "a tensor reaches beyond its storage: it is damaged",
    "a tensor of one element": "a tensor repeats its elements more than 268,435,456 times",
    "a negative shape": "a tensor has no valid shape: it is damaged",
    "an impossible shape": "a tensor has no valid shape: it is damaged",
    "an array of an impossible shape": "a tensor has no valid shape: it is damaged",
    "an array that claims to be longer": TRUNCATED,
    "a list of 300,000 members": "it has more than 131,072 members",
    "an archive that ends early": "it is damaged or truncated",
    "a deep index": DAMAGED,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_said_of_hostile_files(tmp_path: Path, name: str) -> None:
    """Which limit they exceed, or what is not there."""
    assert refusal(tmp_path / "weights", LIES[name]())[0] == HOSTILE[name]
