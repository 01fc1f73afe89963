"""Entries go out as bytes and come back the same, and unbalanced ones never leave."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.links.accounting import Entry, Line, Unbalanced, Unreadable, cents, csv_export, decimal, sage50, totals

SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).resolve().parents[4] / "shared")
SAMPLE = SHARED / "data" / "samples" / "synthetic" / "sage50_ca_general_journal.txt"

BILLS = Entry(
    date(2026, 11, 30), "FACT-2026-11", "Factures d’électricité",
    (Line("1200", "Comptes clients", 2300375, 0), Line("2310", "TPS à remettre", 0, 100038),
     Line("2320", "TVQ; « à remettre »", 0, 199576), Line("4110", 'Ventes, tarif "D"', 0, 2000761)),
)  # fmt: skip
PAYMENTS = Entry(
    date(2026, 11, 30), "PAIE-2026-11", "Paiements",
    (Line("1010", "Encaisse", 5, 0), Line("1200", "Comptes clients", 0, 5)),
)  # fmt: skip
WORDS = st.text("abcXYZ0189-,;'éàç€œ’«»", min_size=1, max_size=12)
AMOUNTS = st.lists(st.integers(1, 10**13), min_size=1, max_size=5)


@st.composite
def balanced(draw):
    """An entry of any amounts whose last line makes it balance."""
    debits = draw(AMOUNTS)
    lines = [Line(str(1000 + place), "Compte", amount, 0) for place, amount in enumerate(debits)]
    lines.append(Line("9999", "Contrepartie", 0, sum(debits)))
    on = draw(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
    return Entry(on, draw(WORDS), draw(WORDS), tuple(lines))


@given(st.lists(balanced(), max_size=6, unique_by=lambda it: (it.on, it.reference)), st.sampled_from([",", "."]))
def test_csv_comes_back_as_it_went(entries, mark):
    content = csv_export.encode(entries, mark)
    assert csv_export.decode(content, mark) == entries
    assert csv_export.encode(entries, mark) == content


@given(st.lists(balanced(), max_size=6))
def test_sage_comes_back_as_it_went_but_for_the_names(entries):
    read = sage50.decode(sage50.encode(entries))
    assert [(it.on, it.reference, it.wording) for it in read] == [(it.on, it.reference, it.wording) for it in entries]
    assert totals(read) == totals(entries)


@pytest.mark.usefixtures("in_dong")
def test_an_amount_without_decimals_is_written_without_them_and_sage_refuses_it():
    dong = Entry(date(2026, 1, 31), "FACT-2026-01", "Factures", (Line("1200", "Clients", 98_400, 0),
                                                                Line("4110", "Ventes", 0, 98_400)))  # fmt: skip
    content = csv_export.encode([dong])
    assert content.decode("utf-8").split("\r\n")[1] == "2026-01-31;FACT-2026-01;Factures;1200;Clients;98400;"
    assert csv_export.decode(content) == [dong]
    assert [cents(decimal(it)) for it in (0, 7, -98_400)] == [0, 7, -98_400]
    with pytest.raises(ValueError, match="écrit comme 1234"):
        cents("984.00")
    with pytest.raises(sage50.DoesNotFit, match="comptes sont tenus en VND"):
        sage50.encode([dong])


def test_csv_is_what_its_documentation_says():
    assert csv_export.encode([BILLS, PAYMENTS]).decode("utf-8").split("\r\n") == [
        "date;piece;libelle;compte;nom_du_compte;debit;credit",
        "2026-11-30;FACT-2026-11;Factures d’électricité;1200;Comptes clients;23003,75;",
        "2026-11-30;FACT-2026-11;Factures d’électricité;2310;TPS à remettre;;1000,38",
        '2026-11-30;FACT-2026-11;Factures d’électricité;2320;"TVQ; « à remettre »";;1995,76',
        '2026-11-30;FACT-2026-11;Factures d’électricité;4110;"Ventes, tarif ""D""";;20007,61',
        "2026-11-30;PAIE-2026-11;Paiements;1010;Encaisse;0,05;",
        "2026-11-30;PAIE-2026-11;Paiements;1200;Comptes clients;;0,05",
        ";TOTAL;;;;23003,80;23003,80",
        "",
    ]


def test_sage_is_what_its_import_reads():
    assert sage50.encode([BILLS]).decode("cp1252") == (
        '11-30-26,"FACT-2026-11","Factures d’électricité"\r\n'
        "1200,23003.75\r\n2310,-1000.38\r\n2320,-1995.76\r\n4110,-20007.61\r\n"
    )


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample file of Sage 50 is not beside the repository")
def test_the_sample_of_sage_is_read_and_written_again_byte_for_byte():
    content = SAMPLE.read_bytes()
    entries = sage50.decode(content)
    assert sage50.encode(entries) == content
    assert totals(entries) == (2300375, 2300375)


@pytest.mark.parametrize("codec", [csv_export, sage50])
def test_an_unbalanced_entry_never_leaves(codec):
    wrong = Entry(BILLS.on, "FACT-2026-11", "Factures", BILLS.lines[:-1])
    with pytest.raises(
        Unbalanced, match=re.escape("FACT-2026-11 du 30 novembre 2026 n’est pas équilibrée : 23003.75 au débit")
    ):
        codec.encode([BILLS, wrong])


@pytest.mark.parametrize("codec", [csv_export, sage50])
def test_an_entry_without_a_line_never_leaves(codec):
    with pytest.raises(Unbalanced):
        codec.encode([Entry(BILLS.on, "FACT-2026-11", "Factures", ())])


@pytest.mark.parametrize(
    ("bug", "reason"),
    [
        (lambda text: text.replace("23003,75", "23003,74"), "total de contrôle"),
        (lambda text: text.replace(";TOTAL;", ";SOMME;"), "TOTAL manque"),
        (lambda text: text.replace("23003,75", "23 003,75"), "Ligne 2 .* montant"),
        (lambda text: text.replace("debit", "solde", 1), "en-têtes"),
        (lambda text: text.replace("2026-11-30;PAIE", "30-11-2026;PAIE"), "Ligne 6"),
        (lambda text: text.replace(";Encaisse", ""), "Ligne 6 : 6 colonnes"),
    ],
)
def test_a_csv_that_was_tampered_with_is_refused_with_its_line(bug, reason):
    content = bug(csv_export.encode([BILLS, PAYMENTS]).decode("utf-8")).encode("utf-8")
    with pytest.raises(Unreadable, match=reason):
        csv_export.decode(content)


@pytest.mark.parametrize(
    "text", ["1200,12\r\n", '11-30-26,"A","B"\r\n1200,1.5\r\n', "1200,12.00\r\n", '13-45-26,"A","B"\r\n']
)
def test_a_sage_file_that_is_not_one_is_refused_with_its_line(text):
    with pytest.raises(Unreadable, match="Ligne"):
        sage50.decode(text.encode("cp1252"))


def test_sage_limits_are_kept():
    long = Entry(BILLS.on, "FACT-2026-11", "x" * 60, BILLS.lines)
    assert f'"{"x" * 39}"\r\n'.encode() in sage50.encode([long])
    with pytest.raises(sage50.DoesNotFit, match="13 caractères"):
        sage50.encode([Entry(BILLS.on, "FACTURES-2026-11", "", BILLS.lines)])
    with pytest.raises(sage50.DoesNotFit, match="1999"):
        sage50.encode([Entry(date(1999, 12, 31), "FACT", "", BILLS.lines)])


def test_quotes_cannot_break_out_of_a_sage_field():
    content = sage50.encode([Entry(BILLS.on, 'A","B', 'x"\r\n1200,99.00', BILLS.lines)])
    assert sage50.decode(content)[0].lines == tuple(
        Line(it.account, "", it.debit_cents, it.credit_cents) for it in BILLS.lines
    )


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", "."]))
def test_cents_come_back_from_their_decimal(amount, mark):
    assert cents(decimal(amount, mark), mark) == amount
