"""Plain data -> YAML text that every YAML reader interprets the same way."""

import re
from typing import Any

import yaml

from .tree import Plain

_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Characters that only YAML 1.1 treats as line breaks, and folds."""


class _Dumper(yaml.SafeDumper):
    """Quotes every string that some reader, including ours, might not read as a string."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][-+]?[0-9]+$"), list("-0123456789")
)
_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if _BREAKS.search(text) else None),
)
_Dumper.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)


def write(data: Plain) -> str:
    """The data as YAML: mappings with one key per line in their own order, lists in brackets."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100
    )
    return text


def flow(data: Plain) -> str:
    """The data as YAML on one line: mappings in braces, lists in brackets."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=True, width=2**30
    )
    return text.removesuffix("\n").removesuffix("\n...")
