"""A pytest plugin that runs every test once, and then the tests of each mutant, in processes forked for it."""

import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest

from .mutation import PACKAGE, ROOT, Mutant, caches, put_in

CHILDREN = os.cpu_count() or 1
GIGABYTES = 6
"""Data that a process may hold; a mutant may well ask for more."""

Function = tuple[str, str]
"""File and qualified name."""


class Trials:
    """Replaces the loop over the tests."""

    def __init__(self, mutants: Sequence[Mutant], seconds: float, keep: Callable[[Mutant, str], None]) -> None:
        self.mutants = mutants
        self.seconds = seconds
        self.keep = keep
        self.failed = False
        self.durations: dict[pytest.Item, float] = {}
        self.reached: defaultdict[Function, list[pytest.Item]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("a test cannot be collected")
        self.caches = caches()
        for item in session.items:
            self._watch(item)
        if self.failed:
            raise session.Failed("a test fails without any mutant")
        print(f"\n{len(session.items):,} tests in {sum(self.durations.values()):.0f} s", flush=True)
        running: dict[int, tuple[Mutant, Path]] = {}
        start = time.monotonic()
        for number, mutant in enumerate(self.mutants, 1):
            if len(running) >= CHILDREN:
                self._collect(running)
            folder = Path(tempfile.mkdtemp(prefix="mutant-"))
            running[self._fork(session, mutant, folder)] = mutant, folder
            if number % 100 == 0:
                print(f"{number:,} mutants in {(time.monotonic() - start) / 60:.1f} minutes", flush=True)
        while running:
            self._collect(running)
        return True

    def _watch(self, item: pytest.Item) -> None:
        """Run a test as it is; how long does it take, and which functions does it reach?"""
        reached: set[Function] = set()
        for cached in self.caches:
            cached.cache_clear()
        with _tracing(reached):
            start = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            self.durations[item] = time.process_time() - start
        for function in reached:
            self.reached[function].append(item)

    def _tests(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that reach the function, as many as there is time for.

        Those of its own file come first, then the cases, then those of its folder, the quickest first.
        """
        own = (f"tests/{mutant.path.parent.name}/test_{mutant.path.stem}.py", "tests/test_cases.py")

        def order(test: pytest.Item) -> tuple[bool | float, ...]:
            path = test.path.relative_to(ROOT).as_posix()
            return (
                path != own[0],
                path != own[1],
                test.path.parent.name != mutant.path.parent.name,
                self.durations[test],
            )

        tests = sorted(self.reached[str(mutant.path), mutant.function], key=order)
        total = 0.0
        chosen: list[pytest.Item] = []
        for test in tests:
            total += self.durations[test]
            if chosen and total > self.seconds:
                break
            chosen.append(test)
        return chosen

    def _fork(self, session: pytest.Session, mutant: Mutant, folder: Path) -> int:
        tests = self._tests(mutant)
        pid = os.fork()
        if pid:
            return pid
        try:
            self._try(session, mutant, tests, folder)
        finally:
            os._exit(3)

    def _try(self, session: pytest.Session, mutant: Mutant, tests: Sequence[pytest.Item], folder: Path) -> NoReturn:
        """In the child: exit status 0 where the mutant survives its tests."""
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        limit = 20 + round(4 * sum(map(self.durations.__getitem__, tests)))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        resource.setrlimit(resource.RLIMIT_DATA, (GIGABYTES << 30, GIGABYTES << 30))
        factory: Any = session.config
        factory._tmp_path_factory._basetemp = folder  # so that two children are not in each other's way
        put_in(mutant)
        for item in tests:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                os._exit(1)
        os._exit(0)

    def _collect(self, running: dict[int, tuple[Mutant, Path]]) -> None:
        """Wait for a child, and keep what came of it."""
        pid, status = os.wait()
        mutant, folder = running.pop(pid)
        shutil.rmtree(folder, ignore_errors=True)
        code = os.waitstatus_to_exitcode(status)
        outcome = {0: "survived", -signal.SIGXCPU: "too long", -signal.SIGKILL: "too long"}.get(code, "died")
        self.keep(mutant, outcome)


@contextmanager
def _tracing(reached: set[Function]) -> Iterator[None]:
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
