"""libyaml's events -> a tree of values with spans, one event at a time.

PyYAML's own constructors turn `no` into false and `1:30` into 90, keep the last of two equal keys, and expand
aliases; here every scalar follows JSON's grammar, and everything that a spec may not contain is reported.
"""

import re
from dataclasses import dataclass, field
from math import isinf

import yaml

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Source, Span
from ...limits import MAX_DIGITS, MAX_FAULTS, MAX_NESTING, MAX_VALUES
from .syntax_errors import tab_indentation
from .tree import Entry, Scalar, Sequence, Table, Tree, describe, shortened

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that YAML calls non-printable, and the byte order mark, which is only allowed before a document."""

_WHITE = re.compile(r"[ \t]*")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_CONSTANTS = {"true": True, "false": False, "null": None}
_WRITE_OUT = "write the values out, or put what is shared in a parent and use `extends`"


def offsets(event: yaml.Event) -> tuple[int, int]:
    """The start and end offsets of the event."""
    assert event.start_mark is not None
    assert event.end_mark is not None
    return event.start_mark.index, event.end_mark.index


def forbidden_character(character: str, span: Span) -> Diagnostic:
    """The diagnostic for a character that is not allowed, either literally or as an escape."""
    message = f"the character U+{ord(character):04X} is not allowed"
    return Diagnostic(code="RD004", message=message, labels=(Label(span),))


@dataclass
class _OpenCollection:
    """A collection whose end has not been reached."""

    start: int
    end: int
    """End of its last value: libyaml ends a block collection only where the next token starts."""
    items: list[Tree] = field(default_factory=list)
    entries: dict[str, Entry] | None = None
    key: tuple[str | None, Span] | None = None


class Composer:
    """Consumes parser events in order; an explicit stack avoids recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Diagnostic] = []
        self.root: Tree | None = None
        self.is_stopped = False
        """Whether nothing after the last fault can be read reliably."""
        self._documents = 0
        self._values = 0
        self._line = -1  # offset at which the line of the last event starts
        self._stack: list[_OpenCollection] = []

    def feed(self, event: yaml.Event) -> None:
        self._feed(event)
        self.is_stopped = self.is_stopped or len(self.faults) >= MAX_FAULTS

    def _feed(self, event: yaml.Event) -> None:
        self._check_indent(event)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._report("RD007", "a second document starts here; a spec must be a single document", event)
                    self.is_stopped = True
            case yaml.AliasEvent():
                self._report("RD008", f"the alias `*{shortened(event.anchor or '')}` is not allowed", event, _WRITE_OUT)
                self._add(Scalar(None, self._span(event)))
            case yaml.ScalarEvent():
                self._check_node(event)
                self._add(Scalar(self._resolve(event), self._span(event)))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_node(event)
                self._open(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._close(event)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._stack) == MAX_NESTING:
            self._report("RD006", f"values are nested more than {MAX_NESTING} levels deep", event)
            self.is_stopped = True
            return
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_OpenCollection(*offsets(event), entries={} if is_mapping else None))

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        opened = self._stack.pop()
        start, end = offsets(event)
        is_bracket = self.source.text[start:end] in ("]", "}")
        span = Span(self.source, opened.start, end if is_bracket else opened.end)
        if opened.entries is None:
            self._add(Sequence(tuple(opened.items), span))
        else:
            self._add(Table(opened.entries, span))

    def _add(self, tree: Tree) -> None:
        """Add a finished value to its parent: as the root, a list item, a key, or the value of a key."""
        self._values += 1
        if self._values > MAX_VALUES:
            self._report_at("RD006", f"the text contains more than {MAX_VALUES:,} values", tree.span)
            self.is_stopped = True
            return
        if not self._stack:
            self.root = tree
            return
        parent = self._stack[-1]
        parent.end = max(parent.end, tree.span.end)
        if parent.entries is None:
            parent.items.append(tree)
        elif parent.key is None:
            parent.key = (self._key(tree, parent.entries), tree.span)
        else:
            key, span = parent.key
            parent.key = None
            if key is not None:
                parent.entries[key] = Entry(span, tree)

    def _key(self, tree: Tree, entries: dict[str, Entry]) -> str | None:
        """The key, or None for an invalid one, which is reported."""
        if not isinstance(tree, Scalar) or not isinstance(tree.value, str):
            if not self._is_reported(tree.span):
                self._report_at("RD010", f"keys must be strings, found {describe(tree)}", tree.span)
            return None
        if tree.value == "<<" and tree.span.text == "<<":
            self._report_at("RD008", "the merge key `<<` is not allowed", tree.span, _WRITE_OUT)
            return None
        if tree.value in entries:
            first = entries[tree.value].key
            labels = (Label(tree.span, "defined again here"), Label(first, "first defined here"))
            message = f"duplicate key `{shortened(tree.value)}`"
            self.faults.append(Diagnostic(code="RD009", message=message, labels=labels))
            return None
        return tree.value

    def _resolve(self, event: yaml.ScalarEvent) -> bool | int | float | str | None:
        """The value of a scalar: JSON's constants and numbers if it is plain, else a string."""
        text: str = event.value
        if (match := FORBIDDEN.search(text)) is not None:
            self.faults.append(forbidden_character(match.group(), self._span(event)))
            return ""
        if event.style:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if not _FLOAT.fullmatch(text):
            return text
        if len(text) > MAX_DIGITS:
            self._report("RD011", f"a number of {len(text):,} characters is out of range", event)
            return 0
        if _INTEGER.fullmatch(text):
            return int(text)
        number = float(text)
        if isinf(number):
            self._report("RD011", f"the number `{shortened(text)}` is out of range", event)
            return 0
        return number

    def _check_indent(self, event: yaml.Event) -> None:
        """Report a tab used as indentation, which libyaml accepts inside brackets."""
        assert event.start_mark is not None
        start = event.start_mark.index
        line = start - event.start_mark.column
        if line == self._line:
            return
        self._line = line
        white = _WHITE.match(self.source.text, line, start)
        if white is not None and white.end() == start and "\t" in white.group():
            tab = white.start() + white.group().index("\t")
            self.faults.append(tab_indentation(Span(self.source, tab, tab + 1)))

    def _check_node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        tag = event.tag
        if event.anchor is not None:
            self._report("RD008", f"the anchor `&{shortened(event.anchor)}` is not allowed", event, _WRITE_OUT)
        if tag is not None:
            written = tag.replace("tag:yaml.org,2002:", "!!")
            self._report("RD008", f"the tag `{shortened(written)}` is not allowed", event, "remove the tag")

    def _is_reported(self, span: Span) -> bool:
        """Whether the last fault is about this place."""
        return bool(self.faults) and self.faults[-1].labels[0].span.start == span.start

    def _span(self, event: yaml.Event) -> Span:
        """The place of the event, without the blank lines that libyaml includes after a block scalar."""
        start, end = offsets(event)
        return Span(self.source, start, start + len(self.source.text[start:end].rstrip()))

    def _report(self, code: str, message: str, event: yaml.Event, help_: str = "") -> None:
        start, end = offsets(event)
        self._report_at(code, message, Span(self.source, start, max(end, start + 1)), help_)

    def _report_at(self, code: str, message: str, span: Span, help_: str = "") -> None:
        helps = (help_,) if help_ else ()
        self.faults.append(Diagnostic(code=code, message=message, labels=(Label(span),), helps=helps))
