"""The fuzz target in `tests/evidence` accepts what is right and rejects what is wrong. Needs no atheris."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label, SpecError
from resnet_dsl.diagnostics.source import Source, Span
from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.ops import Flatten
from resnet_dsl.language.spec import Spec

from .evidence import target
from .evidence.mutations import mutated
from .evidence.report import figures
from .evidence.seeds import CASES, write_dictionary, write_seeds
from .helpers import TINY, graph_of, loads

PLACE = (Label(Span(Source("test", "text"), 0, 4)),)


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        (TINY, "graph"),
        ("name: child\nextends: resnet50\n", "graph"),
        (TINY.replace("[1]", "[1, 0]"), "text"),
        ("name: [", "text"),
        (f"{TINY}norm: group\ninput: {{channels: 3}}\nstem: {{channels: 5}}\n", "spec"),
    ],
)
def test_the_target_returns_how_far_a_text_gets(text: str, reached: str) -> None:
    """Valid or not, the text is handled correctly, so nothing is raised."""
    assert target.check(text.encode()) == reached


def raising(error: Exception) -> Callable[..., None]:
    def function(*_: object) -> None:
        raise error

    return function


@pytest.mark.parametrize(
    "fault",
    [
        Diagnostic(code="RD999", message="no section", labels=PLACE),
        Diagnostic(code="RD201", message="", labels=PLACE),
        Diagnostic(code="RD201", message="no place"),
        Diagnostic(code="RD201", message="after the text", labels=(Label(Span(Source("test", "text"), 3, 5)),)),
        Diagnostic(code="RD201", message="backwards", labels=(Label(Span(Source("test", "text"), 3, 2)),)),
    ],
    ids=lambda fault: fault.message or "no message",
)
@pytest.mark.parametrize("part", ["read_text", "examine", "compile_spec"])
def test_the_target_rejects_a_malformed_diagnostic(
    part: str, fault: Diagnostic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so whether reading, checking or lowering raised it."""
    monkeypatch.setattr(target, part, raising(SpecError(fault)))
    with pytest.raises(AssertionError):
        target.check(TINY.encode())


def test_the_target_rejects_a_diagnostic_of_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The concise format has one line per diagnostic, because programs read it line by line."""
    monkeypatch.setattr(target, "as_line", lambda fault: f"{fault.code}\n{fault.message}")
    with pytest.raises(AssertionError, match="more than one line"):
        target.check(b"name: [")


def test_the_target_rejects_an_error_without_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `SpecError` must contain at least one fault, or nobody could fix the spec."""
    monkeypatch.setattr(target, "read_text", raising(SpecError(())))
    with pytest.raises(AssertionError, match="no faults"):
        target.check(TINY.encode())


@pytest.mark.parametrize("part", ["read_text", "examine", "compile_spec"])
def test_the_target_propagates_other_exceptions(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any exception but a `SpecError` reaches the fuzzer."""
    monkeypatch.setattr(target, part, raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        target.check(TINY.encode())


def test_the_target_rejects_a_malformed_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a second node besides the output has no consumer."""

    def with_a_stray_node(_: object) -> tuple[Spec, Graph]:
        graph = graph_of(TINY)
        stray = replace(graph.nodes[-1], name="stray", op=Flatten())
        return loads(TINY), replace(graph, nodes=(*graph.nodes, stray))

    monkeypatch.setattr(target, "compile_spec", with_a_stray_node)
    with pytest.raises(AssertionError, match="the output is not the only sink"):
        target.check(TINY.encode())


def test_the_target_rejects_a_spec_that_is_written_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spec that is written and read again must be equal."""
    monkeypatch.setattr(target, "written_out", lambda _: {"name": "other", "extends": "resnet18"})
    with pytest.raises(AssertionError, match="a different spec"):
        target.check(TINY.encode())


def test_seeds_and_mutations_reach_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some seeds, and some mutations of one spec, stop at the text, some at the spec, and some reach the graph."""
    write_seeds(tmp_path)
    monkeypatch.chdir(CASES)
    seeds = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    assert {target.check(seed) for seed in seeds} == {*target.REACHED}
    assert {target.check(mutated(TINY.encode(), Random(number))) for number in range(60)} == {*target.REACHED}


def test_the_dictionary_contains_the_words_of_the_language(tmp_path: Path) -> None:
    """Keys, values and bundled specs, one per line, in ASCII with libFuzzer's escapes."""
    write_dictionary(tmp_path / "dictionary")
    lines = (tmp_path / "dictionary").read_text("ascii").splitlines()
    assert {r'"dropout\x3A\x20"', '"bottleneck"', '"resnet50"', r'"\x3C\x3C\x3A\x20"'} <= {*lines}


def test_the_figures_agree_with_the_log() -> None:
    """The last state in the log counts, and an empty log gives "unknown"."""
    log = "#2 INITED cov: 5 ft: 6 corp: 1/2b\n#9 DONE cov: 1700 ft: 7000 corp: 400/9Kb\n"
    log += "stat::number_of_executed_units: 1234\nstat::peak_rss_mb:              76\n"
    shown = figures(log, {"text": 900, "spec": 34, "graph": 300}, 90)
    assert "1,234 in 1.5 minutes" in shown
    assert "1,700 edges, 7,000 features" in shown
    assert "a graph 300 (24.3%)" in shown
    assert "unknown" in figures("", dict.fromkeys(target.REACHED, 0), 0)
