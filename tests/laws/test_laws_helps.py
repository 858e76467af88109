"""What the helps of diagnostics promise."""

from typing import Any

from hypothesis import given

from resnet_dsl.compiler import Text, find_faults
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.language.text.writer import write

from ..following import followed
from ..helpers import faults
from ..strategies.faults import Planted, planted_faults


def is_about_a_value(fault: Diagnostic) -> bool:
    """Whether the text could be read, so that a help says what to write and not how to type it."""
    return fault.code >= "RD2" and fault.span is not None


def kinds_after(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(fault.code, fault.message) for fault in find_faults(Text(write(document), "test"))}


@given(planted_faults())
def test_a_help_that_is_followed_leads_to_a_valid_spec_or_to_a_different_fault(planted: Planted) -> None:
    """Never back to the same fault, whatever was wrong; and every help says something that can be done."""
    text, _, _ = planted
    found = faults(text)
    if all(map(is_about_a_value, found)):
        for fault in found:
            for document in followed(text, fault):
                assert (fault.code, fault.message) not in kinds_after(document)
