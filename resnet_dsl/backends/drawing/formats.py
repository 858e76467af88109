"""The formats of drawings, by the extensions of their files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault

Format: TypeAlias = Literal["svg", "png", "pdf", "dot", "mermaid", "html"]

EXTENSIONS: Mapping[str, Format] = {
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".html": "html",
    ".htm": "html",
}


def format_of(path: Path) -> Format:
    """The format given by a file's extension.

    Raises:
        EnvironmentFault: drawings have no such format.
    """
    extension = path.suffix.lower()
    if extension in EXTENSIONS:
        return EXTENSIONS[extension]
    found = f"as `{extension}`" if extension else "without an extension"
    message = f"drawings can be saved as `.svg`, `.png`, `.pdf`, `.dot` or `.mmd`, not {found}"
    helps = ("the command `draw` and `resnet_dsl.page` also make pages, as `.html`",)
    raise EnvironmentFault(Diagnostic(code="RD513", message=message, helps=helps))


def extension_of(form: Format) -> str:
    """The extension of files in this format."""
    return next(extension for extension, each in EXTENSIONS.items() if each == form)
