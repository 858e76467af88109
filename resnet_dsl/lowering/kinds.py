"""The kinds of block and attention, in the form that the language layer needs."""

from ..language.kinds import Kinds
from .attention import ATTENTIONS
from .blocks import BLOCKS

KINDS = Kinds(BLOCKS, ATTENTIONS)
