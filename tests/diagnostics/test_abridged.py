"""The first faults of each kind."""

from resnet_dsl.diagnostics.abridged import MOST, abridged
from resnet_dsl.diagnostics.diagnostic import Diagnostic, SpecError

from ..helpers import TINY, faults


def of_kind(code: str, count: int) -> list[Diagnostic]:
    return [Diagnostic(code=code, message=f"fault {index}") for index in range(count)]


def test_ten_of_a_kind_are_shown_and_the_rest_counted() -> None:
    """Each kind by itself, in the order of the faults."""
    few, many, one_more = of_kind("RD203", 10), of_kind("RD008", 90), of_kind("RD201", 11)
    shown, rest = abridged([*few, *many, *one_more])
    assert shown == (*few, *many[:MOST], *one_more[:MOST])
    assert rest == ("80 more faults of the kind RD008", "1 more fault of the kind RD201")


def test_nothing_is_said_of_the_rest_if_there_is_none() -> None:
    """Ten faults are all of them."""
    assert abridged(of_kind("RD203", MOST)) == (tuple(of_kind("RD203", MOST)), ())


def test_an_alias_bomb_is_told_in_ten_faults() -> None:
    """An exception says as much as the command line does; all faults are in `diagnostics`."""
    found = faults(TINY + "".join(f"a{index}: [*x, *x, *x]\n" for index in range(30)))
    text = str(SpecError(found))
    assert text.count("error[RD008]") == MOST
    assert f"{sum(fault.code == 'RD008' for fault in found) - MOST} more faults of the kind RD008" in text
