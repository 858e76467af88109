"""The command diff: its sides, its formats and its exit statuses."""

import json
import re
from pathlib import Path

import pytest
import torch

import resnet_dsl
from resnet_dsl.analysis import memory
from resnet_dsl.backends.tables import EXTRAS

from .conftest import CommandLine, Result

SPEC = "name: mine\ninput: {size: 32}\nblock: {type: basic}\nstages: {depths: [1, 1], widths: 8}\n"


def test_equal_networks_give_no_output(resnet_dsl_command: CommandLine) -> None:
    """Exit status 0, like `diff`; JSON for programs says it."""
    Path("a.yaml").write_text(SPEC)
    Path("b.yaml").write_text(SPEC.replace("mine", "other") + "activation: relu\n")
    assert resnet_dsl_command("diff", "a.yaml", "b.yaml") == Result(0, "", "")
    assert resnet_dsl_command("diff", "a.yaml", "a.yaml", "--format", "markdown") == Result(0, "", "")
    result = resnet_dsl_command("diff", "a.yaml", "b.yaml", "--format", "json")
    assert (result.status, json.loads(result.out)["differs"]) == (0, False)


def test_networks_that_differ_have_exit_status_1(resnet_dsl_command: CommandLine) -> None:
    """In every format, with what Python gives."""
    Path("a.yaml").write_text(SPEC)
    found = resnet_dsl.diff("a.yaml", "resnet18")
    assert resnet_dsl_command("diff", "a.yaml", "resnet18") == Result(1, str(found), "")
    assert resnet_dsl_command("diff", "a.yaml", "resnet18", "--format", "markdown") == Result(1, found.markdown(), "")
    assert resnet_dsl_command("diff", "a.yaml", "resnet18", "--format", "json") == Result(1, found.json(), "")


def test_set_changes_the_second_side(resnet_dsl_command: CommandLine) -> None:
    """Or, if there is none, the first: what does this change do?"""
    alone = resnet_dsl_command("diff", "resnet20", "--set", "head.classes=7")
    assert alone == resnet_dsl_command("diff", "resnet20", "resnet20", "--set", "head.classes=7")
    assert alone.status == 1
    assert re.search(r"^- 10  resnet20, line \d+\n\+ 7   --set head.classes=7\n", alone.out, re.MULTILINE)
    assert resnet_dsl_command("diff", "resnet20", "--set", "head.classes=10") == Result(0, "", "")


def test_one_side_may_be_standard_input(resnet_dsl_command: CommandLine) -> None:
    """But not both, unless it is one side, changed."""
    Path("a.yaml").write_text(SPEC)
    assert resnet_dsl_command("diff", "-", "a.yaml", stdin=SPEC.encode()) == Result(0, "", "")
    assert resnet_dsl_command("diff", "a.yaml", "-", stdin=SPEC.encode()) == Result(0, "", "")
    assert resnet_dsl_command("diff", "-", "--set", "head.classes=7", stdin=SPEC.encode()).status == 1
    result = resnet_dsl_command("diff", "-", "-", stdin=SPEC.encode())
    assert (result.status, "only one of the two" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.yaml"], "compare A with another network B"),
        (["a.yaml", "nowhere.yaml"], "error[RD001]"),
        (["a.yaml", "wrong.yaml"], "error[RD203]: unknown key `colour`"),
        (["wrong.yaml", "a.yaml"], "error[RD203]: unknown key `colour`"),
        (["a.yaml", "--set", "head.classes=-1"], "error[RD205]"),
        (["a.yaml", "a.yaml", "--set", "nonsense"], "error[RD024]"),
        (["a.yaml", "nowhere.safetensors"], "error[RD504]"),
        (["a.yaml", "git:HEAD:a.yaml"], "not a git repository"),
    ],
)
def test_trouble_has_exit_status_2(
    resnet_dsl_command: CommandLine, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also a wrong spec: 1 means that the networks differ."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    Path("a.yaml").write_text(SPEC)
    Path("wrong.yaml").write_text(SPEC + "colour: red\n")
    result = resnet_dsl_command("diff", *arguments)
    assert (result.status, result.out) == (2, "")
    assert message in result.err


def test_a_spec_does_not_differ_from_the_weights_that_build_writes(resnet_dsl_command: CommandLine) -> None:
    """Whatever else the spec says."""
    Path("a.yaml").write_text(SPEC + "activation: gelu\nhead: {dropout: 0.5, classes: 3}\ndrop_path: 0.1\n")
    assert resnet_dsl_command("build", "a.yaml", "-o", "a.safetensors", "-q").status == 0
    assert resnet_dsl_command("diff", "a.yaml", "a.safetensors") == Result(0, "", "")
    assert resnet_dsl_command("diff", "a.safetensors", "a.yaml", "--format", "markdown") == Result(0, "", "")
    result = resnet_dsl_command("diff", "a.safetensors", "a.yaml", "--set", "stages.depths=[1, 2]")
    assert result.status == 1
    assert "- [1, 1]  <a.safetensors>, line 4\n+ [1, 2]  --set stages.depths=[1, 2]\n" in result.out
    assert "layer2.1  added  10" in result.out
    torch.save({"conv1.weight": torch.zeros(1)}, "other.pt")
    assert "error[RD511]" in resnet_dsl_command("diff", "a.yaml", "other.pt").err


def test_a_batch_size_shows_the_memory_that_it_decides_on(resnet_dsl_command: CommandLine) -> None:
    """As with the column, in the formats for people; JSON has it anyway."""
    for format_ in ("text", "markdown", "json"):
        arguments = ("diff", "resnet18", "resnet34", "--format", format_, "--batch-size", "7")
        found = resnet_dsl_command(*arguments)
        assert ("saved bytes" in found.out, "saved_for_backward" in found.out) == (format_ != "json", format_ == "json")
        assert found == resnet_dsl_command(*arguments, "--column", "memory")


def test_columns_add_flops_memory_and_receptive_fields(resnet_dsl_command: CommandLine) -> None:
    """As rows of the stages that differ and of the total, for the batch asked for; JSON has them always."""
    options = [word for column in EXTRAS for word in ("--column", column)]
    result = resnet_dsl_command("diff", "resnet50", "resnet101", "--batch-size", "8", *options)
    graphs = [resnet_dsl.lower(name) for name in ("resnet50", "resnet101")]
    before, after = (memory(graph, 8).saved_for_backward for graph in graphs)
    rows = [line.split() for line in result.out.splitlines() if line.startswith("total")]
    assert ["total", "saved", "bytes", f"{before:,}", f"{after:,}"] in [row[:5] for row in rows]
    assert ["total", "receptive", "field", "427×427", "971×971"] in rows
    assert ["total", "FLOPs", *(f"{2 * graph.macs:,}" for graph in graphs)] in [row[:4] for row in rows]
    plain = resnet_dsl_command("diff", "resnet50", "resnet101").out
    assert not any(word in plain for word in ("saved bytes", "receptive field", "FLOPs"))
    found = json.loads(resnet_dsl.diff("resnet50", "resnet101", batch_size=8).json())["total"]
    assert found["saved_for_backward"] == {"before": before, "after": after}
    assert found["receptive_field"] == {"before": [427, 427], "after": [971, 971]}
    assert found["flops"] == {"before": 2 * graphs[0].macs, "after": 2 * graphs[1].macs}
