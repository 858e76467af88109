"""Files of weights as people have them, by torch alone: those of other libraries have their exact names."""

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, resnet_dsl_command
from tests.weights import BY_TORCH, Kind
from tests.weights.checking import check_kind

__all__ = ["resnet_dsl_command"]  # pytest finds the fixture here


@pytest.mark.filterwarnings("ignore")  # libraries announce what they will no longer do
@pytest.mark.parametrize("kind", BY_TORCH, ids=lambda kind: kind.name)
def test_a_kind_of_file(kind: Kind, tmp_path: Path, resnet_dsl_command: CommandLine) -> None:
    """It opens to the same network with the same outputs, or is refused for the right reason."""
    folder = tmp_path / "weights"
    folder.mkdir()
    check_kind(kind, kind.write(folder), resnet_dsl_command)
