"""Columns in, columns out: binary COPY between PostgreSQL and NumPy, for the mass tables.

Every column has a fixed width and is never null, so that a whole table is one structured array and no value is touched
by Python. Dates are `datetime64[D]`; quantities, prices and money are scaled integers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Columns = dict[str, np.ndarray]

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_WIRE = {"int64": ">i8", "int32": ">i4", "int16": ">i2", "bool": "?", "datetime64[D]": ">i4"}
_POSTGRES_EPOCH = 10_957  # days from 1970-01-01 to 2000-01-01


def _layout(kinds: Sequence[str]) -> np.dtype:
    """The bytes of one row: a field count, then each field's length and value."""
    fields = [("fields", ">i2")]
    for position, kind in enumerate(kinds):
        fields += [(f"length{position}", ">i4"), (f"value{position}", _WIRE[kind])]
    return np.dtype(fields)


def encode(columns: Columns) -> bytes:
    """The binary COPY stream of those columns, in their order. Raises KeyError for a dtype without a wire form."""
    kinds = [str(column.dtype) for column in columns.values()]
    rows = np.zeros(len(next(iter(columns.values()))), _layout(kinds))
    rows["fields"] = len(kinds)
    for position, (kind, column) in enumerate(zip(kinds, columns.values(), strict=True)):
        rows[f"length{position}"] = np.dtype(_WIRE[kind]).itemsize
        is_date = kind == "datetime64[D]"
        rows[f"value{position}"] = column.astype(np.int64) - _POSTGRES_EPOCH if is_date else column
    return _SIGNATURE + rows.tobytes() + _TRAILER


def decode(stream: bytes, kinds: Mapping[str, str]) -> Columns:
    """The columns of a binary COPY stream. Raises ValueError when a row holds a null or another width."""
    layout = _layout(list(kinds.values()))
    body = memoryview(stream)[len(_SIGNATURE) : -len(_TRAILER)]
    if len(body) % layout.itemsize:
        raise ValueError(f"a row is not {layout.itemsize} bytes wide: a null, or a type other than {dict(kinds)}")
    rows = np.frombuffer(body, layout)
    columns = {}
    for position, (name, kind) in enumerate(kinds.items()):
        if (rows[f"length{position}"] != np.dtype(_WIRE[kind]).itemsize).any():
            raise ValueError(f"column {name} holds a null, or is not {kind}")
        value = rows[f"value{position}"]
        is_date = kind == "datetime64[D]"
        columns[name] = (value.astype(np.int64) + _POSTGRES_EPOCH).astype(kind) if is_date else value.astype(kind)
    return columns


def write(cursor: Any, table: str, columns: Columns) -> None:
    """COPY those columns into `table` (columns by name), in the cursor's transaction."""
    names = ", ".join(columns)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(encode(columns))


def read(cursor: Any, query: str, kinds: Mapping[str, str], parameters: Mapping[str, Any] | None = None) -> Columns:
    """The rows of `query` as columns; `kinds` names them in order with their dtype (see the module)."""
    driver = cursor.cursor  # Django's debugging cursor takes no parameters to a COPY
    with driver.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", parameters or {}) as copy:
        stream = b"".join(copy)
    return decode(stream, kinds)
