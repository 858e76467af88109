"""Finds the networks of this family in the tables of a file: under which prefix, in which library's names."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ...graph.shapes import Shape
from ...language.spec import Norm
from ...limits import MAX_NETWORKS
from ...lowering.names import STEM_CONVOLUTION
from ..dialects import DIALECTS, ranked
from ..dialects.dialect import Dialect
from ..dialects.places import FIRST, OTHERS, PlacedEntry
from ..stored import Entry, Filled, Part
from .classifier import classifier, is_of_classifier, roots
from .tables import Table, Tables

_BOOKKEEPING = re.compile(r"total_ops|total_params|n_averaged|num_batches_tracked|_extra_state|.*_momentum", re.DOTALL)
"""The last words of entries that profilers, averaging and optimizers add, and that no network needs."""
_OF_A_TRUNK = re.compile(r"(?:conv|bn|norm|layer|stage|res|block|s)_?\d", re.ASCII)
"""How names of layers of a trunk begin: entries below these are never left out as something else."""
_SEPARATOR = re.compile(r"[./]")


@dataclass(frozen=True, slots=True)
class Located:
    """A network of this family in a file."""

    entry: str
    """The dotted keys that lead to its table; empty if the file is the table."""
    prefix: str
    """What the names of its trunk begin with; empty, or with a separator at the end."""
    dialect: Dialect
    parts: Mapping[str, Part]
    """Standard name -> part. What is in the trunk and has no standard name goes by its own, without the prefix."""
    names: Mapping[str, str]
    """Standard name -> name in the table."""
    left_out: tuple[str, ...]
    """The names in the table that are no part of the network, but for bookkeeping and what shares its tensors."""
    spec: str | None
    """The text of the spec that its table carries along."""

    @property
    def is_whole(self) -> bool:
        """Whether it has a stem."""
        return any(STEM_CONVOLUTION.fullmatch(name) for name in self.parts)


def networks(tables: Tables) -> list[Located]:
    """The networks in a file, in its order, up to a limit; those without a stem only where there is no other."""
    for anchors in ((FIRST,), OTHERS):
        everywhere = (each for entry, table in tables.items() for each in _in_table(entry, table, anchors))
        if found := [*islice(everywhere, MAX_NETWORKS)]:
            return [located for located in found if located.is_whole] or found
    return []


def distinct(networks: Sequence[Located]) -> list[Located]:
    """The networks, of those that share their tensors only the one with the shortest prefix."""
    found: list[Located] = []
    for each in sorted(networks, key=lambda located: len(located.prefix)):
        if not any(_are_same(each, other) for other in found):
            found.append(each)
    return [each for each in networks if any(each is other for other in found)]


def left_out_words(located: Located) -> Sequence[str]:
    """The first words of the names that are left out, after what they share with the prefix, sorted."""

    def word(name: str) -> str:
        root = next(root for root in roots(located.prefix) if name.startswith(root))
        return _first_word(name.removeprefix(root))

    return sorted({*map(word, located.left_out)})


def _are_same(one: Located, other: Located) -> bool:
    """Whether two networks share their tensors, as a module does that its parent holds twice."""
    if one.parts.keys() != other.parts.keys():
        return False
    pairs = [(part.entries, other.parts[name].entries) for name, part in one.parts.items()]
    is_known = any(entry.identity is not None for entries, _ in pairs for entry in entries)
    return is_known and all(len(mine) == len(theirs) and all(map(_is_same, mine, theirs)) for mine, theirs in pairs)


def _is_same(one: Entry, other: Entry) -> bool:
    if isinstance(one, Filled):
        return one == other
    return one is other or (one.identity is not None and (one.identity, one.shape) == (other.identity, other.shape))


def _in_table(entry: str, table: Table, anchors: tuple[PlacedEntry, ...]) -> Iterator[Located]:
    """The networks in a table, each by the prefix under which one of these entries stands."""
    everywhere = (prefix for dialect in DIALECTS for prefix in sorted(dialect.prefixes(table.parts, anchors)))
    return (_located(entry, prefix, table) for prefix in dict.fromkeys(everywhere))


def _located(entry: str, prefix: str, table: Table) -> Located:
    """The network under a prefix, in the dialect that understands most of its names."""
    below = {name.removeprefix(prefix): part for name, part in table.parts.items() if name.startswith(prefix)}
    dialect = ranked(below)[0]
    read = {name: standard for name, standard in dialect.read(below).items() if not is_of_classifier(standard)}
    trunk = {standard: _changed(dialect, standard, below[name]) for name, standard in read.items()}
    names = {standard: prefix + name for name, standard in read.items()}
    for norm in dialect.affine_norms(below):
        trunk |= _statistics(norm, trunk[f"{norm}.weight"].shape)
    head = classifier(dialect, prefix, table.parts, trunk)
    parts = trunk | {standard: _changed(dialect, standard, table.parts[name]) for standard, name in head.items()}
    names |= head
    used = {*names.values()}
    others = [name for name in table.parts if name not in used and not _is_bookkeeping(name)]
    firsts = {_first_word(name) for name in read}
    inside = [name for name in others if name.startswith(prefix) and _is_in_trunk(name.removeprefix(prefix), firsts)]
    for name in inside:
        own = _unused(name.removeprefix(prefix), parts)
        parts[own], names[own] = table.parts[name], name
    shared = {each.identity for part in parts.values() for each in part.entries} - {None}
    left_out = [name for name in others if table.parts[name].entries[0].identity not in shared]
    return Located(
        entry=entry,
        prefix=prefix,
        dialect=dialect,
        parts=parts,
        names=names,
        left_out=tuple(name for name in left_out if name not in {*inside}),
        spec=table.spec,
    )


def _statistics(norm: str, shape: Shape) -> dict[str, Part]:
    """The running statistics with which a batch norm only scales and shifts."""
    values = {"running_mean": 0.0, "running_var": 1.0 - Norm().eps}
    return {f"{norm}.{name}": Part((Filled(shape, value),)) for name, value in values.items()}


def _unused(name: str, parts: Mapping[str, Part]) -> str:
    """A name by which an entry that the library does not know can stand beside those that it knows."""
    return name if name not in parts else _unused(f"{name}?", parts)


def _is_bookkeeping(name: str) -> bool:
    return _BOOKKEEPING.fullmatch(_SEPARATOR.split(name)[-1]) is not None


def _is_in_trunk(name: str, firsts: Collection[str]) -> bool:
    """Whether an entry without a standard name, given without the prefix, is in a part of the trunk nevertheless."""
    return _first_word(name) in firsts or _OF_A_TRUNK.match(name) is not None


def _changed(dialect: Dialect, standard: str, part: Part) -> Part:
    return Part(part.entries, dialect.from_theirs(standard, part.entries[0].shape))


def _first_word(name: str) -> str:
    return _SEPARATOR.split(name, maxsplit=1)[0]
