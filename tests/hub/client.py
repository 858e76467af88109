"""Fetches one reference in a process of its own: huggingface_hub reads its environment once, when it is imported."""

import json
import sys

from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.hub import fetch

if __name__ == "__main__":
    try:
        result = {"path": str(fetch(sys.argv[1], progress="--progress" in sys.argv))}
    except EnvironmentFault as error:
        (found,) = error.diagnostics
        notes, helps = list(found.notes), list(found.helps)
        result = {"code": found.code, "message": found.message, "notes": notes, "helps": helps}  # type: ignore[dict-item]
    sys.stdout.write(json.dumps(result))
