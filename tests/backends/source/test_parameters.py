"""What differs between modules becomes parameters of their class."""

from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.backends.source.parameters import Column, Slot, Solver

CHANNELS = st.sampled_from([1, 3, 4, 8, 12, 16, 32, 64])


@st.composite
def columns(draw: st.DrawFn) -> list[Column]:
    """Values of several places in as many modules, some of which lack some of the places."""
    count = draw(st.integers(1, 4))
    column = st.lists(st.none() | CHANNELS, min_size=count, max_size=count).filter(any).map(tuple)
    return draw(st.lists(column, min_size=1, max_size=6))


@given(columns())
def test_every_value_follows_from_the_parameters(found: list[Column]) -> None:
    """Wherever a module has a value, the expression for it gives this value; a constant takes no parameter."""
    solver = Solver({}, is_block=True)
    slots = [Slot((f"conv{index}",), "channels", "out_channels", column) for index, column in enumerate(found)]
    terms = [solver.term(slot) for slot in slots]
    assert len({parameter.name for parameter in solver.parameters}) == len(solver.parameters)
    for slot, term in zip(slots, terms, strict=True):
        assert all(term.value(index) == value for index, value in slot.known.items())
        assert (term.parameter is None) == (len(set(slot.known.values())) == 1)


def test_products_and_quotients_take_no_parameter_of_their_own() -> None:
    """The expansion of a bottleneck, and the channels that its attention reduces."""
    solver = Solver({}, is_block=True)
    columns: list[Column] = [(64, 128), (256, 512), (16, 32), (8, 8)]
    texts = [solver.term(Slot((), "channels", "channels", column)).text() for column in columns]
    assert texts == ["width", "4 * width", "width // 4", "8"]
