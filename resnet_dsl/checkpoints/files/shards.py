"""Checkpoints in several files, with an index of which tensor is in which, and folders that hold one."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ...language.document.weights import SUFFIXES
from ...limits import MAX_MEMBERS, MAX_PICKLE
from .content import Content
from .fault import DAMAGED, Unreadable, faults_of
from .source import source_of

INDEX = ".index.json"
_SHARD = re.compile(r"(.+)-\d+-of-0*(\d+)(\.\w+)")


def is_index(head: bytes) -> bool:
    """Whether a file that begins like this is an index of shards."""
    return head.lstrip().startswith(b"{") and (b'"weight_map"' in head or b'"total_size"' in head)


def read_index(path: Path, read: Callable[[Path], Content]) -> Content:
    """The tensors of all shards by name.

    Raises:
        Unreadable: the index is damaged, or a shard is missing.
        OSError: a file cannot be read.
    """
    places = _places(path)
    missing = [name for name in dict.fromkeys(places.values()) if not (path.parent / name).is_file()]
    if missing:
        reason = f"of its shards, `{missing[0]}` is missing"
        raise Unreadable(reason if len(missing) == 1 else f"{reason} and {len(missing) - 1} more")
    shards = {name: _shard(path.parent / name, read) for name in dict.fromkeys(places.values())}
    tree: dict[object, object] = {}
    for entry, name in places.items():
        shard = shards[name].tree
        if not isinstance(shard, dict) or entry not in shard:
            raise Unreadable(f"`{entry}` is not in the shard `{name}`, although the index says so")
        tree[entry] = shard[entry]
    specs = [text for shard in shards.values() for text in shard.specs.values()]
    return Content(tree, {id(tree): specs[0]} if specs else {})


def _shard(path: Path, read: Callable[[Path], Content]) -> Content:
    """The content of a shard, whose faults name it."""
    with faults_of(path):
        return read(path)


def _places(path: Path) -> dict[str, str]:
    """The shard of each tensor, all beside the index."""
    source = source_of(path)
    if source.length > MAX_PICKLE:
        raise Unreadable("its index is too long")
    try:
        document = json.loads(source.read().decode("utf-8"))  # a mapping, as the brace at its start says
    except (ValueError, RecursionError):
        raise Unreadable(DAMAGED) from None
    places = document.get("weight_map")
    if not isinstance(places, dict) or not places:
        raise Unreadable("its index lists no tensors")
    for name in dict.fromkeys(map(str, places.values())):
        if Path(name).name != name or "\\" in name or "\0" in name or name in (".", "..", path.name):
            raise Unreadable(f"its index names `{name}`, which is no file beside it")
    if len({*map(str, places.values())}) > MAX_MEMBERS:
        raise Unreadable(f"it has more than {MAX_MEMBERS:,} shards")
    return {entry: str(name) for entry, name in places.items()}


def marked(content: Content, path: Path) -> Content:
    """The content, with its index if the file is one of several shards."""
    named = _SHARD.fullmatch(path.name)
    if named and int(named[2][:9]) > 1:
        return replace(content, shard_of=path.with_name(f"{named[1]}{named[3]}{INDEX}"))
    return content


def only_file(folder: Path) -> Path:
    """The index, or the file of weights, that is the only one in a folder.

    Raises:
        Unreadable: there is none, or there are several.
        OSError: the folder cannot be read.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    found = [path for path in files if path.name.endswith(INDEX)]
    found += [path for path in files if path.suffix.lower() in SUFFIXES and not _SHARD.fullmatch(path.name)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unreadable("it is a folder without files of weights")
    names = ", ".join(f"`{path.name}`" for path in found[:8]) + (", …" if found[8:] else "")
    raise Unreadable(f"it is a folder with several files of weights: {names}", f"give one, such as `{found[0]}`")
