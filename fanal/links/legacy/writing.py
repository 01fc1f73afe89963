"""How a file of an old system is written: its encoding, told from all of it, and its lines, a block at a time.

Plain or gzip, whatever its name; lines that end by CR LF, LF or CR; memory is bounded by the block.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from fanal.links.sheet import UTF_16, WORKBOOKS
from fanal.values.refusal import Fault, refuse

BLOCK_BYTES = 1 << 20
LINE_MAX = 1 << 20
LOST = "\ufffd"  # what stands for a sign that the encoding does not have
GZIP = b"\x1f\x8b"
BEYOND_ASCII = bytes(range(0x80, 0x100))
UTF_8 = "utf-8"

Told = Callable[[int], None]
# Of each block the number of its first line, its lines, and whether the last one has its end.
Lines = Iterator[tuple[int, list[str], bool]]


@dataclass(frozen=True, slots=True)
class Written:
    """How a file is written; `doubt` is what of it contradicts the encoding that was stated."""

    encoding: str
    ending: bytes
    doubt: Fault | None = None


def written(path: Path, encoding: str, *, believed: bool) -> Written:
    """The encoding of a file: the one stated when it is `believed`, else UTF-8 where most of its signs are, else it.

    One bad byte does not unmake a file of UTF-8, nor a beginning in plain letters: the whole of it is read.
    """
    ending, good, bad = b"\n", 0, 0
    with _opened(path) as (stream, _):
        first = stream.read(BLOCK_BYTES)
        _refuse_what_is_no_text(path, first)
        if b"\n" not in first and b"\r" in first:
            ending = b"\r"
        for block in _whole_lines(path, stream, first, ending):
            if not block.isascii():
                text = block.decode(UTF_8, "replace")
                lost = text.count(LOST)
                good += len(text) - lost - len(block.translate(None, BEYOND_ASCII))
                bad += lost
    seems = UTF_8 if good > bad else encoding
    if not believed:
        return Written(seems, ending)
    if seems == UTF_8 and not bad and not _is_utf8(encoding):
        return Written(encoding, ending, Fault("La correspondance dit {stated}, et le fichier se lit en UTF-8.",
                                               stated=encoding))  # fmt: skip
    if bad > good and _is_utf8(encoding):
        return Written(encoding, ending, Fault("La correspondance dit UTF-8, et le fichier n’en est pas."))
    return Written(encoding, ending)


def lines_of(path: Path, how: Written, told: Told | None = None) -> Lines:
    """Blocks of lines; `told` hears how many bytes of the file were read. Raises Refused for a broken archive."""
    number, seen = 1, 0
    end = how.ending.decode()
    with _opened(path) as (stream, raw):
        for block in _whole_lines(path, stream, stream.read(BLOCK_BYTES), how.ending):
            ended = block.endswith(how.ending)
            text = block.decode(how.encoding, "replace").replace("\x00", LOST)
            if number == 1:
                text = text.removeprefix("\ufeff")
            if end == "\n":
                text = text.replace("\r\n", "\n")
            lines = text.split(end)
            if ended:
                lines.pop()
            yield number, lines, ended
            number += len(lines)
            if told:
                told(raw.tell() - seen)
                seen = raw.tell()


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-").removesuffix("-sig") in ("utf-8", "utf8", "u8")


def is_packed(path: Path) -> bool:
    """Whether a file is of gzip: by its first two bytes, whatever its name, or by its name."""
    with path.open("rb") as raw:
        return raw.read(len(GZIP)) == GZIP or path.suffix.casefold() == ".gz"


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, BinaryIO]]:
    """The bytes of a file, unpacked, and the file itself."""
    packed = is_packed(path)
    with path.open("rb") as raw:
        try:
            yield (gzip.GzipFile(fileobj=raw) if packed else raw), raw
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise refuse("{name} : l’archive est tronquée ou abîmée ; la demander de nouveau.",
                         field=path.name, name=path.name) from None  # fmt: skip


def _whole_lines(path: Path, stream: Any, block: bytes, ending: bytes) -> Iterator[bytes]:
    """The same bytes in blocks that end with a line, but for the last of a file."""
    left = b""
    while block:
        cut = block.rfind(ending) + 1
        if cut:
            yield left + block[:cut]
            left = block[cut:]
        else:
            left += block
        if len(left) > LINE_MAX:
            raise refuse("{name} : une ligne a plus de {most} signes ; ce n’est pas un fichier de lignes.",
                         field=path.name, name=path.name, most=LINE_MAX)  # fmt: skip
        block = stream.read(BLOCK_BYTES)
    if left:
        yield left


def _refuse_what_is_no_text(path: Path, beginning: bytes) -> None:
    if beginning.startswith(UTF_16):
        raise refuse("{name} est en UTF-16 : le convertir d’abord en UTF-8.", field=path.name, name=path.name)
    if beginning.startswith(WORKBOOKS):
        raise refuse("{name} est un classeur : l’enregistrer d’abord en texte (CSV).", field=path.name, name=path.name)
