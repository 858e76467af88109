"""Entry points of torch.hub: `resnet_dsl` for any spec, and one for each bundled spec, by its name."""

from functools import partial as _partial

from resnet_dsl import build as _build
from resnet_dsl.language.document.bundled import bundled_specs as _bundled_specs

dependencies = ["graphviz", "jsonschema", "jsonschema_rs", "networkx", "safetensors", "torch", "torchsummary", "yaml"]


def resnet_dsl(spec=None, **arguments):  # noqa: ANN001, ANN003, ANN201 (torch.hub shows the signature)
    """The network of a spec; the arguments are those of `resnet_dsl.build`, such as `weights` and `overrides`."""
    return _build(spec, **arguments)


globals().update({name: _partial(_build, name) for name in _bundled_specs()})
