"""Every bound, once: so that no text can exhaust the machine, each is checked before anything is allocated.

`tests/test_limits.py` holds the JSON Schema to those of the language.
"""

MAX_BYTES = 2**20
"""Of a text, and characters of a string in Python data."""
MAX_NESTING = 32
"""Levels of lists and mappings inside one another."""
MAX_VALUES = 10_000
"""Values in a text, keys among them."""
MAX_DIGITS = 400
"""Characters of a number."""

MAX_EXTENDS = 16
"""Levels of `extends`."""
MAX_PATH = 4_096
"""Characters of a path; resolving one takes time that grows with the square of its length."""

MAX_FAULTS = 100
"""Of one kind, and of one reading; nobody fixes more at once."""

MAX_NAME = 64
"""Characters of a network's name."""
MAX_SIZE = 16_384
"""Pixels of each side of the input."""
MAX_STAGES = 16
MAX_BLOCKS = 10_000
"""In all stages together."""
MAX_STEM_CONVOLUTIONS = 1_000
MAX_CHANNELS = 65_536
"""Of every width, channel count, group count and class count."""
MAX_KERNEL = 31
MAX_STRIDE = 64
MAX_DILATION = 64
MAX_PARAMETERS = 2**40
"""Of the whole network."""
