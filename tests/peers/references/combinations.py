"""Networks that combine keys as no library does: the language's pages read a second time, in plain PyTorch."""

from random import Random
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Document, Network
from tests.peers.references.assembly import head, network
from tests.peers.references.block import Block, Place
from tests.peers.references.kit import ACTIVATIONS, Kit


class ZeroBorder(nn.Module):
    """3x3 maximum with stride 2 over a border of zeros, or over as much of minus infinity as `same` takes."""

    def __init__(self, padding: str) -> None:
        super().__init__()
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        if self.padding == "zero":
            return functional.max_pool2d(functional.pad(x, (1, 1, 1, 1)), 3, 2)
        totals = [max((-(-side // 2) - 1) * 2 + 3 - side, 0) for side in x.shape[2:]]
        (top, bottom), (left, right) = ((total // 2, total - total // 2) for total in totals)
        return functional.max_pool2d(functional.pad(x, (left, right, top, bottom), value=float("-inf")), 3, 2)


def _stem_pool(kit: Kit, pool: Document, channels: int, *, preactivation: bool) -> nn.Module:
    kernel = pool.get("kernel", 2 if pool["type"] == "avg" else 3)
    match pool["type"]:
        case "conv":
            filtered = kit.filters != "none"
            layers = [kit.conv(channels, channels, 3, 1 if filtered else 2), *[kit.low_pass(2)] * filtered]
            return nn.Sequential(*layers, *([] if preactivation else [kit.norm(channels), kit.activation(channels)]))
        case "avg":
            return nn.AvgPool2d(kernel, 2, (kernel - 1) // 2, count_include_pad=False)
        case "none":
            return nn.Identity()
    if kit.filters == "avg":
        return nn.AvgPool2d(2, 2)
    if kit.filters == "blur":
        return nn.Sequential(nn.MaxPool2d(3, 1, 1), kit.low_pass(2))
    match pool.get("padding", "ignore"):
        case "ceil":
            return nn.MaxPool2d(3, 2, ceil_mode=True)
        case "ignore":
            return nn.MaxPool2d(kernel, 2, (kernel - 1) // 2)
        case padding:
            return ZeroBorder(padding)


def _stem(kit: Kit, stem: Document, *, preactivation: bool) -> dict[str, nn.Module]:
    layers, channels, count = nn.Sequential(), 3, len(stem["channels"])
    rest: dict[str, nn.Module] = {}
    for index, (outputs, stride) in enumerate(zip(stem["channels"], stem["strides"], strict=True)):
        layers.append(kit.conv(channels, outputs, stem["kernel"], stride))
        channels = outputs
        if index < count - 1:
            layers.extend([kit.norm(channels), kit.activation(channels)])
        elif not preactivation or stem["pool"]["type"] == "conv":
            rest = {"bn1": kit.norm(channels), "act1": kit.activation(channels)}
    pool = _stem_pool(kit, stem["pool"], channels, preactivation=preactivation)
    return {"conv1": layers if count > 1 else layers[0]} | rest | {"maxpool": pool}


def _stages(kit: Kit, document: Document) -> dict[str, nn.Module]:
    stages, channels, previous = document["stages"], document["stem"]["channels"][-1], 1
    layers: dict[str, nn.Module] = {}
    total, position = sum(stages["depths"]), 0
    for stage, depth in enumerate(stages["depths"]):
        blocks = nn.Sequential()
        for index in range(depth):
            values: Document = dict(document["blocks"].get(f"layer{stage + 1}.*", {}))
            values |= document["blocks"].get(f"layer{stage + 1}.{index}", {})
            own = {key: each[stage] if isinstance(each, list) else each for key, each in document["block"].items()}
            dilation = values.get("dilation", stages["dilations"][stage])
            place = Place(
                inputs=channels,
                width=stages["widths"][stage],
                stride=stages["strides"][stage] if index == 0 else 1,
                dilation=dilation,
                previous=dilation if index or "dilation" in values else previous,
                is_first=index == 0,
                rate=document["drop_path"] * position / max(total - 1, 1),
            )
            settings = own | {"attention": document["attention"][stage]} | values
            blocks.append(Block(kit, settings, document["shortcut"], place))
            channels = place.width * own["expansion"]
            position += 1
        previous = stages["dilations"][stage]
        layers[f"layer{stage + 1}"] = blocks
    return layers


def _end(kit: Kit, settings: Document, channels: int, *, preactivation: bool) -> dict[str, nn.Module]:
    layers: dict[str, nn.Module] = {}
    if preactivation and settings["norm"]:
        layers["norm"] = kit.norm(channels)
    if preactivation and settings["activation"]:
        layers["act"] = kit.activation(channels)
    if settings["conv"]:
        layers["conv_head"] = kit.conv(channels, settings["conv"], 1)
        channels = settings["conv"]
        layers |= {"bn_head": kit.norm(channels), "act_head": kit.activation(channels)}
    return layers | head(channels, settings["classes"])


def combination(draw: Random) -> Network:
    """Any keys together."""
    document = _document(draw)
    kit, preactivation = Kit(document), document["block"]["preactivation"]
    expansion = document["block"]["expansion"]
    layers = _stem(kit, document["stem"], preactivation=preactivation) | _stages(kit, document)
    channels = document["stages"]["widths"][-1] * expansion
    return network(layers | _end(kit, document["head"], channels, preactivation=preactivation), document)


def _attention(draw: Random) -> Document:
    type_ = draw.choice(["none", "none", "se", "eca", "ese", "cbam", "gc", "gca"])
    settings: Document = {"type": type_}
    if type_ == "none":
        return settings
    settings["position"] = draw.choice(["end", "activated", "inner"])
    if type_ == "eca":
        settings["kernel"] = draw.choice([1, 3, 5, 7])
    elif type_ != "ese":
        settings |= {"ratio": draw.choice([0.07, 0.2, 0.25, 0.5]), "divisor": draw.choice([1, 2, 4, 8])}
        settings["of"] = draw.choice(["own", "own", "input"])
    if type_ in ("se", "gc", "gca"):
        settings["activation"] = draw.choice([*ACTIVATIONS])
    return settings


def _norm(draw: Random) -> Document:
    return draw.choice(
        [
            {"type": "batch", "eps": 1e-3, "momentum": 0.02},
            {"type": "batch"},
            {"type": "group", "group_width": 2},
            {"type": "group", "groups": 2},
            {"type": "layer"},
            {"type": "none"},
        ]
    )


def _conv3x3(draw: Random, *, basic: bool) -> Document:
    match draw.choice(["plain", "selective"] if basic else ["plain", "res2", "split", "selective"]):
        case "res2":
            return {"type": "res2", "scale": draw.randint(1, 5)}
        case "split":
            return {"type": "split", "radix": draw.choice([1, 2, 4])}
        case "selective":
            settings = {"ratio": draw.choice([0.1, 0.3, 0.5]), "divisor": draw.choice([1, 4, 8])}
            return {"type": "selective", "split": draw.random() < 0.5} | settings
        case _:
            return {"type": "plain"}


def _stem_document(draw: Random, antialias: str) -> Document:
    count, later = draw.choice([1, 1, 2, 3]), [1] if antialias == "avg" else [1, 1, 2]
    pool: Document = {"type": draw.choice(["max", "max", "avg", "conv", "none"])}
    if pool["type"] == "avg":
        pool["kernel"] = draw.choice([2, 3])
    if pool["type"] == "max" and antialias == "none":
        pool["kernel"] = draw.choice([2, 3, 3, 3])
        if pool["kernel"] == 3:
            pool["padding"] = draw.choice(["ignore", "zero", "ceil", "same"])
    return {
        "channels": [4 * draw.randint(1, 3) for _ in range(count)],
        "kernel": draw.choice([3, 5, 7]),
        "strides": [draw.choice([1, 2]) if index == 0 else draw.choice(later) for index in range(count)],
        "pool": pool,
    }


def _single(draw: Random, block: Document) -> Document:
    """Values of a single block."""
    drawn: dict[str, Any] = {
        "dilation": draw.randint(1, 3),
        "dropout": draw.choice([0.0, 0.2]),
        "attention": _attention(draw),
    }
    if block["conv3x3"]["type"] != "res2" and not block["group_width"]:
        drawn["first"] = 8 * draw.randint(1, 3)
    if block["type"] == "bottleneck" and not block["group_width"]:
        drawn["inner"] = 8 * draw.randint(1, 3)
    return {key: value for key, value in drawn.items() if draw.random() < 0.3}


def _document(draw: Random) -> Document:
    count, basic = draw.choice([2, 3]), draw.random() < 0.35
    preactivation, antialias = draw.random() < 0.4, draw.choice(["none", "none", "blur", "avg"])
    depths = [draw.choice([1, 2, 2]) for _ in range(count)]
    widths = sorted(8 * draw.randint(1, 4) for _ in range(count))
    block: Document = {
        "type": "basic" if basic else "bottleneck",
        "expansion": 1 if basic else draw.choice([1, 2, 4]),
        "groups": 1,
        "width_per_group": 64,
        "group_width": 0,
        "reduce_first": draw.choice([1, 1, 2]),
        "conv3x3": _conv3x3(draw, basic=basic),
        "stride_in": "3x3" if basic else draw.choice(["3x3", "3x3", "1x1"]),
        "pool": draw.choice(["none", "none", "before", "after"]),
        "dropout": draw.choice([0.0, 0.0, 0.2]),
        "preactivation": preactivation,
    }
    if block["pool"] != "none":
        block["stride_in"] = "3x3"
    if block["conv3x3"]["type"] in ("res2", "split"):
        block["reduce_first"] = 1
    if not basic and draw.random() < 0.5:
        by_width = draw.random() < 0.5 and block["conv3x3"]["type"] != "split"
        block |= {"group_width": draw.choice([2, 4])} if by_width else {"groups": 2, "width_per_group": 32}
    shortcut: Document = {"type": draw.choice(["projection"] * 4 + ["padding", "none"]), "when": "shape_change"}
    shortcut |= {"kernel": draw.choice([1, 3]), "pool": draw.choice(["none", "none", "avg"])}
    shortcut |= {"source": draw.choice(["input", "activation"]), "zeros": draw.choice(["end", "both"])}
    shortcut |= {"norm": draw.random() < 0.8}
    if shortcut["type"] == "projection":
        shortcut["when"] = draw.choice(["shape_change", "shape_change", "always", "first"])
    norm = draw.random() < 0.6
    document: Document = {
        "input": {"size": [64, 32] if antialias == "avg" else [draw.randint(28, 40), draw.randint(28, 40)]},
        "stem": _stem_document(draw, antialias),
        "conv": draw.choice(
            [{"type": "plain"}, {"type": "standardized"}, {"type": "standardized", "eps": 1e-3, "bias": True}]
        ),
        "block": block,
        "shortcut": shortcut,
        "norm": _norm(draw),
        "activation": draw.choice([*ACTIVATIONS, "prelu", "prelu"]),
        "antialias": antialias,
        "attention": [_attention(draw) for _ in depths],
        "stages": {
            "depths": depths,
            "widths": widths,
            "strides": [draw.choice([1, 1, 2]) for _ in depths],
            "dilations": [draw.choice([1, 1, 2, 3]) for _ in depths],
        },
        "blocks": {},
        "drop_path": draw.choice([0.0, 0.2]),
        "head": {
            "norm": norm or not preactivation,
            "activation": (norm or not preactivation) if draw.random() < 0.6 else draw.random() < 0.5,
            "conv": draw.choice([0, 0, 12]),
            "classes": 5,
        },
    }
    for stage, depth in enumerate(depths, 1):
        for name in (f"layer{stage}.*", *(f"layer{stage}.{index}" for index in range(depth))):
            if draw.random() < 0.3:
                document["blocks"][name] = _single(draw, block)
    if shortcut["type"] == "none":
        document["drop_path"] = 0.0
    if document["norm"]["type"] == "layer":  # what dropout draws depends on the order of elements in memory
        for values in (block, *document["blocks"].values()):
            values.pop("dropout", None)
        block["dropout"] = 0.0
    if shortcut["type"] == "padding":  # only widens
        document["stem"]["channels"][-1] = 4
    if block["conv3x3"]["type"] == "selective" and document["norm"]["type"] == "none":
        document["norm"] = {"type": "batch"}  # the batch norm of the attention would amplify rounding errors
    return document
