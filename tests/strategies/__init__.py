"""Specs for property tests: valid ones, their texts in every style, and ones with exactly one fault."""

from .documents import Document, documents, small_documents, stage_count
from .faults import planted_faults
from .formatting import formatted

__all__ = [
    "Document",
    "documents",
    "formatted",
    "planted_faults",
    "small_documents",
    "stage_count",
]
