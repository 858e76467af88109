"""The results of a fuzzing run, as in `docs/reliability.md`."""

import re
from collections.abc import Mapping

_STATE = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")
_EXECUTIONS = re.compile(r"stat::number_of_executed_units: *(\d+)")
_MEMORY = re.compile(r"stat::peak_rss_mb: *(\d+)")


_FORMS = {
    "graph": "a graph",
    "spec": "a spec without one",
    "text": "no spec",
    "tensors": "tensors",
    "content": "a file without them",
    "nothing": "nothing that opens",
}


def figures(log: str, reached: Mapping[str, int], seconds: float) -> str:
    """The run's figures, from libFuzzer's log and the counts of what the inputs reached."""
    edges, features, corpus = ([*_STATE.findall(log)] or [("?", "?", "?")])[-1]
    total = sum(reached.values()) or 1
    shares = [f"{_FORMS[form]} {count:,} ({count / total:.1%})" for form, count in [*reached.items()][::-1]]
    return "\n".join(
        (
            f"executions  {_last(_EXECUTIONS, log)} in {seconds / 60:.1f} minutes",
            f"reached     {', '.join(shares)}",
            f"coverage    {int(edges):,} edges, {int(features):,} features" if edges != "?" else "coverage    unknown",
            f"corpus      {corpus} inputs",
            f"memory      {_last(_MEMORY, log)} MiB at most",
        )
    )


def _last(pattern: re.Pattern[str], log: str) -> str:
    found = pattern.findall(log)
    return f"{int(found[-1]):,}" if found else "unknown"
