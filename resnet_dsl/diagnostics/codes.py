"""The codes of diagnostics, and what follows from a fault of each: every decision that depends on a code is made here.

`docs/diagnostics.md` says what each code means to a user.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from .diagnostic import Diagnostic
from .source import Span


class Spoils(Enum):
    """What a fault leaves unknown of the network."""

    EVERYTHING = auto()
    """The text could not be read, and may have meant anything."""
    VALUE = auto()
    """What the marked value was meant to be."""
    ITEMS = auto()
    """What the marked list holds; its length still tells something."""
    UNKNOWN_KEY = auto()
    """Nothing, unless the marked key is a misspelling of one that the language has."""
    NOTHING = auto()
    """The network is the same without the marked key."""
    SURROUNDINGS = auto()
    """The mark is where something is missing; what stands there is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What is true of every fault with this code."""

    spoils: Spoils = Spoils.VALUE
    follows: frozenset[str] = frozenset()
    """Codes of which one, anywhere in the spec, makes a fault of this one no news."""
    repeats: frozenset[str] = frozenset()
    """Codes that say more of the same place."""


_UNREADABLE = Code(spoils=Spoils.EVERYTHING)
_PLAIN = Code()

CODES: Mapping[str, Code] = {
    **dict.fromkeys(("RD001", "RD002", "RD003", "RD004", "RD005", "RD006", "RD007", "RD008"), _UNREADABLE),
    **dict.fromkeys(("RD009", "RD010", "RD011", "RD022", "RD023", "RD024"), _UNREADABLE),
    "RD201": _PLAIN,
    "RD202": Code(spoils=Spoils.SURROUNDINGS),
    "RD203": Code(spoils=Spoils.UNKNOWN_KEY),
    "RD204": _PLAIN,
    "RD205": _PLAIN,
    "RD206": _PLAIN,
    "RD207": Code(spoils=Spoils.ITEMS, repeats=frozenset({"RD301"})),
    "RD208": Code(spoils=Spoils.NOTHING),
    "RD301": _PLAIN,
    "RD302": Code(spoils=Spoils.NOTHING),
    "RD303": Code(follows=frozenset({"RD302"})),  # whoever wrote such a key expects another network
    "RD304": _PLAIN,
    "RD305": Code(follows=frozenset({"RD404"})),  # too many channels make too many parameters
    **dict.fromkeys(("RD401", "RD402", "RD403", "RD404", "RD405", "RD406"), _PLAIN),
    **dict.fromkeys(("RD501", "RD502", "RD503", "RD504", "RD505", "RD506"), _PLAIN),
    **dict.fromkeys(("RD507", "RD508", "RD509", "RD510", "RD511", "RD512", "RD513"), _PLAIN),
    **dict.fromkeys(("RD901", "RD902"), _PLAIN),
}
"""RD0: reading; RD2: shape of the document; RD3: its meaning; RD4: tensors; RD5: environment; RD9: bugs."""


def spoils(fault: Diagnostic) -> Spoils:
    """What the fault leaves unknown of the network."""
    return CODES[fault.code].spoils


def spans_of(faults: Iterable[Diagnostic], kinds: Collection[Spoils]) -> set[Span]:
    """The places of the faults that spoil something of these kinds."""
    return {fault.span for fault in faults if fault.span is not None and spoils(fault) in kinds}


def independent(faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The faults without those that only follow from another one, or say less of the same place."""
    faults = list(faults)
    codes = {fault.code for fault in faults}
    places = {(fault.code, fault.span) for fault in faults}

    def is_news(fault: Diagnostic) -> bool:
        code = CODES[fault.code]
        return not code.follows & codes and not any((each, fault.span) in places for each in code.repeats)

    return [fault for fault in faults if is_news(fault)]
