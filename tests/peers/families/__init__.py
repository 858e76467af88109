"""Families of networks: each function draws random arguments of another implementation, and the spec of the same.

Randomness comes from the generator alone, so that a number names a network.
"""

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

from tests.peers.comparison import Theirs

Document: TypeAlias = dict[str, Any]

Network: TypeAlias = tuple[Theirs, Document]

Family: TypeAlias = Callable[[Random], Network]
