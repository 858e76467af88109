"""The table of a network as CSV."""

import csv
import io

from .records import records
from .rows import Request


def write(request: Request) -> str:
    """A header and one line per row; the sides of a shape are joined by `x`."""
    text = io.StringIO()
    lines = list(records(request))
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {key: "x".join(map(str, value)) if isinstance(value, tuple) else value for key, value in line.items()}
        for line in lines
    )
    return text.getvalue()
