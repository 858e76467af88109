"""Weights on the command line: which of several networks, blocks that fit, and specs that are carried along or not."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor

import resnet_dsl
from tests.cli.conftest import SMALL, CommandLine

TAKE = re.compile(r"take one with `(.*)`$", re.MULTILINE)


def state(*, value: float = 0.0, prefix: str = "") -> dict[str, Tensor]:
    """The small network's weights, of which the first convolution has one value."""
    found = dict(resnet_dsl.build(resnet_dsl.loads(SMALL)).state_dict())
    found["conv1.weight"] = torch.full_like(found["conv1.weight"], value)
    return {prefix + name: each for name, each in found.items()}


def first_value(path: str) -> float:
    return float(torch.load(path)["conv1.weight"].flatten()[0])


SEVERAL: dict[str, Mapping[str, object]] = {
    "two entries": {"student": state(value=1), "teacher": state(value=2)},
    "two prefixes": state(value=1, prefix="encoder_q.") | state(value=2, prefix="encoder_k."),
    "both": {"a": state(value=1, prefix="q.") | state(value=2, prefix="k."), "b": state(value=3, prefix="q.")},
    "no prefix and one": state(value=1) | state(value=2, prefix="teacher."),
    "no entry and one": {**state(value=1, prefix="model."), "target": state(value=2, prefix="model.")},
}
"""Files with several networks, whose first convolutions have the values 1, 2, …."""


@pytest.mark.parametrize(
    "kind",
    [
        "two entries",
        "two prefixes",
        "both",
        "no prefix and one",
        "no entry and one",
    ],
)
def test_each_choice_of_the_fault_takes_another_network(resnet_dsl_command: CommandLine, small: str, kind: str) -> None:
    """None is taken in silence, and what the help says can be typed as it is."""
    torch.save(SEVERAL[kind], "w.pt")
    for command in (("infer", "w.pt"), ("build", small, "--device", "cpu", "--weights", "w.pt")):
        result = resnet_dsl_command(*command)
        assert result.status == 2
        assert "RD515" in result.err
    taken = []
    for options in TAKE.findall(result.err):
        arguments = shlex.split(options)
        result = resnet_dsl_command("build", small, "--device", "cpu", "--weights", "w.pt", "-o", "o.pt", *arguments)
        assert result.status == 0, result.err
        assert resnet_dsl_command("infer", "w.pt", *arguments).status == 0
        taken.append(first_value("o.pt"))
    assert sorted(taken) == list(map(float, range(1, len(taken) + 1)))
    assert len(taken) > 1


def test_weights_without_a_spec_need_one(resnet_dsl_command: CommandLine, small: str) -> None:
    """RD518 says so, and both of its helps work."""
    torch.save(state(), "w.pt")
    result = resnet_dsl_command("build", "--weights", "w.pt", "--device", "cpu")
    assert result.status == 2
    assert result.err == (
        "error[RD518]: `w.pt` contains no spec\n"
        "  = help: write `resnet-dsl build SPEC --weights w.pt`\n"
        "  = help: `resnet-dsl infer w.pt` prints a spec for it\n"
    )
    Path("inferred.yaml").write_text(resnet_dsl_command("infer", "w.pt").out, "utf-8")
    for spec in (small, "inferred.yaml"):
        assert resnet_dsl_command("build", spec, "--weights", "w.pt", "--device", "cpu").status == 0


def test_weights_with_a_spec_need_none(resnet_dsl_command: CommandLine, small: str) -> None:
    """The network is that one, also with `--set` and `--classes`."""
    assert resnet_dsl_command("build", small, "--device", "cpu", "-o", "own.safetensors").status == 0
    result = resnet_dsl_command("build", "--weights", "own.safetensors", "--device", "cpu", "--classes", "7")
    assert result.status == 0, result.err
    assert result.out.endswith("loaded own.safetensors\nfreshly initialised: `fc`\n")


@pytest.mark.parametrize(("option", "value"), [("--entry", "a"), ("--prefix", "a."), ("--partial", "")])
def test_options_about_weights_need_weights(
    resnet_dsl_command: CommandLine, small: str, option: str, value: str
) -> None:
    """Rather than being ignored."""
    result = resnet_dsl_command("build", small, *filter(None, (option, value)))
    assert result.status == 2
    assert result.err == (
        f"error[RD514]: `{option}` says how to load weights, but there are none\n  = help: add `--weights FILE`\n"
    )


def test_blocks_that_fit_are_taken_if_that_is_asked_for(resnet_dsl_command: CommandLine, small: str) -> None:
    """`--partial` lists what starts afresh, and what is not used; without it nothing is written."""
    torch.save(state(value=1), "w.pt")
    line = ("build", small, "--device", "cpu", "--weights", "w.pt", "-o", "o.pt", "--set", "stages.depths=[3,1]")
    refused = resnet_dsl_command(*line)
    assert refused.status == 2
    assert "RD505" in refused.err
    assert not Path("o.pt").exists()
    result = resnet_dsl_command(*line, "--partial")
    assert (result.status, result.err) == (0, "")
    assert "freshly initialised: `layer1.1` to `layer1.2`\n" in result.out
    assert first_value("o.pt") == 1
    back = resnet_dsl_command("build", small, "--device", "cpu", "--weights", "o.pt", "--partial")
    assert "not used: `layer1.1` to `layer1.2`\n" in back.out


def test_what_starts_afresh_depends_on_the_seed_alone(resnet_dsl_command: CommandLine, small: str) -> None:
    """The same seed gives the same file, another seed other blocks and the same rest."""
    torch.save(state(), "w.pt")
    line = ("build", small, "--device", "cpu", "--weights", "w.pt", "--set", "stages.depths=[2,1]", "--partial")
    files = []
    for name, seed in (("a.pt", "1"), ("b.pt", "1"), ("c.pt", "2")):
        assert resnet_dsl_command(*line, "--seed", seed, "-o", name).status == 0
        files.append(torch.load(name))
    one, same, other = files
    assert all(torch.equal(one[name], same[name]) for name in one)
    differing = {name for name in one if not torch.equal(one[name], other[name])}
    assert differing == {"layer1.1.conv1.weight", "layer1.1.conv2.weight"}


@pytest.mark.parametrize(
    "name",
    [
        "w.pt",
        "w.pth.tar",
        "w.PTH",
        "w",
        "w.weights",
    ],
)
def test_a_file_of_any_name_is_compared(resnet_dsl_command: CommandLine, small: str, name: str) -> None:
    """As `infer` reads it: what a file is is decided by its content."""
    torch.save(state(), name)
    assert resnet_dsl_command("infer", name).status == 0
    result = resnet_dsl_command("diff", name, small)
    assert (result.status, result.err) == (0, "")
