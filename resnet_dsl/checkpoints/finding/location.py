"""Finds the networks of this family in the tables of a file: under which prefix, in which library's names."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ...graph.shapes import Shape
from ...language.spec import Norm
from ...lowering.names import CLASSIFIER, CONVOLUTION, STEM_CONVOLUTION
from ..dialects import DIALECTS, ranked
from ..dialects.dialect import Dialect
from ..stored import Filled, Part
from .tables import Tables

_BOOKKEEPING = re.compile(r"total_ops|total_params|n_averaged|num_batches_tracked|_extra_state|.*_momentum")
"""The last words of entries that profilers, averaging and optimizers add, and that no network needs."""
_OF_A_TRUNK = re.compile(r"(?:conv|bn|norm|layer|stage|res|block|s)_?\d", re.ASCII)
"""How names of layers of a trunk begin: entries below these are never left out as something else."""
_CONVOLUTION = re.compile(rf"layer(\d+)\.0\.{CONVOLUTION}(\d)\.weight", re.ASCII)


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
    """The names in the table that are no part of the network, but for bookkeeping."""

    @property
    def is_whole(self) -> bool:
        """Whether it has a stem."""
        return any(STEM_CONVOLUTION.fullmatch(name) for name in self.parts)


_Table: TypeAlias = Mapping[str, Part]


def networks(tables: Tables) -> list[Located]:
    """All networks in a file, in its order; those without a stem only where there is no other."""
    found = [located for entry, table in tables.items() for located in _in_table(entry, table)]
    return [located for located in found if located.is_whole] or found


def distinct(networks: Sequence[Located]) -> list[Located]:
    """The networks, of those that share their tensors only the one with the shortest prefix."""
    found: list[Located] = []
    for each in sorted(networks, key=lambda located: len(located.prefix)):
        if not any(_are_same(each, other) for other in found):
            found.append(each)
    return [each for each in networks if any(each is other for other in found)]


def _are_same(one: Located, other: Located) -> bool:
    """Whether two networks share their tensors, as a module does that its parent holds twice."""
    if one.parts.keys() != other.parts.keys():
        return False
    pairs = ((each, other.parts[name]) for name, each in one.parts.items())
    return all(
        mine.identity is not None and (mine.identity, mine.shape) == (theirs.identity, theirs.shape)
        for first, second in pairs
        for mine, theirs in zip(first.entries, second.entries, strict=False)
    )


def _in_table(entry: str, table: _Table) -> Iterator[Located]:
    prefixes = {prefix: None for dialect in DIALECTS for prefix in sorted(dialect.prefixes(table))}
    return (_located(entry, prefix, table) for prefix in prefixes)


def _located(entry: str, prefix: str, table: _Table) -> Located:
    """The network under a prefix, in the dialect that understands most of its names."""
    below = {name.removeprefix(prefix): part for name, part in table.items() if name.startswith(prefix)}
    dialect = ranked(below)[0]
    read = dialect.read(below)
    trunk = {name: standard for name, standard in read.items() if not _is_of_classifier(standard)}
    parts = {standard: _changed(dialect, standard, below[name]) for name, standard in trunk.items()}
    names = {standard: prefix + name for name, standard in trunk.items()}
    for norm in dialect.affine_norms(below):
        shape = parts[f"{norm}.weight"].shape
        parts |= {f"{norm}.running_mean": Part((Filled(shape, 0.0),)), f"{norm}.running_var": _variance(shape)}
    for name, standard in _classifier(dialect, prefix, table, _channels(parts)).items():
        parts[standard], names[standard] = _changed(dialect, standard, table[name]), name
    used = {*names.values()}
    others = [name for name in table if name not in used and not _is_bookkeeping(name)]
    firsts = {_first_word(name) for name in trunk}
    in_trunk = {name for name in others if name.startswith(prefix) and _is_in_trunk(name.removeprefix(prefix), firsts)}
    for name in (name for name in others if name in in_trunk):
        inner = name.removeprefix(prefix)
        parts[inner], names[inner] = table[name], name
    shared = {entry.identity for part in parts.values() for entry in part.entries} - {None}
    left_out = (name for name in others if name not in in_trunk and table[name].entries[0].identity not in shared)
    return Located(entry, prefix, dialect, parts, names, tuple(left_out))


def _variance(shape: Shape) -> Part:
    """The variance with which a batch norm only scales and shifts."""
    return Part((Filled(shape, 1.0 - Norm().eps),))


def _is_bookkeeping(name: str) -> bool:
    return _BOOKKEEPING.fullmatch(re.split(r"[./]", name)[-1]) is not None


def _is_in_trunk(name: str, firsts: Collection[str]) -> bool:
    """Whether an entry without a standard name, given without the prefix, is in a part of the trunk nevertheless."""
    return _first_word(name) in firsts or _OF_A_TRUNK.match(name) is not None


def _classifier(dialect: Dialect, prefix: str, table: _Table, channels: int) -> dict[str, str]:
    """The names in the table of a linear classifier of the trunk's features, and their standard names.

    It is beside the trunk's layers, or beside a module that contains the trunk.
    """
    for root in _roots(prefix):
        names = {name.removeprefix(root) for name in table if name.startswith(root)}
        read = dialect.read_classifier(names)
        shapes = {standard: _changed(dialect, standard, table[root + name]).shape for name, standard in read.items()}
        if _fits(shapes, channels):
            return {root + name: standard for name, standard in read.items()}
    return {}


def _fits(shapes: Mapping[str, Shape], channels: int) -> bool:
    """Whether these are the weight and bias of a linear layer for so many features, or for two poolings of them."""
    weight, bias = (shapes.get(f"{CLASSIFIER}.{leaf}", ()) for leaf in ("weight", "bias"))
    return len(weight) == 2 and bias == weight[:1] and weight[1] in (channels, 2 * channels)


def _roots(prefix: str) -> Iterator[str]:
    """A prefix, and those of the modules around it."""
    yield prefix
    ends = [match.end() for match in re.finditer(r"[./]", prefix)][:-1]
    yield from (prefix[:end] for end in reversed(ends))
    if prefix:
        yield ""


def _channels(parts: Mapping[str, Part]) -> int:
    """The output channels of the last stage, 0 if there is none."""
    found = (
        (int(match[1]), int(match[2]), part) for name, part in parts.items() if (match := _CONVOLUTION.match(name))
    )
    last = max(found, key=lambda each: each[:2], default=None)
    return last[2].shape[0] if last is not None and last[2].shape else 0


def _changed(dialect: Dialect, standard: str, part: Part) -> Part:
    return Part(part.entries, dialect.from_theirs(standard, part.entries[0].shape))


def _is_of_classifier(standard: str) -> bool:
    return standard.startswith(f"{CLASSIFIER}.")


def _first_word(name: str) -> str:
    return re.split(r"[./]", name, maxsplit=1)[0]


def left_out_words(located: Located) -> Iterable[str]:
    """The first words of the names that are left out, after what they share with the prefix, sorted."""

    def word(name: str) -> str:
        roots = [root for root in _roots(located.prefix) if name.startswith(root)]
        return _first_word(name.removeprefix(roots[0]))

    return sorted({*map(word, located.left_out)})
