"""docs/reference/screens.md: every picture of docs/images/desk, by page, as `make screenshots` drew them."""

from itertools import groupby
from pathlib import Path

IMAGES = Path(__file__).parent / "images" / "desk"
OPENING = """# Les écrans

*Page écrite par `make docs` à partir des images que dessine `make screenshots`. Ville fictive, personnes inventées.*
"""
LOOKS = {"fr": "en français", "en": "en anglais", "fr-dark": "sombre", "fr-phone": "au téléphone"}
WIDTH = {"fr-phone": 220}  # pixels; the others are drawn at 1440


def screens_page() -> str:
    """docs/reference/screens.md, whole."""
    pictures = sorted(_parts(it) for it in IMAGES.glob("*.webp"))
    sections = [OPENING]
    for page, looks in groupby(pictures, key=lambda it: it[0]):
        shown = "\n".join(_picture(page, look) for _, look in sorted(looks, key=lambda it: list(LOOKS).index(it[1])))
        sections.append(f"## {page}\n\n{shown}\n")
    return "\n".join(sections)


def _parts(image: Path) -> tuple[str, str]:
    """The page and the look that a file's name tells: run-held-fr-phone → (run-held, fr-phone)."""
    look = next(it for it in sorted(LOOKS, key=len, reverse=True) if image.stem.endswith(f"-{it}"))
    return image.stem.removesuffix(f"-{look}"), look


def _picture(page: str, look: str) -> str:
    return f'<img src="../images/desk/{page}-{look}.webp" width="{WIDTH.get(look, 480)}" alt="{page}, {LOOKS[look]}">'
