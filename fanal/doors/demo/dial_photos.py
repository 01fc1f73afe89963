"""Photos of the dials of the demo town: drawn by us, always the same, each marked « SPÉCIMEN ». Pure."""

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from fanal.links.print import render

WIDTH, HEIGHT = 480, 360
WALL, CASE, FACE, INK, FAINT, WINDOW, FIGURE, DISC, MARK = (
    "#6f746c", "#2e3230", "#f2efe4", "#26302f", "#8f8d7c", "#16191a", "#f7f5ec", "#c9c6b8", "#b3261e",
)  # fmt: skip
FIGURES, WORDS, SMALL = 74, 24, 17
REEL, GAP = 62, 8  # width of a reel, and between two


def photo(serial: str, index: int, dials: int) -> bytes:
    """What a camera would have seen of that meter: a JPEG of its face, showing whole units."""
    image = _face(dials).copy()
    pen = ImageDraw.Draw(image)
    for place, figure in enumerate(f"{index:0{dials}d}"):
        pen.text((_left(dials) + place * (REEL + GAP) + REEL // 2, 160), figure, FIGURE, _font(FIGURES), "mm")
    pen.text((WIDTH // 2, 252), serial, INK, _font(WORDS), "mm")
    made = BytesIO()
    image.save(made, "JPEG", quality=90)
    return made.getvalue()


def _left(dials: int) -> int:
    return (WIDTH - dials * REEL - (dials - 1) * GAP) // 2


@cache
def _face(dials: int) -> Image.Image:
    """The face of every meter of so many reels, without its figures and its number."""
    image = Image.new("RGB", (WIDTH, HEIGHT), WALL)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((22, 8, 458, 352), 36, CASE)
    pen.rounded_rectangle((36, 22, 444, 338), 26, FACE)
    pen.text((WIDTH // 2, 52), "SPÉCIMEN", FAINT, _font(34), "mm")
    pen.text((WIDTH // 2, 82), "Lac-aux-Ormes, ville inventée", FAINT, _font(SMALL), "mm")
    left = _left(dials)
    right = left + dials * (REEL + GAP) - GAP
    pen.rounded_rectangle((left - 12, 106, right + 12, 214), 8, INK)
    for at in range(left, right, REEL + GAP):
        pen.rectangle((at, 116, at + REEL - 1, 204), WINDOW)
    pen.text((WIDTH // 2, 228), "kWh", INK, _font(SMALL), "mm")
    pen.rectangle((140, 276, 340, 290), DISC, INK)  # the disc that turns, seen from its edge
    pen.rectangle((196, 276, 210, 290), MARK)
    pen.text((WIDTH // 2, 312), "120/240 V   60 Hz   CL 200", FAINT, _font(SMALL), "mm")
    return image


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(render.__file__).parent / "fonts" / "AtkinsonHyperlegibleMono_400Regular.ttf", size)
