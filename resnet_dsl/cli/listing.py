"""The command that lists the bundled specs: list."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ..language.document.bundled import suggestions
from .usage import usage_fault

if TYPE_CHECKING:
    from ..language.document.gallery import Entry


@click.command("list")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array with one object per spec.")
def list_(words: tuple[str, ...], as_json: bool) -> None:
    """List the bundled specs, by family.

    With WORDs, list only specs with all of them in their names, descriptions or references, such as `regnet`, `cifar
    dropout` or `"group norm"`.
    """
    from ..language.document.gallery import entries

    found = list(entries(words))
    if not found:
        raise usage_fault(
            f"no bundled spec matches `{' '.join(words)}`",
            *(suggestions(" ".join(words)) or ("`resnet-dsl list` shows them all",)),
        )
    click.echo(json.dumps([asdict(entry) for entry in found], indent=2) if as_json else _table(found))


def _table(found: "Sequence[Entry]") -> str:
    """The specs of each family below its title, in columns."""
    header = ("name", "depth", "parameters", "MACs", "description")
    cells = [(each.name, str(each.depth), f"{each.parameters:,}", f"{each.macs:,}", each.description) for each in found]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    lines = [_line(header, widths)]
    family = None
    for entry, row in zip(found, cells, strict=True):
        if entry.family != family:
            lines += ["", entry.family]
        family = entry.family
        lines.append(_line(row, widths))
    return "\n".join(lines)


def _line(row: tuple[str, ...], widths: Sequence[int]) -> str:
    name, *numbers, description = row
    columns = [name.ljust(widths[0]), *(n.rjust(width) for n, width in zip(numbers, widths[1:-1], strict=True))]
    return "  ".join([*columns, description]).rstrip()
