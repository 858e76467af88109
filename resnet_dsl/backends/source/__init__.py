"""Graph -> Python: the network as one file that imports torch alone."""

from .source import python_source

__all__ = ["python_source"]
