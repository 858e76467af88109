"""timm's registry of models: once this is imported, `timm.create_model("resnet_dsl", spec="my.yaml")` builds a spec."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from timm.models import FeatureInfo, PretrainedCfg, register_model

from ..analysis.anatomy import anatomy, chosen_features
from ..api.networks import build
from ..backends.pytorch.data_config import data_config, feature_info
from ..compiler import Source, compile_spec
from ..language.document.overrides import Overrides, as_options
from ..language.spec import Spec

if TYPE_CHECKING:
    import torch

    from ..weights.opening import WeightsSource

NAME = "resnet_dsl"
"""The name in timm's registry."""


def resnet_dsl(
    pretrained: bool = False,
    pretrained_cfg: Any = None,
    pretrained_cfg_overlay: Mapping[str, Any] | None = None,
    *,
    spec: Source | None = None,
    overrides: Overrides | None = None,
    weights: "WeightsSource | None" = None,
    partial: bool = False,
    features_only: bool = False,
    out_indices: Any = None,
    device: "torch.device | str | None" = None,
    dtype: "torch.dtype | str | None" = None,
    cache_dir: object = None,
    **settings: Any,
) -> "torch.nn.Module":
    """The network of a spec, as timm builds its own.

    Args:
        pretrained: whether to load the weights that `pretrained_cfg` or its overlay name.
        pretrained_cfg: entries to have instead of those that follow from the spec, where they are not timm's defaults.
        pretrained_cfg_overlay: entries to have in any case.
        spec: anything that `resnet_dsl.load` takes, such as a path or the name of a bundled spec.
        overrides: values that replace the spec's.
        weights: anything that `resnet_dsl.build` takes.
        partial: take the blocks, and the layers elsewhere, that fit, and freshly initialise the others.
        features_only: whether to output feature maps.
        out_indices: which ones, 0 being the stem's; an integer n for the last n; all by default.
        device: as for `resnet_dsl.build`.
        dtype: as for `resnet_dsl.build`.
        cache_dir: has no effect.
        **settings: `num_classes`, `in_chans`, `img_size`, `global_pool`, `drop_rate`, `drop_path_rate`,
            `output_stride`, `bn_momentum` and `bn_eps` replace the spec's values. A `drop_rate` of 0, which timm's
            `train.py` passes unless told otherwise, leaves the spec's.

    Raises:
        TypeError: there is no spec, or there is an argument that timm's own networks may have and no spec.
        ValueError: `pretrained`, but no weights.
        SpecError: the spec or its network is invalid.
        EnvironmentFault: there is no such file, or the weights cannot be fetched or belong to a different network.
    """
    if spec is None:
        raise TypeError('timm.create_model("resnet_dsl", …) needs `spec=`: a path, or the name of a bundled spec')
    given = {**_differing(pretrained_cfg), **(pretrained_cfg_overlay or {})}
    if pretrained and weights is None:
        weights = _source(given)
    changes = (*_changes(spec, settings, keep_all=weights is not None), *as_options(overrides or ()))
    arguments: Any = {"overrides": changes, "weights": weights, "partial": partial, "device": device, "dtype": dtype}
    given = {name: value for name, value in given.items() if name not in _SOURCES} | {"architecture": NAME}
    network: Any
    if not features_only:
        network = build(spec, **arguments)
        network.pretrained_cfg |= given
    else:
        parts = anatomy(compile_spec(spec, changes)[1])
        assert parts, "the network of a spec has blocks and a pooling"
        infos = feature_info(parts)
        indices = chosen_features(out_indices, len(infos))
        network = build(spec, features=indices, **arguments)
        network.feature_info = FeatureInfo(infos, indices)
        network.in_chans = parts.input_shape[0]
        network.pretrained_cfg = data_config(parts) | given
        for name in _OF_CLASSES:
            del network.pretrained_cfg[name]
    network.default_cfg = network.pretrained_cfg
    built: torch.nn.Module = network
    return built


_SOURCES: Mapping[str, str] = {"file": "", "hf_hub_id": "hf-hub:", "url": ""}
"""The entries that say where weights are -> what a reference to such begins with; timm looks in this order."""
_OF_CLASSES = ("num_classes", "classifier")
"""The entries that say nothing of feature maps."""


def _differing(config: Any) -> dict[str, Any]:
    """The entries of a `pretrained_cfg` that are not timm's defaults."""
    defaults = {field.name: getattr(PretrainedCfg(), field.name) for field in fields(PretrainedCfg)}
    if isinstance(config, PretrainedCfg):
        config = {name: getattr(config, name) for name in defaults}
    if config is not None and not isinstance(config, Mapping):
        raise TypeError(f"a spec has no pretrained weights with a tag, such as `{config}`: name some with `weights=`")
    return {name: value for name, value in (config or {}).items() if value != defaults.get(name)}


def _source(config: Mapping[str, Any]) -> str:
    """The reference to the weights that a `pretrained_cfg` names."""
    for name, prefix in _SOURCES.items():
        if config.get(name):
            return f"{prefix}{config[name]}"
    raise ValueError("a spec has no pretrained weights: name some with `weights=` instead of `pretrained=True`")


_SETTINGS: Mapping[str, tuple[str, Callable[[Spec], object]]] = {
    "num_classes": ("head.classes", lambda spec: spec.head.classes),
    "in_chans": ("input.channels", lambda spec: spec.input.channels),
    "img_size": ("input.size", lambda spec: (spec.input.height, spec.input.width)),
    "global_pool": ("head.pool", lambda spec: spec.head.pool.type),
    "drop_rate": ("head.dropout", lambda spec: spec.head.dropout),
    "drop_path_rate": ("drop_path", lambda spec: spec.drop_path),
    "output_stride": ("stages.output_stride", lambda spec: spec.output_stride),
    "bn_momentum": ("norm.momentum", lambda spec: spec.norm.momentum),
    "bn_eps": ("norm.eps", lambda spec: spec.norm.eps),
}
"""timm's arguments -> the key that says the same, and its value."""


def _changes(source: Source, settings: Mapping[str, Any], *, keep_all: bool) -> tuple[str, ...]:
    """What the arguments change, as overrides; what they leave as it is too if asked for."""
    if unknown := sorted(settings.keys() - _SETTINGS.keys()):
        names = ", ".join(f"`{name}`" for name in unknown)
        raise TypeError(f"no spec has {names}: what timm's arguments may set is {', '.join(sorted(_SETTINGS))}")
    spec, _ = compile_spec(source)
    changes: dict[str, Any] = {}
    for name, value in settings.items():
        key, present = _SETTINGS[name]
        if name == "drop_rate" and not value:
            continue
        if keep_all or value != present(spec):
            if key.startswith("norm."):
                changes["norm.type"] = spec.norm.type  # which a norm's other keys need beside them
            changes[key] = value
    return as_options(changes)


register_model(resnet_dsl)
