"""The types of elements, as PyTorch, NumPy and safetensors call them, and their sizes."""

from array import array

SIZES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2,
    "float8_e4m3fn": 1, "float8_e5m2": 1, "float8_e4m3fnuz": 1, "float8_e5m2fnuz": 1, "float8_e8m0fnu": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8, "bool": 1,
    "complex32": 4, "complex64": 8, "complex128": 16,
    "qint8": 1, "quint8": 1, "qint32": 4, "quint4x2": 1, "quint2x4": 1,
}  # fmt: skip
"""PyTorch's name of a type -> bytes of an element."""

STORAGES = {
    "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16",
    "Long": "int64", "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool",
    "ComplexDouble": "complex128", "ComplexFloat": "complex64",
    "QInt8": "qint8", "QUInt8": "quint8", "QInt32": "qint32", "QUInt4x2": "quint4x2", "QUInt2x4": "quint2x4",
    "Untyped": "uint8", "_Untyped": "uint8",
}  # fmt: skip
"""The name of a class of storages, without `Storage` -> the type of its elements."""

NUMPY = {
    "f8": "float64", "f4": "float32", "f2": "float16", "bfloat16": "bfloat16",
    "i8": "int64", "i4": "int32", "i2": "int16", "i1": "int8", "b1": "bool",
    "u8": "uint64", "u4": "uint32", "u2": "uint16", "u1": "uint8", "c8": "complex64", "c16": "complex128",
}  # fmt: skip
"""NumPy's short name of a type, without the order of bytes -> PyTorch's."""

SAFETENSORS = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "BOOL": "bool",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "C64": "complex64",
}  # fmt: skip
"""The name of a type in safetensors -> PyTorch's."""

_CODES = {2: "H", 4: "I", 8: "Q"}


def swapped(data: bytearray, dtype: str) -> bytearray:
    """Elements with the other order of bytes."""
    size = SIZES[dtype] // (2 if dtype.startswith("complex") else 1)
    if size == 1:
        return data
    values = array(_CODES[size], bytes(data))
    values.byteswap()
    return bytearray(values.tobytes())
