"""The command that serves the page of a spec while it is edited: view."""

from contextlib import suppress

import click

from ..diagnostics.diagnostic import SpecError
from ..diagnostics.render import printable
from . import completion, shared
from .usage import usage_fault


@click.command()
@click.argument("spec", metavar="SPEC", shell_complete=completion.specs)
@shared.with_overrides
@shared.with_quiet
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to serve on.  [default: a free one]")
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
def view(spec: str, overrides: tuple[str, ...], port: int, no_open: bool) -> None:
    """Show a network in a browser while its spec is edited.

    The page is the one that `draw -o NAME.html` writes. It follows the file and all that it extends: what is saved is
    drawn anew, a mistake is explained over the last good drawing, and a button shows what differs from the start.
    Only this machine can open it. Ctrl-C ends it.
    """
    if spec == "-":
        raise usage_fault("standard input cannot be followed", "give the path of a file")
    from ..viewing.serving import serve
    from ..viewing.state import State, refreshed

    with suppress(SpecError):  # the page explains it until it is mended
        shared.compile_reference(spec, overrides)
    state = refreshed(State(spec, overrides))
    name = printable(state.name)
    serve(state, port, opens_browser=not no_open, tell=lambda address: shared.say(f"serving {name} at {address}"))
