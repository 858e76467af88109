"""The command that starts a spec: new."""

import json
import os
from pathlib import Path
from typing import Literal

import click

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError
from ..diagnostics.render import printable
from ..limits import MAX_NAME
from . import completion, shared
from .usage import usage_fault


@click.command()
@click.argument("path", metavar="NAME|PATH", shell_complete=completion.files())
@shared.with_quiet
@click.option(
    "--from",
    "parent",
    required=True,
    metavar="SPEC",
    shell_complete=completion.specs,
    help="The spec to start from: a path or the name of a bundled spec.",
)
def new(path: str, parent: str) -> None:
    """Write a new spec based on another, to NAME.yaml or to PATH.

    The JSON Schema is written next to it, for your editor.
    """
    from ..compiler import Text, load_spec, written_out
    from ..language.checks.schema import schema_text
    from ..language.starter import SCHEMA_FILE, reference_from, starter

    file, name = _file_and_name(path)
    spec = load_spec(shared.source(parent))
    values = written_out(spec)
    text = starter(name, None if parent == "-" else reference_from(file.parent, parent), values)
    try:
        load_spec(Text(text, directory=file.parent))
    except SpecError:  # this parent cannot be written in a spec, or its chain of `extends` is already at the limit
        text = starter(name, None, values)
    if file.exists():
        message = f"cannot write `{file}`: it exists already"
        raise EnvironmentFault(Diagnostic(code="RD507", message=message, helps=("give another name",)))
    shared.check_output(file)
    schema_path = file.with_name(SCHEMA_FILE)
    match _state_of(schema_path):
        case "missing" | "old":
            shared.write_output(schema_path, lambda partial: partial.write_text(schema_text(), "utf-8"))
        case "foreign":
            shared.say(f"left {printable(str(schema_path))} alone, which is not the schema of this tool")
    shared.write_output(file, lambda partial: partial.write_text(text, "utf-8"))


def _state_of(path: Path) -> Literal["missing", "same", "old", "foreign"]:
    """What lies where the schema belongs; another version of it has the same `$id`."""
    from ..language.checks.schema import schema, schema_text

    if not path.exists():
        return "missing"
    try:
        text = path.read_text("utf-8")
        if text == schema_text():
            return "same"
        found = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return "foreign"
    return "old" if isinstance(found, dict) and found.get("$id") == schema()["$id"] else "foreign"


def _file_and_name(path: str) -> tuple[Path, str]:
    """The file that a path or a name stands for, and the name of the network in it."""
    from ..language.checks.schema import is_name, name_like
    from ..language.document.bundled import ENDINGS
    from ..language.document.weights import SUFFIXES

    folder, last = os.path.split(path)
    if last.endswith((".json", *SUFFIXES)):
        better = name_like(last.partition(".")[0]) or "net"
        raise usage_fault(f"a spec is a YAML file, found `{path}`", f"write `{Path(folder, better + '.yaml')}`")
    ending = max((each for each in ENDINGS if last.endswith(each)), key=len, default="")
    name = last.removesuffix(ending)
    if not is_name(name):
        message = f"a name must be a letter followed by up to {MAX_NAME - 1} letters, digits, `_`, `.` or `-`"
        raise usage_fault(f"{message}, found `{name}`", f"write `{Path(folder, (name_like(name) or 'net') + ending)}`")
    return Path(folder, name + (ending or ".yaml")), name
