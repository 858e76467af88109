"""timm's `ByobNet`: basic and bottleneck blocks with attention, any stem, and CLIP's attention pooling."""

from functools import partial
from importlib import import_module
from math import prod
from random import Random
from typing import Any

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.dilation import dilated, projections
from tests.peers.families.resnet import ACTIVATIONS

timm_byobnet: Any = import_module("timm.models.byobnet")
timm_layers: Any = import_module("timm.layers")


def stem(draw: Random, pools: list[str]) -> tuple[Document, Document]:
    """The fields of a `ByoModelCfg` for its stem, and the key `stem`."""
    kind, pool = draw.choice(["3x3", "7x7", "tiered", "deep", "quad", ""]), draw.choice(pools)
    channels = 8 * draw.randint(1, 3)
    match kind:
        case "tiered":
            widths = [3 * channels // 8, channels // 2, channels]
        case "deep":
            widths = [channels] * 3
        case "quad":
            widths = [channels // 8, channels // 4, channels // 2, channels]
        case "":
            widths = [draw.randint(3, 20) for _ in range(draw.randint(2, 4))]
        case _:
            widths = [channels]
    strides = [2] + [1] * (len(widths) - 1)
    if not pool and len(widths) > 1:
        strides[-1] = 2
    fields = {"stem_type": kind, "stem_pool": pool, "stem_chs": channels if kind else tuple(widths)}
    return fields, {
        "channels": widths,
        "kernel": 7 if kind == "7x7" else 3,
        "strides": strides,
        "pool": {"type": pool[:3], "kernel": 2 if pool.endswith("2") else 3} if pool else "none",
    }


def attention(draw: Random, *, last: bool) -> tuple[Document, Document]:
    """The fields of a `ByoBlockCfg` for its attention, and the key `attention`."""
    kind = draw.choice(["", "se", "eca", "ese", "cbam", "gc", "gca"])
    if not kind:
        return {"attn_layer": ""}, {"type": "none"}
    settings: Document = {}
    document: Document = {"type": kind, "position": "end" if last else "inner"}
    if kind in ("se", "cbam", "gc", "gca") and draw.random() < 0.6:
        document |= {"ratio": draw.choice([0.0625, 0.125, 0.25, 0.3]), "divisor": draw.choice([1, 2, 4, 8])}
        settings |= {"rd_ratio": document["ratio"], "rd_divisor": document["divisor"]}
    if kind in ("se", "gc", "gca") and draw.random() < 0.4:
        document["activation"] = draw.choice([*ACTIVATIONS])
        settings["act_layer"] = ACTIVATIONS[document["activation"]]
    return {"attn_layer": kind, "attn_kwargs": settings}, document


RATIOS = (0.25, 0.25, 0.5, 0.75, 1.0, 1.5, 3.0)
"""Inner channels of a bottleneck per output channel."""


def one_stage(draw: Random, name: str) -> tuple[Any, Document]:
    """A stage as `ByoBlockCfg`, or several of them, and its values by the keys of `stages`, `block` and others."""
    is_basic = draw.random() < 0.35
    depth, width = draw.choice([1, 1, 2, 3]), 8 * draw.randint(1, 6)
    last = draw.random() < (0.7 if is_basic else 0.3)
    fields, focus = attention(draw, last=last)
    stride = draw.choice([1, 2, 2])
    make = partial(timm_byobnet.ByoBlockCfg, c=width, s=stride, block_kwargs={"attn_last": last})
    document: Document = {
        "depth": depth,
        "width": width,
        "stride": stride,
        "type": "basic" if is_basic else "bottleneck",
        "attention": focus,
        "blocks": {},
    }
    if not is_basic and depth > 1 and draw.random() < 0.3:
        return several(draw, partial(make, "bottle", d=1), document, name, last=last)
    ratio = draw.choice([0.25, 0.5, 1.0, 1.0] if is_basic else RATIOS)
    inner = timm_layers.make_divisible(width * ratio)
    if is_basic:
        if inner != width:
            document["blocks"][f"{name}.*"] = {"first": inner}
        return make("basic", d=depth, br=ratio, **fields), document
    size = draw.choice([0, 0, *(each for each in range(1, inner + 1) if inner % each == 0)])
    document["group_width"] = size
    if width % 4 == 0 and inner == width // 4:
        document |= {"expansion": 4, "width": inner}
    elif 64 * inner % width == 0:
        document["width_per_group"] = 64 * inner // width
    else:
        document["blocks"][f"{name}.*"] = {"first": inner, "inner": inner}
    return make("bottle", d=depth, br=ratio, gs=size, **fields), document


def several(draw: Random, make: Any, document: Document, name: str, *, last: bool) -> tuple[tuple[Any, ...], Document]:
    """A stage whose bottlenecks differ in inner width, groups and attention."""
    blocks, document = [], document | {"attention": {"type": "none"}}
    for index in range(document["depth"]):
        ratio = draw.choice(RATIOS)
        inner = timm_layers.make_divisible(make.keywords["c"] * ratio)
        size = draw.choice([each for each in range(1, inner + 1) if inner % each == 0])
        fields, focus = attention(draw, last=last)
        values = {"first": inner, "inner": inner, "groups": inner // size, "attention": focus}
        document["blocks"][f"{name}.{index}"] = values
        blocks.append(make(br=ratio, gs=size, **fields))
    return tuple(blocks), document


def byobnet(draw: Random) -> Network:
    """A `ByoModelCfg` with basic and bottleneck blocks, and the spec of the same network."""
    antialias = draw.choice(["", "", "avg", "blur"])
    first, stem_document = stem(draw, ["", "avg", "avg2"] if antialias else ["", "max", "max2", "avg", "avg2"])
    drawn = [one_stage(draw, f"layer{number}") for number in range(1, draw.randint(3, 6))]
    stages, documents = zip(*drawn, strict=True)
    reduction = prod(stem_document["strides"]) * (1 if stem_document["pool"] == "none" else 2)
    output_stride = draw.choice([8, 16, 32, 64])
    strides, dilations = dilated([each["stride"] for each in documents], output_stride, stride=reduction)
    is_dilated = dilations[-1][1] > 1
    downsample = "avg" if antialias or (not is_dilated and draw.random() < 0.4) else "conv1x1"
    activation, channels_in, features = draw.choice([*ACTIVATIONS]), draw.choice([1, 3, 4]), draw.choice([0, 0, 40, 64])
    classes, drop_path, zero = draw.choice([0, 1, 10]), draw.choice([0.0, 0.2]), draw.random() < 0.5
    total = reduction * prod(strides)
    attends = features == 64 and draw.random() < 0.7
    size = [total * draw.randint(2, 3), total * draw.randint(2, 3)]
    if not attends and antialias != "avg":
        size = [each + draw.randint(1, total - 1) for each in size]
    pool = "attention" if attends else draw.choice(["avg", "max", "avgmax", "catavgmax"])
    dropout = 0.0 if attends else draw.choice([0.0, 0.3])  # timm drops from all tokens
    module = timm_byobnet.ByobNet(
        timm_byobnet.ByoModelCfg(
            stages,
            downsample=downsample,
            num_features=features,
            act_layer=ACTIVATIONS[activation],
            aa_layer=antialias,
            head_type="attn_abs" if attends else "classifier",
            **first,
        ),
        num_classes=classes,
        in_chans=channels_in,
        global_pool=None if attends else pool,
        output_stride=output_stride,
        img_size=size,
        drop_rate=dropout,
        drop_path_rate=drop_path,
        zero_init_last=zero,
    )
    outputs = [each["width"] * each.get("expansion", 1) for each in documents]
    when = projections([stem_document["channels"][-1], *outputs], strides, dilations)
    before = [1, *(rest for _, rest in dilations[:-1])]
    if when is None or before != [each for each, _ in dilations] or (is_dilated and downsample == "avg"):
        return byobnet(draw)
    keys = ("type", "expansion", "width_per_group", "group_width")
    defaults: Document = {"expansion": 1, "width_per_group": 64, "group_width": 0}
    document = {
        "name": "random",
        "input": {"channels": channels_in, "size": size},
        "stem": stem_document,
        "block": {key: [(defaults | each)[key] for each in documents] for key in keys},
        "shortcut": {"when": when, "pool": "avg" if downsample == "avg" else "none"},
        "activation": activation,
        "attention": [each["attention"] for each in documents],
        "antialias": antialias or "none",
        "stages": {
            "depths": [each["depth"] for each in documents],
            "widths": [each["width"] for each in documents],
            "strides": [each["stride"] for each in documents],
        }
        | ({"output_stride": output_stride} if is_dilated else {}),
        "blocks": {name: values for each in documents for name, values in each["blocks"].items()},
        "drop_path": drop_path,
        "head": {"conv": features, "pool": pool, "dropout": dropout, "classes": classes},
        "init": {"zero_residual": zero},
    }
    return Theirs("timm.models.byobnet", module), document
