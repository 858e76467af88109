"""YAML text -> a tree of values with spans: one UTF-8 document of JSON's values, nothing more."""

import codecs
import re

import yaml

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault, Label, SpecError, in_file_order
from ...diagnostics.source import Source, Span
from ...limits import MAX_BYTES
from .composer import FORBIDDEN, Composer, forbidden
from .missing_space import glued_colon
from .syntax_errors import syntax_fault
from .tree import Scalar, Table, Tree, describe

_IDLE = re.compile(r"(?<![^\r\n])[ \t]+(?=[#\r\n]|\Z)")
"""White space on a line that holds nothing else, or a comment."""

_IDLE_TAB = re.compile(r"\t[ \t]*(?=[#\r\n]|\Z)")
"""A tab that indents nothing, as libyaml sometimes thinks that it does."""

_TAG_DIRECTIVE = re.compile(r"^%TAG\b", re.MULTILINE)


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
    tree, faults = read_on(source)
    if faults:
        raise SpecError(faults)
    return tree


def read_on(source: Source) -> tuple[Table, tuple[Diagnostic, ...]]:
    """The mapping that the text holds, and the faults in spite of which it could be read.

    Raises:
        SpecError: with every fault up to one after which nothing can be read.
    """
    root, faults = _root(source, source.text)
    if isinstance(root, Table):
        return root, faults
    if faults:
        raise SpecError(faults)
    if root is None or (isinstance(root, Scalar) and root.value == ""):
        raise SpecError(
            Diagnostic(
                code="RD007",
                message="the text holds no spec",
                labels=(Label(Span(source, 0, 0)),),
                helps=("the smallest spec has `name`, `block` with `type`, and `stages` with `depths`",),
            )
        )
    message = f"a spec is a mapping of keys to values, found {describe(root)}"
    helps = glued_colon(str(root.value)) if isinstance(root, Scalar) else ()
    raise SpecError(Diagnostic(code="RD201", message=message, labels=(Label(root.span),), helps=helps))


def read_value(source: Source, start: int) -> Tree:
    """The one value that stands in the text from offset `start` on, such as the right side of an option.

    Raises:
        SpecError: with every fault that does not follow from another.
    """
    _check_characters(source)
    value = source.text[start:].lstrip(" \t")
    root, faults = _root(source, " " * (len(source.text) - len(value)) + value)
    if faults:
        raise SpecError(faults)
    return Scalar("", Span(source, start, len(source.text))) if root is None else root


def _root(source: Source, text: str) -> tuple[Tree | None, tuple[Diagnostic, ...]]:
    """The value of the one document in `text`, which is `source.text` with its beginning blanked out or not.

    libyaml reads a mebibyte in milliseconds, and cannot be kept busy as Python code can; but it compares every `%TAG`
    with all others.

    Raises:
        SpecError: with every fault up to one after which nothing can be read.
        EnvironmentFault: this PyYAML has no libyaml.
    """
    if not yaml.__with_libyaml__:
        raise EnvironmentFault(_WITHOUT_LIBYAML)
    if (directive := _TAG_DIRECTIVE.search(text)) is not None:
        label = Label(Span(source, *directive.span()))
        message = "the directive `%TAG` is not allowed"
        raise SpecError(Diagnostic(code="RD008", message=message, labels=(label,), helps=("take it out",)))
    composer = Composer(source)
    try:
        _compose(composer, text)
    except yaml.MarkedYAMLError as error:
        if _is_idle_tab(text, error):
            return _root(source, _IDLE.sub(lambda white: " " * len(white[0]), text))
        raise SpecError(in_file_order([*composer.faults, _syntax_fault(source, error)])) from None
    if composer.is_stopped:
        raise SpecError(in_file_order(composer.faults))
    return composer.root, in_file_order(composer.faults)


def _compose(composer: Composer, text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        composer.take(event)
        if composer.is_stopped:
            return


def _is_idle_tab(text: str, error: yaml.MarkedYAMLError) -> bool:
    """Whether libyaml stopped at a tab that indents nothing; one that begins a block of text might."""
    place, is_in_block = error.problem_mark, error.context == "while scanning a block scalar"
    return place is not None and not is_in_block and _IDLE_TAB.match(text, place.index) is not None


def _syntax_fault(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    place, context_place = (mark.index if mark else None for mark in (error.problem_mark, error.context_mark))
    return syntax_fault(source, error.problem or "unreadable text", place, error.context or "", context_place)


_WITHOUT_LIBYAML = Diagnostic(
    code="RD509",
    message="this PyYAML was built without libyaml, which reads specs",
    helps=("`pip install --force-reinstall --only-binary :all: pyyaml` takes one that has it",),
)
