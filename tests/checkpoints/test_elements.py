"""Where the elements of tensors and arrays lie in files, of which types they are, and what is no tensor."""

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.checkpoints.files import source as files_source
from resnet_dsl.checkpoints.files.arrays import ARRAYS, Unfilled
from resnet_dsl.checkpoints.files.content import Inert
from resnet_dsl.checkpoints.files.elements import SIZES, STORAGES, swapped
from resnet_dsl.checkpoints.files.fault import Unreadable, faults_of
from resnet_dsl.checkpoints.files.source import Source, in_memory, source_of
from resnet_dsl.checkpoints.files.tensors import TENSORS, Storage, shape_of
from resnet_dsl.checkpoints.stored import Stored, contiguous, objection
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault

PATH = Path("w.pt")
DAMAGED, TRUNCATED = "it is damaged", "it is empty or truncated"
NO_SHAPE = "a tensor has no valid shape: it is damaged"


def reason(function: Any, *arguments: Any) -> str:
    """Why something cannot be read."""
    with pytest.raises((Unreadable, EnvironmentFault)) as caught:
        function(*arguments)
    error = caught.value
    if isinstance(error, EnvironmentFault):
        return error.diagnostics[0].message
    assert isinstance(error, Unreadable)
    return error.reason


def facts(entry: Any) -> tuple[str, tuple[int, ...], tuple[int, ...], int]:
    """What is known of a tensor before its elements are read."""
    assert isinstance(entry, Stored)
    return entry.dtype, entry.shape, entry.strides, entry.offset


# Parts of files


def sources(folder: Path, data: bytes) -> list[Source]:
    """The same bytes: a file, a part of a file, in memory, a part of them, and deflated after others."""
    (folder / "whole").write_bytes(data)
    (folder / "part").write_bytes(b"xyz" + data + b"z")
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(data) + packer.flush()
    (folder / "packed").write_bytes(b"xyz" + packed + b"z")
    whole = source_of(folder / "packed")
    return [
        source_of(folder / "whole"),
        source_of(folder / "part").part(3, len(data)),
        in_memory(PATH, data),
        in_memory(PATH, b"xyz" + data + b"z").part(3, len(data)),
        Source(whole.path, 3, len(data), whole.version, len(packed)),
    ]


def test_any_part_of_a_source_is_read(tmp_path: Path) -> None:
    """From its start, to its end and none of it, but not beyond."""
    data = b"abcdef"
    for source in sources(tmp_path, data):
        assert source.length == 6
        assert source.read() == data
        assert source.read(2) == b"cdef"
        assert source.read(start=2, length=3) == b"cde"
        assert [source.read(place, 1) for place in range(6)] == [bytes([letter]) for letter in data]
        assert source.read(6) == source.read(6, 0) == b""
        assert source.read(0, 6) == data
        for start, length in ((-1, 1), (0, -1), (0, 7), (6, 1), (7, 0)):
            message = f"cannot read the weights in `{source.path}`: {TRUNCATED}"
            assert reason(source.read, start, length) == message


def test_parts_of_a_source(tmp_path: Path) -> None:
    """They lie within it, count from their own start, and can be opened as streams."""
    for source in sources(tmp_path, b"abcdef")[:-1]:
        part = source.part(1, 4).part(1, 3)
        assert (part.path, part.length) == (source.path, 3)
        assert part.read() == b"cde"
        assert part.read(1, 1) == b"d"
        assert source.part(6, 0).length == 0
        assert source.part(0, 6).read() == b"abcdef"
        for start, length in ((-1, 1), (0, -1), (0, 7), (6, 1), (7, 0)):
            assert reason(source.part, start, length) == TRUNCATED
        with part.open() as stream:
            assert (stream.tell() - part.origin, stream.read(3)) == (0, b"cde")


def test_long_deflated_parts_are_read_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several pieces, of which those before the start are skipped."""
    monkeypatch.setattr(files_source, "_CHUNK", 1000)
    data = b"".join(struct.pack("<I", number * 2654435761 % 2**32) for number in range(1000)) + b"\0" * 10_000
    source = sources(tmp_path, data)[-1]
    for start, length in ((0, 10), (995, 10), (1000, 1001), (0, 14_000), (3_900, 5_000), (13_999, 1)):
        assert source.read(start, length) == data[start : start + length]


def test_what_is_wrong_with_deflated_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They end early, go on, are longer than the file, or are no deflated bytes."""
    source = sources(tmp_path, b"abcdef" * 100)[-1]
    packed = source.deflated or 0
    monkeypatch.setattr(files_source, "_CHUNK", packed)
    start = f"cannot read the weights in `{source.path}`: "
    for length, deflated, why in (
        (600, packed - 3, TRUNCATED),
        (600, 0, TRUNCATED),
        (601, packed, TRUNCATED),
        (601, packed + 1, DAMAGED),
    ):
        claimed = Source(source.path, 3, length, source.version, deflated)
        assert reason(claimed.read) == start + why
    assert reason(Source(source.path, 2, 600, source.version, packed).read) == start + DAMAGED


def test_a_source_knows_its_file_again(tmp_path: Path) -> None:
    """By its length, its time and its place on the disk."""
    path = tmp_path / "w"
    path.write_bytes(b"abcd")
    source = source_of(path)
    start = f"cannot read the weights in `{path}`: "
    status = path.stat()
    assert source.version == (status.st_dev, status.st_ino, 4, status.st_mtime_ns)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert reason(source.read) == start + "it has changed while it was read"
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert source.read() == b"abcd"
    assert reason(Source(path, 0, 5, source.version).read) == start + TRUNCATED
    path.unlink()
    assert reason(source.read) == start + "no such file or directory"


@pytest.mark.parametrize(
    ("error", "expected", "helps"),
    [
        (Unreadable("why", "one", "two"), "why", ("one", "two")),
        (Unreadable("why"), "why", ()),
        (MemoryError(), "it does not fit into memory", ()),
        (OSError(13, "Permission denied"), "permission denied", ()),
        (OSError("Some text"), "some text", ()),
    ],
    ids=str,
)
def test_faults_name_the_file(error: BaseException, expected: str, helps: tuple[str, ...]) -> None:
    """With the reason in lower case, and what helps."""
    with pytest.raises(EnvironmentFault) as caught, faults_of(PATH):
        raise error
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "RD504"
    assert diagnostic.message == f"cannot read the weights in `w.pt`: {expected}"
    assert diagnostic.helps == helps


# Types


@pytest.mark.parametrize("dtype", SIZES)
def test_elements_in_the_other_order_of_bytes(dtype: str) -> None:
    """Each number is reversed, the two of a complex one apart."""
    size = SIZES[dtype] // 2 if dtype.startswith("complex") else SIZES[dtype]
    data = bytes(range(32))
    expected = b"".join(data[start : start + size][::-1] for start in range(0, 32, size))
    assert swapped(bytearray(data), dtype) == expected


def test_strides_of_contiguous_tensors() -> None:
    """Axes of size 0 count as 1, as PyTorch counts them."""
    assert contiguous(()) == ()
    assert contiguous((5,)) == (1,)
    assert contiguous((2, 3, 4)) == (12, 4, 1)
    assert contiguous((2, 0, 4)) == (4, 4, 1)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("float32", ""),
        ("int8", ""),
        ("meta float32", "has no elements: it was saved from the device `meta`"),
        ("sparse float32", "is sparse"),
        ("nested float32", "is nested"),
        ("packed f4", "is packed"),
        ("qint8", "is quantized (`qint8`)"),
        ("quint4x2", "is quantized (`quint4x2`)"),
        ("complex64", "has complex numbers"),
        ("sparse complex64", "is sparse"),
    ],
)
def test_what_cannot_be_a_weight(dtype: str, expected: str) -> None:
    """The end of a sentence that says why."""
    assert objection(dtype) == expected


# PyTorch's tensors


def storage(count: int = 6, kind: str = "FloatStorage", **options: Any) -> Storage:
    """Bytes that count up."""
    made = Storage(f"torch.{kind}", "key", count)
    made.place(in_memory(PATH, bytes(range(made.size))), **options)
    return made


@pytest.mark.parametrize("name", STORAGES)
def test_storages_of_every_type(name: str) -> None:
    """By the names of their classes, whatever their module."""
    for module in ("torch", "torch.cuda"):
        made = Storage(f"{module}.{name}Storage", ("a", 1), 3)
        assert (made.name, made.key, made.dtype, made.count) == (f"{module}.{name}Storage", ("a", 1), STORAGES[name], 3)
        assert made.size == 3 * SIZES[made.dtype]
        assert (made.source, made.whole, made.start, made.is_swapped) == (None, None, 0, False)


def test_what_is_no_storage() -> None:
    """Of unknown types, or of no number of elements."""
    for kind, count in (("Float", -1), ("Float", True), ("Float", 2**62), ("Float", "1"), ("Float", None), ("Own", 1)):
        assert reason(Storage, f"torch.{kind}Storage", "0", count) == DAMAGED
    assert Storage("torch.FloatStorage", "0", 2**62 - 1).count == 2**62 - 1
    made = Storage("torch.FloatStorage", "0", 2)
    short = "a storage is shorter than its tensors: it is damaged or truncated"
    assert reason(made.place, in_memory(PATH, b"\0" * 7)) == short
    made.place(in_memory(PATH, b"\0" * 8))
    assert made.is_swapped is False


def test_storages_are_read_from_their_files() -> None:
    """In bytes; parts of others from their own start, and in the order of bytes of the tensor's type."""
    assert storage().read(4, 8, "float32") == bytes(range(4, 12))
    assert storage(is_swapped=True).read(4, 8, "float32") == bytes([7, 6, 5, 4, 11, 10, 9, 8])
    assert storage(is_swapped=True).read(4, 4, "float16") == bytes([5, 4, 7, 6])
    part = Storage("torch.FloatStorage", "part", 3)
    part.whole, part.start = storage(), 2
    assert part.read(4, 4, "float32") == bytes(range(12, 16))


def test_shapes() -> None:
    """At most 64 sizes, none negative, of fewer than 2**62 elements, where those of size 0 count as 1."""
    assert shape_of((2, 3)) == shape_of([2, 3]) == (2, 3)
    assert shape_of(()) == ()
    assert shape_of((1,) * 64) == (1,) * 64
    assert shape_of((2**61, 0)) == (2**61, 0)
    for values in (
        (1,) * 65,
        (-1,),
        (True,),
        (1.0,),
        ("1",),
        1,
        None,
        {1},
        (2**62,),
        (2**31, 2**31),
        (2**31, 0, 2**31),
    ):
        assert reason(shape_of, values) == NO_SHAPE
    assert shape_of((2**31, 2**30)) == (2**31, 2**30)


DENSE = ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_qtensor")


@pytest.mark.parametrize("name", DENSE)
def test_dense_tensors(name: str) -> None:
    """Views of their storages, of which only what they show is read."""
    rebuild = TENSORS[f"torch._utils.{name}"]
    made = rebuild((storage(), 1, (2, 2), (2, 1), False, {}))
    assert facts(made) == ("float32", (2, 2), (2, 1), 0)
    assert made is not None
    assert (made.read(), made.identity) == (bytes(range(4, 20)), ("key", 4))
    number = rebuild((storage(), 5, (), ()))
    assert number is not None
    assert (number.shape, number.read()) == ((), bytes(range(20, 24)))
    empty = rebuild((storage(), 0, [3, 0], [1, 1]))
    assert empty is not None
    assert (empty.shape, empty.strides, empty.read()) == ((3, 0), (1, 1), b"")
    spread = rebuild((storage(), 0, (2, 2), (3, 2)))
    assert spread is not None
    assert spread.read() == bytes(range(24))
    assert rebuild((storage(), 0, (1,))) is None
    assert rebuild((Inert("a"), 0, (1,), (1,))) is None


@pytest.mark.parametrize(
    ("offset", "shape", "strides", "why"),
    [
        (0, (6,), (1,), ""),
        (1, (6,), (1,), "a tensor reaches beyond its storage: it is damaged"),
        (0, (7,), (1,), "a tensor reaches beyond its storage: it is damaged"),
        (0, (2, 2), (4, 1), ""),
        (0, (2, 2), (5, 1), "a tensor reaches beyond its storage: it is damaged"),
        (9, (0,), (1,), ""),
        (-1, (1,), (1,), DAMAGED),
        (True, (1,), (1,), DAMAGED),
        (None, (1,), (1,), DAMAGED),
        (0, (1,), (), DAMAGED),
        (0, (1,), (1, 1), DAMAGED),
        (0, (1,), (-1,), NO_SHAPE),
        (0, (1,), None, NO_SHAPE),
        (0, (-1,), (1,), NO_SHAPE),
        (0, (2**28,), (0,), ""),
        (0, (2**28 + 1,), (0,), "a tensor repeats its elements more than 268,435,456 times"),
    ],
)
def test_what_is_no_view_of_a_storage(offset: Any, shape: Any, strides: Any, why: str) -> None:
    """One that reaches beyond it, repeats its elements too often, or has no shape."""
    rebuild = TENSORS["torch._utils._rebuild_tensor_v2"]
    if why:
        assert reason(rebuild, (storage(), offset, shape, strides)) == why
    else:
        assert facts(rebuild((storage(), offset, shape, strides)))[:3] == ("float32", shape, strides)


def test_tensors_with_types_of_their_own() -> None:
    """Of storages that have none, since version 2.0."""
    rebuild = TENSORS["torch._utils._rebuild_tensor_v3"]
    untyped = storage(8, "UntypedStorage")
    arguments: tuple[Any, ...] = (untyped, 1, (2,), (1,), False, {}, Inert("torch.uint16"))
    made = rebuild(arguments)
    assert facts(made) == ("uint16", (2,), (1,), 0)
    assert made is not None
    assert (made.read(), made.identity) == (bytes(range(2, 6)), ("key", 2))
    assert rebuild(arguments[:6]) is None
    assert reason(rebuild, (untyped, 3, (2,), (1,), False, {}, Inert("torch.uint16"))) == (
        "a tensor reaches beyond its storage: it is damaged"
    )
    for kind in (Inert("torch.own"), "uint16"):
        assert reason(rebuild, (*arguments[:6], kind)) == DAMAGED


FIRST = (
    *("_utils._rebuild_parameter", "_utils._rebuild_parameter_with_state"),
    *("_utils._rebuild_device_tensor_from_numpy", "_utils._rebuild_device_tensor_from_cpu_tensor"),
    *("_utils._rebuild_xla_tensor", "nn.parameter.Parameter", "nn.parameter.Buffer", "autograd.variable.Variable"),
)
TENSOR = Stored("float16", (2, 0), (1, 1), 0, bytes)


@pytest.mark.parametrize("name", FIRST)
def test_what_consists_of_a_tensor(name: str) -> None:
    """A parameter or a tensor of another device is the tensor."""
    assert TENSORS[f"torch.{name}"]((TENSOR, 1)) is TENSOR
    assert TENSORS[f"torch.{name}"]((1, TENSOR)) is None
    assert TENSORS[f"torch.{name}"](()) is None


@pytest.mark.parametrize("name", ["restore_type_tag", "build_tensorlist", "build_intlist"])
def test_what_torchscript_wraps(name: str) -> None:
    """The first argument, whatever it is."""
    function: Any = TENSORS[f"torch.jit._pickle.{name}"]
    assert function(([1], 2)) == [1]
    assert function(()) is None


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("sparse", (1, (TENSOR, Stored("int8", (1,), (1,), 0, bytes), (3, 4))), ("sparse int8", (3, 4))),
        ("sparse", (1, (TENSOR, TENSOR, Stored("int8", (1,), (1,), 0, bytes), [3, 4], 0)), ("sparse int8", (3, 4))),
        ("sparse", (1, (TENSOR, TENSOR, Stored("int8", (1,), (1,), 0, bytes), (3,))), ("sparse int8", (3,))),
        ("sparse", (1, (TENSOR, (3, 4))), None),
        ("sparse", (1,), None),
        ("meta", (Inert("torch.int8"), (3, 4), (4, 1), False), ("meta int8", (3, 4))),
        ("meta", (Inert("torch.int8"), [3, 4]), ("meta int8", (3, 4))),
        ("meta", (1, (3, 4)), ("meta ?", (3, 4))),
        ("meta", (Inert("torch.int8"),), None),
        ("nested", (TENSOR, 1), ("nested float16", (2, 0))),
        ("nested", (1, TENSOR), None),
    ],
)
def test_tensors_that_are_not_dense(name: str, arguments: Any, expected: Any) -> None:
    """Only their types and shapes are known; their elements are never read."""
    function = {"sparse": "_sparse_tensor", "meta": "_meta_tensor_no_storage", "nested": "_nested_tensor"}[name]
    made = TENSORS[f"torch._utils._rebuild{function}"](arguments)
    if expected is None:
        assert made is None
        return
    dtype, shape = expected
    assert facts(made) == (dtype, shape, contiguous(shape), 0)
    assert made is not None
    with pytest.raises(AssertionError, match=f"^a {name} tensor is not read$"):
        made.read()


# NumPy's arrays


def kind(code: object, order: str | None = "<") -> Inert:
    """A `numpy.dtype`."""
    made = Inert("numpy.dtype", (code, False, True))
    made.state = None if order is None else (3, order, None)
    return made


CODES = {
    "float64": ("f8", "d"),
    "float32": ("f4", "f"),
    "float16": ("f2", "e"),
    "int64": ("i8", "q"),
    "int32": ("i4", "i"),
    "int16": ("i2", "h"),
    "int8": ("i1", "b"),
    "uint64": ("u8", "Q"),
    "uint32": ("u4", "I"),
    "uint16": ("u2", "H"),
    "uint8": ("u1", "B"),
    "bool": ("b1", "?"),
}


@pytest.mark.parametrize("core", ["core", "_core"])
@pytest.mark.parametrize("dtype", CODES)
def test_numbers_of_numpy(core: str, dtype: str) -> None:
    """In both orders of bytes, as bytes or as the text that Python 2 wrote."""
    code, form = CODES[dtype]
    scalar = ARRAYS[f"numpy.{core}.multiarray.scalar"]
    number = True if dtype == "bool" else 1 if form in "qihbQIHB" else 1.5
    for order in "<>":
        raw = struct.pack(order + form, number)
        for data in (raw, raw.decode("latin-1")):
            found = scalar((kind(code, order), data))
            assert (found, type(found)) == (number, type(number))
        assert scalar((kind(code, order), raw + b"\0")) is None
    assert scalar((kind(f"<{code}", None), struct.pack("<" + form, number))) == number


def test_what_is_no_number_of_numpy() -> None:
    """Of another type, or not called as NumPy calls it."""
    scalar = ARRAYS["numpy.core.multiarray.scalar"]
    for arguments in ((kind("x"), b"\0"), (kind("O8"), b"\0"), (kind("f4"), 1), (1, b"\0"), (kind("f4"),), ()):
        assert scalar(arguments) is None


@pytest.mark.parametrize(
    ("given", "dtype", "is_swapped"),
    [
        (kind("f4"), "float32", False),
        (kind("f4", ">"), "float32", True),
        (kind("f4", "="), "float32", False),
        (kind("f4", None), "float32", False),
        (kind("<f4"), "float32", False),
        (kind("|f4"), "float32", False),
        (kind("=f4"), "float32", False),
        (kind(">f4"), "float32", False),
        (kind(Inert("numpy.f4")), "float32", False),
        (kind(Inert("ml_dtypes.bfloat16"), ">"), "bfloat16", True),
        (kind("c8", ">"), "complex64", True),
        (kind("O8"), None, False),
        (kind(1), None, False),
        (Inert("numpy.dtype"), None, False),
    ],
    ids=str,
)
def test_arrays_of_every_type(given: Inert, dtype: str | None, is_swapped: bool) -> None:
    """With their order of bytes; an array of anything else is left as it is."""
    made: Any = ARRAYS["numpy.core.multiarray._reconstruct"]((1, 2))
    assert (type(made), made.name, made.arguments, made.places) == (Unfilled, "numpy.ndarray", (1, 2), [])
    data = bytes(range(2 * SIZES[dtype or "float32"]))
    state = (1, (2,), given, False, data)
    found = made.filled(state)
    assert made.state == state
    if dtype is None:
        assert found is made
    else:
        assert facts(found) == (dtype, (2,), (1,), 0)
        assert found.read() == (swapped(bytearray(data), dtype) if is_swapped else data)


def test_states_of_arrays() -> None:
    """With a version or without; as bytes, as a text, or in the file; in the order of C or of Fortran."""
    data = bytes(range(24))
    for elements in (data, data.decode("latin-1"), in_memory(PATH, data)):
        for version in ((), (1,)):
            for is_fortran, strides in ((False, (3, 1)), (0, (3, 1)), (True, (1, 2)), (1, (1, 2))):
                made = Unfilled("numpy.ndarray", ())
                found: Any = made.filled((*version, (2, 3), kind("f4"), is_fortran, elements))
                assert facts(found) == ("float32", (2, 3), strides, 0)
                assert (found.read(), found.identity) == (data, None)
    wrong = "an array has another size than its elements: it is damaged"
    for elements in (data[:-1], data + b"\0", in_memory(PATH, data + b"\0")):
        assert reason(Unfilled("numpy.ndarray", ()).filled, ((2, 3), kind("f4"), False, elements)) == wrong
    for state in (None, (), ((2, 3), "f4", False, data), ([2, 3], kind("f4"), False, data), ((6,), kind("f4"), 0, 1)):
        made = Unfilled("numpy.ndarray", ())
        assert made.filled(state) is made
        assert made.state is state
    assert reason(Unfilled("numpy.ndarray", ()).filled, ((-1,), kind("f4"), False, data)) == NO_SHAPE


@pytest.mark.parametrize("core", ["core", "_core"])
def test_arrays_from_buffers(core: str) -> None:
    """As pickles of protocol 5 have them."""
    frombuffer: Any = ARRAYS[f"numpy.{core}.numeric._frombuffer"]
    data = bytes(range(24))
    for elements in (data, in_memory(PATH, data)):
        for order, strides in (("C", (3, 1)), ("F", (1, 2))):
            found = frombuffer((elements, kind("f4"), (2, 3), order))
            assert facts(found) == ("float32", (2, 3), strides, 0)
            assert found.read() == data
    assert frombuffer((data, kind("f4"), (2, 3), "C", 1)) is not None
    for arguments in ((data, kind("f4"), (2, 3), "K"), (data, kind("f4"), (2, 3)), (1, kind("f4"), (1,), "C"), ()):
        assert frombuffer(arguments) is None
    assert frombuffer((data, kind("O"), (2, 3), "C")) is None
