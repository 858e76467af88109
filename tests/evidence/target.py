"""What must be true of any bytes that somebody gives the compiler, from the text to the graph.

A fuzzer calls `check` with whatever it makes up. It knows no fuzzer, and needs none.
"""

import json
from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from resnet_dsl.compiler import Text, compile_spec
from resnet_dsl.diagnostics.diagnostic import Diagnostic, SpecError
from resnet_dsl.diagnostics.manual import sections
from resnet_dsl.diagnostics.render import as_github, as_json, as_line, as_record, as_text
from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.verify import verify
from resnet_dsl.language.document.inheritance import read_text
from resnet_dsl.language.load import examine
from resnet_dsl.language.spec import Spec
from resnet_dsl.language.text.writer import write
from resnet_dsl.lowering.kinds import KINDS

from ..helpers import loads, written_out

Reached: TypeAlias = Literal["text", "spec", "graph"]
"""The last form that the bytes took without a fault."""

REACHED: tuple[Reached, ...] = get_args(Reached)

MAX_NODES = 2_000
"""Larger graphs are made, and then not looked at: they are like smaller ones, and take long."""


def check(data: bytes) -> Reached:
    """Compile the bytes, and hold all that comes of it against what must be true.

    Raises:
        AssertionError: it is not true.
        Exception: the compiler raised something else than a `SpecError`.
    """
    reached: Reached = "text"
    try:
        if not examine(read_text("fuzz", data), (), KINDS).faults:
            reached = "spec"
        spec, graph = compile_spec(Text(data, "fuzz"))
    except SpecError as error:
        _check_faults(error.diagnostics)
        return reached
    _check_graph(graph)
    _check_spec(spec)
    return "graph"


def _check_faults(faults: Sequence[Diagnostic]) -> None:
    """There is one, each has a code that the manual has and places inside their texts, and every format shows it."""
    assert faults, "a spec is wrong, and nothing is said against it"
    for fault in faults:
        assert fault.code in sections(), f"the manual has no {fault.code}"
        assert fault.message, f"{fault.code} says nothing"
        assert fault.labels, f"{fault.code} has no place"
        for label in fault.labels:
            span = label.span
            assert 0 <= span.start <= span.end <= len(span.source.text), f"{fault.code} has a place outside its text"
        for color in (False, True):
            as_text(fault, color=color).encode("utf-8")
        for line in (as_line(fault), as_github(fault)):
            assert len(line.encode("utf-8").splitlines()) == 1, f"{fault.code} is more than one line: {line!r}"
    shown = json.loads(as_json(map(as_record, faults)))["diagnostics"]
    assert [each["code"] for each in shown] == [fault.code for fault in faults], "JSON shows other faults"


def _check_spec(spec: Spec) -> None:
    """Written out with every default and read again, it is the same."""
    text = write(written_out(spec))
    assert loads(text) == spec, f"another spec is read from what is written:\n{text}"


def _check_graph(graph: Graph) -> None:
    if len(graph.nodes) <= MAX_NODES:
        verify(graph)
