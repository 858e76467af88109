"""Files of weights that other libraries themselves write. Each test is skipped if its library is not installed."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, resnet_dsl_command
from tests.peers.libraries import declare_torchvision_operators
from tests.weights import BY_LIBRARIES, Kind
from tests.weights.checking import check_kind

__all__ = ["resnet_dsl_command"]  # pytest finds the fixture here


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # libraries announce what they will no longer do
@pytest.mark.parametrize("kind", BY_LIBRARIES, ids=lambda kind: kind.name)
def test_a_kind_of_file(kind: Kind, tmp_path: Path, resnet_dsl_command: CommandLine) -> None:
    """It opens to the same network with the same outputs, or is refused for the right reason."""
    for library in kind.needs:
        if find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    if find_spec("torchvision") is not None:
        declare_torchvision_operators()
    folder = tmp_path / "weights"
    folder.mkdir()
    check_kind(kind, kind.write(folder), resnet_dsl_command)
