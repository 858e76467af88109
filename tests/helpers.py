"""Helpers that many tests share."""

import os

from resnet_dsl.compiler import Source, Text, compile_spec, find_faults, load_spec
from resnet_dsl.diagnostics.diagnostic import Diagnostic, SpecError
from resnet_dsl.graph.graph import Graph
from resnet_dsl.language.document.overrides import Overrides
from resnet_dsl.language.spec import Spec
from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import Plain, to_plain
from resnet_dsl.language.to_data import to_data
from resnet_dsl.lowering.kinds import KINDS

SEARCHES = os.environ.get("HYPOTHESIS_PROFILE") == "search"
"""Whether tests may take hours."""
MODERATE = 60_000_000
"""Parameters of the largest networks that are run in every way in which networks are emitted, unless tests search."""

TINY = "name: tiny\nblock: {type: basic}\nstages: {depths: [1]}\n"
"""The smallest spec."""


def load(source: Source, *, overrides: Overrides = ()) -> Spec:
    return load_spec(source, overrides)


def loads(text: str | bytes, *, name: str = "<string>", overrides: Overrides = ()) -> Spec:
    return load_spec(Text(text, name), overrides)


def lower(source: Source) -> Graph:
    return compile_spec(source)[1]


def written_out(spec: Spec) -> dict[str, Plain]:
    return to_data(spec, KINDS)


def plain(text: str | bytes) -> Plain:
    """The values of a text, without their places."""
    return to_plain(read(decode("test", text if isinstance(text, bytes) else text.encode())))


def read_faults(text: str | bytes) -> tuple[Diagnostic, ...]:
    """The faults that the reader finds in a text, whatever spec it contains."""
    try:
        plain(text)
    except SpecError as error:
        return error.diagnostics
    return ()


def lower_small(name: str, *, pixels: int) -> Graph:
    """A bundled network for images so small that its last feature map has so many pixels a side."""
    size = lower(name).features[-1].reduction * pixels
    return compile_spec(name, {"input.size": size, "expect": None})[1]


def graph_of(text: str) -> Graph:
    return lower(Text(text))


def faults(text: str | bytes, *overrides: str) -> tuple[Diagnostic, ...]:
    """The faults that the compiler finds in a text; empty if it is valid."""
    return find_faults(Text(text, "test"), overrides)


def places(text: str | bytes, *overrides: str) -> list[tuple[str, str]]:
    """Code and marked text of every diagnostic."""
    return [(fault.code, fault.span.text if fault.span else "") for fault in faults(text, *overrides)]


def messages(text: str | bytes, *overrides: str) -> list[tuple[str, str]]:
    """Code and message of every diagnostic."""
    return [(fault.code, fault.message) for fault in faults(text, *overrides)]
