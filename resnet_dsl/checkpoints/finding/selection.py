"""Which of several networks in a file is meant: averaged weights stand for raw ones, nothing else is chosen."""

import re
import shlex
from collections.abc import Collection, Sequence

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...language.checks.wording import quoted
from .location import Located, distinct

_WORDS = re.compile(r"[._]+")
_AVERAGED = {"ema", "averaged", "swa"}
"""Words in the keys that training scripts give to a moving average of the weights."""
_GENERAL = {
    *("model", "module", "backbone", "net", "network", "state", "dict", "weights", "params", "average", "shadow", ""),
}
"""The other words in such keys; any other says what it is the average of, or that it is none."""
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
        entry: the keys that lead to its table, or the last of them; empty for the file itself.
        prefix: what its names begin with.
        keys: those of the file itself, which tell what has written it.
        file: the file's name in diagnostics.

    Raises:
        EnvironmentFault: there are several and the options do not tell them apart, or none is as they say.
    """
    left = distinct([each for each in _at(networks, entry) if _is_below(each, prefix)])
    if not left:
        wanted = [_option("entry", entry)] * (entry is not None) + [_option("prefix", prefix)] * (prefix is not None)
        message = f"`{file}` has no network of this family at {quoted(wanted)}"
        helps = _choices(networks) or (f"leave out {quoted(wanted)}",)
        raise EnvironmentFault(Diagnostic(code="RD515", message=message, helps=helps))
    averaged = [each for each in left if _is_averaged(each, keys)]
    if len(left) > 1 and entry is None and len(averaged) == 1 and _are_alike(left):
        place = _place if len({each.entry for each in left}) < len(left) else _entry
        others = [place(each) for each in left if each is not averaged[0]]
        return averaged[0], f"took the averaged weights `{place(averaged[0])}`, not {quoted(others, 'or')}"
    if len(left) > 1:
        places = quoted([_place(each) for each in left[:_SHOWN]])
        message = f"`{file}` has {len(left)} networks of this family: {places}"
        raise EnvironmentFault(Diagnostic(code="RD515", message=message, helps=_choices(left)))
    return left[0], ""


def _at(networks: Sequence[Located], entry: str | None) -> Sequence[Located]:
    """The networks in a table: the one at exactly these keys, or else those whose keys end so."""
    if entry is None:
        return networks
    exact = [each for each in networks if each.entry == entry]
    return exact or [each for each in networks if each.entry.endswith(f".{entry}")]


def _is_below(located: Located, prefix: str | None) -> bool:
    return prefix is None or prefix.rstrip("./") == located.prefix.rstrip("./")


def _is_averaged(located: Located, keys: Collection[str]) -> bool:
    if any(key in keys for key in _SWAPPED):
        return located.entry == "state_dict"
    words = {*_WORDS.split(f"{located.entry}.{located.prefix}")}
    return bool(words & _AVERAGED) and words <= _AVERAGED | _GENERAL


def _are_alike(networks: Sequence[Located]) -> bool:
    """Whether they have the same entries."""
    first, *others = ({name: part.shape for name, part in each.parts.items()} for each in networks)
    return all(other == first for other in others)


def _place(located: Located) -> str:
    """The keys and the prefix of a network as one path."""
    return ".".join(filter(None, (located.entry, located.prefix.rstrip("./")))) or "the file itself"


def _entry(located: Located) -> str:
    return located.entry or "the file itself"


def _choices(networks: Sequence[Located]) -> tuple[str, ...]:
    """How to say which one is meant; nothing if there is one."""
    if len(networks) < 2:
        return ()
    entries = {each.entry for each in networks}

    def options(located: Located) -> str:
        shares = sum(each.entry == located.entry for each in networks) > 1
        at = [_option("entry", located.entry)] * (len(entries) > 1)
        return " ".join([*at, *[_option("prefix", located.prefix)] * shares])

    return tuple(f"take one with `{options(each)}`" for each in networks[:_SHOWN])


def _option(name: str, value: str | None) -> str:
    return f"--{name} {shlex.quote(value or '')}"
