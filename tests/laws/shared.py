"""Networks that several laws look at: drawn from one seed, and compiled once."""

import json
from functools import lru_cache

from hypothesis import seed

from resnet_dsl import Graph, Spec
from resnet_dsl.compiler import compile_spec

from ..strategies import Document

same_documents = seed(20151210)
"""For laws of any document: they draw the same ones, which are then compiled for the first of them only."""


def compiled(document: Document) -> tuple[Spec, Graph]:
    """The spec and the network of a valid document."""
    return _compiled(json.dumps(document))


@lru_cache(maxsize=1024)
def _compiled(text: str) -> tuple[Spec, Graph]:
    return compile_spec(json.loads(text))


def spec_of(document: Document) -> Spec:
    return compiled(document)[0]


def graph_of(document: Document) -> Graph:
    return compiled(document)[1]
