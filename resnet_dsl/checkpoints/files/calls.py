"""What the calls in a pickle give: containers, numbers, tensors, and a placeholder for everything else."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ...limits import INNER_OPERATIONS
from .arrays import ARRAYS
from .content import Inert
from .source import Source
from .tensors import TENSORS


class Machine(Protocol):
    """What calls need of the machine that carries out a pickle."""

    def charge(self, cost: int) -> None: ...
    def key(self, value: object) -> object: ...
    def inner(self, data: bytes | Source) -> object: ...


def call(function: object, arguments: object, machine: Machine) -> object:
    """What a function or class gives for these arguments; nothing is called."""
    while isinstance(function, Inert) and isinstance(arguments, tuple):
        through = _through(function.name, arguments)
        if through is None:
            break
        machine.charge(1 + len(arguments))
        function, arguments = through
    if not isinstance(function, Inert) or not isinstance(arguments, tuple):
        return Inert(function.name if isinstance(function, Inert) else "?", (arguments,))
    name = function.name
    if name in _CONTAINERS:
        made = _CONTAINERS[name](arguments, machine)
    else:
        made = (TENSORS.get(name) or ARRAYS.get(name) or _nothing)(arguments)
    return Inert(name, arguments) if made is None else made


def _through(name: str, arguments: tuple[Any, ...]) -> tuple[object, object] | None:
    """What a function that only makes an instance, or calls another, would call."""
    match name, arguments:
        case "copyreg.__newobj__", (Inert() as kind, *rest):
            return kind, tuple(rest)
        case "copyreg._reconstructor", (Inert() as kind, Inert(), None):
            return kind, ()
        case "copyreg._reconstructor", (Inert() as kind, Inert(), state):
            return kind, (state,)
        case "torch._tensor._rebuild_from_type_v2" | "torch._tensor._rebuild_from_type", (Inert() as inner, _, rest, _):
            return inner, rest
    return None


def _nothing(_: tuple[Any, ...]) -> None:
    return None


def _mapping(arguments: tuple[Any, ...], machine: Machine) -> dict[object, object] | None:
    match arguments:
        case ():
            return {}
        case (dict() as items,):
            machine.charge(len(items))
            return {**items}
        case (list() as pairs,):
            machine.charge(2 * len(pairs))
            if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
                return {machine.key(key): value for key, value in pairs}
    return None


def _collection(arguments: tuple[Any, ...], machine: Machine) -> list[object] | None:
    match arguments:
        case ():
            return []
        case (list() | tuple() | set() as items,):
            machine.charge(len(items))
            return [*items]
    return None


def _set(arguments: tuple[Any, ...], machine: Machine) -> set[object] | None:
    items = _collection(arguments, machine)
    return None if items is None else {*map(machine.key, items)}


def _tuple(arguments: tuple[Any, ...], machine: Machine) -> tuple[object, ...] | None:
    items = _collection(arguments, machine)
    return None if items is None else (*items,)


def _bytes(arguments: tuple[Any, ...], machine: Machine) -> bytes | Source | None:
    match arguments:
        case ():
            return b""
        case (bytes() | Source() as data,):
            return data
        case (str(text), "latin1" | "latin-1" | "iso-8859-1"):
            machine.charge(len(text) // 1024)
            return text.encode("latin-1")
    return None


def _inner(arguments: tuple[Any, ...], machine: Machine) -> object:
    match arguments:
        case ((bytes() | Source()) as data,):
            machine.charge(INNER_OPERATIONS)
            return machine.inner(data)
    return None


_CONTAINERS: Mapping[str, Callable[[tuple[Any, ...], Machine], object]] = {
    "builtins.dict": _mapping,
    "collections.OrderedDict": _mapping,
    "collections.Counter": _mapping,
    "collections.defaultdict": lambda arguments, machine: _mapping(arguments[1:], machine),
    "builtins.list": _collection,
    "builtins.set": _set,
    "builtins.frozenset": _set,
    "builtins.tuple": _tuple,
    "torch.Size": _tuple,
    "builtins.bytes": _bytes,
    "builtins.bytearray": _bytes,
    "_codecs.encode": _bytes,
    "torch.storage._load_from_bytes": _inner,
}
