"""The diagnostic codes and what each implies: every decision that depends on a code is made here.

`docs/diagnostics.md` explains each code to users.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from .diagnostic import Diagnostic
from .source import Span


class Invalidated(Enum):
    """What a fault makes unknown about the network."""

    EVERYTHING = auto()
    """The text could not be read and may have meant anything."""
    VALUE = auto()
    """The intended value at the marked place."""
    ITEMS = auto()
    """The contents of the marked list; its length is still meaningful."""
    UNKNOWN_KEY = auto()
    """Nothing, unless the marked key is a misspelling of a known one."""
    NOTHING = auto()
    """Nothing: the network is the same without the marked key."""
    MISSING = auto()
    """A key missing at the marked place; what is written there is valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Properties shared by all faults with this code."""

    invalidates: Invalidated = Invalidated.VALUE
    caused_by: frozenset[str] = frozenset()
    """Codes whose presence anywhere in the spec makes a fault of this code redundant."""
    subsumed_by: frozenset[str] = frozenset()
    """Codes that say more about the same place."""


_UNREADABLE = Code(invalidates=Invalidated.EVERYTHING)
_PLAIN = Code()

CODES: Mapping[str, Code] = {
    **dict.fromkeys(("RD001", "RD002", "RD003", "RD004", "RD005", "RD006", "RD007", "RD008"), _UNREADABLE),
    **dict.fromkeys(("RD009", "RD010", "RD011", "RD022", "RD023", "RD024"), _UNREADABLE),
    "RD201": _PLAIN,
    "RD202": Code(invalidates=Invalidated.MISSING),
    "RD203": Code(invalidates=Invalidated.UNKNOWN_KEY),
    "RD204": _PLAIN,
    "RD205": _PLAIN,
    "RD206": _PLAIN,
    "RD207": Code(invalidates=Invalidated.ITEMS, subsumed_by=frozenset({"RD301"})),
    "RD208": Code(invalidates=Invalidated.NOTHING),
    "RD301": _PLAIN,
    "RD302": Code(invalidates=Invalidated.NOTHING),
    "RD303": Code(caused_by=frozenset({"RD302"})),  # an ineffective key suggests that another network was meant
    "RD304": _PLAIN,
    "RD305": Code(caused_by=frozenset({"RD404"})),  # too many channels cause too many parameters
    "RD306": _PLAIN,
    "RD307": _PLAIN,
    "RD308": _PLAIN,
    **dict.fromkeys(("RD401", "RD402", "RD403", "RD404", "RD405", "RD406", "RD407"), _PLAIN),
    **dict.fromkeys(("RD501", "RD502", "RD503", "RD504", "RD505", "RD506"), _PLAIN),
    **dict.fromkeys(("RD507", "RD508", "RD509", "RD510", "RD511", "RD512", "RD513", "RD514"), _PLAIN),
    **dict.fromkeys(("RD515", "RD516", "RD517", "RD518", "RD519", "RD520", "RD521"), _PLAIN),
    **dict.fromkeys(("RD901", "RD902"), _PLAIN),
}
"""RD0: reading; RD2: document structure; RD3: semantics; RD4: tensors; RD5: environment; RD9: bugs."""


def invalidated_by(fault: Diagnostic) -> Invalidated:
    """What the fault makes unknown about the network."""
    return CODES[fault.code].invalidates


def spans_of(faults: Iterable[Diagnostic], kinds: Collection[Invalidated]) -> set[Span]:
    """The places of the faults that invalidate one of these kinds."""
    return {fault.span for fault in faults if fault.span is not None and invalidated_by(fault) in kinds}


def independent(faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The faults except those caused by another fault or subsumed by one at the same place."""
    faults = list(faults)
    codes = {fault.code for fault in faults}
    places = {(fault.code, fault.span) for fault in faults}

    def is_independent(fault: Diagnostic) -> bool:
        code = CODES[fault.code]
        return not code.caused_by & codes and not any((each, fault.span) in places for each in code.subsumed_by)

    return [fault for fault in faults if is_independent(fault)]
