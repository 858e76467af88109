"""The CIFAR-10 networks that many repositories copied from one another: `shortcut` for `downsample`."""

from .dialect import Dialect

SHORTCUT = Dialect(library="the CIFAR-10 repositories", parts={".shortcut.": ".downsample."})
