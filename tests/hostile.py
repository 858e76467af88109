"""Texts and files designed to do harm, each with a description and the code that must refuse it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

SPEC = b"name: net\nblock: {type: basic}\nstages: {depths: [1]}\n"
MEBIBYTE = 2**20
_LONG = b"a" * (MEBIBYTE - 200)
_LAUGHS = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (letter + 1, letter + 1, b", ".join([b"*%c" % letter] * 9)) for letter in range(97, 121)
)


def _many(line: bytes) -> bytes:
    """As many copies of this line as fit into a text."""
    return line * ((MEBIBYTE - 100) // len(line))


def _numbered(line: bytes) -> bytes:
    """Lines with different numbers."""
    return b"".join(line % number for number in range(40_000))


def _unknown_everywhere() -> bytes:
    """A hundred unknown keys in each mapping, long and similar to many known ones."""
    parts = b"input stem block shortcut norm stages head init expect".split()
    line = b"  z%dq_e_stathwxqjx_channels_depths_types_expansions_widths_zero_re: 1\n"
    return b"name: a\n" + b"".join(part + b":\n" + b"".join(line % n for n in range(100)) for part in parts)


def _never_fitting() -> bytes:
    """A network of thousands of layers that no input size fits."""
    strides = b"1," * 13 + b"64,64,64"
    stages = b"stages: {depths: [" + b"2," * 15 + b"2], widths: 8, strides: [" + strides + b"]}\n"
    stem = b"stem: {channels: [" + b"8," * 999 + b"8], stride: 1, pool: none}\n"
    return b"name: a\nblock: {type: bottleneck}\nnorm: instance\ninput: {size: 1}\n" + stages + stem


TEXTS: Mapping[str, tuple[bytes, str]] = {
    # aliases
    "a billion laughs": (_LAUGHS, "RD008"),
    "an alias to itself": (b"name: &a [*a]\n", "RD008"),
    "many aliases": (b"a: &a x\nb:\n" + _many(b"- *a\n"), "RD008"),
    "a bomb of merge keys": (b"a: &a {b: c}\n" + _many(b"<<: *a\n"), "RD008"),
    # nesting
    "many brackets": (b"[" * (MEBIBYTE - 1), "RD006"),
    "many braces": (_many(b"{a: "), "RD006"),
    "many dashes": (_many(b"- "), "RD006"),
    "many question marks": (_many(b"? "), "RD006"),
    "endless indentation": (b"".join(b" " * depth + b"a:\n" for depth in range(1_400)), "RD006"),
    "closed brackets": (b"[" * 3000 + b"]" * 3000, "RD006"),
    "values far to the right": (SPEC + b"attention:\n" + b" " * 1_000_000 + b"[" + b"se," * 9_900 + b"]\n", "RD301"),
    "values after a tab": (SPEC + b"attention: [\n" + b" " * 999_999 + b"\t" + b"se," * 9_900 + b"]\n", "RD301"),
    # directives
    "many directives for tags": (_numbered(b"%%TAG !a%d! b\n") + b"---\n" + SPEC, "RD008"),
    "many versions": (_many(b"%YAML 1.1\n") + b"---\n" + SPEC, "RD005"),
    # size
    "a name of a megabyte": (SPEC.replace(b"net", _LONG), "RD206"),
    "a key of a megabyte": (SPEC + b'? "' + _LONG + b'"\n: 1\n', "RD203"),
    "an enumeration of a megabyte": (SPEC + b"activation: " + _LONG, "RD204"),
    "a number of a megabyte": (SPEC + b"version: " + b"9" * (MEBIBYTE - 200), "RD011"),
    "a parent of a megabyte": (b"name: a\nextends: " + _LONG, "RD001"),
    "a parent of many folders": (b"name: a\nextends: " + b"../" * 300_000, "RD001"),
    "a tag of a megabyte": (b"name: !" + _LONG + b" 1", "RD008"),
    "an anchor of a megabyte": (b"name: &" + _LONG + b" 1", "RD008"),
    "endless escapes": (SPEC + b'activation: "' + _many(b"\\u0041")[:-300] + b'"', "RD204"),
    "more than a mebibyte": (SPEC + b"#" * MEBIBYTE, "RD003"),
    "many keys": (SPEC + _numbered(b"k%d: 1\n"), "RD006"),
    "many unknown keys": (SPEC + b"".join(b"depth%d: 1\n" % number for number in range(4_900)), "RD203"),
    "many long unknown keys": (_unknown_everywhere(), "RD203"),
    "many wrong values": (SPEC + b"attention: [" + b"see, " * 9_000 + b"]", "RD301"),
    "one key many times": (SPEC + _many(b"a: 1\n"), "RD009"),
    "many items": (SPEC + b"attention: [" + _many(b"se, ") + b"]", "RD006"),
    "many lists": (SPEC + b"attention:\n" + _many(b"- []\n"), "RD006"),
    "many tags": (b"a:\n" + _many(b"- !a 1\n"), "RD008"),
    "many documents": (_many(b"---\n"), "RD007"),
    "many numbers out of range": (b"a:\n" + _many(b"- 1e999\n"), "RD011"),
    "many lines of one text": (SPEC.replace(b" net", b"\n" + _many(b" a\n")), "RD206"),
    # numbers
    "a number of 5,000 digits": (SPEC + b"head: {classes: " + b"9" * 5000 + b"}", "RD011"),
    "a float of 5,000 digits": (SPEC + b"head: {dropout: 0." + b"9" * 5000 + b"}", "RD011"),
    "an exponent of 5,000 digits": (SPEC + b"head: {dropout: 1e" + b"9" * 5000 + b"}", "RD011"),
    "a number of 400 digits": (SPEC + b"head: {classes: " + b"9" * 400 + b"}", "RD205"),
    "infinity": (SPEC + b"drop_path: .inf", "RD201"),
    "not a number": (SPEC + b"drop_path: .nan", "RD201"),
    "a huge float": (SPEC + b"drop_path: 1e400", "RD011"),
    "a version of 5,000 digits": (b"%YAML 1." + b"1" * 5000 + b"\n---\n" + SPEC, "RD005"),
    # characters
    "NUL": (b"name: a\x00b", "RD004"),
    "NULs only": (b"\x00" * 1000, "RD004"),
    "a terminal's escape": (b"name: \x1b[31mred", "RD004"),
    "an escaped escape": (b'name: "\\e[31mred"\n', "RD004"),
    "half of a surrogate pair": (b'name: "\\ud800"\n', "RD004"),
    "invalid UTF-8": (b"name: \xff\xfe\xfd", "RD002"),
    "an overlong encoding": (b"name: \xc0\xaf", "RD002"),
    "UTF-16": (SPEC.decode().encode("utf-16"), "RD002"),
    "UTF-16 without a byte order mark": (SPEC.decode().encode("utf-16-le"), "RD004"),
    "UTF-32": (SPEC.decode().encode("utf-32"), "RD002"),
    "random bytes": (bytes(range(256)) * 4000, "RD002"),
    # sizes that fit
    "no size that fits": (_never_fitting(), "RD402"),
    # structure
    "duplicate keys": (b"name: a\nname: b\n", "RD009"),
    "nested duplicate keys": (SPEC + b"head: {dropout: 0, dropout: 0}", "RD009"),
    "duplicate keys in different notation": (b'name: a\n"name": b\n', "RD009"),
    "a number for a key": (SPEC + b"1: 2", "RD010"),
    "null for a key": (SPEC + b"null: 2", "RD010"),
    "a list for a key": (SPEC + b"[a]: 2", "RD010"),
    "a mapping for a key": (SPEC + b"{a: b}: 2", "RD010"),
    "a tag that runs a program": (b"name: !!python/object/apply:os.system ['touch harm']\n", "RD008"),
    "a tag that imports": (b"name: !!python/name:os.system\n", "RD008"),
    "a binary": (b"name: !!binary aGk=\n", "RD008"),
    "several documents": (SPEC + b"---\n" + SPEC, "RD007"),
    "nothing": (b"", "RD007"),
    "only comments": (_many(b"# a\n"), "RD007"),
    "only line breaks": (b"\n" * (MEBIBYTE - 1), "RD007"),
    # names
    "a name with markup": (SPEC.replace(b"net", b"<b>net</b>"), "RD206"),
    "a name with quotes": (SPEC.replace(b"net", b"""'"n''et"'"""), "RD206"),
    "a name with a line break": (SPEC.replace(b"net", b'"n\\net"'), "RD206"),
    "a name that is a path": (SPEC.replace(b"net", b"../../net"), "RD206"),
    "a name that is an option": (SPEC.replace(b"net", b"--output=net"), "RD206"),
    "a name that runs a program": (SPEC.replace(b"net", b'"$(touch harm)"'), "RD206"),
    # budgets
    "too many blocks": (SPEC.replace(b"[1]", b"[10000, 10000]"), "RD304"),
    "endless blocks": (SPEC.replace(b"[1]", b"[" + b"9" * 400 + b"]"), "RD205"),
    "too many stages": (SPEC.replace(b"[1]", b"[" + b"1, " * 5000 + b"1]"), "RD207"),
    "too many parameters": (SPEC.replace(b"[1]", b"[9999], widths: 65536"), "RD305"),
    "too wide a layer": (SPEC.replace(b"[1]", b"[9999], widths: 65536, dilations: 64").replace(b"basic", b"bottleneck"), "RD404"),  # noqa: E501
    "the largest network with a false expectation": (SPEC.replace(b"[1]", b"[10000]") + b"expect: {depth: 1}", "RD303"),
    "faults in every block": (SPEC.replace(b"[1]", b"[10000], widths: 100") + b"norm: group", "RD401"),
}  # fmt: skip
"""Name -> the text, and the code of the first fault."""


def make_directory(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_socket(path: Path) -> None:
    import socket

    socket.socket(socket.AF_UNIX).bind(str(path))


PLACES: Mapping[str, Callable[[Path], None] | str] = {
    "a directory": make_directory,
    "a named pipe": make_pipe,
    "a link to itself": make_loop,
    "a socket": make_socket,
    "a device": "/dev/zero",
    "a terminal": "/dev/tty",
    "a process's memory": "/proc/self/mem",
    "nothing": "nowhere.yaml",
    "a path with a NUL": "a\0b",
    "an address": "https://example.com/resnet50.yaml",
    "a path of 5,000 characters": "a" * 5000,
}
"""What a command line or `extends` may name but is not a file: created at a path, or existing."""
