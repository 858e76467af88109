"""The command that gives reasons, for shortcuts or for a diagnostic: explain."""

import shutil
import sys

import click

from . import completion, shared
from .usage import usage_fault

_WIDEST = 100
"""Columns of a page; longer lines are hard to read."""


@click.command()
@click.argument("spec", metavar="SPEC|CODE", shell_complete=completion.specs_or_codes)
@shared.with_overrides
def explain(spec: str, overrides: tuple[str, ...]) -> None:
    """Explain the shortcut of each block, and how `stages.regnet` came to the width of each stage.

    With a CODE such as RD203, explain that diagnostic.
    """
    from ..diagnostics.manual import as_code

    if (code := as_code(spec)) is not None:
        if overrides:
            raise usage_fault(f"`--set` changes a spec, and `{code}` is the code of a diagnostic")
        _explain_code(code)
        return
    from ..backends.tables.shortcuts import explain as explain_graph
    from ..compiler import quantisation_of

    read, graph = shared.compile_reference(spec, overrides)
    click.echo(quantisation_of(read) + explain_graph(graph), nl=False)


def _explain_code(code: str) -> None:
    from ..diagnostics.manual import ranges, sections
    from ..diagnostics.page import as_page

    if code not in sections():
        raise usage_fault(f"there is no code `{code}`", f"the codes are {ranges(sections())}")
    color = shared.has_color(sys.stdout)
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    click.echo(as_page(sections()[code], width, color=color), nl=False, color=color)
