"""Receptive fields of networks that are known, and what they say of global operations."""

import pytest

import resnet_dsl
from resnet_dsl.analysis import ReceptiveField, receptive_field


@pytest.mark.parametrize(("name", "size"), [("resnet18", 435), ("resnet34", 899), ("resnet50_v1", 483)])
def test_the_field_of_the_last_stage(name: str, size: int) -> None:
    """Those that Araujo et al. (2019, doi:10.23915/distill.00021) and others give."""
    graph = resnet_dsl.lower(name)
    found = receptive_field(graph)[graph.features[-1].node]
    assert (found.size, found.jump, found.is_global) == ((size, size), (32, 32), False)


def test_the_field_of_a_stem() -> None:
    """A 7x7 of stride 2, and a 3x3 of stride 2 after it, each padded so that it starts before the first pixel."""
    found = receptive_field(resnet_dsl.lower("resnet18"))
    assert found["input"] == ReceptiveField((1, 1), (1, 1), (0, 0))
    assert found["conv1"] == ReceptiveField((7, 7), (2, 2), (-3, -3))
    assert found["maxpool"] == ReceptiveField((11, 11), (4, 4), (-5, -5))


def test_a_gate_sees_the_whole_input_and_does_not_widen_the_windows() -> None:
    """After the first squeeze-and-excitation, every value depends on all pixels; windows are as without."""
    plain, gated = (resnet_dsl.lower(name) for name in ("resnet50", "seresnet50"))
    fields = receptive_field(plain), receptive_field(gated)
    for one, other in zip(plain.features[1:], gated.features[1:], strict=True):
        before, after = fields[0][one.node], fields[1][other.node]
        assert (before.is_global, after.is_global) == (False, True)
        assert (before.size, before.jump, before.start) == (after.size, after.jump, after.start)


def test_global_pooling_sees_all_that_its_pixels_see() -> None:
    """From the first row that the first of 7 sees to the last row that the last sees."""
    graph = resnet_dsl.lower("resnet18")
    found = receptive_field(graph)["fc"]
    assert found == ReceptiveField((435 + 6 * 32,) * 2, (7 * 32,) * 2, (-217, -217), is_global=True)
