"""YAML text -> a tree of values with spans: one UTF-8 document with JSON values and nothing else."""

import codecs
import re

import yaml

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault, Label, SpecError, in_file_order
from ...diagnostics.source import Source, Span
from ...limits import MAX_BYTES
from .composer import FORBIDDEN, Composer, forbidden_character
from .missing_space import missing_space_help
from .syntax_errors import syntax_fault
from .tree import Scalar, Table, Tree, describe

_BLANK = re.compile(r"(?<![^\r\n])[ \t]+(?=[#\r\n]|\Z)")
"""White space on a line that is otherwise blank or a comment."""

_HARMLESS_TAB = re.compile(r"\t[ \t]*(?=[#\r\n]|\Z)")
"""A tab that does not indent anything, although libyaml may treat it as indentation."""

_TAG_DIRECTIVE = re.compile(r"^%TAG\b", re.MULTILINE)


def decode(name: str, data: bytes) -> Source:
    """The bytes as a text called `name`.

    Raises:
        SpecError: it is longer than 1 MiB, not UTF-8, or contains a character that YAML forbids.
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
        raise SpecError(forbidden_character(match.group(), Span(source, *match.span())))


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
    """The mapping in the text.

    Raises:
        SpecError: with every independent fault.
    """
    tree, faults = read_with_faults(source)
    if faults:
        raise SpecError(faults)
    return tree


def read_with_faults(source: Source) -> tuple[Table, tuple[Diagnostic, ...]]:
    """The mapping in the text, and the faults despite which it could be read.

    Raises:
        SpecError: with every fault up to the one that makes the text unreadable.
    """
    root, faults = _parse(source, source.text)
    if isinstance(root, Table):
        return root, faults
    if faults:
        raise SpecError(faults)
    if root is None or (isinstance(root, Scalar) and root.value == ""):
        raise SpecError(
            Diagnostic(
                code="RD007",
                message="the text contains no spec",
                labels=(Label(Span(source, 0, 0)),),
                helps=(_SMALLEST,),
            )
        )
    message = f"a spec must be a mapping, found {describe(root)}"
    helps = (missing_space_help(str(root.value)) if isinstance(root, Scalar) else ()) or (_SMALLEST,)
    raise SpecError(Diagnostic(code="RD201", message=message, labels=(Label(root.span),), helps=helps))


def read_value(source: Source, start: int) -> Tree:
    """The single value in the text from offset `start` on, such as the right-hand side of an option.

    Raises:
        SpecError: with every independent fault.
    """
    _check_characters(source)
    value = source.text[start:].lstrip(" \t")
    root, faults = _parse(source, " " * (len(source.text) - len(value)) + value)
    if faults:
        raise SpecError(faults)
    return Scalar("", Span(source, start, len(source.text))) if root is None else root


def _parse(source: Source, text: str) -> tuple[Tree | None, tuple[Diagnostic, ...]]:
    """The value of the single document in `text`, which is `source.text`, possibly with its beginning blanked out.

    libyaml reads a mebibyte in milliseconds, and no input makes it slow as it would Python code, except that it
    compares every `%TAG` with all others.

    Raises:
        SpecError: with every fault up to the one that makes the text unreadable.
        EnvironmentFault: this PyYAML has no libyaml.
    """
    if not yaml.__with_libyaml__:
        raise EnvironmentFault(_NO_LIBYAML)
    if (directive := _TAG_DIRECTIVE.search(text)) is not None:
        label = Label(Span(source, *directive.span()))
        message = "the directive `%TAG` is not allowed"
        raise SpecError(Diagnostic(code="RD008", message=message, labels=(label,), helps=("remove the directive",)))
    composer = Composer(source)
    try:
        _compose(composer, text)
    except yaml.MarkedYAMLError as error:
        if _is_harmless_tab(text, error):
            return _parse(source, _BLANK.sub(lambda white: " " * len(white[0]), text))
        raise SpecError(in_file_order([*composer.faults, _syntax_fault(source, error)])) from None
    if composer.is_stopped:
        raise SpecError(in_file_order(composer.faults))
    return composer.root, in_file_order(composer.faults)


def _compose(composer: Composer, text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        composer.feed(event)
        if composer.is_stopped:
            return


def _is_harmless_tab(text: str, error: yaml.MarkedYAMLError) -> bool:
    """Whether libyaml stopped at a tab that does not indent anything, unlike one at the start of a block scalar."""
    place, is_in_block = error.problem_mark, error.context == "while scanning a block scalar"
    return place is not None and not is_in_block and _HARMLESS_TAB.match(text, place.index) is not None


def _syntax_fault(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    place, context_place = (mark.index if mark else None for mark in (error.problem_mark, error.context_mark))
    return syntax_fault(source, error.problem or "unreadable text", place, error.context or "", context_place)


_SMALLEST = "write at least\nname: my-network\nblock: {type: basic}\nstages: {depths: [2, 2, 2, 2]}"
_NO_LIBYAML = Diagnostic(
    code="RD509",
    message="PyYAML was built without libyaml, which is needed to read specs",
    helps=("run `pip install --force-reinstall --only-binary :all: pyyaml`",),
)
