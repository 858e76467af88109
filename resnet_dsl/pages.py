"""A spec in, the page that shows its network out."""

from .backends.page.document import Live
from .backends.page.listing import Listing, Value
from .backends.page.page import page
from .compiler import origins_of, quantisation_of, written_out
from .graph.graph import Graph
from .language.provenance import leaves
from .language.spec import Spec
from .language.text.writer import flow


def page_of(spec: Spec, graph: Graph, *, before: Graph | None = None, live: Live | None = None) -> str:
    """The page of a spec and its network, as the text of an HTML file.

    Args:
        spec: what has been read.
        graph: the network of the spec.
        before: the network that it is compared with.
        live: what a page that follows a file shows besides.
    """
    return page(graph, listing_of(spec), before=before, live=live)


def listing_of(spec: Spec) -> Listing:
    """Every value of a spec, with where it comes from."""
    origins = origins_of(spec)
    values = (
        Value(tuple(map(str, path)), flow(value), origins[path].kind, str(origins[path]))
        for path, value in leaves(written_out(spec))
    )
    return Listing(spec.description or "", spec.reference or "", tuple(values), quantisation_of(spec))
