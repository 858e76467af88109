"""YAML text -> a tree of values with spans: one UTF-8 document of JSON's values, nothing more."""

import codecs
import re

import yaml

from .composer import FORBIDDEN, Composer, Stop, forbidden
from .diagnostics import Diagnostic, EnvironmentFault, Label, SpecError, in_file_order
from .source import Source, Span
from .suggestions import glued_colon
from .syntax import syntax_fault
from .tree import Scalar, Table, Tree, describe

MAX_BYTES = 2**20


_IDLE = re.compile(r"(?<![^\r\n])[ \t]+(?=[#\r\n]|\Z)")
"""White space on a line that holds nothing else, or a comment: it indents nothing, but libyaml takes its tabs amiss."""


def decode(name: str, data: bytes) -> Source:
    """The bytes as a text called `name`.

    Raises:
        SpecError: longer than 1 MiB, not UTF-8, or with a character that YAML forbids.
    """
    if len(data) > MAX_BYTES:
        labels = (Label(Span(Source(name, ""), 0, 0)),)
        raise SpecError(Diagnostic(code="RD003", message=f"the text is larger than {MAX_BYTES:,} bytes", labels=labels))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(_not_utf8(name, data, error)) from None
    source = Source(name, text)
    _check_characters(source)
    return source


def _check_characters(source: Source) -> None:
    if (match := FORBIDDEN.search(source.text)) is not None:
        raise SpecError(forbidden(match.group(), Span(source, *match.span())))


def _not_utf8(name: str, data: bytes, error: UnicodeDecodeError) -> Diagnostic:
    readable = Source(name, data.decode("utf-8", "replace"))
    offset = len(data[: error.start].decode("utf-8"))
    help_ = "save the file as UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        help_ = "the file looks like UTF-16; save it as UTF-8"
    return Diagnostic(
        code="RD002",
        message=f"the text is not UTF-8: byte 0x{data[error.start]:02x}",
        labels=(Label(Span(readable, offset, offset + 1)),),
        helps=(help_,),
    )


def read(source: Source) -> Table:
    """The mapping that the text holds.

    Raises:
        SpecError: with every fault that does not follow from another.
    """
    root = _root(source, source.text)
    if root is None or (isinstance(root, Scalar) and root.value == ""):
        raise SpecError(
            Diagnostic(
                code="RD007",
                message="the text holds no spec",
                labels=(Label(Span(source, 0, 0)),),
                helps=("the smallest spec has `name`, `block` with `type`, and `stages` with `depths`",),
            )
        )
    if not isinstance(root, Table):
        message = f"a spec is a mapping of keys to values, found {describe(root)}"
        helps = glued_colon(str(root.value)) if isinstance(root, Scalar) else ()
        raise SpecError(Diagnostic(code="RD201", message=message, labels=(Label(root.span),), helps=helps))
    return root


def read_value(source: Source, start: int) -> Tree:
    """The one value that stands in the text from offset `start` on, such as the right side of an option.

    Raises:
        SpecError: with every fault that does not follow from another.
    """
    _check_characters(source)
    root = _root(source, " " * start + source.text[start:])
    return Scalar("", Span(source, start, len(source.text))) if root is None else root


def _root(source: Source, text: str) -> Tree | None:
    """The value of the one document in `text`, which is `source.text` with parts of it blanked out.

    libyaml reads a mebibyte in milliseconds, and cannot be kept busy as Python code can.

    Raises:
        EnvironmentFault: this PyYAML has no libyaml.
    """
    if not yaml.__with_libyaml__:
        raise EnvironmentFault(_WITHOUT_LIBYAML)
    builder = Composer(source)
    try:
        for event in yaml.parse(_IDLE.sub(_spaces, text), Loader=yaml.CSafeLoader):
            builder.take(event)
    except Stop:
        pass
    except yaml.MarkedYAMLError as error:
        place, context_place = (mark.index if mark else None for mark in (error.problem_mark, error.context_mark))
        problem, context = error.problem or "unreadable text", error.context or ""
        builder.faults.append(syntax_fault(source, problem, place, context, context_place))
    if builder.faults:
        raise SpecError(in_file_order(builder.faults))
    return builder.root


def _spaces(white: re.Match[str]) -> str:
    return " " * len(white[0])


_WITHOUT_LIBYAML = Diagnostic(
    code="RD509",
    message="this PyYAML was built without libyaml, which reads specs",
    helps=("`pip install --force-reinstall --only-binary :all: pyyaml` takes one that has it",),
)
