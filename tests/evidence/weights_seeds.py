"""What the fuzzer of weights starts from: small files of every kind, and the words that occur in them."""

import io
import pickle
import pickletools
from argparse import Namespace
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy
import torch
from safetensors.torch import save
from torch import nn

from ..hostile_weights import CODE, LIES, torch_archive, within_a_mapping

_LONGEST = 4096
_WORDS = (
    *("torch._utils\n_rebuild_tensor_v2\n", "torch._utils\n_rebuild_parameter\n", "torch\nFloatStorage\n", "storage"),
    *("collections\nOrderedDict\n", "collections\ndefaultdict\n", "os\nsystem\n", "argparse\nNamespace\n"),
    *("numpy.core.multiarray\n_reconstruct\n", "numpy.core.multiarray\nscalar\n", "numpy\ndtype\n", "numpy\nndarray\n"),
    *("_codecs\nencode\n", "torch.storage\n_load_from_bytes\n", "copyreg\n_reconstructor\n", "builtins\nset\n"),
    *("data.pkl", "data/0", "byteorder", "big", "version", "constants.pkl", ".npy", "_metadata", "resnet_dsl.spec"),
    *('"dtype":"F32"', '"shape":[', '"data_offsets":[', '"__metadata__":{', '"weight_map":{', "PK\x03\x04"),
    *("'descr': '<f4'", "'fortran_order': True", "'shape': (", "\x93NUMPY"),
)


def seeds() -> list[bytes]:
    """Small files of every kind, hostile ones among them."""
    state = nn.Sequential(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1)).state_dict()
    beside = {"epoch": 1, "args": Namespace(lr=0.1), "best": numpy.float64(1.5), "state_dict": state}
    array: dict[str, Any] = {"a/b": numpy.ones((2, 2), "float32"), "c": numpy.arange(3)}
    files = [pickle.dumps(array, protocol) for protocol in range(6)] + [pickle.dumps(dict(state), 2)]
    for content in (state, beside, nn.Linear(1, 1), OrderedDict(w=torch.eye(2).to_sparse())):
        files += [_saved(content, False), _saved(content, True)]
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.Linear(1, 1)), script)
    files += [script.getvalue(), save(dict(state), {"format": "pt"})]
    for write in (numpy.savez, numpy.savez_compressed):
        arrays = io.BytesIO()
        write(arrays, **array)
        files.append(arrays.getvalue())
    for code in CODE.values():
        files += [code, within_a_mapping(code), torch_archive(code)]
    files += [lie() for lie in LIES.values()]
    return [data for data in files if len(data) <= _LONGEST]


def write_seeds(folder: Path) -> None:
    """Write them, one file each."""
    for number, data in enumerate(seeds()):
        (folder / f"seed{number}").write_bytes(data)


def write_dictionary(path: Path) -> None:
    """Write words and the operations of pickles in libFuzzer's format."""
    words = [word.encode("latin-1") for word in _WORDS] + [each.code.encode("latin-1") for each in pickletools.opcodes]
    words += [length.to_bytes(4, "little") for length in (0, 1, 4, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)]
    lines = ("".join(f"\\x{byte:02X}" for byte in word) for word in dict.fromkeys(words))
    path.write_text("".join(f'"{line}"\n' for line in lines), "ascii")


def _saved(content: Any, is_archive: bool) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=is_archive)
    return file.getvalue()
