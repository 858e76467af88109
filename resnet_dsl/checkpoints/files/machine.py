"""Carries out a pickle with inert values: nothing is imported, called or set on anything but placeholders."""

from collections.abc import Callable
from typing import Any, BinaryIO

from ...limits import MAX_BYTES, MAX_KEY, MAX_KEYS, MAX_OPERATIONS
from ..stored import Stored
from . import content
from .arrays import Unfilled
from .calls import call
from .content import Inert
from .fault import DAMAGED, Unreadable
from .operations import operations
from .source import Source

_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_ARGUMENTS = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
}
"""Operations that give their argument."""

_IGNORED = {"PROTO", "FRAME", "STOP", "READONLY_BUFFER"}
_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}
"""Names of Python 2."""

_ATOMS = (str, bytes, int, float, type(None))

Persistent = Callable[[object], object]
"""What a pickle refers to outside of itself, such as a storage."""

Inner = Callable[[bytes | Source], object]
"""What the bytes in a pickle hold, which are a pickle themselves."""


def unpickled(
    stream: BinaryIO,
    source: Source,
    persistent: Persistent | None = None,
    specs: dict[int, str] | None = None,
    *,
    inner: Inner | None = None,
    limit: int = MAX_OPERATIONS,
) -> object:
    """The value of the pickle that begins here; the stream is left at its end.

    Args:
        stream: at the start of `source`.
        source: the bytes that the stream reads.
        persistent: gives what the pickle refers to outside of itself.
        specs: where the text of the spec of each `state_dict` is put, by its `id`.
        inner: reads a storage in the bytes of the pickle, which plain pickles of tensors contain.
        limit: how many operations it may take.

    Raises:
        Unreadable: it is damaged, or exceeds a limit.
    """
    machine = _Machine(persistent or _absent, inner or _absent, {} if specs is None else specs, limit)
    try:
        for name, argument in operations(stream, source):
            machine.step(name, argument)
        return machine.stack[-1]
    except (ValueError, TypeError, LookupError, OverflowError):
        raise Unreadable(DAMAGED) from None


class _Machine:
    """The stack and the memo of a pickle."""

    def __init__(self, persistent: Persistent, inner: Inner, specs: dict[int, str], limit: int) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.limit = self.left = limit
        self.keys = MAX_KEYS
        self.persistent, self.inner, self.specs = persistent, inner, specs

    def step(self, name: str, argument: Any) -> None:
        """Carry out one operation."""
        self.charge(1)
        stack = self.stack
        if name in _ARGUMENTS:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name not in _IGNORED:
            match name:
                case "MARK":
                    self.marks.append(len(stack))
                case "BINGET" | "LONG_BINGET" | "GET":
                    stack.append(self.memo[argument])
                case "BINPUT" | "LONG_BINPUT" | "PUT":
                    self.put(argument)
                case "MEMOIZE":
                    self.put(len(self.memo))
                case "DUP":
                    stack.append(stack[-1])
                case "POP":
                    self.pop()
                case "POP_MARK":
                    self.since_mark()
                case "SETITEM" | "SETITEMS" | "APPEND" | "APPENDS" | "ADDITEMS" | "BUILD":
                    self.fill(name)
                case _:
                    self.charge(5)
                    stack.append(self.made(name, argument))

    def charge(self, cost: int) -> None:
        """Account for work or memory."""
        self.left -= cost
        if self.left < 0:
            raise Unreadable(f"its pickle takes more than {self.limit:,} operations", "save only the `state_dict`")

    def pop(self) -> Any:
        """The top of the stack; right above a mark, the mark."""
        if self.marks and self.marks[-1] == len(self.stack):
            return self.marks.pop()
        return self.stack.pop()

    def since_mark(self) -> list[Any]:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def put(self, place: int) -> None:
        """Keep the top of the stack; places are numbered, so that they cannot be chosen for their hashes."""
        if not 0 <= place <= self.limit - self.left:
            raise Unreadable(DAMAGED)
        top = self.memo[place] = self.stack[-1]
        if isinstance(top, Unfilled):
            top.places.append(place)

    def made(self, name: str, argument: Any) -> object:
        """The new value that an operation takes from the stack."""
        match name:
            case "EMPTY_DICT":
                return {}
            case "EMPTY_LIST":
                return []
            case "EMPTY_SET":
                return set()
            case "TUPLE":
                return tuple(self.since_mark())
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                items = [self.stack.pop() for _ in range(int(name[-1]))]
                return tuple(reversed(items))
            case "LIST":
                return self.since_mark()
            case "DICT":
                return self.with_items({}, self.since_mark())
            case "FROZENSET":
                return {self.key(each) for each in self.since_mark()}
            case "GLOBAL":
                return _named(*argument.split(" ", 1))
            case "STACK_GLOBAL":
                name, module = self.stack.pop(), self.stack.pop()
                return _named(module, name)
            case "REDUCE" | "NEWOBJ":
                arguments, function = self.stack.pop(), self.stack.pop()
                return call(function, arguments, self)
            case "NEWOBJ_EX":
                keywords, arguments, function = self.stack.pop(), self.stack.pop(), self.stack.pop()
                return Inert(function.name if isinstance(function, Inert) else "?", (arguments, keywords))
            case "INST":
                return call(_named(*argument.split(" ", 1)), tuple(self.since_mark()), self)
            case "OBJ":
                function, *rest = self.since_mark()
                return call(function, tuple(rest), self)
            case "PERSID":
                return self.persistent(argument)
            case "BINPERSID":
                return self.persistent(self.stack.pop())
            case "EXT1" | "EXT2" | "EXT4":
                return Inert(f"copyreg.extension {argument}")
            case "NEXT_BUFFER":
                return Inert("pickle.PickleBuffer")
        raise Unreadable(DAMAGED)

    def fill(self, name: str) -> None:
        """Add to the value that lies below its items, or set its state."""
        if name in ("SETITEMS", "APPENDS", "ADDITEMS"):
            items = self.since_mark()
        else:
            items = [self.stack.pop() for _ in range(2 if name == "SETITEM" else 1)][::-1]
        target = self.stack[-1]
        if name == "BUILD":
            self.build(target, items[0])
        elif name.startswith("SETITEM"):
            self.with_items(target.pairs if isinstance(target, Inert) else target, items)
        elif isinstance(target, set):
            target.update(map(self.key, items))
        else:
            elements = target.elements if isinstance(target, Inert) else target
            if not isinstance(elements, list):
                raise Unreadable(DAMAGED)
            elements += items

    def build(self, target: object, state: object) -> None:
        """Set the state of a placeholder; of a `state_dict`, keep the text of the spec."""
        match target, state:
            case Unfilled(), _:
                self.stack[-1] = target.filled(state)
                for place in target.places:
                    self.memo[place] = self.stack[-1]
                target.places.clear()
            case Inert(), _:
                target.state = state
            case dict(), {"_metadata": {"": {content.SPEC_KEY: str(text)}}} if len(text) <= MAX_BYTES:
                self.specs[id(target)] = text

    def with_items(self, target: Any, items: list[Any]) -> dict[object, object]:
        """The mapping after keys and values, which alternate, have been set."""
        if not isinstance(target, dict) or len(items) % 2:
            raise Unreadable(DAMAGED)
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[self.key(key)] = value
        return target

    def key(self, value: object) -> object:
        """A key that takes little time to hash and compare, whatever a file chooses: else a placeholder for it."""
        if (isinstance(value, str | bytes) and len(value) <= MAX_KEY) or isinstance(value, Inert | Stored):
            return value
        self.keys -= 1
        if self.keys >= 0 and all(map(_is_small, value if isinstance(value, tuple) and len(value) <= 16 else (value,))):
            return value
        return Inert(type(value).__name__, (value,))


def _absent(key: object) -> Inert:
    return Inert("persistent id", (key,))


def _is_small(value: object) -> bool:
    if isinstance(value, int):
        return value.bit_length() <= 64
    return isinstance(value, _ATOMS) and (not isinstance(value, str | bytes) or len(value) <= MAX_KEY)


def _named(module: object, name: object) -> Inert:
    """The placeholder of something that a pickle imports."""
    if not isinstance(module, str) or not isinstance(name, str) or len(module) + len(name) > MAX_KEY:
        raise Unreadable(DAMAGED)
    return Inert(f"{_MODULES.get(module, module)}.{name}")
