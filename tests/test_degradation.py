"""The paper's first experiment in short, and the images and figures of its long form."""

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

import resnet_dsl

from .evidence.degradation import __main__ as program
from .evidence.degradation.images import CIFAR_TEST, CIFAR_TRAIN, cifar10, digits
from .evidence.degradation.training import Settings, gradient_norms, train

pytestmark = pytest.mark.skipif(find_spec("sklearn") is None, reason="the digits are scikit-learn's")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks as small as these are slower on several threads, and much slower beside other programs."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


NARROW = ("stem.channels=4", "stages.widths=[4, 8, 16]")


@pytest.mark.slow
def test_a_deep_plain_network_trains_worse_than_a_shallow_one_and_a_deep_residual_one_does_not() -> None:
    """By more than 20 points, and by less than 5, with the same images, order and settings."""
    images = digits(count=512)
    error = {
        spec: train(spec, NARROW, 0, images, Settings(epochs=10, batch_size=32)).train[-1]
        for spec in ("plain20", "plain56", "resnet20", "resnet56")
    }
    assert error["plain56"] > error["plain20"] + 20
    assert error["resnet56"] < error["resnet20"] + 5


def test_networks_that_differ_in_their_shortcuts_start_from_the_same_weights() -> None:
    """Option A shortcuts have no weights, so nothing else differs."""
    plain, residual = (resnet_dsl.build(spec, seed=1).state_dict() for spec in ("plain20", "resnet20"))
    assert plain.keys() == residual.keys()
    assert all(torch.equal(plain[name], residual[name]) for name in plain)


def test_shortcuts_keep_gradients_alike_at_all_depths() -> None:
    """With batch norm, they grow a hundredfold towards the input in a plain network, and not in a residual one."""
    images = digits()
    plain, residual = (gradient_norms(spec, (), 0, images) for spec in ("plain56", "resnet56"))
    assert len(plain) == len(residual) == 55
    assert max(plain) > 100 * plain[-1]
    assert max(residual) < 10 * residual[-1]


def test_the_digits_are_split_and_standardised() -> None:
    """A fifth of each class is for the test; values have mean 0 and deviation 1 over the training images."""
    images = digits()
    assert images.train.shape == (1437, 1, 8, 8)
    assert images.test.shape == (360, 1, 8, 8)
    assert torch.bincount(images.test_classes).tolist() == [36, 36, 35, 37, 36, 37, 36, 36, 35, 36]
    assert abs(float(images.train.mean())) < 1e-6
    assert float(images.train.std()) == pytest.approx(1)


def write_cifar(folder: Path, images_per_file: int) -> np.ndarray:
    """Random records in the files of CIFAR-10's binary version."""
    random = np.random.default_rng(0)
    records = random.integers(0, 256, (6, images_per_file, 3073), np.uint8)
    records[:, :, 0] %= 10
    for name, content in zip((*CIFAR_TRAIN, *CIFAR_TEST), records, strict=True):
        (folder / name).write_bytes(content.tobytes())
    return records


def test_cifar10_is_read_from_its_binary_version(tmp_path: Path) -> None:
    """A record is a class and three planes of 32×32 bytes; the last of the six files is for the test."""
    records = write_cifar(tmp_path, 2)
    images = cifar10(tmp_path)
    assert images.train.shape == (10, 3, 32, 32)
    assert images.test_classes.tolist() == records[5, :, 0].tolist()
    assert images.train_classes.tolist() == records[:5, :, 0].flatten().tolist()
    pixels = records[:5, :, 1:].reshape(10, 3, 32, 32).astype(np.float64)
    expected = torch.from_numpy((pixels - pixels.mean()) / pixels.std())
    torch.testing.assert_close(images.train.double(), expected, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("fault", ["missing", "cut off"])
def test_another_folder_is_refused_in_one_line(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is missing or is no sequence of records is a usage error, with its path."""
    write_cifar(tmp_path, 1)
    file = tmp_path / CIFAR_TRAIN[2]
    file.unlink() if fault == "missing" else file.write_bytes(b"123")
    monkeypatch.setattr(sys, "argv", ["degradation", "--data", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        program.main()
    assert stopped.value.code == 2
    assert str(file) in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--seeds", "--epochs", "--batch-size", "--processes"])
def test_nothing_is_trained_with_a_number_below_one(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a usage error before any work."""
    monkeypatch.setattr(sys, "argv", ["degradation", option, "0"])
    with pytest.raises(SystemExit) as stopped:
        program.main()
    assert stopped.value.code == 2
    assert f"argument {option}: invalid positive value: '0'" in capsys.readouterr().err


def test_a_run_writes_its_results_and_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Depth and shortcut come from `--set` alone; the file has each run's errors and each convolution's gradient."""
    options = ["resnet20", "--set", "stages.depths=[1, 1, 1]", "--set", "shortcut.type=none", "--seeds", "1"]
    monkeypatch.setattr(sys, "argv", ["degradation", *options, "--epochs", "1", "--output", str(tmp_path)])
    monkeypatch.setattr(program, "load", lambda folder: digits(count=64))
    assert program.main() == 0
    assert "resnet20" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {
        "results.json",
        *(f"{name}.{form}" for name in ("figure1", "figure6", "gradients") for form in ("png", "svg")),
    }
    results = json.loads((tmp_path / "results.json").read_text("utf-8"))
    (run,) = results["runs"]
    assert (run["network"], run["seed"], len(run["train"]), len(run["test"])) == ("resnet20", 0, 1, 1)
    assert [len(norms) for of_seeds in results["gradient_norms"].values() for norms in of_seeds["resnet20"]] == [7, 7]
