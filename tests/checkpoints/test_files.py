"""Files of weights of every kind: their tensors, bit for bit, and what stands beside them."""

import collections
import io
import json
import os
import pathlib
import pickle
import zipfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from resnet_dsl.backends.pytorch.tensors import tensor_of
from resnet_dsl.checkpoints.files import Inert, read_content
from resnet_dsl.checkpoints.files.source import Source
from resnet_dsl.checkpoints.stored import Stored
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault

TYPES = (
    *("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"),
    *("int64", "int32", "int16", "int8", "uint8", "uint16", "uint32"),
)
WHOLE = torch.arange(24.0).reshape(2, 3, 4)
TENSORS: dict[str, Tensor] = {
    "transposed": WHOLE.transpose(0, 2),
    "expanded": torch.tensor(3.0).expand(2, 3),
    "part": WHOLE[1:, :, ::2],
    "parameter": nn.Parameter(WHOLE),
    "empty": torch.zeros(0, 3),
    "number": torch.tensor(1.5),
    "bool": torch.tensor([True, False]),
    **{dtype: WHOLE.to(getattr(torch, dtype)) for dtype in TYPES},
}


def bits(tensor: Tensor) -> bytes:
    """The elements in the order of their indices."""
    return bytes(tensor.detach().contiguous().flatten().view(torch.uint8).numpy()) if tensor.numel() else b""


def check_equal(found: Any, expected: Mapping[str, Tensor]) -> None:
    """Equal names, types, shapes and bits."""
    assert list(found) == list(expected)
    for name, tensor in expected.items():
        read = tensor_of(found[name])
        assert found[name].dtype == str(tensor.dtype).removeprefix("torch."), name
        assert found[name].shape == tuple(tensor.shape) == tuple(read.shape), name
        assert read.dtype == tensor.dtype
        assert bits(read) == bits(tensor), name


def fault(path: Path) -> str:
    """Why a file cannot be read."""
    with pytest.raises(EnvironmentFault) as caught:
        read_content(path)
    (diagnostic,) = caught.value.diagnostics
    start = f"cannot read the weights in `{path}`: "
    assert diagnostic.code == "RD504"
    assert diagnostic.message.startswith(start)
    return diagnostic.message.removeprefix(start)


def fields(content: object) -> Any:
    """The tree, to look into."""
    return content


# PyTorch


@pytest.mark.parametrize("is_archive", [True, False])
@pytest.mark.parametrize("protocol", [1, 2, 3, 4, 5])
def test_tensors_of_pytorch(tmp_path: Path, is_archive: bool, protocol: int) -> None:
    """Of every type, shared, transposed, expanded, in both formats and every protocol."""
    path = tmp_path / "w"
    torch.save({"a": TENSORS}, path, _use_new_zipfile_serialization=is_archive, pickle_protocol=protocol)
    content = read_content(path)
    check_equal(fields(content.tree)["a"], TENSORS)


def test_an_archive_of_a_big_endian_machine(tmp_path: Path) -> None:
    """Its elements have the other order of bytes; NumPy's arrays in it say their own."""
    path, other = tmp_path / "w.pt", tmp_path / "big.pt"
    values = {name: tensor.contiguous().clone() for name, tensor in TENSORS.items() if tensor.numel()}
    torch.save(values | {"array": numpy.arange(3)}, path)
    sizes = {f"w/data/{number}": tensor.element_size() for number, tensor in enumerate(values.values())}
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data, size = old.read(name), sizes.get(name, 1)
            if size > 1:
                data = b"".join(data[start : start + size][::-1] for start in range(0, len(data), size))
            new.writestr(name, b"big" if name.endswith("byteorder") else data)
    found = fields(read_content(other).tree)
    assert bits(tensor_of(found.pop("array"))) == bits(torch.arange(3))
    check_equal(found, values)


@pytest.mark.parametrize("is_archive", [True, False])
def test_what_is_no_tensor_is_a_value_or_a_placeholder(tmp_path: Path, is_archive: bool) -> None:
    """Containers and numbers are themselves; classes keep their names, arguments, attributes and items."""
    content = {
        "epoch": 3,
        "best": numpy.float64(76.5),
        "count": numpy.int32(-7),
        "history": collections.defaultdict(list, loss=[2.5, None, True]),
        "counter": collections.Counter("aab"),
        "ordered": collections.OrderedDict(b=1, a=2),
        "set": {1, "a"},
        "shape": torch.Size([1, 2]),
        "long": 2**70,
        "bytes": b"\xff",
        "array": bytearray(b"ab"),
        "args": Namespace(lr=0.1, output=pathlib.PurePosixPath("/x")),
        "type": torch.float32,
        "device": torch.device("cpu"),
        "deque": collections.deque([1, 2]),
        "complex": 1j,
    }
    torch.save(content, tmp_path / "w", _use_new_zipfile_serialization=is_archive)
    tree = fields(read_content(tmp_path / "w").tree)
    inert = {name: tree.pop(name) for name in ("args", "type", "device", "deque", "complex")}
    assert tree == {name: value for name, value in content.items() if name not in inert}
    assert {type(value) for value in (tree["best"], tree["count"])} == {float, int}
    assert {name: value.name for name, value in inert.items()} == {
        "args": "argparse.Namespace",
        "type": "torch.float32",
        "device": "torch.device",
        "deque": "collections.deque",
        "complex": "builtins.complex",
    }
    state = inert["args"].state
    assert (state["lr"], state["output"].name, state["output"].arguments) == (0.1, "pathlib.PurePosixPath", ("/", "x"))
    assert inert["device"].arguments == ("cpu",)
    assert inert["deque"].elements == [1, 2]


def test_whole_modules_are_placeholders_with_their_tensors(tmp_path: Path) -> None:
    """Of classes that need not exist; containers of modules are found in their states."""
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    torch.save(module, tmp_path / "w.pt")
    tree = fields(read_content(tmp_path / "w.pt").tree)
    assert tree.name == "torch.nn.modules.container.Sequential"
    convolution, norm = tree.state["_modules"].values()
    check_equal(convolution.state["_parameters"], dict(module[0].named_parameters()))
    check_equal(norm.state["_buffers"], dict(module[1].named_buffers()))


@pytest.mark.parametrize("is_traced", [True, False])
def test_torchscript_archives(tmp_path: Path, is_traced: bool) -> None:
    """Their tensors are attributes of placeholders; nothing is compiled."""
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).eval()
    trace: Any = torch.jit.trace
    script = trace(module, torch.zeros(1, 1, 4, 4)) if is_traced else torch.jit.script(module)
    torch.jit.save(script, tmp_path / "w.pt")
    content = read_content(tmp_path / "w.pt")
    attributes = fields(content.tree).state
    for number, part in enumerate(module):
        state = attributes[str(number)].state
        check_equal({name: state[name] for name in part.state_dict()}, part.state_dict())


def test_tensors_in_a_plain_pickle(tmp_path: Path) -> None:
    """Each storage is a file of its own in the bytes of the pickle."""
    tensors = {name: tensor for name, tensor in TENSORS.items() if name != "parameter"}
    for protocol in range(6):
        (tmp_path / "w.pkl").write_bytes(pickle.dumps(tensors, protocol))
        check_equal(read_content(tmp_path / "w.pkl").tree, tensors)


def test_a_storage_may_be_a_part_of_another(tmp_path: Path) -> None:
    """As in files of 2017, which say of which one, from which element, and how many elements it has."""
    torch.save({"a": torch.arange(6.0)[:3]}, tmp_path / "w", _use_new_zipfile_serialization=False)
    data = (tmp_path / "w").read_bytes()
    start = data.index(b"cpu")
    place = data.index(b"N", start)
    assert data[place + 1 : place + 2] == b"t"
    (tmp_path / "w").write_bytes(data[:place] + b"(X\x01\0\0\0vK\x02K\x03t" + data[place + 1 :])
    check_equal(read_content(tmp_path / "w").tree, {"a": torch.arange(2.0, 5.0)})


def test_the_text_of_the_spec_belongs_to_its_mapping(tmp_path: Path) -> None:
    """It stands beside the versions of the modules in a `state_dict`."""
    state: Any = nn.Linear(1, 1).state_dict()
    state._metadata[""]["resnet_dsl.spec"] = "name: net\n"
    for is_archive in (True, False):
        torch.save({"model": state}, tmp_path / "w.pt", _use_new_zipfile_serialization=is_archive)
        content = read_content(tmp_path / "w.pt")
        assert content.specs == {id(fields(content.tree)["model"]): "name: net\n"}


def test_only_the_elements_of_a_tensor_are_read(tmp_path: Path) -> None:
    """And not all of the storage that it shares with others."""
    torch.save({"row": torch.zeros(1000, 1000)[500]}, tmp_path / "w.pt")
    assert len(fields(read_content(tmp_path / "w.pt").tree)["row"].read()) == 4000


def test_tensors_without_dense_elements_are_told(tmp_path: Path) -> None:
    """By what stands before their types, or by the types."""
    kinds = {
        "sparse float32": torch.eye(2).to_sparse(),
        "meta float16": torch.zeros(2, device="meta", dtype=torch.float16),
        "qint8": torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.qint8),
        "nested float32": torch.nested.nested_tensor([torch.zeros(1), torch.zeros(2)]),
        "complex64": torch.zeros(2, dtype=torch.complex64),
    }
    torch.save(kinds, tmp_path / "w.pt")
    tree = fields(read_content(tmp_path / "w.pt").tree)
    assert {name: entry.dtype for name, entry in tree.items()} == {name: name for name in kinds}
    for entry in tree.values():
        with pytest.raises(EnvironmentFault):
            tensor_of(entry)


# Arrays


ARRAYS: dict[str, Any] = {
    "resnet/block1/unit01/a/standardized_conv2d/kernel": numpy.arange(6.0).reshape(2, 3),
    "fortran": numpy.asfortranarray(numpy.arange(6, dtype="int32").reshape(2, 3)),
    "big": numpy.arange(3, dtype=">f4"),
    "half": numpy.ones(3, numpy.float16),
    "number": numpy.zeros(()),
    "none": numpy.zeros((0, 2), numpy.uint8),
    "long": numpy.arange(5000, dtype="float32"),
}


def check_arrays(found: Any) -> None:
    native = {name: array.astype(array.dtype.newbyteorder("=")) for name, array in ARRAYS.items()}
    check_equal(found, {name: torch.from_numpy(array) for name, array in native.items()})


@pytest.mark.parametrize("save", [numpy.savez, numpy.savez_compressed])
def test_archives_of_numpy(tmp_path: Path, save: Any) -> None:
    """Arrays by name; one of objects is a placeholder."""
    save(tmp_path / "w.npz", **ARRAYS, objects=numpy.array([{}], dtype=object))
    content = read_content(tmp_path / "w.npz")
    objects = fields(content.tree).pop("objects")
    assert isinstance(objects, Inert)
    check_arrays(content.tree)


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_arrays(tmp_path: Path, protocol: int) -> None:
    """As detectron2 publishes them; long arrays stay in the file until they are read."""
    path = tmp_path / "R-50.pkl"
    path.write_bytes(pickle.dumps({"model": ARRAYS, "__author__": "Caffe2", "matching_heuristics": True}, protocol))
    tree = fields(read_content(path).tree)
    check_arrays(tree.pop("model"))
    assert tree == {"__author__": "Caffe2", "matching_heuristics": True}


def test_a_pickle_of_python_2(tmp_path: Path) -> None:
    """Its byte strings are text for Python 3, the elements of arrays among them."""
    data = numpy.array([1.5, -2.0], "<f4").tobytes()
    kind = b"cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01K\x02\x85" + kind
    array += b"\x89U\x08" + data + b"tb"
    (tmp_path / "w.pkl").write_bytes(b"\x80\x02}U\x05blobs}U\x07conv1_w" + array + b"ss.")
    check_equal(fields(read_content(tmp_path / "w.pkl").tree)["blobs"], {"conv1_w": torch.tensor([1.5, -2.0])})
    old = b"(dp0\nS'conv1_w'\np1\n" + pickle.dumps(numpy.array([1.5, -2.0], "<f4"), 0)[:-1] + b"s."
    assert b"conv1_w" in old
    (tmp_path / "w.pkl").write_bytes(old)
    check_equal(read_content(tmp_path / "w.pkl").tree, {"conv1_w": torch.tensor([1.5, -2.0])})


def test_a_mapping_that_numpy_saved(tmp_path: Path) -> None:
    """`numpy.save` wraps it into an array of one object; an array alone has no name."""
    objects: Any = ARRAYS
    numpy.save(tmp_path / "w.npy", objects)
    check_arrays(read_content(tmp_path / "w.npy").tree)
    numpy.save(tmp_path / "w.npy", ARRAYS["long"])
    assert fault(tmp_path / "w.npy") == "it is a single array without a name"


def test_hdf5(tmp_path: Path) -> None:
    """Arrays are called by their paths; links to other files are not followed."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file["conv1_conv/conv1_conv/kernel:0"] = ARRAYS["big"]
        file.create_dataset("packed", data=ARRAYS["long"], compression="gzip", shuffle=True)
        file["elsewhere"] = h5py.ExternalLink("/etc/hostname", "/")
        file["soft"] = h5py.SoftLink("/packed")
        file["text"] = "text"
    tree = fields(read_content(path).tree)
    assert all(isinstance(tree.pop(name), Inert) for name in ("elsewhere", "soft", "text"))
    check_equal(tree, {"packed": torch.arange(5000.0), "conv1_conv/conv1_conv/kernel:0": torch.arange(3.0)})


@pytest.mark.parametrize(
    ("start", "message", "help_"),
    [
        (
            b"\x89HDF\r\n\x1a\n",
            "reading HDF5 needs `h5py`, which is not installed",
            "run `pip install h5py`",
        ),
        (
            b"\2\0\0\0\0\0\0\0{}",
            "reading safetensors needs `safetensors` and `numpy`, which are not installed",
            "run `pip install safetensors numpy`",
        ),
    ],
)
def test_packages_that_formats_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes, message: str, help_: str
) -> None:
    """The fault says what needs them, and the help how to install them."""
    from resnet_dsl.diagnostics import packages

    monkeypatch.setattr(packages, "find_spec", lambda _: None)
    (tmp_path / "w").write_bytes(start + b"\0" * 100)
    with pytest.raises(EnvironmentFault) as caught:
        read_content(tmp_path / "w")
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message, diagnostic.helps) == ("RD512", message, (help_,))


# safetensors


def dense() -> dict[str, Tensor]:
    return {name: tensor.detach().contiguous().clone() for name, tensor in sorted(TENSORS.items())}


def test_safetensors(tmp_path: Path) -> None:
    """Every type, and the spec in the metadata."""
    save_file(dense(), tmp_path / "w", {"format": "pt", "resnet_dsl.spec": "name: net"})
    content = read_content(tmp_path / "w")
    assert content.specs == {id(content.tree): "name: net"}
    check_equal(dict(sorted(fields(content.tree).items())), dense())


def test_only_the_header_is_read_before_it_is_asked_for_more(tmp_path: Path) -> None:
    """A file of eight gigabytes opens at once; the disk holds none of them."""
    entry = {"dtype": "F32", "shape": [2**31], "data_offsets": [0, 2**33]}
    header = json.dumps({"a": entry}).encode()
    with (tmp_path / "w").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + 2**33)
    assert fields(read_content(tmp_path / "w").tree)["a"].shape == (2**31,)


def sharded(folder: Path, ending: str) -> Path:
    """The index of a checkpoint in three shards."""
    parts: list[dict[str, Tensor]] = [{}, {}, {}]
    places = {}
    stem = "model" if ending == "safetensors" else "pytorch_model"
    for number, (name, tensor) in enumerate(dense().items()):
        parts[number % 3][name] = tensor
        places[name] = f"{stem}-0000{number % 3 + 1}-of-00003.{ending}"
    for number, part in enumerate(parts):
        path = folder / f"{stem}-0000{number + 1}-of-00003.{ending}"
        save_file(part, path) if ending == "safetensors" else torch.save(part, path)
    index = folder / f"{stem}.{ending}.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 7}, "weight_map": places}))
    return index


@pytest.mark.parametrize("ending", ["safetensors", "bin"])
def test_shards(tmp_path: Path, ending: str) -> None:
    """Through their index, or the folder; one alone says that it is one, and one that is missing is named."""
    index = sharded(tmp_path, ending)
    for path in (index, tmp_path):
        content = read_content(path)
        check_equal(content.tree, dense())
        assert content.shard_of is None
    first, second, _ = sorted(path for path in tmp_path.iterdir() if path != index)
    assert read_content(first).shard_of == index
    second.unlink()
    assert fault(index) == f"of its shards, `{second.name}` is missing"
    first.unlink()
    assert fault(index) == f"of its shards, `{first.name}` is missing and 1 more"


def test_a_single_shard_of_one_is_the_whole(tmp_path: Path) -> None:
    """As of networks that are smaller than a shard may be."""
    save_file(dense(), tmp_path / "model-00001-of-00001.safetensors")
    assert read_content(tmp_path / "model-00001-of-00001.safetensors").shard_of is None


def test_a_folder_has_one_file_of_weights(tmp_path: Path) -> None:
    """Else the fault lists them."""
    (tmp_path / "config.json").write_text("{}")
    assert fault(tmp_path) == "it is a folder without files of weights"
    save_file(dense(), tmp_path / "a.safetensors")
    check_equal(dict(sorted(fields(read_content(tmp_path).tree).items())), dense())
    torch.save(dense(), tmp_path / "b.PTH")
    assert fault(tmp_path) == "it is a folder with several files of weights: `a.safetensors`, `b.PTH`"


def test_an_index_that_lies(tmp_path: Path) -> None:
    """A tensor that is not in the shard, and a file that is not beside the index."""
    save_file({"a": torch.zeros(1)}, tmp_path / "s.safetensors")
    for places, reason in (
        ({"b": "s.safetensors"}, "`b` is not in the shard `s.safetensors`, although the index says so"),
        ({"a": "../s.safetensors"}, "its index names `../s.safetensors`, which is no file beside it"),
        ({"a": 3}, "of its shards, `3` is missing"),
        ({}, "its index lists no tensors"),
    ):
        (tmp_path / "i.json").write_text(json.dumps({"weight_map": places}))
        assert fault(tmp_path / "i.json") == reason


def test_an_index_may_not_list_another(tmp_path: Path) -> None:
    """Two that list each other would have no end."""
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / one).write_text(json.dumps({"weight_map": {"w": other}}))
    with pytest.raises(EnvironmentFault, match="it is JSON"):
        read_content(tmp_path / "a")


# Other files


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return file.getvalue()


AGAIN = "download the file itself"
ARRAYS_HELP = "save its arrays by their names with `numpy.savez`, and give that file"
STATE_HELP = "save the network's `state_dict` from PyTorch, and give that file"
MEMBER_HELP = "unpack it, and give a file of weights in it"
FORMATS_HELP = "give a file of PyTorch or safetensors, or an archive of NumPy"
TAR_HELP = "unpack it with `tar -xf`, and give a file of weights in it"
BINARY = b"\xff\0\1"
"""Tells nothing."""
EXPORTED = "it is an archive of `torch.export`"
TORCHSCRIPT = "it is a TorchScript archive of before version 1.4 of PyTorch"
PACKAGED = "it is an archive of `torch.package`"
CHECKPOINT = "it is part of a TensorFlow checkpoint"
OTHER_FILES = "it is a zip archive of other files"
NO_WEIGHTS = "it is damaged, or no file of weights"
SETTINGS = "it is JSON, such as a network's settings"


@pytest.mark.parametrize(
    ("name", "data", "reason", "help_"),
    [
        ("w.pt", b"", "it is empty or truncated", ""),
        ("w.pt", b"\x80\x02}", "it is empty or truncated", ""),
        ("w.pt", b"\x80\x05}", "it is empty or truncated", ""),
        ("w.pt", b"\x80\x06}", NO_WEIGHTS, FORMATS_HELP),
        ("w.pt", b"\x80\x02.", "it is damaged", ""),
        ("w.pt", b"hello", "it is text", FORMATS_HELP),
        ("w.pt", b"hello\n\t \xc3\xa9", "it is text", FORMATS_HELP),
        ("w.pt", b"hello \xe2\x82", "it is text", FORMATS_HELP),
        ("w.pt", b"hello \xf0\x9f\x98", "it is text", FORMATS_HELP),
        ("w.pt", b"hello \xc3abc", NO_WEIGHTS, FORMATS_HELP),
        ("w.pt", b"hello \xff\xff\xff\xff", NO_WEIGHTS, FORMATS_HELP),
        ("w.pt", b"hello\x01", NO_WEIGHTS, FORMATS_HELP),
        ("w.pt", b"\xe2\x82", NO_WEIGHTS, FORMATS_HELP),
        ("w.pt", b"\x9c\xff\xfe", NO_WEIGHTS, FORMATS_HELP),
        (
            "w.pt",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
            "it is a pointer of Git LFS to a file",
            "run `git lfs pull` where it was cloned",
        ),
        *(
            ("w.pt", b"\n " + start + b">", "it is a web page", AGAIN)
            for start in (b"<!DOCTYPE html", b"<!doctype html", b"<html", b"<HTML")
        ),
        ("w.pt", b"<?xml version='1.0'?><Error/>", "it is XML, such as a server's message", AGAIN),
        ("w.pt", b"\0" * 16, "it begins with zeros, as unfinished downloads do", "download it again"),
        ("w.pt", b"\0" * 15 + b"\1", NO_WEIGHTS, FORMATS_HELP),
        ("w.pt", b"\x89PNG\r\n\x1a\n", "it is an image", ""),
        ("w.pt", b"\xff\xd8\xff", "it is an image", ""),
        ("w.pt", b"%PDF-1.4", "it is a PDF document", ""),
        ("w.pt", b"GGUF\3", "it is a GGUF file, of a language model", ""),
        ("w.pt", b"Rar!\x1a", "it is a RAR archive", "unpack it"),
        ("w.pt", b"7z\xbc\xaf\x27\x1c", "it is a 7z archive", "unpack it"),
        ("w.pt.gz", b"\x1f\x8b\x08\0", "it is compressed with gzip", "unpack it with `gunzip`"),
        ("w.pt", b"BZh91", "it is compressed with bzip2", "unpack it with `bunzip2`"),
        ("w.pt", b"\xfd7zXZ\0", "it is compressed with xz", "unpack it with `unxz`"),
        ("w.pt", b"\x28\xb5\x2f\xfd", "it is compressed with zstd", "unpack it with `unzstd`"),
        ("w.pt", b"\x12\x01\0\0\0\0\0\0", "it is a file of MXNet", ARRAYS_HELP),
        ("w.pt", b"MATLAB 5.0", "it is a file of MATLAB", ARRAYS_HELP),
        ("w.tar", b"w.pt".ljust(257, b"\0") + b"ustar", "it is a tar archive", TAR_HELP),
        ("w.tar", b"w.pt".ljust(256, b"\0") + b"ustar\0", NO_WEIGHTS, FORMATS_HELP),
        ("w.tflite", b"\x1c\0\0\0TFL3", "it is a model of TensorFlow Lite", ARRAYS_HELP),
        ("w.tflite", b"\x1c\0\0TFL3", NO_WEIGHTS, FORMATS_HELP),
        *(
            ("w", b"\x08\x07" + second + b"\x07", "it is an ONNX model", STATE_HELP)
            for second in (b"\x12", b"\x1a", b"\x3a")
        ),
        ("w", b"\x08\x07\x13\x07", NO_WEIGHTS, FORMATS_HELP),
        ("w", b"\x09\x07\x12\x07", NO_WEIGHTS, FORMATS_HELP),
        ("w.ONNX", BINARY, "it is an ONNX model", STATE_HELP),
        ("model.ckpt.data-00000-of-00001", BINARY, CHECKPOINT, ARRAYS_HELP),
        ("model.ckpt-100.index", BINARY, CHECKPOINT, ARRAYS_HELP),
        ("model.ckpt.meta", BINARY, CHECKPOINT, ARRAYS_HELP),
        ("checkpoint", BINARY, CHECKPOINT, ARRAYS_HELP),
        ("saved_model.pb", BINARY, "it is a graph of TensorFlow", ARRAYS_HELP),
        ("w.caffemodel", BINARY, "it is a model of Caffe", ARRAYS_HELP),
        ("w.t7", BINARY, "it is a file of Torch for Lua", STATE_HELP),
        ("w.msgpack", BINARY, "it is a file of Flax", ARRAYS_HELP),
        ("w.params", BINARY, "it is a file of MXNet", ARRAYS_HELP),
        (
            "w.safetensors",
            b"\0\1",
            "it is damaged or truncated: safetensors begin in another way",
            "download it again",
        ),
        ("w.yaml", b"extends: resnet50\n", "it is a spec", "give a file of weights"),
        ("w.yaml", b"name: net\nblock: {type: basic}\n", "it is a spec", "give a file of weights"),
        ("w.yaml", b"# a net\nstages: {depths: [1]}\n", "it is a spec", "give a file of weights"),
        ("w.yaml", b"a:\n stages: 1\n", "it is text", FORMATS_HELP),
        ("w.yaml", b"stages:\x01\n", NO_WEIGHTS, FORMATS_HELP),
        ("config.json", b'\n{\n "model_type": "resnet"}', SETTINGS, "give the file of weights beside it"),
        ("config.json", b"{ }", SETTINGS, "give the file of weights beside it"),
        ("config.json", b"{1}", "it is text", FORMATS_HELP),
        ("w.pt", packed("data.pkl")[:60], "it is damaged or truncated", ""),
        ("w.zip", packed(), OTHER_FILES, MEMBER_HELP),
        ("w.zip", packed("resnet50.pth", "a/b/data.pkl", "adata.pkl"), OTHER_FILES, MEMBER_HELP),
        (
            "w.keras",
            packed("config.json", "model.weights.h5"),
            "it is a Keras archive",
            "unpack it, and give `model.weights.h5`",
        ),
        ("w.pt2", packed("w/archive_format"), EXPORTED, STATE_HELP),
        ("w.pt2", packed("w/models/model.json"), EXPORTED, STATE_HELP),
        ("w.pt", packed("w/model.json"), TORCHSCRIPT, STATE_HELP),
        ("w.pt", packed("amodel.json"), OTHER_FILES, MEMBER_HELP),
        ("w.pt", packed("w/.data/version"), PACKAGED, STATE_HELP),
        ("w.pt", packed(".data/extern_modules"), PACKAGED, STATE_HELP),
        ("w.docx", packed("[Content_Types].xml", "word/document.xml"), "it is an office document", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)  # fmt: skip
def test_what_is_no_file_of_weights_is_called_what_it_is(
    tmp_path: Path, name: str, data: bytes, reason: str, help_: str
) -> None:
    """By its first bytes, or by its name where they say too little, with what helps."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(EnvironmentFault) as caught:
        read_content(tmp_path / name)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message == f"cannot read the weights in `{tmp_path / name}`: {reason}"
    assert diagnostic.helps == ((help_,) if help_ else ())


def test_what_is_no_file_at_all(tmp_path: Path) -> None:
    """Nothing, a link to nothing, and a pipe, which would be waited for."""
    assert fault(tmp_path / "w") == "there is no such file"
    (tmp_path / "w").symlink_to(tmp_path / "x")
    assert fault(tmp_path / "w") == "there is no such file"
    os.mkfifo(tmp_path / "pipe")
    assert fault(tmp_path / "pipe") == "it is not a regular file"


@pytest.mark.parametrize("name", ["data.pkl", "w/data.pkl"])
def test_the_pickle_of_an_archive(tmp_path: Path, name: str) -> None:
    """At its root, or one folder below, with its storages beside it."""
    torch.save({"a": torch.arange(3)}, tmp_path / "w.pt")
    other = tmp_path / "other"
    with zipfile.ZipFile(tmp_path / "w.pt") as old, zipfile.ZipFile(other, "w") as new:
        for member in old.namelist():
            new.writestr(name.removesuffix("data.pkl") + member.removeprefix("w/"), old.read(member))
        new.writestr("x.npy", b"")
    check_equal(read_content(other).tree, {"a": torch.arange(3)})


@pytest.mark.parametrize("protocol", [0, 1])
def test_pickles_that_begin_with_anything(tmp_path: Path, protocol: int) -> None:
    """Those of the oldest protocols have no mark at all."""
    (tmp_path / "w").write_bytes(pickle.dumps({"a": [1]}, protocol))
    assert read_content(tmp_path / "w").tree == {"a": [1]}


def test_long_byte_strings_stay_in_the_file(tmp_path: Path) -> None:
    """They are parts of it, which can be read."""
    (tmp_path / "w.pkl").write_bytes(pickle.dumps({"short": b"a", "long": b"ab" * 1000}, 4))
    tree = fields(read_content(tmp_path / "w.pkl").tree)
    assert tree["short"] == b"a"
    assert isinstance(tree["long"], Source)
    assert tree["long"].read() == b"ab" * 1000


def test_entries_are_equal_only_to_themselves() -> None:
    """Comparing them compares no elements, and hashing one takes no time that a file could choose."""
    one, two = (Stored("float32", (1,), (1,), 0, bytes) for _ in range(2))
    assert one == one
    assert one != two
