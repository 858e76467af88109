"""Errors as data: what they carry, and in which order."""

import copy
import pickle

import pytest

from resnet_dsl.diagnostics.diagnostic import (
    Diagnostic,
    DiagnosticError,
    EnvironmentFault,
    Label,
    SpecError,
    in_file_order,
)
from resnet_dsl.diagnostics.source import Source, Span

FIRST, SECOND = Source("first", "abcdef"), Source("second", "abcdef")


def fault(code: str, source: Source | None = None, start: int = 0) -> Diagnostic:
    labels = () if source is None else (Label(Span(source, start, start + 1)),)
    return Diagnostic(code=code, message="wrong", labels=labels)


@pytest.mark.parametrize("kind", [SpecError, EnvironmentFault])
def test_an_error_comes_whole_out_of_another_process(kind: type[DiagnosticError]) -> None:
    """Pools of processes pickle what a worker raises."""
    error = kind([fault("RD201", FIRST, 2), fault("RD202")])
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), twin.diagnostics) == (kind, error.diagnostics)


def test_one_diagnostic_needs_no_list() -> None:
    """It is a tuple of one."""
    assert SpecError(fault("RD201")).diagnostics == (fault("RD201"),)


def test_the_text_of_an_error_is_that_of_its_diagnostics() -> None:
    """A blank line between them, and no line break at the end."""
    assert str(SpecError([fault("RD201"), fault("RD202")])) == "error[RD201]: wrong\n\nerror[RD202]: wrong"


def test_faults_stand_in_the_order_of_the_texts() -> None:
    """Those without a place first, then text by text as they are first mentioned; equal ones once."""
    faults = [
        fault("RD1", SECOND, 3),
        fault("RD2", FIRST, 1),
        fault("RD3", SECOND, 0),
        fault("RD4"),
        fault("RD5", FIRST),
    ]
    assert [each.code for each in in_file_order([*faults, *faults])] == ["RD4", "RD3", "RD1", "RD5", "RD2"]
