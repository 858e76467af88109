"""The command that lists the bundled specs: list."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import click

from ..language.document.bundled import FAMILIES, families, suggestions
from .usage import usage_fault


@dataclass(frozen=True, slots=True)
class _Row:
    """One bundled spec; the fields are those of `list --json`."""

    name: str
    family: str
    depth: int
    parameters: int
    macs: int
    description: str | None
    reference: str | None


@click.command("list")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array with one object per spec.")
def list_(words: tuple[str, ...], as_json: bool) -> None:
    """List the bundled specs, by family.

    With WORDs, list only specs whose names contain all of them.
    """
    rows = _rows(words)
    if not rows:
        raise usage_fault(
            f"no bundled spec matches `{' '.join(words)}`",
            *(suggestions(" ".join(words)) or ("`resnet-dsl list` shows them all",)),
        )
    click.echo(json.dumps([asdict(row) for row in rows], indent=2) if as_json else _table(rows))


def _rows(words: Sequence[str]) -> list[_Row]:
    """The specs whose names contain all words."""
    from ..compiler import compile_spec

    rows = []
    for family, names in families().items():
        for name in names:
            if all(word.casefold() in name.casefold() for word in words):
                spec, graph = compile_spec(name)
                title = FAMILIES.get(family, family)
                figures = (graph.depth, graph.parameters, graph.macs)
                rows.append(_Row(name, title, *figures, spec.description, spec.reference))
    return rows


def _table(rows: Sequence[_Row]) -> str:
    """The specs of each family below its title, in columns."""
    header = ("name", "depth", "parameters", "MACs", "description")
    cells = [(row.name, str(row.depth), f"{row.parameters:,}", f"{row.macs:,}", row.description or "") for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    lines = [_line(header, widths)]
    family = None
    for row, each in zip(rows, cells, strict=True):
        if row.family != family:
            lines += ["", row.family]
        family = row.family
        lines.append(_line(each, widths))
    return "\n".join(lines)


def _line(row: tuple[str, ...], widths: Sequence[int]) -> str:
    name, *numbers, description = row
    columns = [name.ljust(widths[0]), *(n.rjust(width) for n, width in zip(numbers, widths[1:-1], strict=True))]
    return "  ".join([*columns, description]).rstrip()
