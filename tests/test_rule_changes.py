"""The changes of rules that the comparisons must notice can be made."""

import pytest

from .evidence.rule_changes import CHANGES, Change
from .evidence.rules import changed
from .evidence.trial import PACKAGE


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.rule)
def test_a_change_has_one_place_and_leaves_valid_python(change: Change) -> None:
    """Whoever edits the rule edits its change too."""
    compile(changed((PACKAGE / change.path).read_text("utf-8"), change), change.path, "exec")


def test_every_change_has_a_rule_of_its_own() -> None:
    """No name stands for two."""
    assert len({change.rule for change in CHANGES}) == len(CHANGES)
