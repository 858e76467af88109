"""Which of several networks in a file is meant: averaged weights stand for raw ones, nothing else is chosen."""

import re
from collections.abc import Collection, Sequence

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...language.checks.wording import quoted
from .location import Located, distinct

_AVERAGED = re.compile(r"(?:^|[._])(?:ema|averaged|swa)(?:[._]|$)")
"""Keys that training scripts give to a moving average of the weights."""
_SWAPPED = ("message_hub", "current_model_state")
"""Keys of files whose `state_dict` is the average: of mmengine, whose `EMAHook` swaps the two, and of Lightning's
`WeightAveraging`."""
_SHOWN = 10


def chosen(
    networks: Sequence[Located], *, entry: str | None, prefix: str | None, keys: Collection[str], file: str
) -> tuple[Located, str]:
    """The network that is meant, and a clause on the choice, empty if there was none.

    Args:
        networks: those in the file, at least one.
        entry: the keys that lead to its table, or the last of them.
        prefix: what its names begin with.
        keys: those of the file itself, which tell what has written it.
        file: the file's name in diagnostics.

    Raises:
        EnvironmentFault: there are several and the options do not tell them apart, or none is as they say.
    """
    left = distinct([each for each in networks if _is_at(each, entry) and _is_below(each, prefix)])
    if not left:
        wanted = [f"--entry {entry}"] * (entry is not None) + [f"--prefix {prefix}"] * (prefix is not None)
        message = f"`{file}` has no network of this family at {quoted(wanted, 'and')}"
        helps = _choices(networks) or (f"leave out {quoted(wanted, 'and')}",)
        raise EnvironmentFault(Diagnostic(code="RD515", message=message, helps=helps))
    averaged = [each for each in left if _is_averaged(each, keys)]
    if len(left) > 1 and entry is None and len(averaged) == 1 and _are_alike(left):
        place = _place if len({each.entry for each in left}) < len(left) else _entry
        others = [place(each) for each in left if each is not averaged[0]]
        return averaged[0], f"took the averaged weights `{place(averaged[0])}`, not {quoted(others, 'or')}"
    if len(left) > 1:
        places = quoted([_place(each) for each in left[:_SHOWN]], "and")
        message = f"`{file}` has {len(left)} networks of this family: {places}"
        raise EnvironmentFault(Diagnostic(code="RD515", message=message, helps=_choices(left)))
    return left[0], ""


def _is_at(located: Located, entry: str | None) -> bool:
    return entry is None or located.entry == entry or located.entry.endswith(f".{entry}")


def _is_below(located: Located, prefix: str | None) -> bool:
    return prefix is None or prefix.rstrip("./") == located.prefix.rstrip("./")


def _is_averaged(located: Located, keys: Collection[str]) -> bool:
    if any(key in keys for key in _SWAPPED):
        return located.entry == "state_dict"
    return _AVERAGED.search(_place(located)) is not None


def _are_alike(networks: Sequence[Located]) -> bool:
    """Whether they have the same entries."""
    first, *others = ({name: part.shape for name, part in each.parts.items()} for each in networks)
    return all(other == first for other in others)


def _place(located: Located) -> str:
    """Where a network is: `model_ema`, or `state_dict`, `module.encoder_q.` as one path."""
    return ".".join(filter(None, (located.entry, located.prefix.rstrip("./")))) or "the file itself"


def _entry(located: Located) -> str:
    return located.entry or "the file itself"


def _choices(networks: Sequence[Located]) -> tuple[str, ...]:
    """How to say which one is meant."""
    entries = {each.entry for each in networks}

    def options(located: Located) -> str:
        at = f"--entry {located.entry}" if len(entries) > 1 and located.entry else ""
        shares = sum(each.entry == located.entry for each in networks) > 1
        below = f"--prefix {located.prefix}" if shares or not at else ""
        return " ".join(filter(None, (at, below)))

    return tuple(f"take one with `{text}`" for text in map(options, networks[:_SHOWN]) if text)
