"""Specs that are called `*.resnet.yaml`, which editors recognise: every command takes them like any other."""

from pathlib import Path

import pytest

from .conftest import CommandLine


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("validate child.resnet.yaml", "child.resnet.yaml: ok, child with 11,173,962 parameters\n"),
        ("show child.resnet.yaml", "version: 1\nname: child\n"),
        ("summary child.resnet.yaml", "child: depth 18, input 3×224×224\n"),
        ("explain child.resnet.yaml", "layer1.0: identity: the shapes are equal\n"),
        ("draw child.resnet.yaml --output child.dot", "wrote child.dot\n"),
        ("build child.resnet.yaml --device meta", "-----"),
        ("new other --from child.resnet.yaml", "wrote resnet-dsl.schema.json\nwrote other.yaml\n"),
    ],
)
def test_a_command_takes_a_spec_that_is_called_resnet_yaml(
    arguments: str, expected: str, resnet_dsl_command: CommandLine
) -> None:
    """So does `extends`; a spec that has the name of a bundled one does not take its place."""
    Path("resnet18.resnet.yaml").write_text("name: base\nextends: resnet18\nhead: {classes: 10}\n", "utf-8")
    Path("child.resnet.yaml").write_text("name: child\nextends: resnet18.resnet.yaml\nstem: {kernel: 3}\n", "utf-8")
    result = resnet_dsl_command(*arguments.split())
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(expected)
