"""Measures networks side by side: one process for each network and runtime, and a pass of each in turn."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from os import PathLike
from tempfile import TemporaryFile
from typing import IO, Any

from ..compiler import Source, compile_spec, text_of
from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..graph.graph import Graph
from ..language.document.overrides import Overrides
from .benchmark import Benchmark
from .jobs import PASS, PEAK, Job, Ready, fault_from_data
from .results import Machine, Measurement
from .settings import Settings, runtimes


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process that measures one network."""

    process: "subprocess.Popen[str]"
    errors: IO[str]
    """What it prints besides its answers."""
    graph: Graph
    runtime: str

    def tell(self, line: str) -> None:
        """Send a line; a process that has ended shows when it does not answer."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
        except OSError:
            return

    def answer(self) -> Any:
        """What it says next.

        Raises:
            EnvironmentFault: it cannot do its job, or has ended.
        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            message = f"the process that ran {self.graph.name} by `{self.runtime}` ended with status {status}"
            self.errors.seek(0)
            *_, last = ["", *self.errors.read().split("\n")[-2:-1]]
            notes = (last or "systems end processes that take more memory than there is",)
            raise EnvironmentFault(Diagnostic(code="RD521", message=message, notes=notes))
        answer = json.loads(line)
        if isinstance(answer, dict) and "faults" in answer:
            raise fault_from_data(answer)
        return answer


def measure(
    sources: Sequence[Source],
    settings: Settings,
    *,
    runtime: Sequence[str] = ("eager",),
    overrides: Overrides = (),
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Benchmark:
    """Networks side by side.

    Args:
        sources: anything that `load` takes, at least one.
        settings: how passes are made.
        runtime: the runtimes that run each of them.
        overrides: values that replace those of all of them.
        progress: is told what goes on, how many passes are done, and how many there are.

    Raises:
        SpecError: a spec or its network is invalid.
        EnvironmentFault: a runtime, the device or the dtype is unknown or not there, or cannot run a network.
    """
    chosen = runtimes(runtime, settings)
    compiled = [compile_spec(source, overrides) for source in sources]
    total = len(compiled) * len(chosen) * settings.rounds
    with ExitStack() as stack:
        workers: list[_Worker] = []
        ready: list[Ready] = []
        for spec, graph in compiled:
            for name in chosen:
                progress(f"loading {graph.name} by {name}", 0, total)
                worker = stack.enter_context(_started(graph, Job(text_of(spec), name, settings)))
                ready.append(Ready(**worker.answer()))
                workers.append(worker)
        _check_alike(ready, workers)
        times: list[list[float]] = [[] for _ in workers]
        for turn in range(settings.rounds):
            order = range(len(workers)) if turn % 2 == 0 else reversed(range(len(workers)))
            for index in order:
                workers[index].tell(PASS)
                times[index].append(workers[index].answer())
                progress(f"round {turn + 1} of {settings.rounds}", sum(map(len, times)), total)
        measured = [_measurement(worker, each) for worker, each in zip(workers, times, strict=True)]
        labels = [label for label in _labels(sources, [graph.name for _, graph in compiled]) for _ in chosen]
        measured = [replace(each, name=label) for each, label in zip(measured, labels, strict=True)]
    versions = {name: version for each in ready for name, version in each.versions.items()}
    threads = max(each.threads for each in ready)
    return Benchmark(settings, Machine(ready[0].device, threads, versions), tuple(measured))


def _check_alike(ready: Sequence[Ready], workers: Sequence[_Worker]) -> None:
    """Check that all run on the same kind of device: `auto` is what each runtime has best."""
    for one, worker in zip(ready, workers, strict=True):
        if one.kind != ready[0].kind:
            message = f"`{workers[0].runtime}` runs on `{ready[0].kind}`, and `{worker.runtime}` on `{one.kind}`"
            raise EnvironmentFault(Diagnostic(code="RD521", message=message, helps=("add `--device cpu`",)))


def _labels(sources: Sequence[Source], names: Sequence[str]) -> Iterator[str]:
    """The names of the networks, each with what it was read from, or its number, if others have the same."""
    for number, (source, name) in enumerate(zip(sources, names, strict=True), 1):
        origin = str(source) if isinstance(source, str | PathLike) else f"{number}"
        yield name if names.count(name) == 1 else f"{name} ({origin})"


def _measurement(worker: _Worker, times: Sequence[float]) -> Measurement:
    worker.tell(PEAK)
    graph = worker.graph
    return Measurement(graph.name, worker.runtime, graph.parameters, graph.macs, tuple(times), worker.answer())


@contextmanager
def _started(graph: Graph, job: Job) -> Iterator[_Worker]:
    """A process that does a job; whatever happens, it ends."""
    command = [sys.executable, "-P", "-m", "resnet_dsl.benchmark.worker"]  # what lies in the folder is not imported
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    with (
        TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=errors, env=environment, text=True, encoding="utf-8"
        ) as process,
    ):
        worker = _Worker(process, errors, graph, job.runtime)
        try:
            worker.tell(json.dumps(asdict(job)))
            yield worker
        finally:
            process.kill()
