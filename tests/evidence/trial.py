"""A pytest plugin that runs every test once, and then forks a process per mutant to run the tests that reach it."""

import ast
import difflib
import functools
import gc
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Literal, NoReturn

import pytest

import resnet_dsl

PACKAGE = Path(resnet_dsl.__file__).parent
ROOT = PACKAGE.parent

CHILDREN = os.cpu_count() or 1
GIGABYTES = 6
"""Memory limit of a process, because a mutant may ask for any amount."""

Outcome = Literal["died", "ran too long", "survived", "reached by no test", "not put in"]
DEAD = ("died", "ran too long")
EXITS: dict[int, Outcome] = {
    0: "survived",
    3: "not put in",
    -signal.SIGXCPU: "ran too long",
    -signal.SIGALRM: "ran too long",
    -signal.SIGKILL: "ran too long",
}
"""Exit status of a child -> outcome; any other status means that the mutant died."""


@dataclass(frozen=True)
class Mutant:
    """A file with one change in the body of a function."""

    path: Path
    function: str
    """Its qualified name, such as `Node.parameters`."""
    before: str = field(repr=False)
    after: str = field(repr=False)

    @property
    def difference(self) -> str:
        """A diff for `git apply`."""
        place = self.path.relative_to(ROOT).as_posix()
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, after, f"a/{place}", f"b/{place}"))


class Trials:
    """Replaces pytest's loop over the tests."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.mutants = mutants
        self.outcomes: dict[Mutant, Outcome] = {}
        self.failed = False
        self.durations: dict[pytest.Item, float] = {}
        self.reached: defaultdict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
        """File and qualified name of a function -> the tests that call it."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("a test could not be collected")
        self.caches = _caches()
        for item in session.items:
            self._watch(item)
        if self.failed:
            raise session.Failed("a test fails without any mutant")
        print(f"\n{len(session.items):,} tests in {sum(self.durations.values()):.0f} s", flush=True)
        running: dict[int, tuple[Mutant, Path]] = {}
        start = time.monotonic()
        for number, mutant in enumerate(self.mutants, 1):
            tests = sorted(self.reached[str(mutant.path), mutant.function], key=self.durations.__getitem__)
            if not tests:
                self.outcomes[mutant] = "reached by no test"
                continue
            while len(running) >= CHILDREN:
                self._collect(running)
            folder = Path(tempfile.mkdtemp(prefix="mutant-"))
            running[self._fork(session, mutant, tests, folder)] = mutant, folder
            if number % 100 == 0:
                print(f"{number:,} mutants in {(time.monotonic() - start) / 60:.1f} minutes", flush=True)
        while running:
            self._collect(running)
        return True

    def _watch(self, item: pytest.Item) -> None:
        """Run a test without a mutant, and record how long it takes and which functions it reaches."""
        reached: set[tuple[str, str]] = set()
        for cached in self.caches:
            cached.cache_clear()
        with _tracing(reached):
            start = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            self.durations[item] = time.process_time() - start
        for function in reached:
            self.reached[function].append(item)

    def _fork(self, session: pytest.Session, mutant: Mutant, tests: Sequence[pytest.Item], folder: Path) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            self._try(session, mutant, tests, folder)
        finally:
            os._exit(1)

    def _try(self, session: pytest.Session, mutant: Mutant, tests: Sequence[pytest.Item], folder: Path) -> NoReturn:
        """In the child: exit with status 0 if the mutant survives its tests."""
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        limit = 20 + round(4 * sum(map(self.durations.__getitem__, tests)))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        resource.setrlimit(resource.RLIMIT_DATA, (GIGABYTES << 30, GIGABYTES << 30))
        signal.alarm(10 * limit)  # in case it waits without using CPU time
        factory: Any = session.config
        factory._tmp_path_factory._basetemp = folder  # so that children do not share a folder
        try:
            put_in(mutant)
        except (ValueError, LookupError):
            os._exit(3)
        for item in tests:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                os._exit(1)
        os._exit(0)

    def _collect(self, running: dict[int, tuple[Mutant, Path]]) -> None:
        """Wait for a child, and record its outcome."""
        pid, status = os.wait()
        mutant, folder = running.pop(pid)
        shutil.rmtree(folder, ignore_errors=True)
        self.outcomes[mutant] = EXITS.get(os.waitstatus_to_exitcode(status), "died")


@contextmanager
def _tracing(reached: set[tuple[str, str]]) -> Iterator[None]:
    package = str(PACKAGE)

    def trace(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if code.co_filename.startswith(package):
            reached.add((code.co_filename, code.co_qualname.partition(".<locals>")[0]))

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(None)


def put_in(mutant: Mutant) -> None:
    """Give the function the mutant's code, and clear all caches.

    Raises:
        ValueError: the changed code uses other variables of enclosing functions.
        LookupError: the function does not exist in this process.
    """
    code = next(_codes(compile(mutant.after, str(mutant.path), "exec"), mutant.function))
    functions = _running(mutant)
    if not functions:
        raise LookupError(mutant.function)
    for function in functions:
        function.__code__ = code
        defaults, named = _defaults(mutant, function)
        function.__defaults__, function.__kwdefaults__ = defaults, named
    for cached in _caches():
        cached.cache_clear()


def _caches() -> list[Any]:
    """The project's functions with a cache."""
    kind = type(functools.cache(len))
    return [each for each in gc.get_objects() if type(each) is kind and each.__module__.startswith("resnet_dsl")]


def _codes(code: CodeType, name: str) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == name:
                yield constant
            yield from _codes(constant, name)


def _running(mutant: Mutant) -> list[FunctionType]:
    """The function objects; there is only one, unless a decorator copied it."""
    path = str(mutant.path)
    return [
        each
        for each in gc.get_objects()
        if type(each) is FunctionType
        and each.__code__.co_qualname == mutant.function
        and each.__code__.co_filename == path
    ]


def _defaults(mutant: Mutant, function: FunctionType) -> tuple[Any, Any]:
    """Defaults of the arguments, evaluated again because the mutant may change them."""
    node = _definition(ast.parse(mutant.after), mutant.function.split("."))
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
    raise LookupError(names)
