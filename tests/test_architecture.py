"""The directions of imports, the homes of the libraries, and the sizes of files, read from the sources."""

import ast
import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import resnet_dsl

PACKAGE = Path(resnet_dsl.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

KNOWS: Mapping[str, tuple[str, ...]] = {
    "limits": (),
    "diagnostics": ("limits",),
    "language": ("limits", "diagnostics"),
    "graph": ("limits", "diagnostics"),
    "lowering": ("limits", "diagnostics", "language", "graph", "analysis"),
    "compiler": ("diagnostics", "language", "graph", "lowering"),
    "checkpoints": ("limits", "diagnostics", "language", "graph", "lowering"),
    "decompiler": ("diagnostics", "checkpoints", "compiler"),
    "hub": ("diagnostics",),
    "weights": (
        "limits",
        "diagnostics",
        "language",
        "checkpoints",
        "compiler",
        "decompiler",
        "hub",
        "backends",
    ),
    "exporting": ("diagnostics", "language", "graph", "checkpoints", "compiler", "backends", "files"),
    "analysis": ("graph",),
    "differences": (
        "diagnostics",
        "language",
        "graph",
        "checkpoints",
        "compiler",
        "decompiler",
        "analysis",
        "backends",
        "weights",
    ),
    "backends": ("diagnostics", "graph", "analysis"),
    "benchmark": ("diagnostics", "language", "graph", "compiler", "backends", "files"),
    "pages": ("language", "graph", "compiler", "backends"),
    "viewing": (
        "limits",
        "diagnostics",
        "language",
        "graph",
        "compiler",
        "backends",
        "differences",
        "pages",
    ),
    "files": ("diagnostics",),
}
"""What each room may import besides itself. `api`, `cli`, `integrations` and `__main__` may import everything."""

EXCEPTIONS: Mapping[str, tuple[str, ...]] = {
    "backends/pytorch/network.py": (
        "language",
        "checkpoints",
    ),  # the spec in whose terms a checkpoint's mismatch is reported
    "backends/pytorch/load.py": ("language", "checkpoints"),
    "backends/pytorch/tensors.py": ("checkpoints", "limits"),
    "backends/pytorch/parts.py": ("checkpoints",),
    "backends/pytorch/conversion.py": ("checkpoints",),
    "backends/pytorch/saving.py": ("checkpoints",),
    "backends/onnx/weights.py": ("language", "checkpoints"),
    "backends/tables/difference_rows.py": ("language",),  # values as a spec writes them
    "backends/drawing/drawing.py": ("files",),  # Drawing.save
}
"""Loading weights needs the names that checkpoints use; building and exporting a graph does not."""

FLOORS: Mapping[str, tuple[str, ...]] = {
    "language/text": (),
    "language/document": ("text",),
    "language/checks": ("text", "document", "kinds.py", "spec.py", "regnet.py", "by_rule.py"),
    "checkpoints/files": ("stored.py",),
    "checkpoints/dialects": ("comparison.py",),
    "checkpoints/finding": ("dialects", "files", "stored.py"),
    "checkpoints/recognition": ("dialects", "comparison.py", "counting.py"),
    "checkpoints/fitting": ("recognition", "checkpoint.py", "comparison.py", "counting.py"),
}
"""The same for folders of a room, and what is beside them in it."""

HOMES = {
    "yaml": ("language/text/reader.py", "language/text/composer.py", "language/text/writer.py"),
    "jsonschema": ("language/checks/validator.py",),
    "jsonschema_rs": ("language/checks/acceptance.py",),
    "networkx": ("graph/verify.py",),
    "torch": ("backends/pytorch/", "integrations/huggingface.py", "hub/address.py"),  # there torch.hub alone
    "torchsummary": ("backends/pytorch/check.py",),
    "safetensors": ("backends/pytorch/saving.py", "checkpoints/files/safetensors_file.py"),
    "h5py": ("checkpoints/files/hdf5.py",),
    "huggingface_hub": ("hub/huggingface.py", "integrations/huggingface.py"),
    "graphviz": ("backends/drawing/dot.py",),
    "onnx": ("backends/onnx/",),
    "onnxruntime": ("backends/onnx/session.py",),
    "openvino": ("backends/onnx/openvino_model.py",),
    "ml_dtypes": ("backends/onnx/weights.py",),
    "matplotlib": ("benchmark/plot.py",),
    "timm": ("integrations/timm.py",),
    "starlette": ("viewing/server.py",),
    "uvicorn": ("viewing/serving.py",),
    "watchfiles": ("viewing/following.py",),
    "click": ("cli/",),
}
"""Where each library may be imported: files, and folders."""

LONGEST = 250
"""Lines of a file that can be read in one sitting."""


@cache
def imports(module: str) -> tuple[str, ...]:
    """Every module that the file imports when it runs, anywhere in it; imports for type checkers do not run."""
    return tuple(_imports(module))


def _imports(module: str) -> Iterator[str]:
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


def own_imports(module: str) -> set[str]:
    """The files of the package that a file imports."""
    found = set()
    for name in imports(module):
        steps = name.split(".")[1:] if name.startswith("resnet_dsl.") else []
        candidates = ("/".join(steps[:length]) for length in range(len(steps), 0, -1))
        files = (path for each in candidates for path in (f"{each}.py", f"{each}/__init__.py") if path in MODULES)
        found |= {next(files, "__init__.py")} if steps else set()
    return found


def room(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) in KNOWS])
def test_a_room_imports_only_the_rooms_below_it(module: str) -> None:
    """`graph` knows diagnostics and nothing else, so that an exporter needs `graph` alone."""
    allowed = {room(module), *KNOWS[room(module)], *EXCEPTIONS.get(module, ())}
    assert {room(each) for each in own_imports(module)} <= allowed


@pytest.mark.parametrize("module", [module for module in MODULES if "/".join(module.split("/")[:2]) in FLOORS])
def test_folders_of_a_room_build_on_one_another(module: str) -> None:
    """What needs several lies directly in the room, and none of them needs it but for what is named."""
    name, floor = module.split("/")[:2]
    inside = [each.split("/")[1] for each in own_imports(module) if room(each) == name]
    assert set(inside) <= {floor, *FLOORS[f"{name}/{floor}"], "__init__.py"}


def test_no_file_imports_itself_by_way_of_others() -> None:
    """Not even inside a function; `CycleError` would name the files."""
    graph = {module: own_imports(module) - {module, "__init__.py"} for module in MODULES if module != "__init__.py"}
    assert [*TopologicalSorter(graph).static_order()]


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


@pytest.mark.parametrize("module", EXCEPTIONS)
def test_every_exception_is_needed(module: str) -> None:
    """An exception that is no longer made use of is removed from the list."""
    assert EXCEPTIONS[module]
    assert {room(each) for each in own_imports(module)} >= {*EXCEPTIONS[module]}


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
    assert "resnet_dsl.diagnostics.source.Span" in set(imports("diagnostics/diagnostic.py"))
    assert "resnet_dsl.diagnostics.render.as_text" in set(imports("diagnostics/diagnostic.py"))
    assert "resnet_dsl.language.spec.Spec" in set(imports("lowering/lower.py"))
    assert "yaml" in set(imports("language/text/writer.py"))
    assert "torch" not in set(imports("api/networks.py"))
    assert "lowering/blocks/__init__.py" in own_imports("lowering/network.py")
    assert "backends/pytorch/network.py" in own_imports("api/networks.py")


@pytest.mark.parametrize(
    "module", [module for module in MODULES if room(module) not in ("backends", "cli", "integrations", "__main__")]
)
def test_values_are_frozen(module: str) -> None:
    """What is computed does not change any more; only what is still growing may change, and stays in its module."""
    found = vars(import_module(f"resnet_dsl.{module.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"))
    classes = [value for value in found.values() if isinstance(value, type) and dataclasses.is_dataclass(value)]
    mutable = [each.__name__ for each in classes if not each.__dataclass_params__.frozen]  # type: ignore[attr-defined]
    assert [name for name in mutable if not name.startswith("_")] == []


def test_nothing_decides_by_a_code_outside_of_the_table_of_codes() -> None:
    """A code is written where a fault is made; what follows from it is a property in `diagnostics/codes.py`."""
    compared = []
    for module in MODULES:
        for node in ast.walk(ast.parse((PACKAGE / module).read_text("utf-8"))):
            if isinstance(node, ast.Compare) and module != "diagnostics/codes.py":
                attributes = [each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)]
                compared += [(module, each) for each in attributes if each == "code"]
            if isinstance(node, ast.Compare | ast.MatchValue):
                constants = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                compared += [(module, each) for each in constants if isinstance(each, str) and each.startswith("RD")]
    assert compared == []


def test_nothing_but_the_tables_lists_the_kinds_of_blocks_and_what_is_in_them() -> None:
    """Besides the schema, which editors read; a new kind is a file and an entry.

    What shapes of weights say of the settings of a 3x3 convolution differs from kind to kind, so that their recognition
    names them too.
    """
    from resnet_dsl.lowering.attention import ATTENTIONS
    from resnet_dsl.lowering.blocks import BLOCKS
    from resnet_dsl.lowering.conv3x3 import CONVS3X3

    tables = (BLOCKS, ATTENTIONS, CONVS3X3)
    names = {name for table in tables for name in table}
    names |= {kind.class_name for table in tables for kind in table.values()}
    homes = ["lowering/blocks/", "lowering/attention/", "lowering/conv3x3/", "checkpoints/dialects/"]
    homes += ["lowering/names.py"]  # the path of any attention is `se`
    homes += ["lowering/places.py"]  # `split` is also a setting of `selective`
    listed = [
        (module, node.value)
        for module in MODULES
        for node in ast.walk(ast.parse((PACKAGE / module).read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in names and not module.startswith(tuple(homes))
    ]
    recognised = [(module, name) for module, name in listed if module.startswith("checkpoints/recognition/")]
    assert {name for _, name in recognised} <= {*CONVS3X3}
    assert listed == recognised
