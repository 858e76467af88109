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
LETTERS = tuple(zip("123", "abc", strict=True))
PYCLS = (
    (r"^conv1\.", "stem.conv."),
    (r"^bn1\.", "stem.bn."),
    (r"^fc\.", "head.fc."),
    *((rf"^(layer\d\.\d+)\.conv{number}\.", rf"\1.f.{letter}.") for number, letter in LETTERS),
    *((rf"^(layer\d\.\d+)\.bn{number}\.", rf"\1.f.{letter}_bn.") for number, letter in LETTERS),
    (r"\bse\.fc1", "f.se.f_ex.0"),
    (r"\bse\.fc2", "f.se.f_ex.2"),
    (r"downsample\.0", "proj"),
    (r"downsample\.1", "bn"),
    *((rf"^layer(\d)\.{block}\.", rf"s\1.b{block + 1}.") for block in range(2)),
)
CLASSYVISION = (
    (r"^conv1\.", "stem.stem.0."),
    (r"^bn1\.", "stem.stem.1."),
    (r"\bconv3\.", "f.c."),
    (r"\bbn3\.", "f.final_bn."),
    *((rf"^(layer\d\.\d+)\.conv{number}\.", rf"\1.f.{letter}.0.") for number, letter in LETTERS),
    *((rf"^(layer\d\.\d+)\.bn{number}\.", rf"\1.f.{letter}.1.") for number, letter in LETTERS),
    (r"\bse\.fc1", "f.se.excitation.0"),
    (r"\bse\.fc2", "f.se.excitation.2"),
    (r"downsample\.0", "proj"),
    (r"downsample\.1", "bn"),
    (r"^layer(\d)\.(\d+)\.", r"trunk_output.block\1.block\1-\2."),
)
VISSL = (
    *CLASSYVISION,
    (r"^stem\.stem\.", "_feature_blocks.conv1.stem."),
    *((rf"^trunk_output\.block{number}\.", f"_feature_blocks.res{number + 1}.") for number in (1, 2, 3, 4)),
)
RES2NET = ((r"conv2\.(conv|bn)s", r"\1s"),)
WIDERESNET = (
    (r"^norm\.", "bn1."),
    (r"^layer(\d)\.", r"block\1.layer."),
    (r"downsample\.0", "convShortcut"),
)
CLIP = (
    (r"^bn1\.", "bn3."),
    *((rf"^conv1\.{3 * index}\.", f"conv{index + 1}.") for index in (0, 1, 2)),
    *((rf"^conv1\.{3 * index + 1}\.", f"bn{index + 1}.") for index in (0, 1)),
    (r"downsample\.1\.", "downsample.0."),
    (r"downsample\.2\.", "downsample.1."),
    (r"^fc\.", "attnpool.c_proj."),
)
BIT = (
    (r"^conv1\.weight", "resnet/root_block/standardized_conv2d/kernel"),
    (r"^norm\.weight", "resnet/group_norm/gamma"),
    (r"^norm\.bias", "resnet/group_norm/beta"),
    (r"^fc\.weight", "resnet/head/conv2d/kernel"),
    (r"^fc\.bias", "resnet/head/conv2d/bias"),
    *((rf"^layer(\d)\.{block}\.", rf"resnet/block\1/unit0{block + 1}/") for block in range(2)),
    (r"downsample\.0\.weight", "a/proj/standardized_conv2d/kernel"),
    *((rf"conv{number}\.weight", f"{letter}/standardized_conv2d/kernel") for number, letter in LETTERS),
    *((rf"bn{number}\.weight", f"{letter}/group_norm/gamma") for number, letter in LETTERS),
    *((rf"bn{number}\.bias", f"{letter}/group_norm/beta") for number, letter in LETTERS),
)
SENET = ((r"^(conv1|bn1)\.", r"layer0.\1."), (r"\bse\.", "se_module."), (r"^fc\.", "last_linear."))
CAFFE2 = (
    (r"^bn1\.", "res_conv1.norm."),
    *_stages("res{}", 1),
    *((rf"\.(conv|bn){number}\.", rf".branch2{letter}.\1.") for number, letter in LETTERS),
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
