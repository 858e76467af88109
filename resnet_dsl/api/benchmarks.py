"""Networks measured side by side in Python."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..compiler import Source
from ..language.document.overrides import Overrides

if TYPE_CHECKING:
    from ..benchmark.benchmark import Benchmark


def bench(
    network: Source,
    *others: Source,
    runtime: str | Sequence[str] = "eager",
    device: str = "auto",
    dtype: str = "float32",
    batch_size: int = 1,
    training: bool = False,
    rounds: int = 20,
    warm_up: int = 3,
    threads: int | None = None,
    overrides: Overrides | None = None,
) -> "Benchmark":
    """Measure latency, throughput and peak memory of networks side by side.

    Each network runs in a process of its own, and one pass of each is made in turn. What comes back prints as the
    command `bench` does; `measurements` has every time, in milliseconds, and `save` plots them.

    Args:
        network: anything that `load` takes.
        others: more of them.
        runtime: what runs them, one or several: `eager`, `channels_last`, `compile`, `onnxruntime`, `openvino`, or
            `all` for those that are installed.
        device: `auto`, `cpu`, `cuda`, `cuda:1` or `mps`.
        dtype: of weights and images: `float32`, `float64`, `float16` or `bfloat16`.
        batch_size: images of the spec's input size in a batch.
        training: measure training steps, each with a step of SGD with momentum, instead of forward passes.
        rounds: passes of each network by each runtime that are measured.
        warm_up: passes before them that are not.
        threads: threads on a processor; by default as many as the runtime takes.
        overrides: values that replace those of all networks.

    Raises:
        SpecError: a spec or its network is invalid.
        EnvironmentFault: a runtime, the device or the dtype is unknown or not available, or cannot run a network.
    """
    from ..benchmark.measuring import measure
    from ..benchmark.settings import Settings

    settings = Settings(
        device=device,
        dtype=dtype,
        batch_size=batch_size,
        training=training,
        threads=threads,
        rounds=rounds,
        warm_up=warm_up,
    )
    names = [runtime] if isinstance(runtime, str) else runtime
    return measure((network, *others), settings, runtime=names, overrides=overrides or {})
