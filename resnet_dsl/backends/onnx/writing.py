"""An ONNX model -> a file, or two: where the tensors are too large for one, the weights lie in a second.

Tensors go straight to the file, in the format of protobuf; protobuf itself would copy each one twice to write it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from onnx import GraphProto, ModelProto, TensorProto, helper

from .model import Model

EMBEDDED_BYTES = 2_000_000_000
"""How large the tensors of a model in one file may be; protobuf ends at 2^31 - 1 bytes of everything."""

_SMALL = 1 << 10
"""Bytes below which tensors stay in the first file of two, as onnx and torch have it; sizes and axes always stay there,
because shapes follow from them."""
_PAGE = 1 << 12
"""Bytes that tensors in a file of their own start at a multiple of, so that they can be mapped into memory."""
_HAS_LENGTH = 2
"""The type of fields of protobuf that are preceded by their length."""
_Pieces = tuple[bytes, memoryview | bytes]
"""The bytes of a tensor in a model."""


def write_model(model: Model, path: Path, *, embedded_bytes: int = EMBEDDED_BYTES) -> None:
    """Write a model to `path`; if its tensors are larger than that, weights beside it, with `.data` after the name."""
    tensors = model.tensors
    if sum(array.nbytes for array in tensors.values()) <= embedded_bytes:
        _write(model.proto, [_embedded(name, array) for name, array in tensors.items()], path)
    else:
        with data_beside(path).open("wb") as data:
            pieces = [_placed(name, array, data, data_beside(path).name) for name, array in tensors.items()]
        _write(model.proto, pieces, path)


def data_beside(path: Path) -> Path:
    """The file for the tensors of a large model."""
    return path.with_name(f"{path.name}.data")


def _write(proto: ModelProto, tensors: Sequence[_Pieces], path: Path) -> None:
    """Write a model; the bytes of each of its tensors come in two pieces."""
    around = ModelProto()
    around.CopyFrom(proto)
    around.ClearField("graph")
    graph = proto.graph.SerializeToString()
    length = len(graph) + sum(len(head) + len(elements) for head, elements in tensors)
    with path.open("wb") as file:
        file.write(around.SerializeToString() + _field(ModelProto.GRAPH_FIELD_NUMBER, length) + graph)
        for head, elements in tensors:
            file.write(head)
            file.write(elements)


def _embedded(name: str, array: "np.ndarray[Any, Any]") -> _Pieces:
    """What stands before the elements of a tensor, and these."""
    head = _tensor(name, array).SerializeToString() + _field(TensorProto.RAW_DATA_FIELD_NUMBER, array.nbytes)
    return _field(GraphProto.INITIALIZER_FIELD_NUMBER, len(head) + array.nbytes) + head, _elements(array)


def _placed(name: str, array: "np.ndarray[Any, Any]", data: BinaryIO, location: str) -> _Pieces:
    """A tensor whose elements are written to a file, with where they are there; a small one is as it is."""
    if array.nbytes < _SMALL or array.dtype.kind == "i":
        return _embedded(name, array)
    data.write(bytes(-data.tell() % _PAGE))
    tensor = _tensor(name, array)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", data.tell()), ("length", array.nbytes)):
        tensor.external_data.add(key=key, value=str(value))
    data.write(_elements(array))
    whole = tensor.SerializeToString()
    return _field(GraphProto.INITIALIZER_FIELD_NUMBER, len(whole)) + whole, b""


def _tensor(name: str, array: "np.ndarray[Any, Any]") -> TensorProto:
    """A tensor without its elements."""
    return TensorProto(name=name, dims=array.shape, data_type=helper.np_dtype_to_tensor_dtype(array.dtype))


def _elements(array: "np.ndarray[Any, Any]") -> memoryview:
    """The elements, little-endian; those of most arrays are not copied."""
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return np.ascontiguousarray(little).reshape(-1).view(np.uint8).data


def _field(number: int, length: int) -> bytes:
    """What stands before a field of this many bytes."""
    return _varint(number << 3 | _HAS_LENGTH) + _varint(length)


def _varint(value: int) -> bytes:
    """A number in groups of seven bits, the lowest first."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F)
    return bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])
