"""Which tests run the lines that a mutant changes."""

import ast
import difflib
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeVar

Place = tuple[str, str | int]
"""A file, and the qualified name of a function in it or the number of a line."""
Test = TypeVar("Test")


def changed_lines(before: str, after: str) -> frozenset[int]:
    """The lines of the innermost statement, or of the head of a compound one, in which two sources differ."""
    old, new = before.splitlines(), after.splitlines()
    changes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    first = next(start for tag, start, *_ in changes if tag != "equal") + 1
    heads = [head for node in ast.walk(ast.parse(before)) if first in (head := _head(node))]
    smallest: range = min(heads, key=len, default=range(first, first + 1))
    return frozenset(smallest)


def _head(node: ast.AST) -> range:
    """The lines of a statement, or of what comes before the first statement in it."""
    match node:
        case ast.match_case():
            start = node.pattern.lineno
        case ast.stmt() | ast.ExceptHandler():
            start = node.lineno
        case _:
            return range(0)
    inner: Any = node.cases if isinstance(node, ast.Match) else getattr(node, "body", None)
    if not inner:
        return range(start, (getattr(node, "end_lineno", None) or start) + 1)
    first = inner[0].pattern if isinstance(node, ast.Match) else inner[0]
    return range(start, max(first.lineno, start + 1))


class Tracer:
    """Records the functions of a package that are called, and which of the wanted lines are run."""

    def __init__(self, package: Path, wanted: Iterable[tuple[str, int]]) -> None:
        self.package = str(package)
        self.wanted: defaultdict[str, set[int]] = defaultdict(set)
        for file, line in wanted:
            self.wanted[file].add(line)
        self.lines: dict[CodeType, frozenset[int]] = {}
        """The wanted lines of each code object."""

    @contextmanager
    def watching(self, reached: set[Place]) -> Iterator[None]:
        """Add what is reached meanwhile. Each wanted line is looked for only until it is run."""
        missing: dict[CodeType, set[int]] = {}

        def run(frame: FrameType, event: str, argument: object) -> Any:
            if event == "line" and frame.f_lineno in (lines := missing[frame.f_code]):
                lines.discard(frame.f_lineno)
                reached.add((frame.f_code.co_filename, frame.f_lineno))
            return run

        def called(frame: FrameType, event: str, argument: object) -> Any:
            code = frame.f_code
            if not code.co_filename.startswith(self.package):
                return None
            if code not in missing:
                reached.add((code.co_filename, code.co_qualname.partition(".<locals>")[0]))
                missing[code] = set(self._wanted_lines(code))
            return run if missing[code] else None

        sys.settrace(called)
        try:
            yield
        finally:
            sys.settrace(None)

    def _wanted_lines(self, code: CodeType) -> frozenset[int]:
        if code not in self.lines:
            lines = {line for *_, line in code.co_lines() if line is not None}
            self.lines[code] = frozenset(lines & self.wanted[code.co_filename])
        return self.lines[code]


def selected(reached: Mapping[Place, list[Test]], file: str, function: str, lines: frozenset[int]) -> list[Test]:
    """Those that run the lines; if none does, as with defaults of arguments, those that call the function."""
    found = dict.fromkeys(test for line in sorted(lines) for test in reached.get((file, line), ()))
    return [*found] or [*reached.get((file, function), ())]
