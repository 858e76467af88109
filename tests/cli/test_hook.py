"""The pre-commit hook: what it runs, and on which files."""

import re
import shlex
from pathlib import Path

import yaml

from .conftest import CommandLine, Result

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


def test_the_hook_passes_valid_specs_silently_and_fails_for_wrong_ones(resnet_dsl_command: CommandLine) -> None:
    """Its entry is a command line, to which pre-commit appends file names."""
    (hook,) = yaml.safe_load(HOOKS.read_text("utf-8"))
    program, *arguments = shlex.split(hook["entry"])
    assert program == "resnet-dsl"
    Path("good.yaml").write_text("name: good\nextends: resnet18\n")
    Path("wrong.yaml").write_text("name: wrong\nextend: resnet18\n")
    assert resnet_dsl_command(*arguments, "good.yaml") == Result(0, "", "")
    result = resnet_dsl_command(*arguments, "good.yaml", "wrong.yaml")
    assert (result.status, result.out[:14]) == (1, "error[RD203]: ")


def test_the_hook_only_checks_specs() -> None:
    """Only YAML files in folders named `specs`, and those that their names call specs."""
    (hook,) = yaml.safe_load(HOOKS.read_text("utf-8"))
    assert (hook["id"], hook["types"], hook["language"]) == ("resnet-dsl", ["yaml"], "system")
    checked = ["specs/a.yaml", "nets/specs/deep/a.yaml", "a.resnet.yaml", "nets/a.resnet.yml"]
    assert [path for path in checked if not re.search(hook["files"], path)] == []
    assert [path for path in ("myspecs/a.yaml", "a.yaml", "aresnet.yaml") if re.search(hook["files"], path)] == []
