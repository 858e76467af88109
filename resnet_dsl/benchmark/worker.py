"""The process that measures one network: it loads it, warms up, and makes a pass whenever it is asked to.

The benchmark starts it as `python -m resnet_dsl.benchmark.worker`.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any, TextIO

from ..backends.runner import Runner
from ..compiler import Text, compile_spec
from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..graph.graph import Graph
from .jobs import PASS, Job, Ready, fault_to_data
from .settings import RUNTIMES


def serve(requests: TextIO, answer: Callable[[Any], None]) -> None:
    """Do the job of the first line, then answer the others.

    A runtime that cannot run the network says so in an exception of its own, which is a fault of the machine.
    """
    job = Job.from_data(json.loads(requests.readline()))
    _, graph = compile_spec(Text(job.spec))
    try:
        runner = _warmed_up(job, graph)
    except EnvironmentFault as fault:
        answer(fault_to_data(fault))
        return
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        message = f"`{job.runtime}` cannot run {graph.name} here: {lines[0]}"
        answer(fault_to_data(EnvironmentFault(Diagnostic(code="RD521", message=message))))
        return
    answer(asdict(Ready(runner.kind, runner.device, runner.threads, runner.versions)))
    for line in requests:
        answer(runner.milliseconds() if line.strip() == PASS else runner.peak_memory())


def _warmed_up(job: Job, graph: Graph) -> Runner:
    settings = job.settings
    runner: Runner = import_module(f"..backends.{RUNTIMES[job.runtime].home}", __package__).load(
        graph,
        job.runtime,
        device=settings.device,
        dtype=settings.dtype,
        batch_size=settings.batch_size,
        training=settings.training,
        threads=settings.threads,
    )
    for _ in range(settings.warm_up):
        runner.milliseconds()
    return runner


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    serve(sys.stdin, lambda value: print(json.dumps(value), file=answers, flush=True))
