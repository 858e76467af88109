"""The files that a spec consists of, as far as its user can edit them."""

from collections.abc import Iterator
from pathlib import Path

from ...diagnostics.diagnostic import EnvironmentFault, SpecError
from .bundled import is_bundled
from .inheritance import chain, locate, open_spec
from .revisions import PREFIX, Snapshot


def files_of(reference: str) -> tuple[tuple[Path, ...], bool]:
    """The files that the spec of this name or path consists of, and whether these are all.

    Bundled specs are not among them, nor what is read at a revision; a parent that is missing is. What a text with a
    fault extends is not known.
    """
    if reference.startswith(PREFIX):
        return (), True
    try:
        documents, faults = chain(open_spec(reference))
    except (SpecError, EnvironmentFault):
        return tuple(_editable(locate(reference, Path()))), False
    parents = (locate(str(each.parent.value), each.directory) for each in documents if each.parent is not None)
    return tuple(own for path in (locate(reference, Path()), *parents) for own in _editable(path)), not faults


def _editable(path: Path | Snapshot) -> Iterator[Path]:
    if isinstance(path, Path) and not is_bundled(path):
        yield path
