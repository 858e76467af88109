"""Standard names of entries -> those of other libraries, as read in their sources."""

import re
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

Rules = Iterable[tuple[str, str]]


def renamed(state: dict[str, T], *rules: tuple[str, str], prefix: str = "") -> dict[str, T]:
    """Each name after all replacements of regular expressions, in order, behind a prefix."""
    names = {}
    for name, value in state.items():
        theirs = name
        for pattern, replacement in rules:
            theirs = re.sub(pattern, replacement, theirs)
        names[prefix + theirs] = value
    return names


def _stages(name: str, first: int) -> Rules:
    return [(rf"^layer{number}\.", f"{name.format(number + first)}.") for number in (4, 3, 2, 1)]


KUANGLIU = (("downsample", "shortcut"), (r"^fc\.", "linear."))
WEIAICUNZAI = (
    (r"^conv1\.", "conv1.0."),
    (r"^bn1\.", "conv1.1."),
    *_stages("conv{}_x", 1),
    *((rf"(_x\.\d+)\.conv{number}\.", rf"\1.residual_function.{3 * number - 3}.") for number in (1, 2, 3)),
    *((rf"(_x\.\d+)\.bn{number}\.", rf"\1.residual_function.{3 * number - 2}.") for number in (1, 2, 3)),
    ("downsample", "shortcut"),
)
DETECTRON2 = (
    (r"^(conv1|bn1|fc)\.", r"stem.\1."),
    *_stages("res{}", 1),
    (r"\bbn(\d)\.", r"conv\1.norm."),
    (r"downsample\.0", "shortcut"),
    (r"downsample\.1", "shortcut.norm"),
)
MASKRCNN = ((r"^(conv1|bn1)\.", r"stem.\1."),)
PYCLS = (
    (r"^conv1\.", "stem.conv."),
    (r"^bn1\.", "stem.bn."),
    (r"^fc\.", "head.fc."),
    *((rf"^(layer\d\.\d+)\.conv{number}\.", rf"\1.f.{letter}.") for number, letter in zip("123", "abc", strict=True)),
    *((rf"^(layer\d\.\d+)\.bn{number}\.", rf"\1.f.{letter}_bn.") for number, letter in zip("123", "abc", strict=True)),
    (r"downsample\.0", "proj"),
    (r"downsample\.1", "bn"),
    *((rf"^layer(\d)\.{block}\.", rf"s\1.b{block + 1}.") for block in range(2)),
)
SENET = ((r"^(conv1|bn1)\.", r"layer0.\1."), (r"\bse\.", "se_module."), (r"^fc\.", "last_linear."))
CAFFE2 = (
    (r"^bn1\.", "res_conv1.norm."),
    *_stages("res{}", 1),
    *((rf"\.(conv|bn){number}\.", rf".branch2{letter}.\1.") for number, letter in zip("123", "abc", strict=True)),
    (r"downsample\.0\.", "branch1.conv."),
    (r"downsample\.1\.", "branch1.norm."),
    (r"^fc\.weight", "fc1000_w"),
    (r"^fc\.bias", "fc1000_b"),
    (r"\.conv\.weight|^(conv1)\.weight", r"\1_w"),
    (r"\.(norm|bn)\.weight", "_bn_s"),
    (r"\.(norm|bn)\.bias", "_bn_b"),
    (r"\.", "_"),
)
SEQUENTIAL = (
    (r"^conv1\.", "0."),
    (r"^bn1\.", "1."),
    *((rf"^layer{number}\.", f"{number + 3}.") for number in (1, 2, 3, 4)),
)
"""`nn.Sequential(*resnet.children())`."""
