"""Which entries of a checkpoint differ from those of a network, in a few words."""

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from ..language.checks.wording import joined
from .comparison import Comparison, State

_MODULES = 3
"""How many modules are named."""
_DEEPEST = 3
"""Steps of the longest path that is named: stage, block, and layer."""


def counted_differences(
    network: State, checkpoint: State, comparison: Comparison, shown: Callable[[str], str], *, names_modules: bool
) -> Iterator[str]:
    """For each kind of difference, the number of entries, the modules that have them, and the first of them."""
    kinds = (
        (comparison.missing, "missing from the file", network),
        (comparison.unexpected, "only in the file", checkpoint),
        (comparison.reshaped, "different in shape", checkpoint),
    )
    for names, difference, state in kinds:
        if not names:
            continue
        first = f"`{shown(names[0])}` {list(state[names[0]])}"
        if names is comparison.reshaped:
            first += f" in the file, {list(network[names[0]])} here"
        if len(names) == 1:
            yield f"one entry is {difference}: {first}"
        elif names_modules:
            yield f"{len(names)} entries are {difference}, {_modules(names, shown)}; the first is {first}"
        else:
            yield f"{len(names)} entries are {difference}, the first is {first}"


def counted(names: Sequence[str], shown: Callable[[str], str] = str) -> str:
    """How many entries these are, and which modules have them."""
    return f"`{shown(names[0])}`" if len(names) == 1 else f"{len(names)} entries, {_modules(names, shown)},"


def _modules(names: Sequence[str], shown: Callable[[str], str]) -> str:
    """The modules that have the entries, the smallest ones of which there are few, with how many each has."""
    for depth in range(_DEEPEST, 0, -1):
        found: dict[tuple[str, ...], list[str]] = {}
        for name in names:
            found.setdefault(tuple(name.split(".")[:-1][:depth]), []).append(shown(name))
        if len(found) <= _MODULES:
            break
    if len(found) == 1:
        return f"all in `{_common_path(*found.values())}`"
    listed = [f"{len(each)} in `{_common_path(each)}`" for each in [*found.values()][:_MODULES]]
    more = sum(len(each) for each in [*found.values()][_MODULES:])
    return joined([*listed, f"{more} elsewhere"] if more else listed)


def _common_path(names: Sequence[str]) -> str:
    """The longest path that all these names are in."""
    steps = zip(*(name.split(".")[:-1] for name in names), strict=False)
    return ".".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, steps)) or names[0]
