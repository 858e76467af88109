"""Errors as data: their contents and order."""

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
def test_errors_survive_pickling_and_copying(kind: type[DiagnosticError]) -> None:
    """Process pools pickle the exceptions raised by workers."""
    error = kind([fault("RD201", FIRST, 2), fault("RD202")])
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), twin.diagnostics) == (kind, error.diagnostics)


def test_a_single_diagnostic_needs_no_list() -> None:
    """An error made from one diagnostic carries a tuple of it."""
    assert SpecError(fault("RD201")).diagnostics == (fault("RD201"),)


def test_the_text_of_an_error_joins_its_diagnostics() -> None:
    """A blank line separates the diagnostics, and there is no trailing line break."""
    assert str(SpecError([fault("RD201"), fault("RD202")])) == "error[RD201]: wrong\n\nerror[RD202]: wrong"


def test_faults_are_sorted_by_source_and_place() -> None:
    """Faults without a place come first, then source by source in order of first mention; duplicates are dropped."""
    faults = [
        fault("RD1", SECOND, 3),
        fault("RD2", FIRST, 1),
        fault("RD3", SECOND, 0),
        fault("RD4"),
        fault("RD5", FIRST),
    ]
    assert [each.code for each in in_file_order([*faults, *faults])] == ["RD4", "RD3", "RD1", "RD5", "RD2"]
