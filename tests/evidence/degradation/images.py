"""The images to train on: scikit-learn's digits, or CIFAR-10 in its binary version."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

CIFAR_TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR_TEST = ("test_batch.bin",)
_RECORD = 1 + 3 * 32 * 32
"""Bytes of an image in CIFAR-10's binary version: its class, then red, green and blue, row by row."""


class Images(NamedTuple):
    """Images to learn from and to test with, and what a spec says for them.

    Values have mean 0 and deviation 1 over all training images.
    """

    name: str
    train: Tensor
    """(images, channels, height, width)."""
    train_classes: Tensor
    test: Tensor
    test_classes: Tensor
    overrides: tuple[str, ...]
    """Options `--set` that fit the paper's CIFAR-10 networks to these images."""


@cache
def load(folder: Path | None) -> Images:
    """CIFAR-10 from a folder, or else the digits; once in each process."""
    return cifar10(folder) if folder else digits()


def digits(count: int | None = None) -> Images:
    """1,797 digits of 8×8 pixels, a fifth of each class for the test; or so many of them to learn from.

    The networks have half the paper's widths, as an image has a sixteenth of CIFAR-10's pixels.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, classes = load_digits(return_X_y=True)
    split = train_test_split(pixels, classes, test_size=0.2, stratify=classes, random_state=0)
    train, test = (torch.tensor(each, dtype=torch.float32).reshape(-1, 1, 8, 8) for each in split[:2])
    train_classes, test_classes = map(torch.tensor, split[2:])
    overrides = ("input={channels: 1, size: 8}", "stem.channels=8", "stages.widths=[8, 16, 32]")
    return _standardised(Images("digits", train[:count], train_classes[:count], test, test_classes, overrides))


def cifar10(folder: Path) -> Images:
    """CIFAR-10 from the files of its binary version, which are plain bytes.

    Raises:
        FileNotFoundError: one of the six files is not in the folder.
        ValueError: a file is not a sequence of records.
    """
    train, train_classes = _records(folder, CIFAR_TRAIN)
    test, test_classes = _records(folder, CIFAR_TEST)
    return _standardised(Images("CIFAR-10", train, train_classes, test, test_classes, ()))


def _records(folder: Path, names: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    for name in names:
        size = (folder / name).stat().st_size
        if not size or size % _RECORD:
            raise ValueError(f"{folder / name} has {size:,} bytes, which is no number of records of {_RECORD:,} bytes")
    parts = [np.fromfile(folder / name, np.uint8).reshape(-1, _RECORD) for name in names]
    records = torch.from_numpy(np.concatenate(parts))
    return records[:, 1:].reshape(-1, 3, 32, 32).float(), records[:, 0].long()


def _standardised(images: Images) -> Images:
    mean, deviation = images.train.mean(), images.train.std()
    return images._replace(train=(images.train - mean) / deviation, test=(images.test - mean) / deviation)
