"""A picture as it is kept: a JPEG without a word about who took it, where and with what."""

from dataclasses import dataclass

SIDE_MAX = 1600  # points: a dial fills it, its figures are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The bytes of a JPEG and its points; no side is longer than SIDE_MAX."""

    content: bytes
    width: int
    height: int
