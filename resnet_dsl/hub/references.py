"""References to weights, parsed: a file of a repository on the Hugging Face Hub, or an address with a hash."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from . import torchvision
from .faults import fault

_KINDS = "write `hf-hub:OWNER/REPO[@REVISION][:FILE]`, `torchvision:NAME`, or an `https://` address with its hash"

_OTHERS = re.compile(r"(?:hf_hub:|hf:(?://)?|huggingface:(?://)?)(?:models/)?(.+)|timm:(.+)", re.IGNORECASE)
"""What others write before the name of a repository."""
_URI = re.compile(r"([^/@:]+/[^/@:]+)(?:@([^/:]+))?[/:](.+)")
"""A file of a repository in an `hf://`."""

_REPOSITORY = re.compile(r"(?=.{3,96}\Z)(?!.*(?:--|\.\.|\.git\Z))\w[\w.-]*/\w(?:[\w.-]*\w)?", re.ASCII)
_REVISION = re.compile(r"(?!/|.*\.\.)[^\s~^:?*\[\\\x00-\x20\x7f]+")
_HASH = re.compile(r"-([0-9a-f]{8,64})\.")
"""The convention of torch.hub: a hyphen, and the first digits of the SHA-256, before the ending."""
_APPENDED = re.compile(r"sha256=([0-9a-f]{8,64})", re.IGNORECASE)
_HUB_PAGE = re.compile(r"/([^/]+/[^/]+)(?:/(?:resolve|blob|raw)/([^/]+)/(.+)|/tree/([^/]+))?/?")
_HUB_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository on the Hugging Face Hub; without a name, the one that holds its weights."""

    repository: str
    revision: str = "main"
    file: str | None = None

    def __str__(self) -> str:
        revision = "" if self.revision == "main" else f"@{self.revision}"
        return f"hf-hub:{self.repository}{revision}" + ("" if self.file is None else f":{self.file}")


@dataclass(frozen=True, slots=True)
class Address:
    """A file on a web server."""

    url: str
    digest: str
    """The first digits of its SHA-256, at least eight, in lower case."""
    name: str
    """Its name in the cache, which contains digits of the hash, so that no two files have the same."""


def parse(reference: str) -> HubFile | Address:
    """What a reference stands for.

    Raises:
        EnvironmentFault: it is malformed; the help says what to write.
    """
    scheme, _, rest = reference.partition(":")
    match scheme.lower():
        case "hf-hub":
            return _hub_file(reference, rest)
        case "torchvision":
            return _address(torchvision.address(rest))
        case "http" | "https":
            return _address(reference)
        case _:
            help_ = _KINDS
            if (other := _OTHERS.fullmatch(reference)) is not None:
                help_ = f"write `{_translated(other[1] or f'timm/{other[2]}')}`"
            raise fault(f"weights cannot be fetched from `{reference}`", helps=(help_,))


def is_inside(path: str) -> bool:
    """Whether this is the path of a file inside a repository, which leads nowhere else."""
    return path.isprintable() and "\\" not in path and not {"", ".", ".."} & {*path.split("/")}


def _translated(name: str) -> str:
    """The reference for a repository, or a file of one, by the name that others give it."""
    file = _URI.fullmatch(name)
    return f"hf-hub:{name}" if file is None else str(HubFile(file[1], file[2] or "main", file[3]))


def _hub_file(reference: str, rest: str) -> HubFile:
    head, colon, file = rest.partition(":")
    repository, at, revision = head.partition("@")
    if not _REPOSITORY.fullmatch(repository):
        example = "write its owner and its name, as in `hf-hub:timm/resnet50.a1_in1k`"
        raise fault(f"`{reference}` names no repository: expected OWNER/REPO, found `{repository}`", helps=(example,))
    if at and not _REVISION.fullmatch(revision):
        example = f"write a branch, a tag or a commit, as in `hf-hub:{repository}@main`"
        raise fault(f"`{reference}` names no revision: found `{revision}` after `@`", helps=(example,))
    if colon and not is_inside(file):
        example = f"write the path of a file in the repository, as in `hf-hub:{head}:model.safetensors`"
        raise fault(f"`{reference}` names no file: found `{file}` after `:`", helps=(example,))
    return HubFile(repository, revision or "main", file or None)


def _address(reference: str) -> Address:
    url, _, appended = reference.partition("#")
    if not re.fullmatch("[!-~]+", reference):
        raise fault(
            f"`{reference}` is no address: it has spaces or characters outside of ASCII",
            helps=("write them as the browser copies them, such as `%20` for a space",),
        )
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    name = "" if not has_host else PurePosixPath(parts.path).name
    if not name or parts.path.endswith("/"):
        raise fault(
            f"`{reference}` is no address of a file",
            helps=("write one such as `https://download.pytorch.org/models/resnet50-0676ba61.pth`",),
        )
    found = _HASH.search(name)
    if not appended and found is not None:
        return Address(url, found[1], name)
    match = _APPENDED.fullmatch(appended)
    if match is None:
        raise _no_hash(reference, url, name, appended)
    digest = match[1].lower()
    if found is not None and digest.startswith(found[1]):
        return Address(url, digest, name)
    stem, dot, ending = name.partition(".")
    return Address(url, digest, f"{stem}-{digest[:8]}{dot or '.'}{ending or 'pth'}")


def _no_hash(reference: str, url: str, name: str, appended: str) -> Exception:
    parts = urlsplit(url)
    page = _HUB_PAGE.fullmatch(unquote(parts.path)) if parts.hostname in _HUB_HOSTS else None
    if page is not None:
        repository, revision, file, branch = page.groups()
        instead = HubFile(repository, revision or branch or "main", file)
        return fault(f"`{reference}` has no hash", helps=(f"write `{instead}`, which needs none",))
    found = f"found `#{appended}`, which is no SHA-256" if appended else "it has no hash"
    return fault(
        f"weights are not fetched from `{url}` without their hash: {found}",
        notes=(
            "the cache of torch.hub knows a file by its name alone, so that without a hash any two addresses"
            f" that end in `{name}` would share their weights",
        ),
        helps=(
            f"append the file's SHA-256, or its first 8 digits or more: `{url}#sha256=…`",
            f"or download the file, and give its path instead; `sha256sum {name}` prints its hash",
        ),
    )
