"""Converting specs to plain data with every default written out."""

from resnet_dsl.language.spec import default_stride, default_width

from ..helpers import TINY, load, loads, written_out


def test_a_spec_is_written_out_with_every_default() -> None:
    """A minimal spec of three lines expands to every key with its default."""
    assert written_out(loads(TINY)) == {
        "version": 1,
        "name": "tiny",
        "input": {"channels": 3, "size": 224},
        "stem": {"channels": 64, "kernel": 7, "stride": 2, "pool": "max"},
        "block": {
            "type": "basic",
            "expansion": 1,
            "groups": 1,
            "width_per_group": 64,
            "reduce_first": 1,
            "stride_in": "3x3",
            "preactivation": False,
        },
        "shortcut": {"type": "projection", "when": "shape_change", "kernel": 1, "pool": "none"},
        "norm": {"type": "batch", "eps": 1e-5, "momentum": 0.1},
        "activation": "relu",
        "attention": "none",
        "antialias": "none",
        "stages": {"depths": [1], "widths": [64], "strides": [1], "dilations": 1},
        "drop_path": 0.0,
        "head": {"pool": "avg", "dropout": 0.0, "classes": 1000},
        "init": {"zero_residual": False},
    }


EVERYTHING = {
    "version": 1,
    "name": "all",
    "description": "prose",
    "reference": "a paper",
    "input": {"channels": 5, "size": [60, 70]},
    "stem": {"channels": [8, 16], "kernel": 3, "stride": 1, "pool": "conv"},
    "block": {
        "type": ["basic", "bottleneck"],
        "expansion": [2, 3],
        "groups": [1, 2],
        "width_per_group": [64, 32],
        "reduce_first": [1, 2],
        "stride_in": "1x1",
        "preactivation": True,
    },
    "shortcut": {"type": "projection", "when": "always", "kernel": 3, "pool": "none"},
    "norm": {"type": "group", "eps": 0.001, "groups": 4},
    "activation": "silu",
    "attention": [{"type": "se", "ratio": 0.25}, "eca"],
    "antialias": "blur",
    "stages": {"depths": [1, 2], "widths": [16, 32], "strides": [1, 2], "dilations": [1, 2], "output_stride": 4},
    "drop_path": 0.1,
    "head": {"pool": "max", "dropout": 0.5, "classes": 7},
    "init": {"zero_residual": True},
    "expect": {"params": 136621, "macs": 57729440, "depth": 11, "output": [7]},
}


def test_a_complete_spec_is_written_unchanged() -> None:
    """A spec that sets every key to a non-default value is written out unchanged."""
    assert written_out(load(EVERYTHING)) == EVERYTHING


def test_only_given_expectations_are_written() -> None:
    """Expectations have no defaults, so only those present are written out."""
    assert written_out(loads(TINY + "expect: {depth: 4}\n")) == written_out(loads(TINY)) | {"expect": {"depth": 4}}


def test_norms_are_written_with_only_their_own_settings() -> None:
    """Settings of other norm types are omitted."""
    written = {kind: written_out(loads(f"{TINY}norm: {kind}"))["norm"] for kind in ("instance", "layer", "none")}
    assert written == {
        "instance": {"type": "instance", "eps": 1e-5},
        "layer": {"type": "layer", "eps": 1e-6},
        "none": "none",
    }


def test_defaults_of_stages() -> None:
    """Default widths double from stage to stage; default strides are 1, then 2."""
    assert [(default_width(index), default_stride(index)) for index in range(4)] == [
        (64, 1),
        (128, 2),
        (256, 2),
        (512, 2),
    ]
