"""PyTorch's tensors in a pickle: views of storages, whose bytes are elsewhere."""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, TypeGuard

from ...limits import MAX_DIMENSIONS, MAX_REPEATED
from ..stored import Stored, contiguous
from .content import Inert
from .elements import SIZES, STORAGES, swapped
from .fault import DAMAGED, Unreadable
from .source import Source


class Storage(Inert):
    """The elements of tensors, of one type, somewhere in a file."""

    __slots__ = ("count", "dtype", "is_swapped", "key", "source", "start", "whole")

    def __init__(self, name: str, key: object, count: object) -> None:
        super().__init__(name)
        self.key = key
        """Its own in the file."""
        dtype = STORAGES.get(name.rpartition(".")[2].removesuffix("Storage"))
        if dtype is None or not _is_size(count):
            raise Unreadable(DAMAGED)
        self.dtype, self.count = dtype, count
        self.source: Source | None = None
        """Where it is: in old files, the storages come after all tensors."""
        self.is_swapped = False
        self.whole: Storage | None = None
        """The storage that it is a part of."""
        self.start = 0
        """Its first element there."""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.count * SIZES[self.dtype]

    def place(self, source: Source, *, is_swapped: bool = False) -> None:
        """Say where its bytes are.

        Raises:
            Unreadable: there are too few.
        """
        if source.length < self.size:
            raise Unreadable("a storage is shorter than its tensors: it is damaged or truncated")
        self.source, self.is_swapped = source, is_swapped

    def read(self, start: int, length: int, dtype: str) -> bytearray:
        """Little-endian elements of a type, given in bytes."""
        if self.whole is not None:
            return self.whole.read(start + self.start * SIZES[self.dtype], length, dtype)
        assert self.source is not None
        data = self.source.read(start, length)
        return swapped(data, dtype) if self.is_swapped else data


def _is_size(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 2**62


def _sizes(values: object) -> tuple[int, ...]:
    """The sizes or strides of a tensor."""
    if not isinstance(values, tuple | list) or len(values) > MAX_DIMENSIONS or not all(map(_is_size, values)):
        raise Unreadable("a tensor has no valid shape: it is damaged")
    return tuple(values)


def shape_of(values: object) -> tuple[int, ...]:
    """The shape of a tensor."""
    shape = _sizes(values)
    if prod(max(size, 1) for size in shape) >= 2**62:
        raise Unreadable("a tensor has no valid shape: it is damaged")
    return shape


def _view(storage: Any, offset: Any, sizes: Any, strides: Any, dtype: str | None = None) -> Stored | None:
    """A tensor of elements in a storage."""
    if not isinstance(storage, Storage):
        return None
    shape, steps = shape_of(sizes), _sizes(strides)
    kind = dtype or storage.dtype
    if kind not in SIZES or len(shape) != len(steps) or not _is_size(offset):
        raise Unreadable(DAMAGED)
    size = SIZES[kind]
    count = sum((extent - 1) * step for extent, step in zip(shape, steps, strict=True)) + 1 if all(shape) else 0
    if count and (offset + count) * size > storage.size:
        raise Unreadable("a tensor reaches beyond its storage: it is damaged")
    if prod(shape) > max(count, MAX_REPEATED):
        raise Unreadable(f"a tensor repeats its elements more than {MAX_REPEATED:,} times")

    def read() -> bytearray:
        return storage.read(offset * size, count * size, kind) if count else bytearray()

    return Stored(kind, shape, steps, 0, read, (storage.key, offset * size))


def _dense(arguments: tuple[Any, ...]) -> Stored | None:
    """`_rebuild_tensor(storage, offset, sizes, strides, …)`."""
    return _view(*arguments[:4]) if len(arguments) >= 4 else None


def _of_dtype(arguments: tuple[Any, ...]) -> Stored | None:
    """`_rebuild_tensor_v3(storage, offset, sizes, strides, requires_grad, hooks, dtype, …)`."""
    if len(arguments) < 7:
        return None
    storage, offset, sizes, strides = arguments[:4]
    return _view(storage, offset, sizes, strides, _dtype(arguments[6]))


def _first(arguments: tuple[Any, ...]) -> Stored | None:
    """A parameter: the tensor that it consists of."""
    return arguments[0] if arguments and isinstance(arguments[0], Stored) else None


def _dtype(value: object) -> str:
    return value.name.removeprefix("torch.") if isinstance(value, Inert) else "?"


def _marked(layout: str, dtype: str, sizes: object) -> Stored:
    """A tensor that is not dense, of which only its shape is known."""

    def read() -> bytearray:
        raise AssertionError(f"a {layout} tensor is not read")

    shape = shape_of(sizes)
    return Stored(f"{layout} {dtype}", shape, contiguous(shape), 0, read)


def _sparse(arguments: tuple[Any, ...]) -> Stored | None:
    """`_rebuild_sparse_tensor(layout, (indices, values, sizes, …))`; compressed ones have two tensors of indices."""
    match arguments:
        case _, (Stored(), Stored() as values, tuple() | list() as sizes, *_):
            return _marked("sparse", values.dtype, sizes)
        case _, (Stored(), Stored(), Stored() as values, tuple() | list() as sizes, *_):
            return _marked("sparse", values.dtype, sizes)
    return None


def _meta(arguments: tuple[Any, ...]) -> Stored | None:
    """`_rebuild_meta_tensor_no_storage(dtype, sizes, strides, requires_grad)`."""
    return _marked("meta", _dtype(arguments[0]), arguments[1]) if len(arguments) >= 2 else None


def _nested(arguments: tuple[Any, ...]) -> Stored | None:
    """`_rebuild_nested_tensor(elements, …)`."""
    first = _first(arguments)
    return first and _marked("nested", first.dtype, first.shape)


TENSORS: Mapping[str, Callable[[tuple[Any, ...]], Stored | None]] = {
    "torch._utils._rebuild_tensor": _dense,
    "torch._utils._rebuild_tensor_v2": _dense,
    "torch._utils._rebuild_tensor_v3": _of_dtype,
    "torch._utils._rebuild_qtensor": _dense,
    "torch._utils._rebuild_sparse_tensor": _sparse,
    "torch._utils._rebuild_meta_tensor_no_storage": _meta,
    "torch._utils._rebuild_nested_tensor": _nested,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch._utils._rebuild_device_tensor_from_numpy": _first,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _first,
    "torch._utils._rebuild_xla_tensor": _first,
    "torch.nn.parameter.Parameter": _first,
    "torch.nn.parameter.Buffer": _first,
    "torch.autograd.variable.Variable": _first,
    "torch.jit._pickle.restore_type_tag": lambda arguments: arguments[0] if arguments else None,
    "torch.jit._pickle.build_tensorlist": lambda arguments: arguments[0] if arguments else None,
    "torch.jit._pickle.build_intlist": lambda arguments: arguments[0] if arguments else None,
}
"""What each function of PyTorch gives for its arguments; None if it is not called as PyTorch calls it."""
