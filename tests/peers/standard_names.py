"""Names of entries in the modules of torchvision and timm -> the standard names of the same entries."""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from torch import nn

Rules: TypeAlias = Sequence[tuple[str, str | Callable[[re.Match[str]], str]]]
"""Regular expressions and what replaces them, in the order in which they are applied."""

CONV_NORM_ACT: Rules = (
    (r"\bconv(\d)(?:_1x1|_kxk)?\.conv\.", r"conv\1."),
    (r"\bconv(\d)(?:_1x1|_kxk)?\.bn\.", r"bn\1."),
)
"""timm's `ConvNormAct` holds a convolution and its norm."""

HEAD: Rules = ((r"^final_conv\.conv\.", "conv_head."), (r"^final_conv\.bn\.", "bn_head."), (r"^head\.fc\.", "fc."))

RULES: dict[str, Rules] = {
    "references": (),
    "timm.models.resnet": (),
    "torchvision.models.resnet": (),
    "timm.models.resnest": (),
    "timm.models.sknet": CONV_NORM_ACT,
    "timm.models.res2net": ((r"\.(convs|bns)\.", r".conv2.\1."),),
    "timm.models.senet": (
        (r"^layer0\.conv(\d)\.", r"stem.\1."),
        (r"^layer0\.bn(\d)\.", r"stem_norm.\1."),
        (r"\.se_module\.", ".se."),
        (r"^last_linear\.", "fc."),
    ),
    "timm.models.resnetv2": (
        (r"^stem\.conv(\d?)\.", r"stem.\1."),
        (r"^stem\.norm(\d?)\.", r"stem_norm.\1."),
        (r"^stages\.(\d)\.blocks\.", lambda found: f"layer{int(found[1]) + 1}."),
        (r"\.norm(\d)\.", r".bn\1."),
        *HEAD,
    ),
    "timm.models.regnet": (
        (r"^stem\.(?:conv\.)?weight", "stem.1.weight"),
        (r"^stem\.bn\.", "stem_norm.1."),
        (r"^s(\d)\.b(\d+)\.", lambda found: f"layer{found[1]}.{int(found[2]) - 1}."),
        *CONV_NORM_ACT,
        (r"\.norm(\d)\.", r".bn\1."),
        (r"\.downsample\.(?:conv\.)?weight", ".downsample.0.weight"),
        (r"\.downsample\.bn\.", ".downsample.1."),
        (r"\.downsample\.1\.conv\.", ".downsample.1."),
        (r"\.downsample\.1\.bn\.", ".downsample.2."),
        *HEAD,
    ),
    "timm.models.byobnet": (
        (r"^stem\.conv(\d?)(?:\.conv)?\.(weight)", r"stem.\1.\2"),
        (r"^stem\.(?:conv(\d))?\.?bn\.", r"stem_norm.\1."),
        (r"^stages\.(\d)\.", lambda found: f"layer{int(found[1]) + 1}."),
        *CONV_NORM_ACT,
        (r"\.attn(_last)?\.", ".se."),
        (r"\.shortcut\.conv\.conv\.", ".downsample.1."),
        (r"\.shortcut\.conv\.bn\.", ".downsample.2."),
        (r"\.shortcut\.conv\.", ".downsample.0."),
        (r"\.shortcut\.bn\.", ".downsample.1."),
        *HEAD,
        (r"^head\.pos_embed", "attnpool.positional_embedding"),
        (r"^head\.([qkv])\.", r"attnpool.\1_proj."),
        (r"^head\.proj\.", "fc."),
    ),
    "torchvision.models.regnet": (
        (r"^stem\.1\.", "stem_norm.1."),
        (r"^stem\.0\.", "stem.1."),
        (r"^trunk_output\.block\d+\.block(\d+)-", r"layer\1."),
        (r"\.proj\.", ".downsample."),
        *((rf"\.f\.{letter}\.0\.", f".conv{number}.") for number, letter in enumerate("abc", start=1)),
        *((rf"\.f\.{letter}\.1\.", f".bn{number}.") for number, letter in enumerate("abc", start=1)),
        (r"\.f\.se\.", ".se."),
    ),
}
"""By the library's module that defines the blocks; stem convolutions are still only numbered."""


def standard_names(library: str, module: nn.Module) -> dict[str, str]:
    """The library's names of all entries of the module's `state_dict`, with their standard names."""
    names = [*module.state_dict()]
    found = [_replaced(name, RULES[library]) for name in names]
    stem = max([int(each[1] or 1) for name in found if (each := re.match(r"stem\.(\d?)\.", name))], default=1)
    projection = int(any(name.endswith(".downsample.pool") for name, _ in module.named_modules()))
    rest: Rules = (
        (r"^stem\.\d?\.", "conv1.") if stem == 1 else (r"^stem\.(\d)\.", lambda each: f"conv1.{3 * int(each[1]) - 3}."),
        (rf"^stem_norm\.{stem if stem > 1 else '1?'}\.", "bn1."),
        (r"^stem_norm\.(\d)\.", lambda each: f"conv1.{3 * int(each[1]) - 2}."),
        (r"\.downsample\.conv\.", f".downsample.{projection}."),
        (r"\.downsample\.norm\.", f".downsample.{projection + 1}."),
        (r"\.spatial\.conv\.conv\.", ".spatial.conv."),
        (r"\.spatial\.conv\.bn\.", ".spatial.bn."),
    )
    return {theirs: _replaced(name, rest) for theirs, name in zip(names, found, strict=True)}


def _replaced(name: str, rules: Rules) -> str:
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name
