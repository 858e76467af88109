"""Pickles, operation by operation: the value that each gives, what it costs, and how what is wrong is refused."""

import pickletools
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.checkpoints.files import machine
from resnet_dsl.checkpoints.files.content import Inert
from resnet_dsl.checkpoints.files.fault import Unreadable
from resnet_dsl.checkpoints.files.machine import unpickled
from resnet_dsl.checkpoints.files.pytorch import read_pickles
from resnet_dsl.checkpoints.files.source import Source, in_memory
from resnet_dsl.limits import MAX_KEY, MAX_OPERATIONS

PATH = Path("w.pkl")


def plain(value: Any) -> Any:
    """A value that can be compared and hashed as the file's: placeholders as texts, parts of the file as bytes."""
    match value:
        case Inert():
            arguments, state, pairs, elements = map(plain, (value.arguments, value.state, value.pairs, value.elements))
            return placeholder(value.name, *arguments, state=state, pairs=pairs, elements=elements)
        case Source():
            return ("in the file", bytes(value.read()))
        case dict():
            return {plain(key): plain(each) for key, each in value.items()}
        case list() | tuple() | set():
            return type(value)(map(plain, value))
    return value


def placeholder(name: str, *arguments: object, state: object = None, pairs: object = {}, elements: object = []) -> str:
    """All that a placeholder holds."""
    return f"<{name} {arguments} {state} {pairs} {elements}>"


def short(argument: object) -> str:
    """The start of a test's argument, as its name."""
    return repr(argument)[:24]


def value(data: bytes, limit: int = MAX_OPERATIONS) -> Any:
    """What a pickle holds."""
    return plain(read_pickles(in_memory(PATH, data), limit).tree)


def refusal(data: bytes, limit: int = MAX_OPERATIONS) -> tuple[str, tuple[str, ...]]:
    """Why a pickle cannot be read, and what helps."""
    with pytest.raises(Unreadable) as caught:
        read_pickles(in_memory(PATH, data), limit)
    return caught.value.reason, caught.value.helps


LONG = bytes(range(256)) * 4
FUNCTION = b"ca\nb\n"

OPERATIONS: Mapping[str, tuple[bytes, object]] = {
    "INT": (b"(I-12\nI00\nI01\nl.", [-12, False, True]),
    "BININT": (b"J\xfe\xff\xff\xff.", -2),
    "BININT1": (b"K\xff.", 255),
    "BININT2": (b"M\x01\xff.", 0xFF01),
    "LONG": (b"L12345678901234567890L\n.", 12345678901234567890),
    "LONG1": (b"\x8a\x02\x01\xff.", -255),
    "LONG4": (b"\x8b\x02\0\0\0\x01\xff.", -255),
    "FLOAT": (b"F-1.5\n.", -1.5),
    "BINFLOAT": (b"G" + struct.pack(">d", 0.1) + b".", 0.1),
    "STRING": (b"(S'a\\x09\"'\nS\"b'\"\nS''\nl.", ['a\t"', "b'", ""]),
    "BINSTRING": (b"T\x02\0\0\0a\xe9.", "aé"),
    "SHORT_BINSTRING": (b"U\x02a\xe9.", "aé"),
    "BINBYTES": (b"B\x02\0\0\0a\xe9.", b"a\xe9"),
    "SHORT_BINBYTES": (b"C\x02a\xe9.", b"a\xe9"),
    "BINBYTES8": (b"\x8e" + struct.pack("<Q", 2) + b"a\xe9.", b"a\xe9"),
    "BYTEARRAY8": (b"\x96" + struct.pack("<Q", 2) + b"a\xe9.", b"a\xe9"),
    "NEXT_BUFFER": (b"\x97.", placeholder("pickle.PickleBuffer")),
    "READONLY_BUFFER": (b"K\1\x98.", 1),
    "NONE": (b"N.", None),
    "NEWTRUE": (b"\x88.", True),
    "NEWFALSE": (b"\x89.", False),
    "UNICODE": (b"Va\\u00e9\n.", "aé"),
    "SHORT_BINUNICODE": (b"\x8c\x03a\xc3\xa9.", "aé"),
    "BINUNICODE": (b"X\x06\0\0\0a\xc3\xa9\xed\xa0\x80.", "aé\ud800"),
    "BINUNICODE8": (b"\x8d" + struct.pack("<Q", 6) + b"a\xc3\xa9\xed\xa0\x80.", "aé\ud800"),
    "EMPTY_LIST": (b"].", []),
    "APPEND": (b"]K\1aK\2a.", [1, 2]),
    "APPENDS": (b"]K\0a(K\1K\2e.", [0, 1, 2]),
    "LIST": (b"K\0(K\1K\2l\x86.", (0, [1, 2])),
    "EMPTY_TUPLE": (b").", ()),
    "TUPLE": (b"K\0(K\1K\2t\x86.", (0, (1, 2))),
    "TUPLE1": (b"K\0K\1\x85\x86.", (0, (1,))),
    "TUPLE2": (b"K\0K\1K\2\x86\x86.", (0, (1, 2))),
    "TUPLE3": (b"K\0K\1K\2K\3\x87\x86.", (0, (1, 2, 3))),
    "EMPTY_DICT": (b"}.", {}),
    "DICT": (b"(K\1K\2K\3K\4d.", {1: 2, 3: 4}),
    "SETITEM": (b"}K\1K\2sK\3K\4s.", {1: 2, 3: 4}),
    "SETITEMS": (b"}K\0Ns(K\1K\2K\3K\4u.", {0: None, 1: 2, 3: 4}),
    "EMPTY_SET": (b"\x8f.", set()),
    "ADDITEMS": (b"\x8f(K\1K\2\x90(K\3\x90.", {1, 2, 3}),
    "FROZENSET": (b"(K\1K\2\x91.", {1, 2}),
    "POP": (b"K\1K\x020.", 1),
    "DUP": (b"]K\0aK\x072\x86.", (7, 7)),
    "MARK": (b"(K\1(K\2ll.", [1, [2]]),
    "POP_MARK": (b"K\1(K\2K\x031.", 1),
    "GET": (b"K\1p2\nNg2\n\x86.", (None, 1)),
    "BINGET": (b"K\1q\0Nh\0\x86.", (None, 1)),
    "LONG_BINGET": (b"K\1r\1\0\0\0Nj\1\0\0\0\x86.", (None, 1)),
    "PUT": (b"K\1p0\nNh\0\x86.", (None, 1)),
    "BINPUT": (b"K\1q\1Nh\1\x86.", (None, 1)),
    "LONG_BINPUT": (b"K\1r\1\0\0\0Nh\1\x86.", (None, 1)),
    "MEMOIZE": (b"K\1\x94K\2\x94h\0h\1\x86.", (1, 2)),
    "EXT1": (b"\x82\xff.", placeholder("copyreg.extension 255")),
    "EXT2": (b"\x83\1\xff.", placeholder("copyreg.extension 65281")),
    "EXT4": (b"\x84\1\0\0\1.", placeholder("copyreg.extension 16777217")),
    "GLOBAL": (b"ca\nb c\n.", placeholder("a.b c")),
    "STACK_GLOBAL": (b"\x8c\1a\x8c\3b.c\x93.", placeholder("a.b.c")),
    "REDUCE": (FUNCTION + b"K\1K\2\x86R.", placeholder("a.b", 1, 2)),
    "BUILD": (FUNCTION + b"K\1b.", placeholder("a.b", state=1)),
    "INST": (b"(K\1K\2ia\nb\n.", placeholder("a.b", 1, 2)),
    "OBJ": (b"(" + FUNCTION + b"K\1K\2o.", placeholder("a.b", 1, 2)),
    "NEWOBJ": (FUNCTION + b"K\1\x85\x81.", placeholder("a.b", 1)),
    "NEWOBJ_EX": (FUNCTION + b"K\1\x85}K\2K\3s\x92.", placeholder("a.b", (1,), {2: 3})),
    "PROTO": (b"\x80\x04N.", None),
    "STOP": (b"K\1.K\2.", 1),
    "FRAME": (b"\x95" + b"\0" * 8 + b"K\1.", 1),
    "PERSID": (b"Pa b\n.", placeholder("persistent id", "a b")),
    "BINPERSID": (b"K\1K\2\x86Q.", placeholder("persistent id", (1, 2))),
}


@pytest.mark.parametrize("name", [each.name for each in pickletools.opcodes])
def test_what_each_operation_gives(name: str) -> None:
    """Every operation of every protocol is in the table, with the value of a pickle that has it."""
    data, expected = OPERATIONS[name]
    assert name in {each.name for each, _, _ in pickletools.genops(data)}
    found = value(data)
    assert found == expected
    assert type(found) is type(expected)


OTHERS: Mapping[str, tuple[bytes, object]] = {
    "items of a placeholder": (
        FUNCTION + b"K\1K\2s(K\3K\4K\5K\6u(K\7K\x08eK\x09a(K\x0a\x90.",
        placeholder("a.b", pairs={1: 2, 3: 4, 5: 6}, elements=[7, 8, 9, 10]),
    ),
    "the last state": (FUNCTION + b"K\1bK\2b.", placeholder("a.b", state=2)),
    "a state of a list": (b"]}b.", []),
    "names of Python 2": (
        b"c__builtin__\na\nccopy_reg\na\n\x86.",
        (placeholder("builtins.a"), placeholder("copyreg.a")),
    ),
    "names that are no UTF-8": (b"c\xff\nb\n.", placeholder("\ufffd.b")),
    "second names that are no UTF-8": (b"ca\n\xff\n.", placeholder("a.\ufffd")),
    "a call of a number": (b"K\1K\2\x85R.", placeholder("?", (2,))),
    "a call with no tuple": (FUNCTION + b"K\2R.", placeholder("a.b", 2)),
    "keywords for a number": (b"K\1K\2K\3\x92.", placeholder("?", 2, 3)),
    "popping a mark": (b"K\1(0K\2\x86.", (1, 2)),
    "popping what is above a mark": (b"K\1(K\x020K\3l\x86.", (1, [3])),
    "short bytes": (b"B\xff\x03\0\0" + LONG[:1023] + b".", LONG[:1023]),
    "long bytes": (b"K\1B\0\x04\0\0" + LONG + b"K\2\x87.", (1, ("in the file", LONG), 2)),
    "more bytes": (b"\x8e\0\x04\0\0\0\0\0\0" + LONG + b".", ("in the file", LONG)),
    "long bytes of Python 2": (b"T\0\x04\0\0" + LONG + b".", ("in the file", LONG)),
    "a long text": (b"X\0\x04\0\0" + b"a" * 1024 + b".", "a" * 1024),
    "escapes of Python 2": (b"S'a\\xe9'\n.", "aé"),
    "a set in a memo": (b"\x8f\x94(K\1\x90h\0\x86.", ({1}, {1})),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_operations_give_together(case: str) -> None:
    """Items of placeholders, names, calls of what cannot be called, and long byte strings."""
    data, expected = OTHERS[case]
    assert value(data) == expected


DAMAGED, TRUNCATED = "it is damaged", "it is empty or truncated"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", TRUNCATED),
        (b"N", TRUNCATED),
        (b".", DAMAGED),
        (b"\xff.", DAMAGED),
        (b"0.", DAMAGED),
        (b"2.", DAMAGED),
        (b"h\0.", DAMAGED),
        (b"t.", DAMAGED),
        (b"1.", DAMAGED),
        (b"\x94.", DAMAGED),
        (b"Np3\n.", DAMAGED),
        (b"Np-1\n.", DAMAGED),
        (b"K\1\x86.", DAMAGED),
        (b"ca\nb", TRUNCATED),
        (b"ca", TRUNCATED),
        (b"ca\n", TRUNCATED),
        (b"ia\nb", TRUNCATED),
        (b"ca\n" + b"b" * MAX_KEY + b"\n.", TRUNCATED),
        (b"K\1K\2\x93.", DAMAGED),
        (b"\x8c\1aK\2\x93.", DAMAGED),
        (b"K\2\x8c\1a\x93.", DAMAGED),
        (b"(o.", DAMAGED),
        (b"B\4\0\0\0abc", TRUNCATED),
        (b"B\4\0\0", TRUNCATED),
        (b"X\4\0\0\0abc", TRUNCATED),
        (b"X\4\0\0", TRUNCATED),
        (b"X\1\0\0\0\xff.", DAMAGED),
        (b"\x8b\4\0\0\0abc", TRUNCATED),
        (b"S'a\n.", DAMAGED),
        (b"Sa\n.", DAMAGED),
        (b"S'a\"\n.", DAMAGED),
        (b"S'\n.", DAMAGED),
        (b"S'\\xg'\n.", DAMAGED),
        (b"Ix\n.", DAMAGED),
        (b"]K\1K\2s.", DAMAGED),
        (b"K\1(K\2K\3u.", DAMAGED),
        (b"(K\1d.", DAMAGED),
        (b"}(K\1u.", DAMAGED),
        (b"K\1K\2a.", DAMAGED),
        (b")K\2a.", DAMAGED),
        (b"K\1(K\2e.", DAMAGED),
        (b"}(K\2\x90.", DAMAGED),
    ],
    ids=short,
)
def test_what_is_no_pickle_is_refused(data: bytes, reason: str) -> None:
    """Operations that lack what they take, arguments that end early, and items of what has none."""
    assert refusal(data) == (reason, ())


@pytest.mark.parametrize(
    ("data", "cost"),
    [
        (b"N.", 2),
        (b"\x80\4N0N.", 5),
        (b"].", 7),
        (b"K\1\x85.", 8),
        (b"(t.", 8),
        (b"N\x94h\0.", 4),
        (b"]K\1a.", 9),
        (b"](K\1e.", 10),
        (b"}K\1K\2s.", 10),
        (FUNCTION + b")b.", 9),
        (FUNCTION + b")R.", 14),
        (FUNCTION + b")\x81.", 14),
        (b"(ia\nb\n.", 8),
        (b"(" + FUNCTION + b"o.", 14),
        (b"ccopyreg\n__newobj__\n" + FUNCTION + b"K\1\x86R.", 6 + 6 + 1 + 6 + 6 + 1 + 1 + 2),
        (b"ccollections\nOrderedDict\n)R.", 6 + 1 + 6 + 1),
        (b"ccollections\nOrderedDict\n(K\1K\2K\3K\4d\x85R.", 6 + 5 + 6 + 6 + 6 + 1 + 2),
        (b"ccollections\nOrderedDict\n](K\1K\2\x86K\3K\4\x86e\x85R.", 6 + 6 + 1 + 2 * 8 + 1 + 6 + 6 + 1 + 4),
        (b"cbuiltins\nlist\n(K\1K\2t\x85R.", 6 + 3 + 6 + 6 + 6 + 1 + 2),
        (b"c_codecs\nencode\nX\0\x14\0\0" + b"a" * 5120 + b"\x8c\6latin1\x86R.", 6 + 1 + 1 + 6 + 6 + 1 + 5),
    ],
    ids=short,
)
def test_what_operations_cost(data: bytes, cost: int) -> None:
    """One each, five more for those that make a value, and as many as the items that they copy."""
    source = in_memory(PATH, data)
    unpickled(source.open(), source, limit=cost)
    with pytest.raises(Unreadable) as caught:
        unpickled(source.open(), source, limit=cost - 1)
    assert caught.value.reason == f"its pickle takes more than {cost - 1:,} operations"
    assert caught.value.helps == ("save only the `state_dict`",)


def test_a_pickle_takes_as_many_operations_as_promised() -> None:
    """The limit is written with separators; a pickle in it has one of its own, which its bytes are charged for."""
    assert (unpickled.__kwdefaults__ or {})["limit"] == MAX_OPERATIONS
    helps = ("save only the `state_dict`",)
    plain_one = b"N" * 1001 + b"."
    assert value(plain_one, 1002) is None
    assert refusal(plain_one, 1001) == ("its pickle takes more than 1,001 operations", helps)
    inside = b"N" * 498 + b"K\1."
    data = b"ctorch.storage\n_load_from_bytes\nB" + struct.pack("<I", len(inside)) + inside + b"\x85R."
    assert value(data, 6 + 1 + 6 + 6 + 500 + 1) == 1
    assert refusal(data, 519) == ("its pickle takes more than 519 operations", helps)
    longer = b"N" + inside
    data = b"ctorch.storage\n_load_from_bytes\nB" + struct.pack("<I", len(longer)) + longer + b"\x85R."
    assert refusal(data) == ("its pickle takes more than 500 operations", helps)


def text(count: int) -> bytes:
    """A text of so many letters."""
    return b"X" + struct.pack("<I", count) + b"a" * count


def string(count: int) -> bytes:
    """So many bytes, without length limits of the operation."""
    return b"C" + bytes([count]) + b"a" * count


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        (b"N", True),
        (b"\x88", True),
        (b"G" + struct.pack(">d", 0.1), True),
        (b"\x8a\x09" + b"\xff" * 8 + b"\0", True),
        (b"\x8a\x09" + b"\0" * 8 + b"\1", False),
        (text(MAX_KEY), True),
        (text(MAX_KEY + 1), False),
        (string(7), True),
        (b"(" + b"K\1" * 16 + b"t", True),
        (b"(" + b"K\1" * 17 + b"t", False),
        (text(MAX_KEY) + string(1) + b"\x86", True),
        (text(MAX_KEY + 1) + string(1) + b"\x86", False),
        (b")\x85", False),
    ],
    ids=short,
)
def test_keys_take_little_time_to_hash(key: bytes, kept: bool) -> None:
    """Long texts, large numbers and deep or long tuples have placeholders, which hold them."""
    alone = value(key + b".")
    expected = alone if kept else placeholder(type(alone).__name__, alone)
    assert value(b"}" + key + b"K\1s.") == {expected: 1}
    assert value(b"(" + key + b"\x91.") == {expected}
    assert value(b"\x8f(" + key + b"\x90.") == {expected}
    assert value(b"(" + key + b"K\1d.") == {expected: 1}


def test_a_list_as_a_key_has_a_placeholder() -> None:
    """As anything that Python could not hash."""
    source = in_memory(PATH, b"}]K\1as.")
    with pytest.raises(Unreadable):
        unpickled(source.open(), source)
    source = in_memory(PATH, b"}]K\1s.")
    tree: Any = unpickled(source.open(), source)
    ((key, item),) = tree.items()
    assert (key.name, key.arguments, item) == ("list", ([],), 1)


def test_placeholders_are_keys_themselves() -> None:
    """Each equal only to itself, and never counted."""
    assert value(b"}" + FUNCTION + b"\x94K\1sh\0K\2s.") == {placeholder("a.b"): 2}


def test_keys_that_are_no_texts_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those beyond the limit, all have placeholders; texts are not counted."""
    monkeypatch.setattr(machine, "MAX_KEYS", 2)
    found = value(b"}" + text(1) + b"NsK\1NsK\2NsK\3Ns" + text(2) + b"Ns.")
    assert found == {"a": None, 1: None, 2: None, placeholder("int", 3): None, "aa": None}


def test_places_in_the_memo_are_numbered() -> None:
    """At most as many as operations so far."""
    assert value(b"Np2\n.") is None
    assert refusal(b"Np3\n.") == (DAMAGED, ())
    source = in_memory(PATH, b"NNp3\n.")
    assert unpickled(source.open(), source, limit=5) is None


@pytest.mark.parametrize(("length", "is_named"), [(MAX_KEY - 1, True), (MAX_KEY, False)])
def test_names_have_bounded_lengths(length: int, is_named: bool) -> None:
    """Of module and name together."""
    data = text(1) + text(length) + b"\x93."
    if is_named:
        assert value(data) == placeholder(f"a.{'a' * length}")
    else:
        assert refusal(data) == (DAMAGED, ())


NEW, RECONSTRUCT = b"ccopyreg\n__newobj__\n", b"ccopyreg\n_reconstructor\n"
OBJECT = b"cbuiltins\nobject\n"

CALLS: Mapping[str, tuple[bytes, object]] = {
    "a new object": (NEW + b"(" + FUNCTION + b"K\1K\2tR.", placeholder("a.b", 1, 2)),
    "a new number": (NEW + b"K\1\x85R.", placeholder("copyreg.__newobj__", 1)),
    "new of nothing": (NEW + b")R.", placeholder("copyreg.__newobj__")),
    "an old object": (RECONSTRUCT + FUNCTION + OBJECT + b"N\x87R.", placeholder("a.b")),
    "an old object with a state": (RECONSTRUCT + FUNCTION + OBJECT + b"K\1\x87R.", placeholder("a.b", 1)),
    "an old object of a number": (
        RECONSTRUCT + FUNCTION + b"K\1N\x87R.",
        placeholder("copyreg._reconstructor", placeholder("a.b"), 1, None),
    ),
    **{
        f"a type's constructor, {name}": (
            b"ctorch._tensor\n" + name.encode() + b"\n(" + FUNCTION + b"NK\1\x85}tR.",
            placeholder("a.b", 1),
        )
        for name in ("_rebuild_from_type_v2", "_rebuild_from_type")
    },
    "a type's constructor of a number": (
        b"ctorch._tensor\n_rebuild_from_type_v2\n(K\1NK\1\x85}tR.",
        placeholder("torch._tensor._rebuild_from_type_v2", 1, None, (1,), {}),
    ),
    "a constructor through two": (
        NEW + b"(" + NEW + FUNCTION + b"K\1tR.",
        placeholder("a.b", 1),
    ),
}

DICTS = ("builtins dict", "collections OrderedDict", "collections Counter")
LISTS: Mapping[str, type] = {
    "builtins list": list,
    "builtins set": set,
    "builtins frozenset": set,
    "builtins tuple": tuple,
    "torch Size": tuple,
}
BYTES = ("builtins bytes", "builtins bytearray", "_codecs encode")


def calls_of(function: str, arguments: bytes) -> bytes:
    """A pickle of a call."""
    return b"c" + function.replace(" ", "\n").encode() + b"\n" + arguments + b"R."


@pytest.mark.parametrize("case", CALLS)
def test_what_calls_through_others_give(case: str) -> None:
    """What is called in the end; if they are not called as Python calls them, they are placeholders themselves."""
    data, expected = CALLS[case]
    assert value(data) == expected


@pytest.mark.parametrize("function", DICTS)
def test_calls_of_mappings(function: str) -> None:
    """Of nothing, of a mapping, and of pairs."""
    name = function.replace(" ", ".")
    assert value(calls_of(function, b")")) == {}
    assert value(calls_of(function, b"(K\1K\2d\x85")) == {1: 2}
    assert value(calls_of(function, b"](K\1K\2\x86(K\3K\4le\x85")) == {1: 2, 3: 4}
    assert value(calls_of(function, b"](K\1K\2\x86K\3\x85e\x85")) == placeholder(name, [(1, 2), (3,)])
    assert value(calls_of(function, b"](K\1K\2\x86K\3e\x85")) == placeholder(name, [(1, 2), 3])
    assert value(calls_of(function, b"K\1\x85")) == placeholder(name, 1)
    assert value(calls_of(function, b"}}\x86")) == placeholder(name, {}, {})
    key = value(calls_of(function, b"])" + b"\x85K\1\x86a\x85"))
    assert key == {placeholder("tuple", ((),)): 1}


def test_calls_of_defaultdict() -> None:
    """The first argument is what makes its values."""
    assert value(calls_of("collections defaultdict", b")")) == {}
    assert value(calls_of("collections defaultdict", FUNCTION + b"\x85")) == {}
    assert value(calls_of("collections defaultdict", FUNCTION + b"(K\1K\2d\x86")) == {1: 2}
    assert value(calls_of("collections defaultdict", b"NK\1\x86")) == placeholder("collections.defaultdict", None, 1)


@pytest.mark.parametrize("function", LISTS)
def test_calls_of_collections(function: str) -> None:
    """Of nothing, and of a list, a tuple or a set."""
    kind, name = LISTS[function], function.replace(" ", ".")
    assert value(calls_of(function, b")")) == kind()
    for items in (b"](K\1K\2e", b"K\1K\2\x86", b"(K\1K\2\x91"):
        found = value(calls_of(function, items + b"\x85"))
        assert found == kind([1, 2])
        assert type(found) is kind
    assert value(calls_of(function, b"K\1\x85")) == placeholder(name, 1)
    assert value(calls_of(function, b"]]\x86")) == placeholder(name, [], [])
    if kind is set:
        assert value(calls_of(function, b"])\x85a\x85")) == {placeholder("tuple", ((),))}


@pytest.mark.parametrize("function", BYTES)
def test_calls_of_bytes(function: str) -> None:
    """Of nothing, of bytes, and of a text, which older versions wrote with the name of its encoding."""
    name = function.replace(" ", ".")
    assert value(calls_of(function, b")")) == b""
    assert value(calls_of(function, b"C\1\xff\x85")) == b"\xff"
    assert value(calls_of(function, b"B\0\4\0\0" + LONG + b"\x85")) == ("in the file", LONG)
    for encoding in (b"latin1", b"latin-1", b"iso-8859-1"):
        arguments = b"X\2\0\0\0\xc3\xa9U" + bytes([len(encoding)]) + encoding + b"\x86"
        assert value(calls_of(function, arguments)) == b"\xe9"
    assert value(calls_of(function, b"X\1\0\0\0aU\5utf-8\x86")) == placeholder(name, "a", "utf-8")
    assert value(calls_of(function, b"X\1\0\0\0a\x85")) == placeholder(name, "a")
    assert refusal(calls_of(function, b"X\3\0\0\0\xe2\x82\xacU\6latin1\x86")) == (DAMAGED, ())


def test_calls_that_read_what_is_inside() -> None:
    """A pickle in the bytes of a pickle; in an archive there is none."""
    assert value(calls_of("torch.storage _load_from_bytes", b"C\3K\1.\x85")) == 1
    assert value(calls_of("torch.storage _load_from_bytes", b"B\1\4\0\0K\1." + b"\0" * 1022 + b"\x85")) == 1
    assert value(calls_of("torch.storage _load_from_bytes", b"K\1\x85")) == placeholder(
        "torch.storage._load_from_bytes", 1
    )
    assert value(calls_of("torch.storage _load_from_bytes", b")")) == placeholder("torch.storage._load_from_bytes")
    source = in_memory(PATH, calls_of("torch.storage _load_from_bytes", b"C\3K\1.\x85"))
    assert plain(unpickled(source.open(), source)) == placeholder("persistent id", b"K\1.")


def spec(count: int, first: bytes = b"X\0\0\0\0") -> bytes:
    """The state of a `state_dict` whose metadata hold a text of so many letters."""
    key = b"X" + struct.pack("<I", 15) + b"resnet_dsl.spec"
    return b"}X\x09\0\0\0_metadata}" + first + b"}" + key + text(count) + b"sss"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"}" + spec(3) + b"b.", "aaa"),
        (b"}" + spec(2**20) + b"b.", "a" * 2**20),
        (b"}" + spec(2**20 + 1) + b"b.", None),
        (b"}" + spec(3, b"X\1\0\0\0x") + b"b.", None),
        (b"}Nb.", None),
        (FUNCTION + spec(3) + b"b.", None),
    ],
    ids=short,
)
def test_the_text_of_a_spec_is_kept(data: bytes, found: str | None) -> None:
    """By the identity of the mapping that it is set on, if it is no longer than a spec may be."""
    content = read_pickles(in_memory(PATH, data))
    assert content.specs == ({} if found is None else {id(content.tree): found})
