"""Strides, dilations and reductions of all stages, and the diagnostics of impossible ones."""

import pytest

from resnet_dsl.lowering.resolution import Resolution, resolutions

from ..helpers import faults, loads

SPEC = "{{name: a, stem: {stem}, block: {{type: basic}}, stages: {{depths: [1, 1, 1, 1], {stages}}}}}"


@pytest.mark.parametrize(
    ("stem", "stages", "wanted"),
    [
        ("{}", "strides: [1, 2, 2, 2]", [(1, 1, 1, 4), (2, 1, 1, 8), (2, 1, 1, 16), (2, 1, 1, 32)]),
        ("{}", "output_stride: 32", [(1, 1, 1, 4), (2, 1, 1, 8), (2, 1, 1, 16), (2, 1, 1, 32)]),
        ("{}", "output_stride: 16", [(1, 1, 1, 4), (2, 1, 1, 8), (2, 1, 1, 16), (1, 2, 1, 16)]),
        ("{}", "output_stride: 8", [(1, 1, 1, 4), (2, 1, 1, 8), (1, 2, 1, 8), (1, 4, 2, 8)]),
        ("{}", "output_stride: 4", [(1, 1, 1, 4), (1, 2, 1, 4), (1, 4, 2, 4), (1, 8, 4, 4)]),
        ("{stride: 1}", "output_stride: 4", [(1, 1, 1, 2), (2, 1, 1, 4), (1, 2, 1, 4), (1, 4, 2, 4)]),
        ("{pool: none}", "output_stride: 4", [(1, 1, 1, 2), (2, 1, 1, 4), (1, 2, 1, 4), (1, 4, 2, 4)]),
        (
            "{stride: 1, pool: none}",
            "output_stride: 1",
            [(1, 1, 1, 1), (1, 2, 1, 1), (1, 4, 2, 1), (1, 8, 4, 1)],
        ),
        (
            "{}",
            "strides: [2, 3, 1, 5], dilations: [1, 2, 3, 4], output_stride: 8",
            [(2, 1, 1, 8), (1, 6, 1, 8), (1, 9, 6, 8), (1, 60, 9, 8)],
        ),
        (
            "{}",
            "strides: 1, dilations: [64, 1, 2, 64]",
            [(1, 64, 1, 4), (1, 1, 64, 4), (1, 2, 1, 4), (1, 64, 2, 4)],
        ),
    ],
)
def test_strides_become_dilations_at_the_output_stride(
    stem: str, stages: str, wanted: list[tuple[int, int, int, int]]
) -> None:
    """Stride, dilation, the dilation of the stage before, and the total stride up to the stage's end."""
    found, wrong = resolutions(loads(SPEC.format(stem=stem, stages=stages)))
    assert (found, wrong) == (tuple(Resolution(*each) for each in wanted), [])


GIVE = "the stem's stride and pooling give {}, and each stage multiplies it by its own stride"


@pytest.mark.parametrize(
    ("stem", "stages", "reached", "helps"),
    [
        ("{}", "output_stride: 64", "4, 8, 16, 32", ("write `32`",)),
        ("{}", "output_stride: 2", "4, 8, 16, 32", ("write `4`",)),
        ("{}", "strides: [1, 4, 1, 4], output_stride: 32", "4, 16, 64", ("write `16` or `64`",)),
        ("{}", "strides: [1, 4, 1, 4], output_stride: 8", "4, 16, 64", ("write `4` or `16`",)),
        ("{}", "strides: [3, 2, 2, 1], output_stride: 8", "4, 12, 24, 48", ("write `4`",)),
        ("{stride: 3}", "strides: [1, 1, 1, 5], output_stride: 4", "6, 30", ()),
        (
            "{stride: 64}",
            "strides: [64, 1, 1, 1], output_stride: 1024",
            "128, 8,192",
            ("write `128` or `8192`",),
        ),
    ],
)
def test_the_diagnostic_of_an_output_stride_that_is_not_reached(
    stem: str, stages: str, reached: str, helps: tuple[str, ...]
) -> None:
    """What is reached, and the powers of two next to what is wanted."""
    (fault,) = faults(SPEC.format(stem=stem, stages=stages))
    wanted = stages.rpartition(" ")[2]
    message = f"`stages.output_stride` is {wanted}, but the network can only reach {reached}"
    assert (fault.code, fault.message, fault.helps) == ("RD405", message, helps)
    assert fault.notes == (GIVE.format(reached.partition(", ")[0]),)
    assert [(label.span.text, label.text) for label in fault.labels] == [(wanted, "")]


def test_the_first_stage_that_is_too_dilated_is_reported() -> None:
    """With the dilation it would have; dilations above 64 count as 64, so that the rest can be checked."""
    spec = loads(SPEC.format(stem="{}", stages="strides: [2, 64, 2, 2]"))
    found, wrong = resolutions(spec)
    assert (found[-1], wrong) == (Resolution(2, 1, 1, 4 * 2 * 64 * 4), [])
    text = SPEC.format(stem="{}", stages="strides: [2, 64, 64, 2], output_stride: 8")
    (fault,) = faults(text)
    assert (fault.code, fault.message) == ("RD406", "stage 3 would have dilation 4,096, more than 64")
    assert [(label.span.text, label.text) for label in fault.labels] == [("8", "")]
    assert (fault.notes, fault.helps) == ((), ())
