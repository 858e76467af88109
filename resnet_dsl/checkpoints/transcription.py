"""A checkpoint's names and shapes -> the text of its spec, with a comment where shapes do not tell."""

import re
from collections.abc import Mapping

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError
from ..language.load import loads
from ..language.text.writer import write
from ..lowering.lower import lower
from .comparison import State, compare
from .observed_stages import Unrecognised
from .recognition import recognise

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_KEY = re.compile(r"( *)([\w$]+):")


def transcribe(state: State, file: str) -> str:
    """The spec, as YAML, of a network whose `state_dict` has these names and shapes.

    Args:
        state: the checkpoint.
        file: its name, for the spec's own and for diagnostics.

    Raises:
        EnvironmentFault: no spec describes it.
    """
    try:
        found = recognise(state)
        text = write({"name": _name(file), **found.document})
        graph = lower(loads(text, name="<inferred>"))
    except Unrecognised as error:
        raise EnvironmentFault(_unknown(file, str(error))) from None
    except SpecError as error:
        raise EnvironmentFault(_unknown(file, error.diagnostics[0].message)) from None
    comparison = compare(graph.state, state)
    if not comparison.is_equal:
        name = next(iter((*comparison.unexpected, *comparison.missing, *comparison.reshaped)))
        raise EnvironmentFault(_unknown(file, f"`{name}` is not as in any of them"))
    source = _NOT_IN_NAMES.sub("_", file)
    head = f"# Read from the names and shapes in {source}. What they cannot tell is marked: convention."
    return f"{head}\n{_commented(text, found.conventions)}"


def _name(file: str) -> str:
    """A name for the spec that is like the file's."""
    name = _NOT_IN_NAMES.sub("_", file.rpartition(".")[0] or file)[:64]
    return name if name[:1].isalpha() else f"net_{name}"[:64]


def _commented(text: str, conventions: Mapping[str, str]) -> str:
    """The text with a comment behind each key whose value is mere convention."""
    lines, section = [], ""
    for line in text.splitlines():
        match = _KEY.match(line)
        key = ""
        if match is not None:
            key = match[2] if not match[1] else f"{section}.{match[2]}"
            section = section if match[1] else match[2]
        reason = conventions.get(key)
        lines.append(f"{line}  # convention: {reason}" if reason else line)
    return "\n".join(lines) + "\n"


def _unknown(file: str, reason: str) -> Diagnostic:
    return Diagnostic(
        code="RD511",
        message=f"`{file}` holds the weights of no network that a spec can describe: {reason}",
    )
