"""The names that libraries give to the entries of a checkpoint: each dialect is one file of data in this folder."""

from collections.abc import Collection, Sequence

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ...language.checks.wording import quoted
from .dialect import Dialect
from .table import dialects

DIALECTS: tuple[Dialect, ...] = dialects()
"""That of the standard names first, which are torchvision's and timm's."""


def ranked(names: Collection[str]) -> Sequence[Dialect]:
    """The dialects in which a network has these names, which are without their prefix.

    Those that read most of them come first; among equals one whose own classifier is there, then as in the table.
    """
    possible = [dialect for dialect in DIALECTS if "" in dialect.prefixes(names)]
    read = {each.name: (len(each.read(names)), each.has_own_classifier(names)) for each in possible}
    return sorted(possible, key=lambda each: read[each.name], reverse=True)


def dialect_called(name: str) -> Dialect:
    """The dialect with this name.

    Raises:
        EnvironmentFault: there is none.
    """
    known = {dialect.name: dialect for dialect in DIALECTS}
    if name not in known:
        helps = did_you_mean(name, known, "library") or (f"the libraries are {quoted([*known], 'and')}",)
        raise EnvironmentFault(Diagnostic(code="RD517", message=f"there is no table of names `{name}`", helps=helps))
    return known[name]
