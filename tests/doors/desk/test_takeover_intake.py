"""An export received and loaded from the desk: sent or chosen, done by the worker, or refused whole."""

import errno
import gzip
import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fanal.doors.desk.roles import DEMO_PEOPLE, Role
from fanal.doors.jobs import moving_in, queue
from fanal.doors.jobs.models import Job
from fanal.doors.migration import folders, intake
from fanal.records.takeover import acts, facts
from fanal.reports import journal
from fanal.values.refusal import Refused
from tests.doors.desk.town import TODAY
from tests.doors.migration.towns import Town, small_town

ADMINISTRATOR = DEMO_PEOPLE[Role.ADMINISTRATOR][0]
INTAKE, SEND = "/reprise/recevoir/", "/reprise/recevoir/envoyer/"
Signs, Few = Callable[..., Client], Callable[..., Any]


@pytest.fixture(autouse=True)
def exports(settings: Any, tmp_path: Path) -> Path:
    """The directory of the server whose folders are exports."""
    settings.FANAL_EXPORTS = tmp_path / "exports"
    return tmp_path / "exports"


@pytest.fixture
def administrator(own_town: str) -> Client:
    """The administrator, where what the worker does is kept."""
    from django.contrib.auth.models import User

    client = Client()
    client.force_login(User.objects.get(username=ADMINISTRATOR))
    return client


def said(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def files(folder: Path) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(it.name, it.read_bytes()) for it in sorted(folder.iterdir())]


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], by: int = zipfile.ZIP_DEFLATED) -> SimpleUploadedFile:
    """A ZIP of those members, compressed by that method."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", by) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return SimpleUploadedFile("exportation.zip", made.getvalue())


def folder_of(exports: Path, town: Town, name: str = "mai") -> Path:
    exports.mkdir(exist_ok=True)
    return town.write(exports / name)


def test_files_sent_are_received_examined_then_loaded_by_who_confirms(administrator: Client, tmp_path: Path) -> None:
    town = small_town().write(tmp_path / "town")
    sent = packed(*((f"exportation/{it.name}", it.read_bytes()) for it in town.iterdir()), ("__MACOSX/x", b""))

    assert administrator.post(SEND, {"files": sent}).url == "/reprise/"
    assert "en attente de l’ouvrier" in said(administrator.get("/reprise/"))
    assert queue.work_once()
    assert administrator.get("/reprise/avancement/").headers["HX-Refresh"] == "true"
    (export,) = facts.exports()
    assert (export.state, export.staged_by) == ("EXAMINED", ADMINISTRATOR)
    assert "Ce que le chargement" not in said(administrator.get("/reprise/"))

    load = f"/reprise/{export.id}/charger/"
    administrator.post(load)
    assert not queue.work_once(), "nobody said that the report was read"
    administrator.post(load, {"confirm": "yes"})
    assert queue.work_once()
    job = queue.last_of([queue.LOAD])
    assert job is not None
    assert (job.state, job.done, job.said["fr"]) == ("DONE", job.total, "")
    assert facts.exports()[0].loaded_by == ADMINISTRATOR
    by = {it.by for it in journal.events(acts=[folders.EXPORT_SENT, "takeover.stage", "takeover.load"], limit=9)}
    assert by == {ADMINISTRATOR}


def test_a_later_export_shows_what_loading_would_change_then_what_it_changed(
    administrator: Client, exports: Path, few_queries: Few
) -> None:
    who: dict[str, Any] = {"by": "marie.roy", "on": TODAY}
    first = intake.take_in(folder=folder_of(exports, small_town()), mapping=intake.read_mapping(), **who)
    intake.load(export_id=first.export_id, **who)
    later = small_town()
    later.rows["customers"][0]["phone"] = "418 555-0199"
    later.add("payments", {"number": "9", "account": "1000001", "received_on": "2026-10-25", "amount": "5,00",
                           "channel": "BQ"})  # fmt: skip
    folder_of(exports, later, "juin")
    administrator.post("/reprise/recevoir/examiner/", {"folder": "juin"})
    assert queue.work_once()

    shown = said(few_queries(administrator, "/reprise/"))
    assert "Ce que le chargement changerait" in shown
    cells = '<th scope="row">{}</th>' + "".join(
        f'<td class="n" data-label="{it}">{{}}</td>' for it in ("Nouvelles", "Changées", "Inchangées")
    )
    assert cells.format("Clients", "0", "<b>1</b>", "1") in shown
    assert cells.format("Paiements", "<b>1</b>", "0", "2") in shown

    administrator.post(f"/reprise/{facts.exports()[0].id}/charger/", {"confirm": "yes"})
    assert queue.work_once()
    shown = said(few_queries(administrator, "/reprise/"))
    assert "Ce que le chargement a changé" in shown
    assert cells.format("Clients", "0", "<b>1</b>", "1") in shown
    assert cells.format("Paiements", "<b>1</b>", "0", "2") in shown


def test_a_file_without_lines_stops_the_reception_and_is_named(administrator: Client, exports: Path) -> None:
    folder = folder_of(exports, small_town())
    (folder / "factures.txt").unlink()
    whole = gzip.compress(b"E" * 4_000_000)
    (folder / "factures.txt.gz").write_bytes(whole)
    administrator.post("/reprise/recevoir/examiner/", {"folder": "mai"})

    assert queue.work_once()

    shown = said(administrator.get("/reprise/"))
    assert "Réception : mai — rien n’en est gardé" in shown
    assert "factures.txt.gz : une ligne a plus de" in shown
    assert facts.exports() == []


def test_the_same_export_again_says_which_it_is(administrator: Client, exports: Path) -> None:
    folder_of(exports, small_town())
    for _ in range(2):
        administrator.post("/reprise/recevoir/examiner/", {"folder": "mai"})
        assert queue.work_once()

    (export,) = facts.exports()
    assert f"Cette exportation est déjà reçue : c’est l’exportation {export.id}." in said(
        administrator.get("/reprise/")
    )


def test_one_thing_at_a_time_is_received_or_loaded(administrator: Client, exports: Path) -> None:
    folder_of(exports, small_town())
    folder_of(exports, small_town(), "juin")
    administrator.post("/reprise/recevoir/examiner/", {"folder": "mai"})

    refused = administrator.post("/reprise/recevoir/examiner/", {"folder": "juin"}, follow=True)
    assert "Une seule chose à la fois : « Réception : mai » est en cours." in said(refused)
    refused = administrator.post("/reprise/recevoir/retirer/", {"folder": "mai"}, follow=True)
    assert "Une seule chose à la fois" in said(refused)
    assert queue.work_once()
    assert not queue.work_once()


def test_the_desk_and_a_command_do_not_receive_at_once(administrator: Client, exports: Path) -> None:
    from django.db import connections, transaction

    folder_of(exports, small_town())
    administrator.post("/reprise/recevoir/examiner/", {"folder": "mai"})
    other = connections.create_connection("default")
    try:
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [acts.ALONE])  # as the command does
        assert queue.work_once()
    finally:
        other.close()
    assert transaction.get_connection().in_atomic_block is False
    assert "Une exportation se reçoit ou se charge déjà" in said(administrator.get("/reprise/"))
    assert facts.exports() == []


def test_what_a_killed_worker_left_says_so_and_is_done_again(administrator: Client, exports: Path) -> None:
    folder_of(exports, small_town())
    administrator.post("/reprise/recevoir/examiner/", {"folder": "mai"})
    Job.objects.update(state="RUNNING", done=40, total=100)

    assert "l’ouvrier s’est arrêté en route" in said(administrator.get("/reprise/avancement/"))

    assert queue.work_once()
    job = queue.last_of([queue.RECEIVE])
    assert job is not None
    assert (job.state, job.done, job.total) == ("DONE", moving_in.HUNDRED, moving_in.HUNDRED)
    assert len(facts.exports()) == 1


def link() -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("clients.txt")
    made.external_attr = 0o120777 << 16
    return made


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([("../../clients.txt", b"x")], "sortirait de son dossier"),
        ([("/etc/clients.txt", b"x")], "sortirait de son dossier"),
        ([("C:clients.txt", b"x")], "sortirait de son dossier"),
        ([("exportation/..\\clients.txt", b"x")], "sortirait de son dossier"),
        ([(link(), b"/etc/passwd")], "sortirait de son dossier"),
        ([("a/b/clients.txt", b"x")], "un seul niveau se lit"),
        ([("a/clients.txt", b"x"), ("b/clients.txt", b"y")], "Le fichier clients.txt est là deux fois"),
        ([("clients\n.txt", b"x")], "n’est pas un nom de fichier"),
        ([(f"{number}.txt", b"x") for number in range(201)], "plus de 200 fichiers"),
        ([("clients.txt", b"0" * 3_000_000)], "Ces fichiers font plus de 1 Mo"),
        ([("clients.txt.gz", gzip.compress(b"0" * 3_000_000))], "Ces fichiers font plus de 1 Mo"),
        ([("clients.txt", gzip.compress(b"0" * 3_000_000))], "Ces fichiers font plus de 1 Mo"),
        ([(f"{it}.txt.gz", gzip.compress(b"0" * 700_000)) for it in (1, 2)], "Ces fichiers font plus de 1 Mo"),
        ([("clients.txt.gz", gzip.compress(b"CLIENT")[:-4])], "clients.txt.gz est tronqué ou abîmé"),
        ([], "L’archive ne contient aucun fichier"),
    ],
)
def test_an_archive_that_is_not_one_is_refused_whole_with_a_sentence(
    client_as: Signs, settings: Any, exports: Path, members: list[Any], sentence: str
) -> None:
    settings.FANAL_EXPORT_BYTES = 1_000_000
    answer = client_as(Role.ADMINISTRATOR).post(SEND, {"files": packed(*members)})

    assert answer.status_code == 422
    assert sentence in said(answer)
    assert list(exports.iterdir()) == [], "nothing is left of it"
    assert queue.last_of([queue.RECEIVE]) is None


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_whose_unpacking_has_no_bound_is_refused_before_any_of_it_is_unpacked(
    client_as: Signs, exports: Path, method: int
) -> None:
    bomb = packed(("clients.txt", b"0" * 60_000_000), by=method)
    tracemalloc.start()
    answer = client_as(Role.ADMINISTRATOR).post(SEND, {"files": bomb})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (answer.status_code, "refaire l’archive en ZIP ordinaire" in said(answer)) == (422, True)
    assert most < 50_000_000
    assert list(exports.iterdir()) == []


class Sending:
    """A file that is being sent: `seen` says what the list shows half-way, then the disk may be full."""

    name, size = "clients.txt", 2

    def __init__(self, problem: OSError | None = None) -> None:
        self.problem, self.seen = problem, None

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"1"
        self.seen = folders.folders()
        if self.problem:
            raise self.problem
        yield b"2"


def test_a_folder_is_on_the_list_once_it_is_whole(own_town: str, exports: Path) -> None:
    exports.mkdir()
    stopped, recent = exports / ".envoi-stopped", exports / ".envoi-recent"
    for path in (stopped, recent):
        path.mkdir()
    os.utime(stopped, (0, 0))
    sent = Sending()

    kept = folders.keep([sent], by=ADMINISTRATOR, on=TODAY)

    assert sent.seen == []
    assert folders.folders() == [kept]
    assert (kept.path / "clients.txt").read_bytes() == b"12"
    assert kept.path.stat().st_mode & 0o777 == 0o700
    assert folders.keep([Sending()], by=ADMINISTRATOR, on=TODAY).name == f"{TODAY}-2"
    assert sorted(exports.glob(".*")) == [recent], "what a stopped server left is removed, a sending is not"


def test_a_full_disk_is_said_as_such_and_keeps_nothing(own_town: str, exports: Path) -> None:
    with pytest.raises(Refused, match="disque du serveur est plein"):
        folders.keep([Sending(OSError(errno.ENOSPC, "full"))], by=ADMINISTRATOR, on=TODAY)
    assert list(exports.iterdir()) == []


def test_an_archive_that_unpacks_into_more_than_it_declares_is_refused(
    client_as: Signs, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = zipfile.ZipFile.infolist

    def understated(self: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        for it in (listed := honest(self)):
            it.file_size = 10
        return listed

    monkeypatch.setattr(zipfile.ZipFile, "infolist", understated)
    answer = client_as(Role.ADMINISTRATOR).post(SEND, {"files": packed(("clients.txt", b"0" * 100_000))})

    assert answer.status_code == 422
    assert list(exports.iterdir()) == []


def test_nothing_chosen_and_what_is_no_archive_are_said(client_as: Signs, exports: Path) -> None:
    client = client_as(Role.ADMINISTRATOR)
    assert "Choisir les fichiers" in said(client.post(SEND))
    wrong = client.post(SEND, {"files": SimpleUploadedFile("exportation.zip", b"PK not")})
    assert "n’est pas une archive ZIP qui s’ouvre" in said(wrong)
    assert list(exports.iterdir()) == []


@pytest.mark.parametrize("name", ["..", ".", "/etc", "../town", "", "ailleurs", "mai/../mai"])
def test_a_folder_is_one_of_those_shown_and_no_path(client_as: Signs, exports: Path, tmp_path: Path, name: str) -> None:
    folder_of(exports, small_town())
    small_town().write(tmp_path / "town")
    (exports / "ailleurs").symlink_to(tmp_path / "town")
    client = client_as(Role.ADMINISTRATOR)

    for path in ("examiner", "retirer", "carte"):
        refused = client.post(f"/reprise/recevoir/{path}/", {"folder": name}, follow=True)
        assert "n’est plus sur le serveur" in said(refused)
    assert queue.last_of([queue.RECEIVE, queue.SURVEY]) is None
    assert (tmp_path / "town" / "clients.txt").exists()


def test_a_folder_is_removed_from_the_server_and_the_journal_says_by_whom(client_as: Signs, exports: Path) -> None:
    folder_of(exports, small_town())
    client = client_as(Role.ADMINISTRATOR)
    assert "mai" in said(client.get(INTAKE))

    client.post("/reprise/recevoir/retirer/", {"folder": "mai"})

    assert list(exports.iterdir()) == []
    (event,) = journal.events(acts=[folders.EXPORT_REMOVED], limit=2)
    assert (event.by, event.grounds["folder"]) == (ADMINISTRATOR, "mai")


def test_a_mapping_of_the_town_lies_with_its_files(client_as: Signs, exports: Path, few_queries: Few) -> None:
    folder = folder_of(exports, small_town())
    (folder / "notes.txt").write_text("x")
    client = client_as(Role.ADMINISTRATOR)
    assert "La correspondance ne connaît pas : notes.txt" in said(few_queries(client, INTAKE))

    from fanal.links.legacy.mapping import SHIPPED

    (folder / intake.MAPPING).write_bytes(SHIPPED.read_bytes() + b"\n# of the town\n")
    mapping = intake.mapping_in(folder)
    assert mapping.digest != intake.read_mapping().digest
    who: dict[str, Any] = {"by": ADMINISTRATOR, "on": TODAY}
    received = intake.take_in(folder=folder, mapping=mapping, **who)
    assert received.unknown_files == ("notes.txt",)
    assert intake.load(export_id=received.export_id, **who).loaded["customers"] == 2

    (folder / intake.MAPPING).write_bytes(SHIPPED.read_bytes() + b"\n# changed since\n")
    with pytest.raises(Exception, match="par une autre correspondance"):
        intake.load(export_id=received.export_id, **who)


@pytest.mark.parametrize("role", [Role.SERVICE, Role.BILLING, Role.TREASURER, Role.AUDITOR])
def test_only_the_administration_receives_and_loads(client_as: Signs, role: Role) -> None:
    client = client_as(role)

    assert client.get(INTAKE).status_code == 403
    for path in (SEND, "/reprise/recevoir/examiner/", "/reprise/recevoir/retirer/", "/reprise/1/charger/"):
        assert client.post(path).status_code == 403


def test_why_an_exportation_was_refused_is_told_to_those_of_the_takeover_alone(client_as: Signs) -> None:
    queue.ask(kind=queue.SURVEY, subject=0, about="mai", by=ADMINISTRATOR, on=TODAY)

    assert client_as(Role.SERVICE).get("/reprise/avancement/").status_code == 403
    assert "Carte du réseau : mai" not in said(client_as(Role.SERVICE).get("/reseau/"))
    assert "Carte du réseau : mai" in said(client_as(Role.AUDITOR).get("/reseau/"))


@pytest.fixture
def stopped(own_town: str, exports: Path) -> None:
    """A reception that stopped, a folder that was received, one with a long name."""
    folder_of(exports, small_town())
    folder_of(exports, small_town(), "exportation-du-premier-janvier-corrigee-deux-fois-et-verifiee")
    who: dict[str, Any] = {"by": ADMINISTRATOR, "on": TODAY}
    intake.take_in(folder=exports / "mai", mapping=intake.read_mapping(), **who)
    queue.ask(kind=queue.RECEIVE, subject=0, about="disparu", **who)
    assert queue.work_once()


def test_everybody_can_read_the_page_that_receives(
    stopped: None, page_as: Callable[..., Any], accessible: Callable[..., None]
) -> None:
    page = page_as(Role.ADMINISTRATOR)
    accessible(page, INTAKE)
    queue.ask(kind=queue.RECEIVE, subject=0, about="mai", by=ADMINISTRATOR, on=TODAY)
    accessible(page, INTAKE)
    accessible(page, "/reprise/")


def test_the_gate_reminds_of_what_is_left_of_exports_and_where_to_remove_it(
    client_as: Signs, exports: Path, few_queries: Few
) -> None:
    received = folder_of(exports, small_town(), "mai")
    folder_of(exports, small_town(), "vieux")
    taken = intake.take_in(folder=received, mapping=intake.read_mapping(), by=ADMINISTRATOR, on=TODAY)

    page = said(few_queries(client_as(Role.ADMINISTRATOR), "/reprise/mise-en-marche/"))

    _, kept = page.split("Ce qui reste des exportations")
    assert 'href="/reprise/recevoir/">Retirer des dossiers' in kept
    assert [kept.index(it) for it in ("<b>mai</b>", "reçu, jamais chargé", "<b>vieux</b>", "jamais reçu")]
    assert f"Exportation {taken.export_id}" in kept
    assert "jamais chargée" in kept
    assert "Retirer des dossiers" not in said(client_as(Role.AUDITOR).get("/reprise/mise-en-marche/"))

    folders.remove("mai", by=ADMINISTRATOR, on=TODAY)
    folders.remove("vieux", by=ADMINISTRATOR, on=TODAY)
    _, kept = said(client_as(Role.ADMINISTRATOR).get("/reprise/mise-en-marche/")).split("Ce qui reste")
    assert "<b>mai</b>" not in kept
    assert f"Exportation {taken.export_id}" in kept
