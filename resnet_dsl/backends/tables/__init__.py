"""Graph -> text for people and programs: each format is one file and one entry here."""

from collections.abc import Mapping

FORMATS: Mapping[str, str] = {
    "table": "layer_table",
    "torchsummary": "torchsummary_table",
    "json": "json_document",
    "csv": "csv_document",
}
"""Format -> the file with its `write(request)`, which is imported when somebody asks for it."""
