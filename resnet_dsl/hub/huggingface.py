"""Fetches weights from the Hugging Face Hub into the cache of huggingface_hub, which also serves without a network."""

import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ..diagnostics.diagnostic import EnvironmentFault
from ..diagnostics.packages import require
from . import huggingface_faults as faults
from .faults import answer, is_of_the_disk, reason
from .references import HubFile
from .weights_files import INDEX, shards, weights_among

_COMMIT = re.compile("[0-9a-f]{40}")

_NO_ANSWER = (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError)
"""What the client raises besides the errors of its own, also where something answers that is no Hub."""


def download(wanted: HubFile, *, progress: bool) -> Path:
    """The file in the cache; see `fetch`."""
    require("huggingface_hub", purpose="fetching weights from the Hugging Face Hub")
    try:
        import huggingface_hub.constants  # noqa: F401 -- it reads its environment
    except ValueError as error:
        raise faults.environment(reason(error)) from None
    with _quietly(progress=progress):
        return _download(wanted)


@contextmanager
def _quietly(*, progress: bool) -> Iterator[None]:
    """Keep the client from printing anything but its progress bars."""
    from huggingface_hub.utils.logging import get_verbosity, set_verbosity
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    verbosity, hides_bars = get_verbosity(), not progress and not are_progress_bars_disabled()
    with warnings.catch_warnings(action="ignore"):
        set_verbosity(logging.ERROR)
        if hides_bars:
            disable_progress_bars()
        try:
            yield
        finally:
            if hides_bars:
                enable_progress_bars()
            set_verbosity(verbosity)


def _download(wanted: HubFile) -> Path:
    if (pinned := _pinned(wanted)) is not None:
        return pinned
    names, problem = _listing(wanted)
    file = wanted.file
    if file is None:
        candidates = weights_among(names)
        if not candidates and problem is not None:
            raise _fault(problem, wanted)
        file = faults.only(candidates, wanted, names)
    if problem is None and file not in names:
        raise faults.no_file(wanted, file, names)
    path = _in_cache(wanted, file, problem)
    if file.endswith(INDEX):
        parts = shards(path)
        if parts is None:
            raise faults.no_index(wanted, file)
        for part in parts:
            _in_cache(wanted, str(PurePosixPath(file).parent / part), problem)
    return path


def _pinned(wanted: HubFile) -> Path | None:
    """The file if it is cached and can never change, so that nobody has to be asked."""
    from huggingface_hub import try_to_load_from_cache

    if wanted.file is None or wanted.file.endswith(INDEX) or not _COMMIT.fullmatch(wanted.revision):
        return None
    try:
        found = try_to_load_from_cache(wanted.repository, wanted.file, revision=wanted.revision)
    except OSError:
        return None
    return Path(found) if isinstance(found, str) else None


def _listing(wanted: HubFile) -> tuple[list[str], Exception | None]:
    """The files of the repository; if the Hub does not tell them, those that are cached, and why it does not."""
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    repository, revision = wanted.repository, wanted.revision
    try:
        found = HfApi().model_info(repository, revision=revision, timeout=constants.HF_HUB_ETAG_TIMEOUT)
        return [each.rfilename for each in found.siblings or ()], None
    except (HTTPError, *_NO_ANSWER) as error:
        problem = error
    try:
        folder = Path(snapshot_download(repository, revision=revision, local_files_only=True, allow_patterns=[]))
    except OSError:  # nothing of it is cached, or may be read
        return [], problem
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()], problem


def _in_cache(wanted: HubFile, file: str, problem: Exception | None) -> Path:
    """The file in the cache, put there if need be, unless the Hub has been found unable to tell of it."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    try:
        found = hf_hub_download(wanted.repository, file, revision=wanted.revision, local_files_only=problem is not None)
    except (HTTPError, *_NO_ANSWER) as error:
        raise _fault(problem or error, wanted, file) from None
    return Path(found)


def _fault(error: BaseException, wanted: HubFile, file: str | None = None) -> EnvironmentFault:
    """What an error of the client means."""
    from huggingface_hub import HfApi, constants, errors

    hub, repository = constants.ENDPOINT, wanted.repository
    match error:
        case errors.LocalEntryNotFoundError() if error.__cause__ is not None:
            return _fault(error.__cause__, wanted, file)
        case errors.GatedRepoError():
            return faults.gated(wanted, hub)
        case errors.RepositoryNotFoundError():
            owner = repository.partition("/")[0]
            others = _names(lambda: (each.id for each in HfApi().list_models(author=owner, limit=2000)))
            return faults.no_repository(wanted, hub, others)
        case errors.RevisionNotFoundError():
            refs = _names(lambda: _refs(repository))
            return faults.no_revision(wanted, refs)
        case errors.HfHubHTTPError():
            status = error.response.status_code
            return faults.not_answered(wanted, file, hub, answer(status), constants.HF_HUB_CACHE, status=status)
        case errors.OfflineModeIsEnabled():
            return faults.not_answered(wanted, file, hub, "", constants.HF_HUB_CACHE)
        case _ if is_of_the_disk(error):
            return faults.disk(wanted, constants.HF_HUB_CACHE, reason(error))
        case _:
            return faults.not_answered(wanted, file, hub, reason(error), constants.HF_HUB_CACHE)


def _refs(repository: str) -> Iterator[str]:
    from huggingface_hub import HfApi

    refs = HfApi().list_repo_refs(repository)
    yield from (each.name for each in (*refs.branches, *refs.tags))


def _names(ask: Callable[[], Iterable[str]]) -> list[str]:
    """What the Hub lists; nothing if it does not."""
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    try:
        return [*ask()]
    except (HTTPError, *_NO_ANSWER):
        return []
