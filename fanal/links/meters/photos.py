"""Photos of dials: any bytes in, a bare JPEG out, or a sentence; and what the name of a file says.

JPEG, PNG and WebP, told by what they hold, never by their name. Each is decoded whole and encoded anew: what is kept
has no EXIF, place, comment or profile, no hidden second image, and nothing that a decoder would trip on later.
"""

import re
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from PIL import Image, ImageOps

from fanal.values.dates import parse_day
from fanal.values.energy import parse_register
from fanal.values.picture import SIDE_MAX, Picture
from fanal.values.refusal import Fault, refuse

BYTES_MAX = 12 * 2**20
POINTS_MAX = 50_000_000
SIDE_LEAST, LENGTH_MAX = 100, 20_000
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY, SMALL = 85, (320, 240)
HEIC = re.compile(rb"....ftyp(?:hei[cfsx]|hev[cx]|mif1|avif)", re.DOTALL)
NAME = re.compile(
    r"(.{1,30})_(\d{4}-\d\d-\d\d)(?:_((?:kwh|kw|kva|kvarh)(?:-[a-z][a-z0-9_]*?)?))?(?:_\d{1,2})?\.(?:jpe?g|png|webp)",
    re.IGNORECASE,
)
EMPTY = "Le fichier est vide."
HEAVY = "La photo pèse plus de 12 Mo."
UNKNOWN = "Ce n’est pas une photo JPEG, PNG ou WebP."
OTHER_CAMERA = "C’est une photo HEIC ou AVIF : la prendre en JPEG (réglage « Le plus compatible » du téléphone)."
LARGE = "La photo a plus de 50 millions de points."
TINY = "La photo a moins de 100 points de côté : aucun index ne s’y lit."
SPOILT = "La photo est abîmée ou coupée : l’envoyer de nouveau, ou la reprendre."

# What is too large is refused by `_opened`, before anything is decoded, in our words.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Of which reading a file says that it is."""

    meter: str
    read_on: date
    register: tuple[str, str]  # unit and name


def named(name: str) -> Named:
    """What « 7100123_2026-11-14_kW_2.jpg » or « …_kWh-peak.jpg » says; kWh when it is left out. Raises Refused."""
    if not (found := NAME.fullmatch(name)):
        raise refuse("Le nom n’est pas de la forme COMPTEUR_AAAA-MM-JJ.jpg (ou .png, .webp).", field="nom")
    meter, day, register = found.groups()
    try:
        read_on = parse_day(day)
    except Fault as fault:
        raise fault.refused(field="nom") from None
    return Named(meter=meter, read_on=read_on, register=parse_register(register or "kWh"))


def decode(content: bytes) -> Picture:
    """The picture in those bytes, upright, no side longer than SIDE_MAX, encoded anew. Raises Refused."""
    image = _opened(content)
    try:
        image.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a large JPEG is decoded smaller at once
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((SIDE_MAX, SIDE_MAX))
    except Exception as problem:  # whatever a decoder makes of bytes that anybody sent
        raise refuse(SPOILT, field="photo") from problem
    return Picture(content=_encoded(upright), width=upright.width, height=upright.height)


def small(content: bytes) -> bytes:
    """The same picture, small enough to stand beside an index."""
    image = Image.open(BytesIO(content), formats=FORMATS)
    image.draft("RGB", SMALL)
    image.thumbnail(SMALL)
    return _encoded(image)


def _opened(content: bytes) -> Image.Image:
    """The picture as its first bytes say it is, nothing being decoded yet."""
    if not content:
        raise refuse(EMPTY, field="photo")
    if len(content) > BYTES_MAX:
        raise refuse(HEAVY, field="photo")
    if HEIC.match(content):
        raise refuse(OTHER_CAMERA, field="photo")
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except Exception as problem:  # as above
        raise refuse(UNKNOWN, field="photo") from problem
    width, height = image.size
    if width * height > POINTS_MAX or max(width, height) > LENGTH_MAX:
        raise refuse(LARGE, field="photo")
    if min(width, height) < SIDE_LEAST:
        raise refuse(TINY, field="photo")
    return image


def _encoded(image: Image.Image) -> bytes:
    image.info.clear()  # the encoder would copy a comment or a profile from there
    made = BytesIO()
    image.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()
