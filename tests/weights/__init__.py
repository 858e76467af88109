"""Kinds of files of weights, as people have them: what writes them, and how they open.

`docs/weights.md` lists them, and the tests write and open each.
"""

from .kinds import Kind
from .plain import PLAIN
from .pretraining import PRETRAINING
from .training import TRAINING

BY_TORCH: tuple[Kind, ...] = (*PLAIN, *TRAINING, *PRETRAINING)
"""Those that torch and NumPy write; the files of other libraries have their exact names."""
