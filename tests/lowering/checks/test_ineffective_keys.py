"""Keys without effect because of the network's shapes."""

import pytest

from resnet_dsl.language.text.writer import write

from ...helpers import faults, loads, messages, written_out

SPEC = """\
name: a
input: {size: 32}
stem: {channels: 8, pool: POOL}
block: {type: TYPE}
stages: {depths: DEPTHS, widths: WIDTHS, strides: STRIDES}
"""


def text(more: str, **values: str) -> str:
    """A network without strides and projections, unless the values add them."""
    base = {"POOL": "none", "TYPE": "basic", "DEPTHS": "[2, 2]", "WIDTHS": "8", "STRIDES": "1"}
    spec = SPEC
    for name, value in (base | values).items():
        spec = spec.replace(name, value)
    return spec + more


@pytest.mark.parametrize(
    ("more", "idle", "changed", "key", "value", "default", "reason"),
    [
        (
            "shortcut: {when: always}",
            {"DEPTHS": "[1, 1]", "WIDTHS": "[16, 32]"},
            {"WIDTHS": "8"},
            "shortcut.when",
            "always",
            "shape_change",
            "every block has a projection anyway",
        ),
        (
            "shortcut: {kernel: 3}",
            {"WIDTHS": "[16, 32]"},
            {"STRIDES": "[1, 2]"},
            "shortcut.kernel",
            "3",
            "1",
            "no projection strides or dilates",
        ),
        ("shortcut: {pool: avg}", {}, {"WIDTHS": "[8, 16]"}, "shortcut.pool", "avg", "none", "there is no projection"),
        (
            "",
            {"TYPE": "bottleneck, stride_in: 1x1"},
            {"STRIDES": "[1, 2]"},
            "block.stride_in",
            "1x1",
            "3x3",
            "no block with a 1x1 convolution strides",
        ),
        (
            "antialias: blur",
            {},
            {"POOL": "max"},
            "antialias",
            "blur",
            "none",
            "no block strides, and the stem has no pooling",
        ),
        (
            "drop_path: 0.5",
            {"DEPTHS": "[1]"},
            {},
            "drop_path",
            "0.5",
            "0",
            "there is only one block, and the first is never dropped",
        ),
        (
            "",
            {"TYPE": "bottleneck", "DEPTHS": "[1, 1]", "STRIDES": "1, dilations: [1, 2]"},
            {"DEPTHS": "[1, 2]"},
            "stages.dilations",
            "[1, 2]",
            "1",
            "the only 3x3 convolution of such a stage keeps the dilation of the previous stage",
        ),
    ],
)
def test_a_key_that_leaves_the_network_unchanged_is_a_fault(
    more: str, idle: dict[str, str], changed: dict[str, str], key: str, value: str, default: str, reason: str
) -> None:
    """Unless another key gives it an effect."""
    (fault,) = faults(text(more, **idle))
    assert (fault.code, fault.message) == ("RD302", f"`{key}` has no effect here")
    assert [(label.span.text, label.text) for label in fault.labels] == [(value, reason)]
    assert fault.helps == (f"remove the key, or set it to its default, `{default}`",)
    assert messages(text(more, **changed)) == []


@pytest.mark.parametrize(
    "more",
    ["shortcut: {when: shape_change, kernel: 1, pool: none}", "antialias: none", "drop_path: 0", "drop_path: 0.0"],
)
def test_a_default_may_be_written_where_it_has_no_effect(more: str) -> None:
    """Writing a default does not suggest that it changes anything."""
    assert messages(text(more, DEPTHS="[1]")) == []


def test_all_ineffective_keys_are_reported() -> None:
    """In one run."""
    more = "antialias: avg\nshortcut: {kernel: 3}\ndrop_path: 0.5"
    found = [message for _, message in messages(text(more, DEPTHS="[1]", TYPE="bottleneck, stride_in: 1x1"))]
    keys = ["block.stride_in", "antialias", "shortcut.kernel", "drop_path"]
    assert found == [f"`{key}` has no effect here" for key in keys]


def test_channels_per_group_may_be_all_there_are() -> None:
    """RegNet's rule makes widths of 16 from those of 20; written out, the same network has one group."""
    rule = "regnet: {depth: 1, initial: 40, slope: 0, multiplier: 2}"
    spec = loads(f"name: a\nblock: {{type: bottleneck, expansion: 2, group_width: 16}}\nstages: {{{rule}}}\n")
    assert spec.stages[0].width == spec.stages[0].block.group_width == 16
    assert loads(write(written_out(spec))) == spec
