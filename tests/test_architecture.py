"""The direction of the arrows, the homes of the libraries, and the size of the files, read from the sources."""

import ast
import dataclasses
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import resnet_dsl

PACKAGE = Path(resnet_dsl.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

KNOWS = {
    "language": {"language"},
    "graph": {"language", "graph"},
    "backends": {"language", "graph", "backends"},
}
"""What each part may import; what stands outside of these, the command line and the public face, may import all."""

HOMES = {
    "yaml": ("language/reader.py", "language/composer.py", "language/writer.py"),
    "jsonschema": ("language/schema.py",),
    "networkx": ("graph/verify.py",),
    "torch": ("backends/pytorch/",),
    "torchsummary": ("backends/pytorch/",),
    "safetensors": ("backends/pytorch/",),
    "graphviz": ("backends/drawing/",),
    "click": ("cli/",),
}
"""Where each library may be imported: files, and folders."""

LONGEST = 300
"""Lines of a file that can be read in one sitting."""


def imports(module: str) -> Iterator[str]:
    """Every module that the file imports when it runs, anywhere in it; what is only for type checkers is not run."""
    tree = ast.parse((PACKAGE / module).read_text("utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    around = ["resnet_dsl", *module.split("/")[:-1]]
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = around[: len(around) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", [module for module in MODULES if module.split("/")[0] in KNOWS])
def test_the_arrows_point_one_way(module: str) -> None:
    """Language knows no graph, the graph no backend, and none of them the command line."""
    own = [name.split(".")[1] for name in imports(module) if name.startswith("resnet_dsl.")]
    assert set(own) <= KNOWS[module.split("/")[0]]


@pytest.mark.parametrize("module", MODULES)
def test_every_library_has_one_home(module: str) -> None:
    """So that it can be replaced, and is loaded only where it is used."""
    strays = [name for name in imports(module) if not module.startswith(HOMES.get(name.split(".")[0], (module,)))]
    assert strays == []


@pytest.mark.parametrize("library", HOMES)
def test_every_home_is_inhabited(library: str) -> None:
    """The list names no file that does without the library."""
    users = [module for module in MODULES if any(name.split(".")[0] == library for name in imports(module))]
    assert all(any(user.startswith(home) for user in users) for home in HOMES[library])


@pytest.mark.parametrize("module", MODULES)
def test_every_file_can_be_read_in_one_sitting(module: str) -> None:
    """A file that outgrows this has two jobs."""
    assert len((PACKAGE / module).read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("module", [module for module in MODULES if (PACKAGE / module).stat().st_size])
def test_every_file_says_what_it_is_for(module: str) -> None:
    """In a docstring that begins with a sentence."""
    docstring = ast.get_docstring(ast.parse((PACKAGE / module).read_text("utf-8")))
    assert docstring is not None
    assert docstring.split("\n\n")[0].endswith((".", ":"))


def test_the_reading_of_imports_sees_them_all() -> None:
    """Relative and absolute, at the top and inside functions; but not those for type checkers alone."""
    assert "resnet_dsl.language.source.Span" in set(imports("language/diagnostics.py"))
    assert "resnet_dsl.language.render.as_text" in set(imports("language/diagnostics.py"))
    assert "resnet_dsl.language.spec.Spec" in set(imports("graph/lower.py"))
    assert "yaml" in set(imports("language/writer.py"))
    assert "torch" not in set(imports("api.py"))


@pytest.mark.parametrize("module", [module for module in MODULES if module.split("/")[0] in ("language", "graph")])
def test_values_are_frozen(module: str) -> None:
    """What is computed is not changed any more; only what is still growing may change, and stays in its module."""
    found = vars(import_module(f"resnet_dsl.{module.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"))
    classes = [value for value in found.values() if isinstance(value, type) and dataclasses.is_dataclass(value)]
    mutable = [each.__name__ for each in classes if not each.__dataclass_params__.frozen]  # type: ignore[attr-defined]
    assert [name for name in mutable if not name.startswith("_")] == []
