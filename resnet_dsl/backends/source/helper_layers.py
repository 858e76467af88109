"""The layers that PyTorch lacks, as the text of this package's own classes."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

_FILES = ("extra_layers.py", "attention_pool.py")
_LEFT_OUT = ("extra_repr", "_apply")
"""Methods without which a layer computes the same, unless it was made on `meta`."""


def helper_layers(names: Iterable[str]) -> Iterator[str]:
    """The texts of the classes with these names."""
    wanted = set(names)
    return (text for name, text in _classes().items() if name in wanted)


@cache
def _classes() -> dict[str, str]:
    """The text of each class, by its name."""
    folder = files("resnet_dsl.backends").joinpath("pytorch")
    sources = [folder.joinpath(name).read_text("utf-8") for name in _FILES]
    return {
        node.name: _text(source, node)
        for source in sources
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
    }


def _text(source: str, node: ast.ClassDef) -> str:
    lines = source.splitlines()
    methods = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name in _LEFT_OUT]
    left_out = {  # with the empty line after each
        number for each in methods for number in range(each.lineno, (each.end_lineno or each.lineno) + 2)
    }
    kept = [lines[number - 1] for number in range(node.lineno, (node.end_lineno or 0) + 1) if number not in left_out]
    return "\n".join(kept).rstrip()
