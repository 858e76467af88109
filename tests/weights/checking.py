"""What must hold of a file of each kind."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import resnet_dsl
from resnet_dsl.compiler import Text
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from tests.cli.conftest import CommandLine
from tests.peers import hashfill

from .kinds import Kind, Made, Refusal


def check_kind(kind: Kind, made: Made, command: CommandLine) -> None:
    """The file opens to the same network with the same outputs, or is refused for the right reason."""
    if kind.refused is not None:
        check_refusal(kind.refused, made)
        if not kind.refused.instead:
            return
        made = Made(made.path.with_name(kind.refused.instead), made.reference)
    choice: dict[str, Any] = dict(kind.choice)
    if choice:
        check_choices(kind, made)
    text = resnet_dsl.infer(made.path, **choice)
    built = resnet_dsl.build(Text(text), weights=made.path, overrides=dict(kind.given), **choice)
    assert has_outputs_of(built, made.reference, digits=kind.digits)
    if kind.given:
        usual = resnet_dsl.build(Text(text), weights=made.path, **choice)
        assert not has_outputs_of(usual, made.reference)
    if kind.says:
        check_report(kind, made, text, command)


def has_outputs_of(built: nn.Module, reference: nn.Module | None, *, digits: int = 0) -> bool:
    """Whether both give the same outputs: bit for bit, or else to so many digits in double precision."""
    assert reference is not None
    channels = next(parameter for parameter in built.parameters() if parameter.dim() == 4).shape[1]
    dtype = torch.float64 if digits else torch.float32
    images = hashfill.probe(channels, 64, 64).to(dtype)
    with torch.inference_mode():
        expected, found = (outputs_of(module.to(dtype), images) for module in (reference, built))
    return torch.allclose(expected, found, rtol=10**-digits, atol=0) if digits else torch.equal(expected, found)


def outputs_of(module: nn.Module, images: torch.Tensor) -> Any:
    """What the network returns for the images; last feature maps are pooled, as a network without classifier does."""
    found = module.eval()(images)
    return found.mean((2, 3)) if found.dim() == 4 else found


def check_choices(kind: Kind, made: Made) -> None:
    """Nothing is chosen in silence: the fault lists what there is, and says how to choose."""
    option, chosen = kind.choice[0]
    with pytest.raises(EnvironmentFault) as caught:
        resnet_dsl.infer(made.path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "RD515"
    for name in (chosen, *kind.others):
        assert f"--{option} {name}" in str(caught.value)


def check_report(kind: Kind, made: Made, text: str, command: CommandLine) -> None:
    """`build` says what was chosen and what was left out."""
    Path("inferred.yaml").write_text(text, "utf-8")
    given = [argument for key, value in kind.given.items() for argument in ("--set", f"{key}={value}")]
    options = [argument for option, value in kind.choice for argument in (f"--{option}", value)]
    result = command("build", "inferred.yaml", "--weights", str(made.path), *options, *given, "--set", "input.size=64")
    assert result.status == 0, result.err
    for said in kind.says:
        assert said in result.out + result.err


def check_refusal(refusal: Refusal, made: Made) -> None:
    """No spec is inferred from it, for the reason given, and no network takes its weights."""
    with pytest.raises(EnvironmentFault) as caught:
        resnet_dsl.infer(made.path)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [refusal.code]
    assert refusal.because in str(caught.value)
    assert refusal.instead in str(caught.value)
    if "resnet-dsl convert" in str(caught.value):  # the help is followed
        resnet_dsl.convert(made.path, made.path.with_name("converted.pt"), names="torchvision")
        assert resnet_dsl.infer(made.path.with_name("converted.pt"))
    with pytest.raises(EnvironmentFault):
        resnet_dsl.build("resnet18", weights=made.path)
