"""`expect`: facts that a spec states about its network."""

import pytest

from ...helpers import faults, graph_of, messages, places

BASIC = """\
name: a
input: {size: 32}
stem: {channels: 8}
block: {type: basic}
stages:
  depths: [2, 2]
  widths: [8, 16]
"""


@pytest.mark.parametrize(
    ("expect", "marked", "message"),
    [
        ("params: 78001", "78001", "`expect.params` is 78,001, but the network has 78,002 parameters"),
        ("macs: 5", "5", "`expect.macs` is 5, but the network has 123,456 multiply-accumulates"),
        ("depth: 11", "11", "`expect.depth` is 11, but the network's depth is 10"),
        ("output: [10]", "[10]", "`expect.output` is [10], but the network's output shape is [1000]"),
        ("output: [1000, 1]", "[1000, 1]", "`expect.output` is [1000, 1], but the network's output shape is [1000]"),
    ],
)
def test_false_expectations(expect: str, marked: str, message: str) -> None:
    """RD303 gives both values and points at the false one."""
    text = f"{BASIC}expect: {{{expect}}}\n"
    graph = graph_of(BASIC)
    message = message.replace("78,002", f"{graph.parameters:,}").replace("123,456", f"{graph.macs:,}")
    assert (places(text), messages(text)) == ([("RD303", marked)], [("RD303", message)])


def test_true_expectations() -> None:
    """Expectations that are met are not reported."""
    expect = "params: 11689512, macs: 1814073344, depth: 18, output: [1000]"
    text = f"name: a\nblock: {{type: basic}}\nstages: {{depths: [2, 2, 2, 2]}}\nexpect: {{{expect}}}\n"
    assert messages(text) == []


def test_every_false_expectation_is_reported() -> None:
    """In file order."""
    text = BASIC + "expect: {output: [1], depth: 1, params: 1, macs: 1}\n"
    assert places(text) == [("RD303", "[1]"), ("RD303", "1"), ("RD303", "1"), ("RD303", "1")]


@pytest.mark.parametrize(
    ("expect", "names"),
    [
        ("params: 25557032", ["`resnet50` has 25,557,032 parameters"]),
        ("params: 11689512, depth: 10", ["`resnet18` has 11,689,512 parameters"]),
        ("params: 25557032, macs: 4089184256", ["`resnet50` has 25,557,032 parameters"]),
        ("params: 25557032, macs: 3857973249", ["`resnet50_v1` has 25,557,032 parameters"]),
        ("params: 25557032, macs: 5133020671", ["`resnetblur50` has 25,557,032 parameters"]),
        ("params: 25557033", []),
        ("depth: 18", []),
    ],
)
def test_the_bundled_network_with_the_expected_parameters_is_named(expect: str, names: list[str]) -> None:
    """Only by the first false expectation."""
    first, *rest = faults(f"{BASIC}expect: {{{expect}}}\n")
    assert first.notes == tuple(f"the bundled {name}" for name in names)
    assert [fault.notes for fault in rest] == [()] * len(rest)


def test_the_real_figure_is_what_to_write_if_the_network_is_right() -> None:
    """Of every false expectation, as the language writes it."""
    found = faults(f"{BASIC}expect: {{depth: 1, output: [1]}}\n")
    assert [fault.helps for fault in found] == [
        ("if this is the network that you mean, write `10`",),
        ("if this is the network that you mean, write `[1000]`",),
    ]


def test_the_bundled_network_that_the_spec_really_describes_is_named() -> None:
    """If both are bundled, the expected one comes first."""
    resnet18 = "name: a\nblock: {type: basic}\nstages: {depths: [2, 2, 2, 2]}\n"
    is_resnet18 = "the bundled `resnet18` has 11,689,512 parameters"
    (fault,) = faults(resnet18 + "expect: {depth: 19}\n")
    assert fault.notes == ()
    fault, _ = faults(resnet18 + "expect: {params: 21797672, macs: 1}\n")
    assert fault.notes == ("the bundled `resnet34` has 21,797,672 parameters", is_resnet18)
