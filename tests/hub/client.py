"""Fetches one reference in a process of its own: huggingface_hub reads its environment once, when it is imported."""

import json
import resource
import sys

from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.hub import fetch

if __name__ == "__main__":
    for option in sys.argv[2:]:
        if option.startswith("--kibibytes="):
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(option.partition("=")[2]) * 1024,) * 2)
    result: dict[str, object]
    try:
        result = {"path": str(fetch(sys.argv[1], progress="--progress" in sys.argv))}
    except EnvironmentFault as error:
        (found,) = error.diagnostics
        result = {"code": found.code, "message": found.message, "notes": found.notes, "helps": found.helps}
    sys.stdout.write(json.dumps(result))
