"""`fanal debits`: a batch prepared, released by another, its file written, received on its day, sent back."""

import pytest
from debited import house

from fanal.reports import debits as report
from tests.doors.bank import sent_back

pytestmark = pytest.mark.django_db
FEBRUARY = ("--from", "2026-02-01", "--to", "2026-02-28", "--on", "2026-02-02")


def test_a_batch_goes_the_whole_way(fanal, tmp_path):
    house()

    status, out, _ = fanal("debits", "prepare", *FEBRUARY, "--by", "theodule")
    batch_id = report.batches()[0].id
    assert (status, "114,98" in out, "…518" in out, "4477518" in out) == (0, True, True, False)

    status, _, err = fanal("debits", "release", batch_id, "--by", "Théodule", "--on", "2026-02-02")
    assert (status, "Une deuxième personne remet le lot" in err) == (1, True)
    status, out, _ = fanal("debits", "release", batch_id, "--by", "maude", "--on", "2026-02-02")
    assert (status, "Fichier 0001" in out) == (0, True)

    status, out, _ = fanal("debits", "file", batch_id, tmp_path, "--by", "theodule")
    [file] = tmp_path.iterdir()
    assert (status, file.read_bytes(), file.stat().st_mode & 0o777) == (0, report.file_of(batch_id), 0o600)
    status, _, err = fanal("debits", "file", batch_id, tmp_path, "--by", "theodule")
    assert (status, "existe déjà" in err) == (1, True)

    assert "1 prélèvement encaissé" in fanal("debits", "settle", "--by", "theodule", "--on", "2026-02-12")[1]
    back = tmp_path / "retours.txt"
    back.write_bytes(sent_back(file.read_bytes(), "905"))
    for said in ("1 retour inscrit", "1 déjà là"):
        status, out, _ = fanal("debits", "returns", back, "--by", "theodule", "--on", "2026-02-16")
        assert (status, said in out) == (0, True)
    assert "remis, maude" in fanal("debits", "list")[1]


def test_returns_that_do_not_read_are_told_by_line_and_nothing_is_kept(fanal, tmp_path):
    wrong = tmp_path / "retours.txt"
    wrong.write_bytes(b"bonjour\n")

    status, out, err = fanal("debits", "returns", wrong, "--by", "theodule")

    assert (status, "retours.txt" in err, "Rien n’est inscrit" in out + err) == (1, True, True)


def test_what_cannot_be_prepared_or_is_unknown_is_a_sentence(fanal):
    status, _, err = fanal("debits", "prepare", *FEBRUARY, "--by", "theodule")
    assert (status, "Rien à prélever" in err) == (1, True)
    status, _, err = fanal("debits", "release", 999, "--by", "maude")
    assert (status, "n’existe pas" in err) == (1, True)


def test_a_batch_is_abandoned_with_its_reason(fanal):
    house()
    fanal("debits", "prepare", *FEBRUARY, "--by", "theodule")
    batch_id = report.batches()[0].id

    status, out, _ = fanal("debits", "abandon", batch_id, "--reason", "mauvais jours", "--by", "maude")

    assert (status, "abandonné" in out, report.batch(batch_id).state) == (0, True, "ABANDONED")
