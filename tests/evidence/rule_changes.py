"""One-token changes of the rules by which networks are built: a rounding, an order or a default each."""

from typing import NamedTuple

CONV3X3, BLOCKS, ATTENTION = "lowering/conv3x3", "lowering/blocks", "lowering/attention"
LAYERS = "backends/pytorch/extra_layers.py"


class Change(NamedTuple):
    """What is changed, and the families of `tests/peers` that should notice."""

    rule: str
    path: str
    """Below the package."""
    before: str
    after: str
    families: tuple[str, ...]


CHANGES = (
    Change("rounding to a multiple", "graph/rounding.py", "divisor / 2)", "divisor / 3)", ("se, eca",)),
    Change("not much less than the number", "graph/rounding.py", "0.9 * number", "0.8 * number", ("resnest",)),
    Change("at least the divisor", "graph/rounding.py", "least or divisor", "least or 1", ("cbam",)),
    Change("groups follow a given width", f"{BLOCKS}/bottleneck.py", "inner // width\n", "width\n", ("combinations",)),
    Change(
        "groups of a norm follow a given width",
        "lowering/layers.py",
        "return channels // width",
        "return width",
        ("resnetv2",),
    ),
    Change("split: attention of 1⁄4", f"{CONV3X3}/split_attention.py", "radix / 4", "radix / 3", ("resnest",)),
    Change("split: at least 32", f"{CONV3X3}/split_attention.py", "= 8, 32", "= 8, 24", ("resnest",)),
    Change(
        "split: groups × radix", f"{CONV3X3}/split_attention.py", "conv.groups * radix", "conv.groups", ("resnest",)
    ),
    Change(
        "split: order of the gates", f"{CONV3X3}/split_attention.py", "(radix, conv.groups)", "(radix)", ("resnest",)
    ),
    Change("split: always ReLU", f"{CONV3X3}/split_attention.py", 'act0", x, "relu")', 'act0", x)', ("resnest",)),
    Change(
        "split: ReLU of the attention",
        f"{CONV3X3}/split_attention.py",
        'layers.norm(f"{name}.bn1", y), "relu")',
        'layers.norm(f"{name}.bn1", y))',
        ("resnest",),
    ),
    Change(
        "selective: the second path dilates",
        f"{CONV3X3}/selective_kernel.py",
        "dilation * (index + 1)",
        "dilation * 2",
        ("selective",),
    ),
    Change(
        "selective: filtered where it strides",
        f"{CONV3X3}/selective_kernel.py",
        "request.stride > 1",
        "request.stride > 0",
        ("selective",),
    ),
    Change(
        "selective: ReLU of the attention",
        f"{CONV3X3}/selective_kernel.py",
        ', y), "relu")',
        ", y))",
        ("selective",),
    ),
    Change(
        "selective: default divisor", "language/stages.py", "divisor: int = 32", "divisor: int = 16", ("selective",)
    ),
    Change(
        "selective: not split by default",
        "language/stages.py",
        "split: bool = False",
        "split: bool = True",
        ("selective",),
    ),
    Change("split: default radix", "language/stages.py", "radix: int = 2", "radix: int = 1", ("resnest",)),
    Change("res2: default scale", "language/stages.py", "scale: int = 4", "scale: int = 5", ("res2net",)),
    Change(
        "res2: a split and the one before",
        f"{CONV3X3}/hierarchy.py",
        "if outputs and not request.opens",
        "if outputs and request.opens",
        ("res2net",),
    ),
    Change(
        "res2: one convolution at least",
        f"{CONV3X3}/hierarchy.py",
        "max(1, scale - 1)",
        "max(2, scale - 1)",
        ("res2net",),
    ),
    Change(
        "res2: zeros count in the pooling",
        f"{CONV3X3}/hierarchy.py",
        "counts_padding=True",
        "counts_padding=False",
        ("res2net",),
    ),
    Change(
        "res2: a block that projects opens",
        f"{BLOCKS}/kind.py",
        "in_channels != self.out_channels or self.always_projects",
        "in_channels != self.out_channels or self.is_first",
        ("res2net", "combinations"),
    ),
    Change(
        "pooling before or after",
        f"{BLOCKS}/branch.py",
        'block.pool == "before"',
        'block.pool == "after"',
        ("resnest",),
    ),
    Change(
        "zeros count in a block's pooling",
        f"{BLOCKS}/branch.py",
        "counts_padding=True",
        "counts_padding=False",
        ("resnest",),
    ),
    Change(
        "pooling takes the filter's place",
        f"{BLOCKS}/kind.py",
        'or self.block.pool != "none"',
        'or self.block.pool == "before"',
        ("resnest",),
    ),
    Change(
        "a stride keeps the last dilation",
        f"{BLOCKS}/kind.py",
        "self.strides_early else self.previous_dilation",
        "self.strides_early else self.dilation",
        ("res2net",),
    ),
    Change(
        "a single block dilates at once",
        "lowering/network.py",
        "if is_first and not single.values.dilation else",
        "if is_first else",
        ("blocks", "dilated"),
    ),
    Change(
        "a block's own name wins",
        "lowering/single_blocks.py",
        "(block_path(stage, position), every_block(stage))",
        "(every_block(stage), block_path(stage, position))",
        ("blocks",),
    ),
    Change(
        "the first width follows the widths",
        f"{BLOCKS}/bottleneck.py",
        "_inner_width(plan) if plan.single.inner else inner",
        "inner",
        ("blocks",),
    ),
    Change(
        "groups of a single block",
        "lowering/single_blocks.py",
        '("groups", "attention", "dropout")',
        '("attention", "dropout")',
        ("blocks",),
    ),
    Change(
        "the first block projects", f"{BLOCKS}/kind.py", '== "first" and self.is_first', '== "first"', ("resnetv2",)
    ),
    Change("zeros in front, rounded down", LAYERS, "zeros // 2 if", "-(-zeros // 2) if", ("akamaster",)),
    Change(
        "a projection without norm",
        f"{BLOCKS}/shortcut.py",
        "plan.shortcut.norm and not",
        "not",
        ("torch7",),
    ),
    Change(
        "what an identity adds",
        f"{BLOCKS}/shortcut.py",
        'shortcut.source == "activation"',
        'shortcut.source == "input"',
        ("resnetv2",),
    ),
    Change(
        "dropout before the last convolution",
        f"{BLOCKS}/branch.py",
        "            if number == len(self._units):\n                x = self._dropped(x)",
        "            if number == 1:\n                x = self._dropped(x)",
        ("wide",),
    ),
    Change("drop path rises to its value", "lowering/network.py", "/ (total - 1)", "/ total", ("pruned",)),
    Change("no final norm", "lowering/head.py", "if head.norm else x", "if head.activation else x", ("combinations",)),
    Change(
        "a bias beside the norm", "lowering/layers.py", ' == "none" or self.conv_type.bias', ' == "none"', ("keras",)
    ),
    Change("standardised with its eps", LAYERS, "eps=self.eps).reshape_as", "eps=1e-5).reshape_as", ("resnetv2",)),
    Change("default eps of standardising", "language/spec.py", "eps: float = 1e-6", "eps: float = 1e-5", ("resnetv2",)),
    Change(
        "default eps of layer norm",
        "language/spec.py",
        'return 1e-6 if norm == "layer"',
        'return 1e-5 if norm == "layer"',
        ("ese",),
    ),
    Change("a border of zeros", "lowering/stem.py", "zeros=True", "zeros=False", ("resnetv2",)),
    Change("no padding, but ceil mode", "lowering/stem.py", "ceil=True", "ceil=False", ("senet",)),
    Change(
        "the smaller half in front",
        LAYERS,
        "total // 2, total - total // 2",
        "total - total // 2, total // 2",
        ("resnetv2",),
    ),
    Change(
        "padding of the stem's pooling",
        "lowering/stem.py",
        "padding=(kernel - 1) // 2",
        "padding=kernel // 2",
        ("combinations",),
    ),
    Change(
        "cbam: the mean comes before the maximum",
        "backends/pytorch/functions.py",
        "(x.mean(1, keepdim=True), x.amax(1, keepdim=True))",
        "(x.amax(1, keepdim=True), x.mean(1, keepdim=True))",
        ("cbam",),
    ),
    Change("cbam: default divisor", f"{ATTENTION}/convolutional.py", '{"divisor": 1}', '{"divisor": 8}', ("cbam",)),
    Change("gc: default ratio", f"{ATTENTION}/context.py", '"ratio": 0.125', '"ratio": 0.0625', ("gc",)),
    Change(
        "gc: eps of the layer norm",
        f"{ATTENTION}/context.py",
        "LayerNorm2d(reduced)",
        "LayerNorm2d(reduced, 1e-5)",
        ("gca",),
    ),
    Change("gc: its own activation", f"{ATTENTION}/context.py", "y, attention.activation)", "y)", ("gc",)),
    Change("ese: hard sigmoid", f"{ATTENTION}/effective.py", ', "hardsigmoid")', ")", ("ese",)),
    Change("eca: kernel of the channels", f"{ATTENTION}/efficient.py", "+ 1) / 2)", ") / 2)", ("se, eca",)),
    Change(
        "attention of the block's input", f"{ATTENTION}/steps.py", "max(1, round(", "max(1, int(", ("combinations",)
    ),
    Change(
        "an activation before the attention",
        f"{BLOCKS}/block.py",
        'attention.position == "activated"',
        'attention.position == "inner"',
        ("senet",),
    ),
)
