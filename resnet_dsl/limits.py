"""All limits. Each is checked before anything is allocated, so that no text can exhaust the machine."""

MAX_BYTES = 2**20
"""Size of a text, and characters of a string in Python data."""
MAX_NESTING = 32
"""Levels of nested lists and mappings."""
MAX_VALUES = 10_000
"""Values in a text, including keys."""
MAX_DIGITS = 400
"""Characters of a number."""

MAX_EXTENDS = 16
"""Levels of `extends`."""
MAX_PATH = 4_096
"""Characters of a path; the time to resolve one is quadratic in its length."""

MAX_FAULTS = 100
"""Faults of one kind, and in one text; nobody fixes more at once."""

MAX_NAME = 64
"""Characters of a network's name."""
MAX_SIZE = 16_384
"""Pixels of each side of the input."""
MAX_STAGES = 16
MAX_BLOCKS = 10_000
"""Blocks of all stages together."""
MAX_STEM_CONVOLUTIONS = 1_000
MAX_CHANNELS = 65_536
"""Limit for every width, channel count, group count and class count."""
MAX_KERNEL = 31
MAX_SPLITS = 32
"""Splits or parts of a 3x3 convolution."""
MAX_STRIDE = 64
MAX_DILATION = 64
MAX_PARAMETERS = 2**40
"""Parameters of the whole network."""

MAX_ENTRIES = 120_000
"""Tensors in one file of weights."""
MAX_NETWORKS = 64
"""Networks in one file that are told apart."""
MAX_OPERATIONS = 5_000_000
"""Operations of a pickle, and how much they may copy; those that make containers count five times."""
INNER_OPERATIONS = 500
"""Operations of a pickle in the bytes of a pickle, which holds one storage."""
MAX_PICKLE = 2**28
"""Bytes of a pickle that is read as a whole: one beside its tensors."""
MAX_KEYS = 10_000
"""Keys of mappings in a pickle that are no strings; there is no defence against those with equal hashes."""
MAX_KEY = 10_000
"""Characters of a key in a pickle."""
MAX_MEMBERS = 2**17
"""Members of an archive, tensors of a file, and shards of a checkpoint."""
MAX_DIMENSIONS = 64
"""Dimensions of a tensor in a file; NumPy has as many at most."""
MAX_REPEATED = 2**28
"""Elements of a tensor that repeats those in its storage."""
MAX_ARRAY = 2**32
"""Bytes of one compressed array."""
