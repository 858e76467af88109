"""A whole `resnet-dsl validate specs/resnet50.yaml` process against importing the three libraries that it needs.

python -m tests.benchmarks.startup [--rounds 20]
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

SPEC = Path(__file__).parents[2] / "specs" / "resnet50.yaml"
VALIDATE = [sys.executable, "-m", "resnet_dsl", "validate", str(SPEC)]
IMPORTS = [sys.executable, "-c", "import yaml, jsonschema, click"]

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With bytecode on disk, which pip makes for what it installs, and the first of two runs for a checkout."""


def seconds(command: list[str]) -> float:
    """Time of a whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    for command in (VALIDATE, IMPORTS):
        seconds(command)
    pairs = [(seconds(VALIDATE), seconds(IMPORTS)) for _ in range(rounds)]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"validate {one * 1e3:6.1f} ms (median of {rounds})")
    print(f"imports  {other * 1e3:6.1f} ms (median of {rounds})")
    print(f"ratio of medians {one / other:.2f}")


if __name__ == "__main__":
    main()
