"""A package that is not installed is named with the line that installs it."""

import pytest

from resnet_dsl import EnvironmentFault
from resnet_dsl.diagnostics.packages import require


def fault(*packages: str) -> tuple[str, str, tuple[str, ...]]:
    with pytest.raises(EnvironmentFault) as caught:
        require(*packages, purpose="testing")
    (found,) = caught.value.diagnostics
    return found.code, found.message, found.helps


def test_installed_packages_are_no_fault() -> None:
    """And they are not imported to find that out."""
    require("yaml", "click", purpose="testing")


@pytest.mark.parametrize(
    ("packages", "named", "line"),
    [
        (["no_such_a"], "`no_such_a`, which is", "no_such_a"),
        (["no_such_a", "yaml", "no_such_b"], "`no_such_a` and `no_such_b`, which are", "no_such_a no_such_b"),
        (
            ["no_such_a", "no_such_b", "no_such_c"],
            "`no_such_a`, `no_such_b` and `no_such_c`, which are",
            "no_such_a no_such_b no_such_c",
        ),
    ],
)
def test_all_missing_packages_are_named_at_once(packages: list[str], named: str, line: str) -> None:
    """One line installs them."""
    assert fault(*packages) == ("RD512", f"testing needs {named} not installed", (f"run `pip install {line}`",))
