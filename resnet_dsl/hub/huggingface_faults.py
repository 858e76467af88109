"""What can keep weights on the Hugging Face Hub from being fetched, and what to do about it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..diagnostics.diagnostic import EnvironmentFault
from ..diagnostics.similar import did_you_mean, similar
from .faults import fault, listed
from .references import HubFile
from .weights_files import STANDARD, weights_among

_LOG_IN = "log in with `hf auth login`, or set `HF_TOKEN` to a token"


def only(candidates: Sequence[str], wanted: HubFile, names: Sequence[str]) -> str:
    """The one file that may hold the weights.

    Raises:
        EnvironmentFault: there are none, or several.
    """
    if len(candidates) == 1:
        return candidates[0]
    repository = wanted.repository
    if not candidates:
        raise fault(
            f"`{repository}` has no file of weights",
            notes=(f"it has {listed(sorted(names))}",) if names else ("it has no files",),
            helps=("if one of its files holds weights nevertheless, write `:` and its name behind the reference",),
        )
    raise fault(
        f"`{repository}` has {len(candidates)} files of weights, and none is called `{STANDARD[0]}` or `{STANDARD[2]}`",
        notes=(f"they are {listed(candidates)}",),
        helps=(f"name one of them, as in `{replace(wanted, file=candidates[0])}`",),
    )


def no_file(wanted: HubFile, file: str, names: Sequence[str]) -> EnvironmentFault:
    present = weights_among(names)
    match = similar(file, names)
    instead = match or (present[0] if present else None)
    return fault(
        f"`{_place(wanted)}` has no file `{file}`",
        notes=(f"its weights are in {listed(present)}",) if present else ("it has no file of weights",),
        helps=() if instead is None else (f"write `{replace(wanted, file=instead)}`",),
    )


def no_index(wanted: HubFile, file: str) -> EnvironmentFault:
    return fault(
        f"`{file}` of `{wanted.repository}` is no index of weights in shards: it names no files",
        helps=("name a file of weights with `:` behind the reference",),
    )


def no_repository(wanted: HubFile, hub: str, others: Sequence[str]) -> EnvironmentFault:
    """Args: others: repositories of the same owner."""
    match = similar(wanted.repository, others)
    return fault(
        f"{hub} has no repository `{wanted.repository}`, or it is private",
        helps=(
            *(() if match is None else (f"write `{replace(wanted, repository=match)}`",)),
            f"if it is private, {_LOG_IN}",
        ),
    )


def no_revision(wanted: HubFile, revisions: Sequence[str]) -> EnvironmentFault:
    """Args: revisions: its branches and tags."""
    return fault(
        f"`{wanted.repository}` has no revision `{wanted.revision}`",
        notes=(f"its branches and tags are {listed(revisions)}",) if revisions else (),
        helps=did_you_mean(wanted.revision, revisions, "revision") or ("write a branch, a tag or a whole commit",),
    )


def gated(wanted: HubFile, hub: str) -> EnvironmentFault:
    return fault(
        f"the authors of `{wanted.repository}` decide who may fetch its files",
        helps=(f"ask them on {hub}/{wanted.repository}, then {_LOG_IN}",),
    )


def disk(wanted: HubFile, cache: str, reason: str) -> EnvironmentFault:
    return fault(
        f"cannot keep `{wanted}` in `{cache}`: {reason}",
        helps=("set `HF_HOME` to a folder with space that can be written to",),
    )


def environment(reason: str) -> EnvironmentFault:
    """Args: reason: why the client does not even start."""
    return fault(
        f"huggingface_hub does not start: {reason}",
        helps=("correct `HF_ENDPOINT`, or another variable of the environment that begins with `HF_`",),
    )


def not_answered(
    wanted: HubFile, file: str | None, hub: str, reason: str, cache: str, *, status: int | None = None
) -> EnvironmentFault:
    """Neither the Hub nor the cache has the file.

    Args:
        wanted: the reference.
        file: which file of it, if that is known.
        hub: the Hub's address.
        reason: why the Hub does not give it; empty if `HF_HUB_OFFLINE` forbids to ask.
        cache: the cache of huggingface_hub.
        status: the Hub's answer.
    """
    what = f"`{file}` of `{_place(wanted)}`" if file is not None else f"the weights of `{_place(wanted)}`"
    why = f"{hub} cannot be asked: {reason}" if reason else "`HF_HUB_OFFLINE` forbids asking the Hub"
    folder = f"models--{wanted.repository.replace('/', '--')}"
    revision = "" if wanted.revision == "main" else f" --revision {wanted.revision}"
    command = f"hf download {wanted.repository}{'' if file is None else f' {file}'}{revision}"
    return fault(
        f"{what} {'is' if file is not None else 'are'} not in the cache, and {why}",
        notes=() if file is None else (f"its address is {hub}/{wanted.repository}/resolve/{wanted.revision}/{file}",),
        helps=(
            *((_LOG_IN,) if status in (401, 403) else ()),
            *(() if reason else ("unset `HF_HUB_OFFLINE`",)),
            f"where there is a network, run `{command}`, bring the file here, and give its path instead",
            f"or bring `{folder}` from the cache there to `{Path(cache) / folder}`",
        ),
    )


def _place(wanted: HubFile) -> str:
    return wanted.repository + ("" if wanted.revision == "main" else f"@{wanted.revision}")
