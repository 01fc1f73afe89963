"""The printed bill: two pages whatever happens, the same bytes for the same data, readable by people and machines."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fanal.links.print.density import DENSITIES, density
from fanal.links.print.render import CannotPrint, payload, render, render_many
from fanal.links.print.slip import luhn_digit, luhn_holds, scan_line
from tests.links.print import examples

NBSP = "\u00a0"
needs_poppler = pytest.mark.skipif(
    not (shutil.which("pdftotext") and shutil.which("pdfinfo")),
    reason="pdftotext and pdfinfo (poppler-utils) are not installed",
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every example, rendered once."""
    folder = tmp_path_factory.mktemp("bills")
    paths = {}
    for name, build in examples.ALL.items():
        paths[name] = folder / f"{name}.pdf"
        paths[name].write_bytes(render(build()))
    return paths


def _run(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def _text(path: Path, *options: str) -> str:
    return " ".join(_run("pdftotext", *options, path, "-").replace(NBSP, " ").split())


@needs_poppler
@pytest.mark.parametrize("name", examples.ALL)
def test_every_kind_of_bill_is_two_letter_pages(printed: dict[str, Path], name: str) -> None:
    facts = _run("pdfinfo", printed[name])
    assert "Pages:           2\n" in facts
    assert "612 x 792" in facts


@needs_poppler
@pytest.mark.parametrize("name", examples.ALL)
def test_no_line_of_text_lies_over_another(printed: dict[str, Path], name: str) -> None:
    assert _overlaps(_run("pdftotext", "-bbox", printed[name], "-")) == []


@needs_poppler
def test_the_overlap_test_sees_a_planted_overlap() -> None:
    word = '<word xMin="10" yMin="{}" xMax="60" yMax="{}">{}</word>'
    assert _overlaps("<page>" + word.format(10, 20, "un") + word.format(14, 24, "deux")) == [("un", "deux")]


def _overlaps(boxes: str) -> list[tuple[str, str]]:
    """Pairs of words whose boxes cover each other by more than half of a line's height."""
    found = []
    for page in boxes.split("<page")[1:]:
        pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
        words = [(*map(float, match[:4]), match[4]) for match in re.findall(pattern, page)]
        for i, (x, y, x2, y2, text) in enumerate(words):
            for u, v, u2, v2, other in words[i + 1 :]:
                high = min(y2, v2) - max(y, v)
                wide = min(x2, u2) - max(x, u)
                if wide > 1 and high > 0.5 * min(y2 - y, v2 - v):
                    found.append((text, other))
    return found


def test_the_same_data_give_the_same_bytes(printed: dict[str, Path]) -> None:
    assert render(examples.domestic()) == printed["domestic"].read_bytes()
    assert render(replace(examples.domestic(), total="393,66 $")) != printed["domestic"].read_bytes()


@pytest.mark.parametrize(("name", "language"), [("domestic", b"fr-CA"), ("english", b"en-CA")])
def test_the_document_is_tagged_archivable_in_its_language_and_dated_by_its_data(
    printed: dict[str, Path], name: str, language: bytes
) -> None:
    pdf = printed[name].read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A<" in pdf
    assert b"<pdfuaid:part>1<" in pdf
    assert b"<dc:language><rdf:Bag><rdf:li>" + language in pdf
    assert b"<xmp:CreateDate>2026-01-12T00:00:00Z" in pdf
    assert b"2026-000318</rdf:li></rdf:Alt></dc:title>" in pdf
    assert b"/StructTreeRoot" in pdf


@needs_poppler
def test_only_our_fonts_are_used(printed: dict[str, Path]) -> None:
    names = {line.split()[0].split("+")[-1] for line in _run("pdffonts", printed["domestic"]).splitlines()[2:]}
    assert all(name.startswith(("HankenGrotesk", "Hanken", "AtkinsonHyperlegible", "OCRB", "OCR")) for name in names), (
        names
    )


@needs_poppler
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "domestic",
            (
                "393,65 $",
                "lundi 2 février 2026",
                "31,19 $ de plus en un an",
                "40 kWh × 62 jours = 2 480 kWh",
                "« Pourquoi ? »",
            ),
        ),
        ("domestic", ("3012045872 0000039365 20260202", "000000000 RT0001")),
        ("price_change", ("12,04 $ de moins en un an", "Du 1er avril au 7 mai 2025, 37 jours")),
        ("estimated", ("Estimée", "cette facture est estimée")),
        ("settled_estimate", ("Déjà facturé sur estimation", "Même montant qu’il y a un an")),
        ("credit", ("Rien à payer", "Crédit de 45,12 $ reporté", "pas de coupon")),
        (
            "late",
            ("196,83 $ au plus tard le 2 février 2026", "196,82 $ au plus tard le 23 février 2026", "1er versement"),
        ),
        ("new_customer", ("Pas encore de comparaison", "s’affichera ici")),
        ("english", ("Amount due", "Where the amount comes from", "Monday, February 2, 2026")),
        ("flat_rate", ("Votre service est à forfait", "Votre service")),
        ("exchanged", ("Vos compteurs", "LO-51 903", "LO-44 120", "a fait le tour de son cadran")),
        ("credit_note", ("Note de crédit", "Cette note annule la facture 2026-000318", "Crédit total")),
        ("corrected", ("Cette facture remplace la facture 2026-000318",)),
        ("overdue", ("Dont 112,40 $ échus le 2 décembre 2025",)),
    ],
)
def test_the_bill_says(printed: dict[str, Path], name: str, words: tuple[str, ...]) -> None:
    text = _text(printed[name]) + _text(printed[name], "-layout")
    assert [
        phrase for phrase in words if phrase.replace("1er", "1") not in text.replace("1er", "1").replace("1 er", "1")
    ] == []


@needs_poppler
@pytest.mark.parametrize("name", ["credit", "credit_note", "nothing_due"])
def test_no_slip_where_nothing_is_to_pay(printed: dict[str, Path], name: str) -> None:
    assert "Coupon de paiement" not in _text(printed[name])
    assert "au plus tard" not in _text(printed[name])


def test_french_spaces_do_not_break_and_english_words_stay() -> None:
    french = payload(examples.domestic())
    for text in ("2 480 kWh × 6,905 ¢", "12 janvier 2026", "− 196,41 $", "1er avril 2025"):
        assert text.replace(" ", NBSP).replace(f"{NBSP}×{NBSP}", " × ") in french
    assert f"L’index du 8{NBSP}décembre" in french
    assert "\u202f" not in payload(replace(examples.domestic(), total="393,65\u202f$"))
    assert f"January{NBSP}12,{NBSP}2026" in payload(examples.english())


@needs_poppler
@pytest.mark.parametrize(("lines", "length"), [(4, 20), (5, 45), (5, 70), (9, 24), (15, 24), (24, 24), (12, 130)])
def test_a_page_thought_surely_roomy_is(tmp_path: Path, lines: int, length: int) -> None:
    row = replace(examples.domestic().sections[0].lines[0], label=("Ligne " * 30)[:length])
    bill = replace(examples.domestic(), sections=(replace(examples.domestic().sections[0], lines=(row,) * lines),))
    path = tmp_path / "bill.pdf"
    path.write_bytes(render(bill))
    assert "Pages:           2\n" in _run("pdfinfo", path)
    assert _overlaps(_run("pdftotext", "-bbox", path, "-")) == []


def test_the_two_lists_of_densities_agree() -> None:
    template = (Path(render.__code__.co_filename).parent / "bill.typ").read_text()
    for points, inset, gap in DENSITIES:
        assert f"(size: {points:g}pt, inset: {inset:g}mm, gap: {gap:g}mm)" in template
    assert density(examples.domestic()) == {"at": 0, "sure": True}
    assert density(examples.everything())["sure"] is False


def test_many_bills_make_as_many_files_and_a_refused_one_stops_nothing(tmp_path: Path) -> None:
    bills = [replace(examples.new_customer(), number=f"2026-{n:06d}") for n in range(3)]
    done: list[int] = []
    printed = render_many([*bills, replace(bills[0], number="../ailleurs")], tmp_path, progress=done.append)
    assert printed.count == 3
    assert [number for number, _ in printed.refused] == ["../ailleurs"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"2026-{n:06d}.pdf" for n in range(3)]
    assert done == [4]
    assert (tmp_path / "2026-000001.pdf").read_bytes() == render(bills[1])


def test_two_workers_write_the_same_bytes_as_one_even_after_this_process_printed(tmp_path: Path) -> None:
    bills = [replace(examples.new_customer(), number=f"2026-{n:06d}") for n in range(2)]
    first = render(bills[0])
    assert render_many(bills, tmp_path, workers=2).count == 2
    assert (tmp_path / "2026-000000.pdf").read_bytes() == first


def test_a_letter_that_no_font_holds_is_refused_in_a_sentence() -> None:
    bill = examples.new_customer()
    with pytest.raises(CannotPrint, match="La facture 2026-000318 ne peut pas être imprimée"):
        render(replace(bill, account=replace(bill.account, holders=("\ue123",))))


@pytest.mark.parametrize(
    ("digits", "check"), [("7992739871", "3"), ("453201511283036", "6"), ("37828224631000", "5"), ("0", "0")]
)
def test_luhn_digits_are_those_of_the_known_examples(digits: str, check: str) -> None:
    assert luhn_digit(digits) == check
    assert luhn_holds(digits + check)
    assert not luhn_holds(digits + str((int(check) + 1) % 10))


def test_the_scan_line_holds_account_cents_date_and_one_check_digit_over_all() -> None:
    line = scan_line("301 204 587-2", 39365, date(2026, 2, 2))
    assert line.startswith("3012045872  0000039365  20260202  ")
    assert luhn_holds(line.replace(" ", ""))


@pytest.mark.parametrize(
    ("account", "cents"), [("301 204 587-3", 1), ("301 204 58", 1), ("301 204 587-2", 0), ("301 204 587-2", 10**10)]
)
def test_a_scan_line_that_cannot_be_true_is_refused(account: str, cents: int) -> None:
    with pytest.raises(ValueError):
        scan_line(account, cents, date(2026, 2, 2))
