"""The launcher of the embedded server, on homes of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fanal.settings import embedded_postgres as launcher


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user may enter; the server started in its `home` is stopped afterwards."""
    made = Path(tempfile.mkdtemp(prefix="fanal-launcher-"))
    made.chmod(0o755)
    yield made
    for data in made.glob("**/pgdata"):
        launcher.stop(data.parent)
    shutil.rmtree(made)


@pytest.fixture
def long_home(folder: Path) -> Iterator[Path]:
    """A home whose path is too long for a socket; its socket folder, beside it, is cleaned up."""
    home = folder / ("très-long-" * 9)
    assert len(os.fsencode(home)) > 107 - len("/.s.PGSQL.5432")
    yield home
    launcher.stop(home)
    shutil.rmtree(home, ignore_errors=True)
    beside = socket_folder(home)
    if beside.is_symlink() or beside.is_file():
        beside.unlink()
    shutil.rmtree(beside, ignore_errors=True)


def socket_folder(home: Path) -> Path:
    """Where the launcher puts the socket of a long home, by the rule that anyone can read."""
    digest = launcher.hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"fanal-{digest}"


def ask(where: dict[str, str], *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement, all committed."""
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname=where["NAME"], autocommit=True) as connection:
        for statement in statements:
            rows = connection.execute(statement)
        return rows.fetchall() if rows.description else []


def test_it_starts_and_stops_as_often_as_asked(folder):
    home = folder / "home"
    assert not launcher.stop(home)
    where = launcher.start(home, durable=False)
    assert launcher.start(home, durable=False) == where
    ask(where, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    assert (launcher.stop(home), launcher.stop(home)) == (True, False)
    assert ask(launcher.start(home, durable=False), "SELECT n FROM kept") == [(7,)]
    assert launcher.stop(home)


def test_what_was_committed_outlives_a_server_killed_outright(folder):
    home = folder / "home"
    where = launcher.start(home)
    ask(where, "CREATE TABLE kept (n int)", "INSERT INTO kept SELECT generate_series(1, 1000)")
    os.kill(int((home / "pgdata" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert ask(launcher.start(home), "SELECT count(*), sum(n) FROM kept") == [(1000, 500_500)]


def test_four_who_start_it_at_once_find_one_server(long_home):
    code = "import sys; from fanal.settings.embedded_postgres import start; print(start(sys.argv[1], durable=False))"
    command = [sys.executable, "-c", code, str(long_home)]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    said = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0, 0], said
    assert len({out for out, _ in said}) == 1
    assert str(socket_folder(long_home)) in said[0][0].decode()
    assert ask(launcher.start(long_home, durable=False), "SELECT 1") == [(1,)]


@pytest.mark.parametrize("trap", ["symlink", "open to all", "file", "another's"])
def test_a_socket_folder_that_someone_else_prepared_is_refused(long_home, folder, trap):
    beside, target = socket_folder(long_home), folder / "target"
    target.mkdir(mode=0o700)
    if trap == "symlink":
        beside.symlink_to(target)
    elif trap == "file":
        beside.touch(mode=0o700)
    else:
        beside.mkdir(mode=0o700)
        if trap == "open to all":
            beside.chmod(0o777)
        elif os.geteuid():
            pytest.skip("only root can give a folder to someone else")
        else:
            os.chown(beside, 54_321, 54_321)
    before = target.stat().st_uid
    with pytest.raises(SystemExit, match="n’est pas à lui seul"):
        launcher.start(long_home, durable=False)
    assert target.stat().st_uid == before
    assert not (long_home / "pgdata").exists()


def test_a_data_folder_keeps_its_major_version(folder, monkeypatch):
    monkeypatch.setattr(launcher, "folders_of_binaries", lambda: iter(["/of/18", "/of/15", "/of/14"]))
    monkeypatch.setattr(launcher, "major_version", lambda found: int(found[-2:]))
    assert launcher.find(folder).binaries == Path("/of/18")
    (folder / "pgdata").mkdir()
    (folder / "pgdata" / "PG_VERSION").write_text("15\n")
    assert launcher.find(folder).binaries == Path("/of/15")
    (folder / "pgdata" / "PG_VERSION").write_text("17\n")
    with pytest.raises(SystemExit, match="PostgreSQL 17 est introuvable"):
        launcher.find(folder)
    shutil.rmtree(folder / "pgdata")


def test_without_any_postgresql_the_sentence_says_what_to_install(folder, monkeypatch):
    monkeypatch.setattr(launcher, "folders_of_binaries", lambda: iter(()))
    with pytest.raises(SystemExit, match="PostgreSQL 15 ou plus récent est introuvable : installer"):
        launcher.start(folder / "home")
