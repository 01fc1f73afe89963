"""`fanal serve` as a person types it: a server and a worker that work, ended together, started again after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from benchmarks.desk import TOKEN, signed_in
from fanal.doors.desk.serving import pid_file

Starts = Callable[[], dict[str, object]]
PATIENCE = 90  # a busy machine takes its time


def until(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until that is so."""
    end_at = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end_at, "It never came."
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Whether that process works: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def family(pids: list[int]) -> set[int]:
    """Those processes and their children."""
    found = set(pids)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, parent = int(stat.parent.name), int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent in pids:
            found.add(pid)
    return found


@pytest.fixture
def environment(own_town: str, tmp_path: Path) -> dict[str, str]:
    where = connection.settings_dict
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    url = f"postgresql://{where['USER']}@/{where['NAME']}?host={where['HOST']}"
    return inherited | {"FANAL_HOME": str(tmp_path), "DATABASE_URL": url}


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Starts]:
    """Serve on a free port; what still lives is ended afterwards, by its id."""
    begun: list[subprocess.Popen[bytes]] = []
    seen: set[int] = set()

    def started() -> dict[str, object]:
        with open(tmp_path / "said", "wb") as said:
            command = [sys.executable, "-m", "fanal", "serve", "--port", "0"]
            begun.append(subprocess.Popen(command, env=environment, stdout=said, stderr=said))
        until(lambda: "est ouvert" in (tmp_path / "said").read_text() or begun[-1].poll() is not None)
        ids = json.loads(pid_file(tmp_path).read_text())
        ids["all"] = family([ids["command"], *ids["children"]])
        seen.update(ids["all"])
        return ids

    yield started
    for pid in filter(alive, seen):
        os.kill(pid, signal.SIGKILL)
    for command in begun:
        command.wait()


def stop(environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "fanal", "stop"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_the_desk_opens_works_and_is_closed_whole(start: Starts, environment: dict[str, str], tmp_path: Path) -> None:
    ids = start()
    assert len(ids["all"]) == 5  # the command, the server and its two workers, the worker

    address = str(ids["address"]).rstrip("/")
    reader = signed_in(address)
    os.kill(int(ids["children"][1]), signal.SIGKILL)  # the pages live on; another worker does what they ask
    until(lambda: json.loads(pid_file(tmp_path).read_text())["children"] != ids["children"])
    ids["all"].update(json.loads(pid_file(tmp_path).read_text())["children"])
    with reader.open(f"{address}/lots/ouvrir/") as page:
        token = TOKEN.search(page.read().decode())[1]
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "cycle": 1, "on": "2026-11-16"}).encode()
    with reader.open(urllib.request.Request(f"{address}/lots/ouvrir/", form)) as page:
        run_id = int(urllib.parse.urlsplit(page.url).path.split("/")[2])

    def computed() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM billing_run WHERE id = %s", [run_id])
            return bool(cursor.fetchone()[0] == "COMPUTED")

    until(computed)
    assert "Le bureau est fermé." in stop(environment)
    until(lambda: not any(map(alive, ids["all"])), 15)
    assert not pid_file(tmp_path).exists()


@pytest.mark.parametrize("who", ["command", "server"])
def test_a_desk_that_was_killed_outright_opens_again(start: Starts, who: str) -> None:
    first = start()
    victim = first["command"] if who == "command" else first["children"][0]
    os.kill(int(victim), signal.SIGKILL)
    if who == "server":  # the command sees it, and ends the rest
        until(lambda: not any(map(alive, first["all"])), 30)
    second = start()

    assert not any(map(alive, first["all"]))
    signed_in(str(second["address"]).rstrip("/")).open(str(second["address"])).close()
