"""The gate of the pictures: whatever comes in, what goes out is a bare JPEG, or a sentence."""

from io import BytesIO
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fanal.links.meters import photos
from fanal.values.picture import SIDE_MAX
from fanal.values.refusal import Refused

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112
FORMATS = ("JPEG", "PNG", "WEBP")


def picture(format_: str = "JPEG", size: tuple[int, int] = (240, 180), **told: Any) -> bytes:
    """A picture that is red above and blue below."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, size[1] // 2, *size))
    made = BytesIO()
    image.save(made, format_, **told)
    return made.getvalue()


def with_a_place(format_: str, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Téléphone de Rose", orientation
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 33.0, 0.0), 3: "W", 4: (71.0, 39.0, 0.0)})
    comment = {"comment": b"chez Rose Tremblay"} if format_ == "JPEG" else {}
    return picture(format_, exif=exif, icc_profile=b"profil", **comment)


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        photos.decode(content)
    return str(refused.value)


def kept(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(photos.decode(content).content))
    image.load()
    return image


@pytest.mark.parametrize("format_", FORMATS)
def test_who_took_it_and_where_is_not_kept(format_: str) -> None:
    came = with_a_place(format_)
    assert Image.open(BytesIO(came)).getexif().get_ifd(GPS)  # the sample has what must go

    content = photos.decode(came).content

    image = Image.open(BytesIO(content))
    assert (image.format, dict(image.getexif()), image.info.get("comment")) == ("JPEG", {}, None)
    assert "icc_profile" not in image.info
    assert b"Rose" not in content
    assert b"Exif" not in content


def test_what_follows_the_picture_in_its_file_is_not_kept() -> None:
    assert b"<script>" not in photos.decode(picture() + b"<script>alert(1)</script>").content


def test_a_picture_taken_sideways_is_put_upright() -> None:
    image = kept(with_a_place("JPEG", orientation=3))

    red, _green, blue = image.getpixel((5, 5))  # the blue half is above
    assert (red < 60, blue > 200) == (True, True)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_large_picture_is_made_as_small_as_a_dial_needs(format_: str) -> None:
    found = photos.decode(picture(format_, (4000, 3000)))

    assert (found.width, found.height) == (SIDE_MAX, SIDE_MAX * 3 // 4)
    assert kept(picture(format_, (4000, 3000))).size == (found.width, found.height)


def test_the_same_file_is_kept_as_the_same_bytes() -> None:
    assert photos.decode(picture("PNG")).content == photos.decode(picture("PNG")).content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"GIF89a" + b"\0" * 60, "JPEG, PNG ou WebP"),
        (b"%PDF-1.7\n", "JPEG, PNG ou WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG, PNG ou WebP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\xff\xd8\xff" + b"\0" * photos.BYTES_MAX, "plus de 12 Mo"),
        (picture("PNG", (99, 300)), "moins de 100 points"),
    ],
)
def test_what_is_not_the_photo_of_a_dial_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_a_picture_is_known_by_what_it_holds() -> None:
    gif = BytesIO()
    Image.new("RGB", (200, 200)).save(gif, "GIF")
    assert "JPEG, PNG ou WebP" in refusal(gif.getvalue())


@pytest.mark.parametrize("side", [30_000, 100_000, 2**31 - 1])
def test_a_small_file_that_unfolds_into_a_huge_picture_is_not_decoded(side: int) -> None:
    small = bytearray(picture("PNG"))
    small[16:24] = side.to_bytes(4, "big") * 2
    small[29:33] = crc32(small[12:29]).to_bytes(4, "big")

    assert "50 millions de points" in refusal(bytes(small))


def test_a_picture_longer_than_any_camera_makes_is_refused() -> None:
    assert "50 millions" in refusal(picture("PNG", (photos.LENGTH_MAX + 1, 100)))


@given(format_=st.sampled_from(FORMATS), share=st.integers(1, 98))
@settings(max_examples=60, deadline=None)
def test_a_picture_cut_short_is_refused_whole(format_: str, share: int) -> None:
    content = noise(format_)

    assert refusal(content[: len(content) * share // 100]).endswith(".")


@given(content=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_refused_in_a_sentence(content: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x90\x01\0\0WEBPVP8 "):
        assert refusal(start + content).endswith(".")


@given(format_=st.sampled_from(FORMATS), data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_spoilt_picture_is_refused_or_kept_whole_and_bare(format_: str, data: st.DataObject) -> None:
    content = bytearray(with_a_place(format_))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    try:
        found = photos.decode(bytes(content))
    except Refused:
        return
    image = Image.open(BytesIO(found.content))
    image.load()
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (found.width, found.height), {})


def noise(format_: str) -> bytes:
    """A picture whose bytes are mostly pixels, so that a cut always cuts some."""
    made = BytesIO()
    Image.effect_noise((160, 120), 80).convert("RGB").save(made, format_)
    return made.getvalue()


def test_the_small_one_stands_beside_an_index() -> None:
    small = Image.open(BytesIO(photos.small(photos.decode(picture(size=(1600, 1200))).content)))

    assert (small.format, small.size) == ("JPEG", photos.SMALL)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("7100123_2026-11-14.jpg", ("7100123", "2026-11-14", "kWh", "total")),
        ("LX000001-1_2026-11-14_kW.JPEG", ("LX000001-1", "2026-11-14", "kW", "total")),
        ("A_B_2026-11-14_KVA_2.webp", ("A_B", "2026-11-14", "kVA", "total")),
        ("7_2026-11-14_kWh-off_peak_2.jpg", ("7", "2026-11-14", "kWh", "off_peak")),
        ("7_2026-11-14_kvarh.jpg", ("7", "2026-11-14", "kvarh", "total")),
        ("7_2026-11-14_12.png", ("7", "2026-11-14", "kWh", "total")),
    ],
)
def test_the_name_of_a_file_says_which_reading_it_shows(name: str, told: tuple[str, str, str, str]) -> None:
    found = photos.named(name)

    assert (found.meter, found.read_on.isoformat(), *found.register) == told


@pytest.mark.parametrize(
    "name", ["IMG_2041.jpg", "7100123.jpg", "7100123_2026-11-14.gif", "7100123_2026-02-30.jpg", "_2026-11-14.jpg"]
)
def test_a_name_that_says_no_reading_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        photos.named(name)
    assert str(refused.value).endswith(".")
