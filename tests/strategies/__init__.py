"""Specs for property tests: valid ones, their texts in every style, and specs with exactly one fault."""

from .documents import (
    Document,
    depths_of,
    documents,
    ineffective_keys,
    small_documents,
    stage_count,
    unrestricted_documents,
    without,
    without_rule,
)
from .faults import planted_faults
from .formatting import formatted

__all__ = [
    "Document",
    "depths_of",
    "documents",
    "formatted",
    "ineffective_keys",
    "planted_faults",
    "small_documents",
    "stage_count",
    "unrestricted_documents",
    "without",
    "without_rule",
]
