"""Small changes of functions, as mutmut makes them, and how to put one into a running process."""

import ast
import difflib
import functools
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import libcst as cst
from libcst import matchers
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace

import resnet_dsl

PACKAGE = Path(resnet_dsl.__file__).parent
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """One change of a function's body."""

    path: Path
    function: str
    """Its qualified name, as `Node.parameters`."""
    change: str
    """The file, the function, and the lines that differ; this names the mutant."""
    source: str = field(repr=False)
    """Of the whole file, with the change."""


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change that mutmut makes in the functions of a file; equal ones once."""
    whole = cst.parse_module(path.read_text("utf-8"))
    bare: Any = matchers.replace(whole, matchers.FunctionDef(), lambda node, _: node.with_changes(decorators=[]))
    source: str = bare.code  # mutmut leaves functions alone that have decorators
    module, mutations, *_ = create_mutations(str(path), source)
    names = dict(_functions(module))
    place = path.relative_to(PACKAGE).as_posix()
    seen: set[str] = set()
    for mutation in mutations:
        function = names.get(mutation.contained_by_top_level_function)
        if function is None:
            continue
        changed = _changed(module, mutation)
        change = f"{place} {function}\n{_difference(source, changed)}"
        if change not in seen and _compiles(changed):
            seen.add(change)
            yield Mutant(path, function, change, changed)


def _functions(module: cst.Module) -> Iterator[tuple[Any, str]]:
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef):
            yield statement, statement.name.value
        if isinstance(statement, cst.ClassDef):
            for inner in statement.body.body:
                if isinstance(inner, cst.FunctionDef):
                    yield inner, f"{statement.name.value}.{inner.name.value}"


def _changed(module: cst.Module, mutation: Mutation) -> str:
    changed: Any = deep_replace(module, mutation.original_node, mutation.mutated_node)
    code: str = changed.code
    return code


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(
        f"{line[0]} {line[1:].strip()}" for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")
    )


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def put_in(mutant: Mutant) -> None:
    """Let the function do what the mutant does, from now on; what it has remembered is forgotten.

    Raises:
        ValueError: the change needs other variables around the function.
    """
    code = next(_codes(compile(mutant.source, str(mutant.path), "exec"), mutant.function))
    for function in _running(mutant):
        function.__code__ = code
        defaults, named = _defaults(mutant, function)
        function.__defaults__, function.__kwdefaults__ = defaults, named
    for cached in caches():
        cached.cache_clear()


def caches() -> list[Any]:
    """The functions of the project that remember what they have computed."""
    kind = type(functools.cache(len))
    return [each for each in gc.get_objects() if isinstance(each, kind) and each.__module__.startswith("resnet_dsl")]


def _codes(code: CodeType, name: str) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == name:
                yield constant
            yield from _codes(constant, name)


def _running(mutant: Mutant) -> list[FunctionType]:
    """The function's objects; one alone, unless a decorator has copied it."""
    path = str(mutant.path)
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType)
        and each.__code__.co_qualname == mutant.function
        and each.__code__.co_filename == path
    ]


def _defaults(mutant: Mutant, function: FunctionType) -> tuple[Any, Any]:
    """Defaults of the arguments, evaluated anew: a mutant may have changed them."""
    node = _definition(ast.parse(mutant.source), mutant.function.split("."))
    scope = vars(sys.modules[function.__module__])

    def value(expression: ast.expr) -> Any:
        return eval(compile(ast.Expression(expression), "default", "eval"), scope)

    defaults = tuple(value(each) for each in node.args.defaults) or None
    pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return defaults, {arg.arg: value(each) for arg, each in pairs if each is not None} or None


def _definition(tree: ast.Module | ast.ClassDef, names: list[str]) -> ast.FunctionDef:
    first, *rest = names
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == first and not rest:
            return node
        if isinstance(node, ast.ClassDef) and node.name == first:
            return _definition(node, rest)
    raise AssertionError(names)
