"""What a page shows of a spec that is being edited: its last good network, its faults, and what has changed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..backends.page.change import change
from ..backends.page.document import Live, document
from ..backends.page.notice import notice
from ..compiler import compile_spec, written_out
from ..diagnostics.diagnostic import Diagnostic, DiagnosticError
from ..differences import compare
from ..graph.graph import Graph
from ..language.document.files import files_of
from ..language.spec import DESCRIPTIVE, Spec
from ..language.text.tree import Plain
from ..limits import MAX_BYTES
from ..pages import page_of


@dataclass(frozen=True, slots=True)
class State:
    """A spec as it was last read."""

    reference: str
    """What names it: a path, or the name of a bundled spec."""
    overrides: tuple[str, ...] = ()
    version: int = 0
    """Counts how often it has been read anew."""
    start: tuple[Spec, Graph] | None = None
    """The first that was valid."""
    good: tuple[Spec, Graph] | None = None
    """The last that was valid."""
    faults: tuple[Diagnostic, ...] = ()
    contents: Mapping[Path, bytes | None] = field(default_factory=dict)
    """The files that it consisted of when it was read, and of those of its faults; None for what cannot be read."""

    @property
    def name(self) -> str:
        return self.good[1].name if self.good else self.reference

    def page(self, *, is_compared: bool = False) -> str:
        """The page of the last good network, with what is wrong now.

        Args:
            is_compared: whether it also shows what differs from the first.
        """
        if self.start is None or self.good is None:
            return document(self.reference, live=Live(self.version, notice(self.faults, is_alone=True)))
        message = notice(self.faults, is_alone=False) if self.faults else ""
        live = Live(self.version, message, differs=_decisive(self.start[0]) != _decisive(self.good[0]))
        if not (is_compared and live.differs):
            return page_of(*self.good, live=live)
        live = replace(live, difference=change(compare(self.start[0], self.good[0])))
        return page_of(*self.good, before=self.start[1], live=live)


def _decisive(spec: Spec) -> dict[str, Plain]:
    """The values of a spec that decide on its network."""
    return {key: value for key, value in written_out(spec).items() if key not in DESCRIPTIVE}


def refreshed(state: State) -> State:
    """The state after its files have been read again; the same if nothing in them has changed."""
    contents = _contents(state)
    if contents == state.contents and state.version:
        return state
    state = replace(state, version=state.version + 1, contents=contents)
    try:
        found = compile_spec(state.reference, state.overrides)
    except DiagnosticError as error:
        return replace(state, faults=error.diagnostics)
    return replace(state, start=state.start or found, good=found, faults=())


def _contents(state: State) -> dict[Path, bytes | None]:
    """The files of the spec; where it cannot be read that far, also those that it had before."""
    paths, is_whole = files_of(state.reference)
    return {path: _read(path) for path in (paths if is_whole else (*paths, *state.contents))}


def _read(path: Path) -> bytes | None:
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
    return None
