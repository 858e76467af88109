"""What follows from a code is a property of the code."""

import pytest

from resnet_dsl.diagnostics.codes import CODES, Invalidated, independent, invalidated_by, spans_of
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.source import Source, Span

SOURCE = Source("test", "name: a\nstages: {depths: [1]}\n")
HERE, THERE = Span(SOURCE, 0, 4), Span(SOURCE, 8, 14)


def fault(code: str, span: Span = HERE) -> Diagnostic:
    return Diagnostic(code=code, message="wrong", labels=(Label(span),))


@pytest.mark.parametrize("code", CODES)
def test_a_code_follows_from_codes_that_exist(code: str) -> None:
    """And never from itself."""
    causes = CODES[code].caused_by | CODES[code].subsumed_by
    assert causes <= CODES.keys() - {code}


@pytest.mark.parametrize("code", [code for code in CODES if code < "RD100"])
def test_a_text_that_could_not_be_read_may_have_meant_anything(code: str) -> None:
    """Nothing is then said of its network."""
    assert invalidated_by(fault(code)) is Invalidated.EVERYTHING


@pytest.mark.parametrize(("cause", "consequence"), [("RD302", "RD303"), ("RD404", "RD305")])
def test_what_only_follows_is_no_news_anywhere(cause: str, consequence: str) -> None:
    """Wherever the two are marked; without the cause it is news."""
    assert independent([fault(consequence, THERE), fault(cause)]) == [fault(cause)]
    assert independent([fault(consequence)]) == [fault(consequence)]


def test_of_two_faults_at_one_place_the_one_that_says_more_is_kept() -> None:
    """A list that is too long for its stages may also be too long for any network."""
    assert independent([fault("RD207"), fault("RD301")]) == [fault("RD301")]
    assert independent([fault("RD207", THERE), fault("RD301")]) == [fault("RD207", THERE), fault("RD301")]


def test_the_places_of_faults_are_chosen_by_what_they_spoil() -> None:
    """A missing key spoils nothing of what is marked."""
    faults = [fault("RD201"), fault("RD202", THERE), Diagnostic(code="RD201", message="nowhere")]
    assert spans_of(faults, {Invalidated.VALUE}) == {HERE}
    assert spans_of(faults, {Invalidated.MISSING}) == {THERE}
