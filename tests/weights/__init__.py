"""Kinds of files of weights, as people have them: what writes them, and how they open.

`docs/weights.md` lists them, and the tests write and open each.
"""

from .dialects import DIALECTS
from .frameworks import FRAMEWORKS
from .kinds import Kind
from .plain import PLAIN
from .pretraining import PRETRAINING
from .refused import REFUSED
from .training import TRAINING
from .vision import VISION

BY_TORCH: tuple[Kind, ...] = (*PLAIN, *TRAINING, *PRETRAINING, *DIALECTS, *REFUSED)
"""Those that torch and NumPy write; the files of other libraries have their exact names."""

BY_LIBRARIES: tuple[Kind, ...] = (*VISION, *FRAMEWORKS)
"""Those that the libraries themselves write."""

KINDS: tuple[Kind, ...] = (*PLAIN, *VISION, *FRAMEWORKS, *TRAINING, *PRETRAINING, *DIALECTS, *REFUSED)
"""All, in the order of the table."""

__all__ = ["BY_LIBRARIES", "BY_TORCH", "KINDS", "Kind"]
