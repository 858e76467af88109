"""The garbage collector rests while networks are made, and is afterwards as it was."""

import gc
from collections.abc import Iterator

import pytest

from resnet_dsl.graph.collector import paused_collector


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_collector_is_afterwards_as_it_was(is_enabled: bool) -> None:
    """Whoever has turned it off does not find it on, also when what was done inside failed."""
    if not is_enabled:
        gc.disable()
    with pytest.raises(ZeroDivisionError):
        _fail_inside()
    assert gc.isenabled() is is_enabled


def _fail_inside() -> None:
    with paused_collector():
        assert not gc.isenabled()
        with paused_collector():
            pass
        assert not gc.isenabled()
        raise ZeroDivisionError
