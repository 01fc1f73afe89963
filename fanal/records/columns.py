"""Columns in, columns out between PostgreSQL and NumPy, for the mass tables: binary COPY in, binary arrays out.

Every column has a fixed width and is never null, so that a whole table is one structured array and no value is touched
by Python. Dates are `datetime64[D]`; quantities, prices and money are scaled integers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import psycopg

Columns = dict[str, np.ndarray]

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_WIRE = {"int64": ">i8", "int32": ">i4", "int16": ">i2", "bool": "?", "datetime64[D]": ">i4"}
_ARRAY_HEADER = 20  # bytes: dimensions, has nulls, type, length, lower bound
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


def write(cursor: Any, table: str, columns: Columns) -> None:
    """COPY those columns into `table` (columns by name), in the cursor's transaction."""
    names = ", ".join(columns)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(encode(columns))


def take_in(cursor: Any, table: str, names: str, query: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Insert the rows of `query` into `table`, columns by name: how many. Text and nulls go as they come."""
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({query}) AS given", parameters or {})
    return int(cursor.rowcount)


def array_literal(column: np.ndarray) -> str:
    """A column as the text of a PostgreSQL array, to pass as one parameter and cast in the query."""
    return "{" + ",".join(map(str, column.tolist())) + "}"


def read(cursor: Any, query: str, kinds: Mapping[str, str], parameters: Mapping[str, Any] | None = None) -> Columns:
    """The rows of `query`, in its order, as columns; `kinds` names them in its order with their dtype.

    Each column comes as one binary array, so that no row is touched by Python. Raises ValueError when a column holds a
    null or is of another type.
    """
    names = [f"column{place}" for place in range(len(kinds))]
    arrays = ", ".join(f"array_agg({name})" for name in names)
    with psycopg.Cursor(cursor.connection) as driver:  # Django's own cursor knows text only
        wrapped = f"SELECT {arrays} FROM ({query}) AS found({', '.join(names)})"
        driver.execute(wrapped, parameters or {}, binary=True, prepare=False)
        values = [driver.pgresult.get_value(0, place) for place in range(len(kinds))]
    return {name: _decoded(name, kind, value) for (name, kind), value in zip(kinds.items(), values, strict=True)}


def _decoded(name: str, kind: str, value: bytes | None) -> np.ndarray:
    """One column of a binary array: five header integers, then each element's length and value."""
    if value is None:
        return np.zeros(0, kind)
    wire = np.dtype(_WIRE[kind])
    has_null = int.from_bytes(value[4:8], "big")
    elements = np.dtype([("length", ">i4"), ("value", wire)])
    if has_null or (len(value) - _ARRAY_HEADER) % elements.itemsize:
        raise ValueError(f"column {name} holds a null, or is not {kind}")
    rows = np.frombuffer(value, elements, offset=_ARRAY_HEADER)
    if (rows["length"] != wire.itemsize).any():
        raise ValueError(f"column {name} is not {kind}")
    if kind == "datetime64[D]":
        return (rows["value"].astype(np.int64) + _POSTGRES_EPOCH).astype(kind)
    return rows["value"].astype(kind)
