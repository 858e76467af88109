"""What shells offer for the arguments of the commands, from the schema, the manual and the folder."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import click
from click.shell_completion import CompletionItem

from ..diagnostics.manual import sections
from ..language.checks.schema import enumeration, properties
from ..language.document.bundled import ENDINGS
from ..language.document.weights import SUFFIXES
from ..language.text.tree import Path as KeyPath
from ..language.text.tree import dotted

Items: TypeAlias = "list[CompletionItem[str]]"

Completion: TypeAlias = Callable[[click.Context, click.Parameter, str], Items]
"""What click's `shell_complete` takes: from the text before the cursor to what may stand in its place."""

PATH = "path"
"""The type of an item that is a file, or a folder if its value ends with a slash."""

_NOT_OVERRIDDEN = ("extends", "$schema")


def files(*suffixes: str) -> Completion:
    """Files with one of these suffixes, and folders."""
    return lambda context, parameter, incomplete: [*_paths(incomplete, suffixes)]


weights = files(*SUFFIXES)
saved_weights = files(".safetensors", ".pt", ".pth")
exports = files(".onnx", ".pt2", ".py")


def sources(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Files of weights, folders, and the names of torchvision's once the reference begins."""
    from ..hub import names

    found = weights(context, parameter, incomplete)
    known = names() if incomplete.startswith("torchvision:") else ["hf-hub:", "torchvision:"]
    return found + (_starting(incomplete, dict.fromkeys(known, "")) if incomplete else [])


def capacities(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The memory that common cards have."""
    return _starting(incomplete, dict.fromkeys(("8GB", "16GB", "24GB", "40GB", "80GB"), ""))


def dialects(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The libraries whose names weights can have."""
    from ..checkpoints.dialects import DIALECTS

    return _starting(incomplete, {dialect.name: dialect.library for dialect in DIALECTS})


def words(*values: str) -> Completion:
    """These words."""
    return lambda context, parameter, incomplete: _starting(incomplete, dict.fromkeys(values, ""))


def lists(*values: str) -> Completion:
    """Lists of these words with commas between them."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
        before, comma, last = incomplete.rpartition(",")
        others = [value for value in values if value not in before.split(",")]
        return _starting(incomplete, {f"{before}{comma}{value}": "" for value in others if value.startswith(last)})

    return complete


def specs(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Files that may be specs, folders, and the names of the bundled specs."""
    snippets = properties(())["extends"]["defaultSnippets"]
    names = {snippet["body"]: snippet["description"] for snippet in snippets}
    return [*_paths(incomplete, ENDINGS), *_starting(incomplete, names)]


def specs_or_codes(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The same, and diagnostic codes once the first letter is there."""
    found = specs(context, parameter, incomplete)
    titles = {code: text.partition(": ")[2].partition("\n")[0] for code, text in sections().items()}
    return found + _starting(incomplete.upper(), titles) if incomplete else found


def overrides(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Keys with an equals sign, and after it the values among which the key has a choice."""
    key, equals, _ = incomplete.partition("=")
    parts = dict(_keys())
    if not equals:
        return _starting(incomplete, {f"{name}=": part["description"] for name, part in parts.items()})
    values = enumeration(parts[key]) if key in parts else ()
    texts = [str(value).lower() if isinstance(value, bool) else value for value in values]
    return _starting(incomplete, {f"{key}={text}": "" for text in texts})


def _keys(place: KeyPath = ()) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The dotted keys that an override can set to a scalar or a list, with the parts of the schema about them."""
    for name, part in properties(place).items():
        path = (*place, name)
        if name in _NOT_OVERRIDDEN:
            continue
        if enumeration(part) or not {"properties", "patternProperties"} & part.keys():
            yield dotted(path), part
        yield from _keys(path)


def _starting(incomplete: str, helps: Mapping[str, str]) -> Items:
    """The values that start with the text, each with its help."""
    return [CompletionItem(value, help=text or None) for value, text in helps.items() if value.startswith(incomplete)]


def _paths(incomplete: str, suffixes: tuple[str, ...]) -> "Iterator[CompletionItem[str]]":
    """The folders, and the files with one of the suffixes, whose paths start with the text; hidden ones if it asks."""
    folder, slash, start = incomplete.rpartition("/")
    try:
        found = sorted(Path(folder + slash or ".").expanduser().iterdir())
    except (OSError, RuntimeError):  # there is no such folder, or no such user
        return
    for path in found:
        if path.name.startswith(start) and path.name.isprintable() and (start or not path.name.startswith(".")):
            if path.is_dir():
                yield CompletionItem(f"{folder}{slash}{path.name}/", type=PATH)
            elif path.name.endswith(suffixes):
                yield CompletionItem(f"{folder}{slash}{path.name}", type=PATH)
