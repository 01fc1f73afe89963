"""Leaving with everything from the desk: asked for, made by the worker, taken, and told in the journal."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fanal.doors.archive import keeping, writing
from fanal.doors.desk.roles import DEMO_PEOPLE, Role
from fanal.doors.jobs import queue
from fanal.records import tables
from fanal.reports import journal
from tests.doors.desk.town import TODAY

ADMINISTRATOR = DEMO_PEOPLE[Role.ADMINISTRATOR][0]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.FANAL_HOME = tmp_path
    return tmp_path


@pytest.fixture
def administrator(own_town: str) -> Client:
    """The administrator, where what the worker does is kept."""
    from django.contrib.auth.models import User

    client = Client()
    client.force_login(User.objects.get(username=ADMINISTRATOR))
    return client


def test_nothing_is_there_before_the_first(client_as: Callable[..., Client], few_queries: Callable[..., Any]) -> None:
    text = few_queries(client_as(Role.ADMINISTRATOR), "/archives/").content.decode()

    assert "Aucune archive ici" in text
    assert "Télécharger" not in text


def test_an_archive_asked_for_is_made_then_taken_and_the_journal_tells_by_whom(
    administrator: Client, home: Path
) -> None:
    assert administrator.post("/archives/ecrire/", {"pdf": "none"}).status_code == 302
    assert "en attente de l’ouvrier" in administrator.get("/archives/").content.decode()
    assert queue.work_once()

    assert administrator.get("/archives/progres/").headers["HX-Refresh"] == "true"
    kept = keeping.last()
    assert kept is not None
    page = administrator.get("/archives/").content.decode()
    assert kept.digest in page
    assert ADMINISTRATOR in page
    taken = administrator.post("/archives/prendre/")
    content = b"".join(taken)
    assert f'filename="fanal-{TODAY}.zip"' in taken["Content-Disposition"]
    assert "manifeste.json" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    said = [(it.act, it.by) for it in journal.events(acts=[tables.ARCHIVED, tables.DOWNLOADED], limit=5)]
    assert said == [(tables.DOWNLOADED, ADMINISTRATOR), (tables.ARCHIVED, ADMINISTRATOR)]


def test_how_far_it_is_shows_while_everything_is_read_in_one_transaction(administrator: Client) -> None:
    administrator.post("/archives/ecrire/", {"pdf": "none"})

    assert queue.work_once()

    job = queue.last_job(kind=queue.LEAVE, subject=0)
    assert job is not None
    assert (job.state, job.done, job.total) == ("DONE", len(tables.tables()), len(tables.tables()))


def test_one_archive_is_kept_and_one_is_made_at_a_time(administrator: Client, home: Path) -> None:
    (home / "archives").mkdir()
    (home / "archives" / "fanal-2026-01-01.zip").write_bytes(b"old")
    administrator.post("/archives/ecrire/", {"pdf": "none"})
    administrator.post("/archives/ecrire/", {"pdf": "all"})

    assert queue.work_once()
    assert not queue.work_once()
    assert [it.name for it in (home / "archives").iterdir()] == [f"fanal-{TODAY}.zip"]


def test_an_archive_that_cannot_be_written_says_why(administrator: Client, home: Path) -> None:
    (home / "archives").write_text("a file where a folder should be")
    administrator.post("/archives/ecrire/", {"pdf": "none"})
    with pytest.raises(OSError):
        queue.work_once()

    assert "L’archive n’est pas faite" in administrator.get("/archives/").content.decode()


@pytest.mark.parametrize("role", [Role.SERVICE, Role.BILLING, Role.TREASURER, Role.AUDITOR])
def test_only_the_administration_leaves_with_everything(client_as: Callable[..., Client], role: Role) -> None:
    client = client_as(role)

    assert client.get("/archives/").status_code == 403
    assert client.post("/archives/ecrire/", {"pdf": "all"}).status_code == 403
    assert client.post("/archives/prendre/").status_code == 403
    assert "Tout emporter" not in client.get("/").content.decode()


def test_what_is_not_asked_as_the_page_asks_it_is_not_found(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.ADMINISTRATOR)

    assert client.post("/archives/ecrire/", {"pdf": "some"}).status_code == 404
    assert client.post("/archives/prendre/").status_code == 404
    assert queue.last_job(kind=queue.LEAVE, subject=1) is None


def test_everybody_can_read_the_page_in_each_of_its_states(
    own_town: str, page_as: Callable[..., Any], accessible: Callable[..., None], home: Path
) -> None:
    waiting = page_as(Role.ADMINISTRATOR)
    queue.ask(kind=queue.LEAVE, subject=0, by=ADMINISTRATOR, on=TODAY)
    accessible(waiting, "/archives/")
    waiting.close()  # or it loads itself again when the job ends, while something else is asked of it
    assert queue.work_once()
    accessible(page_as(Role.ADMINISTRATOR), "/archives/")
    assert keeping.last() is not None
    assert writing.steps(writing.NONE) == len(tables.tables())
