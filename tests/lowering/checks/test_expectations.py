"""`expect`: facts that a spec states about its network."""

import pytest

from resnet_dsl.lowering.checks.bounds import batch_of, holds, met_by

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


@pytest.mark.parametrize(
    ("expect", "message", "instead"),
    [
        ("params: <= 28e3", "`<= 28e3`, but the network has 28,912 parameters", '"<= 28912"'),
        ("params: < 28912", "`< 28912`, but the network has 28,912 parameters", '"<= 28912"'),
        ("params: '> 1e9'", "`> 1e9`, but the network has 28,912 parameters", '">= 28912"'),
        ("macs: 1e9 ± 99%", "`1e9 ± 99%`, but the network has 595,584 multiply-accumulates", '"595584 ± 99%"'),
        ("macs: 5 +- 3", "`5 +- 3`, but the network has 595,584 multiply-accumulates", '"595584 ± 3"'),
        (
            "macs: 5 +/- 25e0%",
            "`5 +/- 25e0%`, but the network has 595,584 multiply-accumulates",
            '"595584 ± 25e0%"',
        ),
        (
            "receptive_field: '>= 224'",
            "`>= 224`, but a pixel of the last stage sees 99 pixels of the input along a side",
            '">= 99"',
        ),
        ("receptive_field: 98", "98, but a pixel of the last stage sees 99 pixels of the input along a side", "99"),
        ("memory: <= 0.05 MiB", "`<= 0.05 MiB`, but training keeps 61,440 bytes", '"<= 61440 B"'),
        (
            "memory: < 1 kB at batch 2",
            "`< 1 kB at batch 2`, but training keeps 121,920 bytes",
            '"<= 121920 B at batch 2"',
        ),
    ],
)
def test_unmet_bounds(expect: str, message: str, instead: str) -> None:
    """RD303 gives the bound as it is written and what was measured, and helps with a bound of the same kind."""
    key = expect.partition(": ")[0]
    (fault,) = faults(f"{BASIC}expect:\n  {expect}\n")
    assert (fault.code, fault.message) == ("RD303", f"`expect.{key}` is {message}")
    assert fault.helps == (f"if this is the network that you mean, write `{instead}`",)
    assert faults(f"{BASIC}expect:\n  {key}: {instead}\n") == ()


SIZES = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "TB": 1000**4,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
    "TiB": 1024**4,
}


@pytest.mark.parametrize(
    ("bound", "batch", "met"),
    [
        ("<= 26e6", 1, "<= 5"),
        ("<26e6", 1, "<= 5"),
        ("> 26e6", 1, ">= 5"),
        (">=26e6", 1, ">= 5"),
        ("<= 8 GB", 1, "<= 5 B"),
        ("> 8GiB at batch 64", 64, ">= 5 B at batch 64"),
        ("< 8 at batch 12", 12, "<= 5 at batch 12"),
        ("4.1e9 ± 1%", 1, "5 ± 1%"),
        ("4.1e9+/-1.5e3", 1, "5 ± 1.5e3"),
        ("4 +- 0.5%", 1, "5 ± 0.5%"),
    ],
)
def test_the_batch_of_a_bound_and_one_that_is_met(bound: str, batch: int, met: str) -> None:
    """A bound of the same kind, which the number meets exactly."""
    assert (batch_of(bound), met_by(bound, 5)) == (batch, met)
    assert holds(met, 5)


@pytest.mark.parametrize(
    ("bound", "value", "is_met"),
    [
        ("<= 26e6", 26_000_000, True),
        ("<= 26e6", 26_000_001, False),
        ("< 26e6", 26_000_000, False),
        (">=224", 224, True),
        ("> 224", 224, False),
        ("4.1e9 ± 1%", 4_141_000_000, True),
        ("4.1e9 ± 1%", 4_141_000_001, False),
        ("4.1e9+-1%", 4_059_000_000, True),
        ("4.1e9 +/- 1%", 4_058_999_999, False),
        ("100 ± 2.5", 102, True),
        ("100 ± 2.5", 103, False),
        ("<= 8 GB at batch 64", 8 * 10**9, True),
        ("<= 8 GB", 8 * 10**9 + 1, False),
        ("<= 8 GiB", 8 * 2**30, True),
        ("<= 8 GiB", 8 * 2**30 + 1, False),
        ("< 1 kB", 999, True),
        ("< 1 KB", 1000, False),
        (">= 1 B", 1, True),
        (">= 224", 223, False),
        ("> 224", 225, True),
        ("< 26e6", 25_999_999, True),
        ("<2.5E+1", 24, True),
        ("< 25", 25, False),
        ("> 1.5", 1, False),
        ("100 ± 2.5", 98, True),
        ("100 ± 2.5", 97, False),
        ("200 ± 1.5%", 203, True),
        ("200 ± 1.5%", 204, False),
        ("200 ± 1.5%", 197, True),
        ("200 ± 1.5%", 196, False),
        ("0.5e2±0", 50, True),
        ("0.5e2±0", 51, False),
        *[(f"<= 2 {unit}", 2 * size, True) for unit, size in SIZES.items()],
        *[(f"<= 2{unit}", 2 * size + 1, False) for unit, size in SIZES.items()],
        *[(f"< 2 {unit} at batch 7", 2 * size, False) for unit, size in SIZES.items()],
    ],
)
def test_what_bounds_allow(bound: str, value: int, is_met: bool) -> None:
    """Exactly, without rounding; units with an i are powers of 1,024."""
    assert holds(bound, value) == is_met


def test_a_bound_that_begins_with_the_sign_of_a_block_must_be_quoted() -> None:
    """YAML reads it as the start of a block of text; the help says so."""
    (fault,) = faults(f"{BASIC}expect:\n  receptive_field: >= 224\n")
    assert (fault.code, fault.helps) == ("RD005", ("put the value in quotes",))


@pytest.mark.parametrize(
    ("expect", "wanted"),
    [
        ("params: 26M", "an integer or a bound such as `<= 26e6` or `25e6 ± 5%`, found the string `26M`"),
        ("macs: <= 4 GMACs", "an integer or a bound such as `<= 26e6` or `25e6 ± 5%`, found the string `<= 4 GMACs`"),
        ("memory: 8 GB", "a bound such as `<= 8 GB at batch 64` or `< 500 MiB`, found the string `8 GB`"),
    ],
)
def test_what_is_no_bound(expect: str, wanted: str) -> None:
    """RD206 shows what bounds look like."""
    key = expect.partition(":")[0]
    assert messages(f"{BASIC}expect: {{{expect}}}\n") == [("RD206", f"`expect.{key}` must be {wanted}")]


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
