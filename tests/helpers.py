"""Short ways to say what many tests say."""

from resnet_dsl.diagnostics.diagnostic import Diagnostic, SpecError
from resnet_dsl.graph.graph import Graph
from resnet_dsl.language.load import loads
from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import Plain, to_plain
from resnet_dsl.lowering.lower import lower

TINY = "name: tiny\nblock: {type: basic}\nstages: {depths: [1]}\n"
"""The smallest spec."""


def plain(text: str | bytes) -> Plain:
    """The values of a text, without places."""
    return to_plain(read(decode("test", text if isinstance(text, bytes) else text.encode())))


def read_faults(text: str | bytes) -> tuple[Diagnostic, ...]:
    """What the reader has to say against a text, whatever spec it holds."""
    try:
        plain(text)
    except SpecError as error:
        return error.diagnostics
    return ()


def graph_of(text: str) -> Graph:
    return lower(loads(text))


def faults(text: str | bytes, *overrides: str) -> tuple[Diagnostic, ...]:
    """What the compiler has to say against a text; nothing if it is fine."""
    try:
        lower(loads(text, name="test", overrides=overrides))
    except SpecError as error:
        return error.diagnostics
    return ()


def places(text: str | bytes, *overrides: str) -> list[tuple[str, str]]:
    """Code and marked text of every diagnostic."""
    return [(fault.code, fault.span.text if fault.span else "") for fault in faults(text, *overrides)]


def messages(text: str | bytes, *overrides: str) -> list[tuple[str, str]]:
    """Code and message of every diagnostic."""
    return [(fault.code, fault.message) for fault in faults(text, *overrides)]
