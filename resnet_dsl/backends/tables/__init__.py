"""Graph -> text for people and programs: each format is one file and one entry here."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Level: TypeAlias = Literal["layer", "block", "stage"]
"""What a row is: an operation, or the sum of a block or a stage."""
LEVELS: tuple[Level, ...] = get_args(Level)

Extra: TypeAlias = Literal["flops", "memory", "receptive-field"]
"""A group of columns that a table for people has only where they are asked for."""
EXTRAS: tuple[Extra, ...] = get_args(Extra)

FORMATS: Mapping[str, str] = {
    "table": "layer_table",
    "torchsummary": "torchsummary_table",
    "json": "json_document",
    "csv": "csv_document",
}
"""Format -> the file with its `write(request)`, which is imported when somebody asks for it."""

DIFFERENCE_FORMATS: Mapping[str, str] = {
    "text": "difference_text",
    "markdown": "difference_markdown",
    "json": "difference_json",
}
"""The same for `write(difference)`."""
