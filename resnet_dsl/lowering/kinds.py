"""The kinds of block and attention, as the language takes them."""

from ..language.kinds import Kinds
from .attention import ATTENTIONS
from .blocks import BLOCKS

KINDS = Kinds(BLOCKS, ATTENTIONS)
