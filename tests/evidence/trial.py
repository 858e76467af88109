"""A pytest plugin that runs every test once, and then forks a process per mutant to run the tests that reach it.

Everything that a child would look for is found before, and `gc.freeze` keeps the collector from touching it: a fork
then costs milliseconds. The tests that killed most mutants of the same file come first.
"""

import ast
import difflib
import functools
import gc
import itertools
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Literal, NoReturn

import pytest

import resnet_dsl
from resnet_dsl.lowering.blocks.pattern import _PATTERNS

from .reach import Place, Tracer, changed_lines, selected

PACKAGE = Path(resnet_dsl.__file__).parent
ROOT = PACKAGE.parent
TESTS = ROOT / "tests"

GIGABYTES = 6
"""Memory limit of a process, because a mutant may ask for any amount."""
PATIENCE = 60.0
"""How many CPU seconds of tests a mutant has to survive."""
LONGEST = 5.0, 10.0
"""CPU seconds that a test may take with a mutant: these, and this many times what it takes without."""
WAITING = 20
"""Times that many seconds pass by the clock before a test that uses no CPU time is stopped."""

WATCHED = "watched.pickle"
"""The file in which a child says what its tests reach without a mutant."""
LAST = "last-test"
"""The file in which a child names the test that it runs."""

Outcome = Literal["died", "ran too long", "survived", "reached by no test", "not put in"]
DEAD = ("died", "ran too long")
EXITS: dict[int, Outcome] = {
    0: "survived",
    3: "not put in",
    -signal.SIGPROF: "ran too long",
    -signal.SIGALRM: "ran too long",
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

    @functools.cached_property
    def lines(self) -> frozenset[int]:
        """The lines of the statement that it changes."""
        return changed_lines(self.before, self.after)


class Trials:
    """Replaces pytest's loop over the tests."""

    def __init__(self, mutants: Sequence[Mutant], children: int, tell: Callable[[Mutant, Outcome], None]) -> None:
        """Try the mutants, this many at a time, and tell each outcome as soon as it is known."""
        self.mutants = mutants
        self.children = children
        self.tell = tell
        self.failed = False
        self.durations: dict[pytest.Item, float] = {}
        self.reached: defaultdict[Place, list[pytest.Item]] = defaultdict(list)
        """Function or line -> the tests that reach it."""
        self.tracer = Tracer(PACKAGE, ((str(each.path), line) for each in mutants for line in each.lines))
        self.modules = 0
        """How many modules were imported when `caches` was made."""
        self.caches: list[Any] = []
        self.kills: defaultdict[Path, Counter[str]] = defaultdict(Counter)
        """File -> how many of its mutants each test has killed."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("a test could not be collected")
        self._watch_all(session)
        self.caches = _caches()
        self.functions = _functions()
        gc.collect()
        gc.freeze()
        running: dict[int, tuple[Mutant, Path]] = {}
        for mutant in self.mutants:
            if not (tests := self._tests(mutant)):
                self.tell(mutant, "reached by no test")
                continue
            while len(running) >= self.children:
                self._collect(running)
            folder = Path(tempfile.mkdtemp(prefix="mutant-"))
            running[self._fork(session, mutant, tests, folder)] = mutant, folder
        while running:
            self._collect(running)
        return True

    def _watch_all(self, session: pytest.Session) -> None:
        """Run all tests without a mutant, a share of them in each of as many processes as mutants are tried in."""
        own, *shares = (session.items[first :: self.children] for first in range(self.children))
        items = {item.nodeid: item for item in session.items}
        with tempfile.TemporaryDirectory(prefix="watched-") as folder:
            children = {self._watch_apart(session, share, Path(folder, str(n))): n for n, share in enumerate(shares)}
            for item in own:
                self._watch(item)
            for pid, number in children.items():
                if os.waitpid(pid, 0)[1]:
                    raise session.Failed("a process that ran tests without a mutant ended early")
                durations, reached, modules = pickle.loads(Path(folder, str(number), WATCHED).read_bytes())
                self.durations |= {items[name]: seconds for name, seconds in durations.items()}
                for place, names in reached.items():
                    self.reached[place] += [items[name] for name in names]
                for module in modules:  # or each child would import them again
                    with suppress(Exception):
                        import_module(module)
        print(f"\n{len(items):,} tests in {sum(self.durations.values()):.0f} s of CPU time", flush=True)

    def _watch_apart(self, session: pytest.Session, share: Sequence[pytest.Item], folder: Path) -> int:
        """Run these tests in a process that writes what they reach into the folder; its number."""
        if pid := os.fork():
            return pid
        try:
            folder.mkdir()
            factory: Any = session.config
            factory._tmp_path_factory._basetemp = folder
            for item in share:
                self._watch(item)
            durations = {item.nodeid: seconds for item, seconds in self.durations.items()}
            reached = {place: [item.nodeid for item in tests] for place, tests in self.reached.items()}
            (folder / WATCHED).write_bytes(pickle.dumps((durations, reached, [*sys.modules])))
            os._exit(0)
        finally:
            os._exit(1)

    def _watch(self, item: pytest.Item) -> None:
        """Run a test without a mutant, and record how long it takes and what it reaches.

        One that fails without a mutant would kill every one, so it reaches none.
        """
        reached: set[Place] = set()
        if len(sys.modules) != self.modules:
            self.modules, self.caches = len(sys.modules), _caches()
        for cached in self.caches:
            cached.cache_clear()
        _PATTERNS.clear()
        with self.tracer.watching(reached):
            start = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            self.durations[item] = time.process_time() - start
        if len(self.durations) % 500 == 0:
            spent = sum(self.durations.values())
            print(f"\n{len(self.durations):,} tests in {spent:.0f} s of CPU time", flush=True)
        if self.failed:
            print(f"\nleft out, as it fails without a mutant: {item.nodeid}", flush=True)
            self.failed = False
            return
        for place in reached:
            self.reached[place].append(item)

    def _tests(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that run what the mutant changes, as many as `PATIENCE` allows.

        Those come first that killed most, then those whose folders are most like the file's, then the fastest.
        """
        kills = self.kills[mutant.path]
        folders = mutant.path.relative_to(PACKAGE).parts

        def order(item: pytest.Item) -> tuple[int, int, float]:
            parts = zip(item.path.relative_to(TESTS).parts, folders, strict=False)
            alike = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], parts))
            return -kills[item.nodeid], -alike, self.durations[item]

        found = selected(self.reached, str(mutant.path), mutant.function, mutant.lines)
        ordered = sorted(found, key=order)
        total = itertools.accumulate(map(self.durations.__getitem__, ordered))
        return [item for item, seconds in zip(ordered, total, strict=True) if seconds <= PATIENCE or item is ordered[0]]

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
        resource.setrlimit(resource.RLIMIT_DATA, (GIGABYTES << 30, GIGABYTES << 30))
        last = folder / LAST
        factory: Any = session.config
        factory._tmp_path_factory._basetemp = folder  # so that children do not share a folder
        try:
            put_in(mutant, self.functions[str(mutant.path), mutant.function])
        except (ValueError, LookupError):
            os._exit(3)
        for cached in self.caches:
            cached.cache_clear()
        _PATTERNS.clear()
        for item in tests:
            last.write_text(item.nodeid, "utf-8")
            limit = LONGEST[0] + LONGEST[1] * self.durations[item]
            signal.setitimer(signal.ITIMER_PROF, limit)
            signal.alarm(round(WAITING * limit))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                os._exit(1)
        os._exit(0)

    def _collect(self, running: dict[int, tuple[Mutant, Path]]) -> None:
        """Wait for a child, and tell its outcome."""
        pid, status = os.wait()
        mutant, folder = running.pop(pid)
        outcome = EXITS.get(os.waitstatus_to_exitcode(status), "died")
        if outcome in DEAD and (last := folder / LAST).exists():
            self.kills[mutant.path][last.read_text("utf-8")] += 1
        shutil.rmtree(folder, ignore_errors=True)
        self.tell(mutant, outcome)


def put_in(mutant: Mutant, functions: Sequence[FunctionType]) -> None:
    """Give the function objects the mutant's code.

    Raises:
        ValueError: the changed code uses other variables of enclosing functions.
        LookupError: the function does not exist in this process.
    """
    code = next(_codes(compile(mutant.after, str(mutant.path), "exec"), mutant.function))
    if not functions:
        raise LookupError(mutant.function)
    for function in functions:
        function.__code__ = code
        defaults, named = _defaults(mutant, function)
        function.__defaults__, function.__kwdefaults__ = defaults, named


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


def _functions() -> defaultdict[tuple[str, str], list[FunctionType]]:
    """File and qualified name -> the function objects; there is only one, unless a decorator copied it."""
    found: defaultdict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename.startswith(str(PACKAGE)):
            found[each.__code__.co_filename, each.__code__.co_qualname].append(each)
    return found


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
