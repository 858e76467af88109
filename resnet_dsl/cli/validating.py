"""The command that checks specs: validate."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from ..diagnostics.diagnostic import Diagnostic, DiagnosticError, EnvironmentFault
from ..diagnostics.render import as_github, as_json, as_line, as_record, printable
from ..language.checks.wording import joined
from ..language.document.bundled import bundled_specs
from . import completion, shared

_NAMED = 3
"""How many of the files that are no specs are named."""
_SPEC_IN_A_FOLDER = (
    "a file in a folder is taken for a spec if it has `block`, `stages` or `extends` and mostly keys of a spec"
)


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=completion.specs)
@shared.with_overrides
@shared.with_quiet
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "concise", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for people, one line per fault, JSON for programs, or GitHub Actions annotations.",
)
def validate(
    specs: tuple[str, ...], overrides: tuple[str, ...], format_: Literal["text", "concise", "json", "github"]
) -> None:
    """Check specs and report every fault.

    A SPEC may also be a folder: all specs in it and below it are checked.

    Exit status 0: every spec is valid; 1: one is wrong; 2: one cannot be read.
    """
    records: list[dict[str, Any]] = []
    outcomes: Counter[str] = Counter()
    status = 0
    found, others = _expanded(specs)
    for spec in found:
        try:
            if isinstance(spec, EnvironmentFault):
                raise spec
            _, graph = shared.compile_reference(spec, overrides)
        except DiagnosticError as error:
            is_unread = isinstance(error, EnvironmentFault)
            match format_:
                case "text":
                    shared.show_faults(error.diagnostics, to_stderr=False, is_next=status > 0)
                case "json":
                    records += map(as_record, error.diagnostics)
                case "concise":
                    click.echo("\n".join(map(as_line, error.diagnostics)))
                case "github":
                    click.echo("\n".join(map(as_github, error.diagnostics)))
            outcomes["unreadable" if is_unread else "wrong"] += 1
            status = max(status, shared.ENVIRONMENT_IS_WRONG if is_unread else shared.SPEC_IS_WRONG)
        else:
            if format_ == "text":
                shared.say(f"{printable(spec)}: ok, {graph.name} with {graph.parameters:,} parameters")
            outcomes["ok"] += 1
    if format_ == "json":
        click.echo(as_json(records))
    if format_ == "text" and (closing := [*_closing_lines(outcomes, others)]):
        shared.say("\n" * (status > 0) + "\n".join(closing))
    raise click.exceptions.Exit(status)


def _expanded(references: Sequence[str]) -> tuple[list[str | EnvironmentFault], list[Path]]:
    """What the command line names, once each: a folder as its specs or the fault that it has none; and other files."""
    from ..language.folder import read_folder

    specs: dict[str, str | EnvironmentFault] = {}
    others: dict[Path, None] = {}
    for index, reference in enumerate(references):
        key = f"./{Path(reference)}"
        if reference in bundled_specs() or not os.path.isdir(reference):  # noqa: PTH112  # accepts any text
            named = f"{index}" if reference == "-" else reference if reference in bundled_specs() else key
            specs.setdefault(named, reference)
            continue
        try:
            folder = read_folder(Path(reference))
        except OSError as error:
            specs[key] = _unusable(reference, (error.strerror or str(error)).lower())
            continue
        for spec in folder.specs:
            specs.setdefault(f"./{spec}", str(spec))
        others |= dict.fromkeys(folder.others)
        if not folder.specs:
            specs[key] = _unusable(reference, "a folder without specs", _SPEC_IN_A_FOLDER)
    return [*specs.values()], [*others]


def _unusable(folder: str, reason: str, *helps: str) -> EnvironmentFault:
    return EnvironmentFault(Diagnostic(code="RD001", message=f"cannot read the spec `{folder}`: {reason}", helps=helps))


def _closing_lines(outcomes: Counter[str], others: Sequence[Path]) -> Iterator[str]:
    """What became of all specs, if there are several, and which files were left out."""
    if (total := outcomes.total()) > 1:
        found = [outcome for outcome in ("ok", "wrong", "unreadable") if outcomes[outcome]]
        counts = [f"{'all' if len(found) == 1 else f'{outcomes[outcome]:,}'} {outcome}" for outcome in found]
        yield f"{total:,} specs: {', '.join(counts)}"
    if others:
        names = [printable(str(path)) for path in others[:_NAMED]]
        more = [f"{len(others) - _NAMED:,} more"] if len(others) > _NAMED else []
        yield f"not taken for specs: {joined([*names, *more])}"
