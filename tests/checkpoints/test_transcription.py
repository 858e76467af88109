"""The text of a recognised network, with a comment on each value that weights do not show."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.recognition import Recognised, recognise
from resnet_dsl.checkpoints.recognition.transcription import transcribe

from .test_preferred_values import entries

PREFER: dict[str, Any] = {
    "conv.type": "standardized",
    "conv.eps": 1e-8,
    "norm": {"type": "batch", "momentum": 0.2},
    "attention": {"type": "se", "activation": "silu"},
    "drop_path": 0.1,
    "blocks": {"layer1.0": {"dropout": 0.5}, "layer1.*": {"dilation": 2, "dropout": 0.25}},
    "init.zero_residual": True,
    "head.dropout": 0.1,
    "stages.strides": [1, 2],
}
TEXT = """\
# Inferred from the names and shapes in a_b.pth.tar. Values they do not reveal are marked: convention.
name: a_b
input:
  channels: 3
  size: 224  # convention: a checkpoint fits any input size
stem:
  channels: 8
  kernel: 7
  stride: 2  # convention: shapes do not reveal strides
  pool: max  # convention: pooling has no weights
block:
  type: basic
  expansion: 1
  groups: 1
  width_per_group: 64
  reduce_first: 1
  preactivation: false
shortcut:
  type: projection
  kernel: 1
conv:
  type: standardized  # convention of timm
  eps: 1.0e-08  # convention of timm
norm:
  type: batch
  momentum: 0.2  # convention: momentum is not among the weights
activation: relu  # convention: activations have no weights
attention:
  type: se
  activation: silu  # convention: activations have no weights
antialias: none  # convention: filters have no weights
stages:
  depths: [2, 1]
  widths: [64, 128]
  strides: [1, 2]  # convention of timm
blocks:
  layer1.*: {dilation: 2, dropout: 0.25}
  layer1.0: {dropout: 0.5}
drop_path: 0.1  # convention of timm
head:
  pool: avg  # convention: pooling has no weights
  dropout: 0.1  # convention of timm
  classes: 5
init:
  zero_residual: true  # convention of timm
# Weights do not show these either, which have their defaults: block.pool, block.dropout, norm.eps,
# attention.position, stages.dilations, stages.output_stride.
# Nor do they show what no spec can say: basic blocks of which only one convolution is dilated (mmdet).
# Other stages.widths, block.expansion, block.width_per_group, block.reduce_first and ratios of attention can
# describe the same network.
"""


def test_the_whole_text_with_the_values_of_a_library() -> None:
    """Its values are said to be its own; without a name, each has the reason why it is open."""
    found = recognise(entries("se"), prefer=PREFER)
    assert transcribe(found, "a b.pth.tar", library="timm") == TEXT
    reasons = {
        "type: standardized": "weights are standardised anew in every pass",
        "eps: 1.0e-08": "eps is not among the weights",
        "strides: [1, 2]": "shapes do not reveal strides or the dilations that replace them",
        "drop_path: 0.1": "drop path has no weights",
        "dropout: 0.1": "dropout has no weights",
        "zero_residual: true": "weights do not reveal how they were initialised",
    }
    text = TEXT
    for value, reason in reasons.items():
        text = text.replace(f"{value}  # convention of timm", f"{value}  # convention: {reason}")
    assert transcribe(found, "a b.pth.tar") == text


@pytest.mark.parametrize(
    ("file", "head", "name"),
    [
        ("w.pt", "the names and shapes in w.pt", "w"),
        ("<weights>", "names and shapes of weights", "net"),
        ("<a\nb>", "names and shapes of weights", "net"),
        ("<weights>.pt", "the names and shapes in _weights_.pt", "net__weights_"),
        ("<weights", "the names and shapes in _weights", "net__weights"),
        ("a.b.c.pt", "the names and shapes in a.b.c.pt", "a.b.c"),
        ("a.pth.tar", "the names and shapes in a.pth.tar", "a"),
        ("a.pt.tar", "the names and shapes in a.pt.tar", "a"),
        ("a.x.tar", "the names and shapes in a.x.tar", "a.x"),
        ("a.bin.index.json", "the names and shapes in a.bin.index.json", "a"),
        ("a.index.json", "the names and shapes in a.index.json", "a.index"),
        ("a_B-9.pt", "the names and shapes in a_B-9.pt", "a_B-9"),
        ("ä ö.pt", "the names and shapes in ___.pt", "net____"),
        ("9.pt", "the names and shapes in 9.pt", "net_9"),
        (".pt", "the names and shapes in .pt", "net_.pt"),
        ("", "the names and shapes in ", "net_"),
        ("a" * 64 + "b.pt", f"the names and shapes in {'a' * 64}b.pt", "a" * 64),
        ("1" * 64 + ".pt", f"the names and shapes in {'1' * 64}.pt", "net_" + "1" * 60),
    ],
)
def test_the_first_two_lines_have_the_name_of_the_file(file: str, head: str, name: str) -> None:
    """Without its ending, and without characters that a name or a comment cannot have."""
    first, second, _ = transcribe(recognise(entries("bottleneck")), file).split("\n", 2)
    assert first == f"# Inferred from {head}. Values they do not reveal are marked: convention."
    assert second in (f"name: {name}", f'name: "{name}"')


def test_comments_stand_beside_the_keys_of_their_section() -> None:
    """Whatever other section has a key of the same name."""
    found = recognise(entries("bottleneck"))
    document = {**found.document, "drop_path": 0.1}
    lines = transcribe(Recognised(document, {"stem.kernel": "a", "head": "b", "drop_path": "c"}), "w.pt").splitlines()
    commented = [line for line in lines if "  #" in line]
    assert commented == ["  kernel: 7  # convention: a", "head:  # convention: b", "drop_path: 0.1  # convention: c"]
