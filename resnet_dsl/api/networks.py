"""Networks and their weights in Python: built, saved, inferred, converted."""

import logging
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..compiler import Source, compile_spec, text_of
from ..language.document.overrides import Overrides, sets
from ..language.spec import Spec

if TYPE_CHECKING:
    import torch

    from ..weights.opening import WeightsSource

_LOGGER = logging.getLogger("resnet_dsl")


def build(
    source: Source | None = None,
    *,
    device: "torch.device | str | None" = None,
    dtype: "torch.dtype | str | None" = None,
    overrides: Overrides | None = None,
    weights: "WeightsSource | None" = None,
    entry: str | None = None,
    prefix: str | None = None,
    partial: bool = False,
    features: Sequence[int] | None = None,
    seed: int | None = None,
) -> "torch.nn.Module":
    """Build the network as a `torch.nn.Module`, in training mode, with fresh weights unless it loads some.

    It maps `(batch, channels, height, width)` to `(batch, classes)`. Its `state_dict` has the keys of the networks in
    torchvision and timm, and its attribute `spec` is the `Spec` that it was built from.

    Args:
        source: anything that `load` takes; by default the spec that the weights carry along, as those do that this
            tool writes.
        device: `"auto"`, `"cpu"`, `"cuda"`, `"cuda:1"`, `"mps"`, `"meta"`, or a `torch.device`; by default torch's
            default device.
        dtype: the dtype of weights and buffers; by default torch's default dtype.
        overrides: values that replace the source's; with overrides, the spec's expectations are not checked.
        weights: what to load all of the network's weights from: a file, a reference such as
            `"hf-hub:timm/resnet18.a1_in1k"`, or a mapping of tensors. If `overrides` sets `head.classes`, a classifier
            of a different size is freshly initialised. The first convolution is adapted to other input channels. What
            was adapted, chosen or left out is logged.
        entry: the key of the mapping in the file that the network is in, if there are several.
        prefix: what its names begin with, if there are several in a mapping.
        partial: take the blocks, and the layers elsewhere, that fit, and freshly initialise the others.
        features: stages whose feature maps the network outputs, as a list, instead of the classes: 1 is the first
            stage, 0 the stem before its pooling. Later layers are left out, and `feature_info` has the `name`,
            `channels` and `reduction` of each.
        seed: the seed of fresh weights, 0 to 2⁶³ - 1, from which a layer gets the same ones whatever stands beside it,
            on every device, and in every dtype up to rounding; by default drawn from torch's global generator.

    Raises:
        SpecError: the spec or its network is invalid.
        EnvironmentFault: there is no such file, device or stage, the weights cannot be fetched or belong to a different
            network, or torch is not installed.
        TypeError: there is neither a source nor weights, or the seed is not an integer.
        ValueError: the seed is out of range.
    """
    from ..backends.pytorch.network import build_network, resolve_target
    from ..weights.opening import open_weights
    from ..weights.specs import carried, compared

    target = resolve_target(device, dtype)
    if source is None and weights is None:
        raise TypeError("build() needs a source, or weights that carry their spec along")
    if source is not None:
        spec, graph = compile_spec(source, overrides or {})
    checkpoint = None if weights is None else open_weights(weights, entry=entry, prefix=prefix)
    if checkpoint is not None:
        if source is None:
            spec, graph = compile_spec(carried(checkpoint), overrides or {})
        checkpoint = compared(checkpoint, spec)
    built = build_network(
        graph,
        target,
        spec=spec,
        checkpoint=checkpoint,
        may_replace_classifier=sets(overrides or {}, ("head", "classes")),
        is_partial=partial,
        features=features,
        seed=seed,
    )
    for note in built.notes:
        _LOGGER.warning(note)
    return built.module


def initialise(network: "torch.nn.Module", *, seed: int | None = None) -> None:
    """Give a built network the fresh weights that `build` would, such as one built on `meta` after `to_empty`.

    Layers that others have been put in place of, or added, are left alone unless they have the same names. Tensors
    that several processes share each get their part.

    Args:
        network: what `build` returned; no tensor may be on `meta`.
        seed: as for `build`.

    Raises:
        TypeError: this is not what `build` returned, it has no pooling any more, or the seed is not an integer.
        ValueError: a tensor is on `meta`, or the seed is out of range.
    """
    from ..backends.pytorch.initial_values import initialise_layers

    initialise_layers(network, compile_spec(_spec_of(network, "initialise"))[1].layers, seed)


def save(network: "torch.nn.Module", output: str | PathLike[str]) -> None:
    """Write the weights of a built network to a file, with its spec, as the command `build` does.

    Args:
        network: what `build` returned.
        output: a `.safetensors`, `.pt` or `.pth` file; its tensors by name are the network's `state_dict`.

    Raises:
        EnvironmentFault: the extension is another one, the network has no weights, or the file cannot be written.
        TypeError: this is not what `build` returned, or it has no pooling any more.
    """
    from ..backends.pytorch.saving import check_format, save_weights
    from ..files import write_file

    path, spec = Path(output), _spec_of(network, "save")
    check_format(path, next(network.parameters()).device)
    text = text_of(spec)
    write_file(path, lambda partial: save_weights(network.state_dict(), partial, like=path, spec=text))


def infer(weights: "WeightsSource", *, entry: str | None = None, prefix: str | None = None) -> str:
    """Infer the spec, as YAML, from weights; comments mark values that names and shapes do not reveal.

    Weights that carry their spec along, as those do that this tool writes, give back its text. `weights`, `entry` and
    `prefix` are as for `build`.

    Raises:
        EnvironmentFault: the weights cannot be fetched or read, or no spec can describe their network.
    """
    from ..weights.opening import open_weights
    from ..weights.specs import spec_text

    return spec_text(open_weights(weights, entry=entry, prefix=prefix))


def convert(
    weights: "WeightsSource",
    output: str | PathLike[str],
    *,
    names: str,
    entry: str | None = None,
    prefix: str | None = None,
) -> None:
    """Write the weights of a network to a file, in another library's names and shapes, with their spec.

    Args:
        weights: as for `build`.
        output: a `.safetensors`, `.pt` or `.pth` file.
        names: the library, as the command `convert` lists it, such as `"huggingface"`.
        entry: as for `build`.
        prefix: as for `build`.

    Raises:
        EnvironmentFault: the weights cannot be fetched or read, there is no such library, it has no name for one of
            the entries, or the file cannot be written.
    """
    from ..checkpoints.dialects import dialect_called
    from ..files import write_file
    from ..weights.opening import open_weights
    from ..weights.specs import conversion_notes, converted_spec

    dialect, path = dialect_called(names), Path(output)
    checkpoint = open_weights(weights, entry=entry, prefix=prefix)
    from ..backends.pytorch.conversion import converted
    from ..backends.pytorch.saving import check_format, save_weights

    check_format(path)
    spec = converted_spec(checkpoint)
    tensors = converted(checkpoint, dialect)
    for note in (*checkpoint.notes, *conversion_notes(checkpoint, dialect, spec)):
        _LOGGER.warning(note)
    write_file(path, lambda partial: save_weights(tensors, partial, like=path, spec=spec))


def _spec_of(network: "torch.nn.Module", function: str) -> Spec:
    spec = getattr(network, "spec", network)
    if spec is None:
        raise TypeError(f"{function}() needs the network's spec, and no spec describes a network without a pooling")
    if not isinstance(spec, Spec):
        raise TypeError(f"{function}() takes a network that build() returned, not `{type(network).__name__}`")
    return spec
