"""The names that libraries give to the entries of a checkpoint: each dialect is one file of data in this folder."""

from collections.abc import Collection, Sequence

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ...language.checks.wording import quoted
from .dialect import Dialect
from .places import FIRST, OTHERS
from .table import dialects

DIALECTS: tuple[Dialect, ...] = dialects()
"""That of the standard names first, which are torchvision's and timm's."""


def ranked(names: Collection[str]) -> Sequence[Dialect]:
    """The dialects in which a network has these names, which are without their prefix.

    Those that read most of them come first; among equals one whose own classifier is there, then as in the table.
    """
    signed = [dialect for dialect in DIALECTS if not dialect.sign or dialect.sign in names]
    possible = [dialect for dialect in signed if "" in dialect.prefixes(names, (FIRST, *OTHERS))]
    read = {each.name: (len(each.read(names)), each.has_own_classifier(names)) for each in possible}
    return sorted(possible, key=lambda each: read[each.name], reverse=True)


def dialect_called(name: str) -> Dialect:
    """The dialect with this name.

    Raises:
        EnvironmentFault: there is none.
    """
    names = {dialect.name: dialect for dialect in DIALECTS}
    known = names | {alias: dialect for dialect in DIALECTS for alias in dialect.aliases}
    if name not in known:
        helps = did_you_mean(name, known, "library") or (f"write one of {quoted([*names], 'or')}",)
        raise EnvironmentFault(Diagnostic(code="RD517", message=f"unknown library `{name}`", helps=helps))
    return known[name]
