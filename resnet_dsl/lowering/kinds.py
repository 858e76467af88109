"""The kinds of block, 3x3 convolution and attention, in the form that the language layer needs."""

from ..language.kinds import Kinds
from .attention import ATTENTIONS
from .blocks import BLOCKS
from .conv3x3 import CONVS3X3

KINDS = Kinds(BLOCKS, ATTENTIONS, CONVS3X3)
