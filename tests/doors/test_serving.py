"""Serving: one command, its children, ended by their ids and by nothing else."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from fanal.doors.desk import serving

SLEEPS = ("-c", "import time; time.sleep(60)")


def sleeper(name: str = "fanal") -> "subprocess.Popen[bytes]":
    """A process whose command line bears that name."""
    child = subprocess.Popen([sys.executable, *SLEEPS, name], start_new_session=True)
    while not serving._is_ours(child.pid):  # until its command line is its own
        time.sleep(0.01)
    return child


def test_children_are_ended() -> None:
    children = [sleeper(), sleeper()]

    serving.end(children)

    assert all(it.poll() is not None for it in children)


def test_a_desk_is_stopped_by_the_ids_it_wrote(tmp_path: Path) -> None:
    child = sleeper()
    ids = {"command": child.pid, "children": [], "address": ""}
    serving.pid_file(tmp_path).write_text(json.dumps(ids), encoding="utf-8")
    assert serving._is_ours(child.pid)
    os.kill(child.pid, signal.SIGTERM)
    child.wait(10)

    assert not serving.stop(tmp_path)
    assert not serving.pid_file(tmp_path).exists()


def test_an_id_that_the_system_gave_to_another_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    ids = {"command": stranger.pid, "children": [], "address": ""}
    serving.pid_file(tmp_path).write_text(json.dumps(ids), encoding="utf-8")

    assert not serving.stop(tmp_path)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait(10)


def test_nothing_to_stop_is_said(tmp_path: Path) -> None:
    assert not serving.stop(tmp_path)


def test_a_taken_port_gives_another() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind((serving.HOST, 0))
        taken.listen()

        assert serving.free_port(taken.getsockname()[1]) != taken.getsockname()[1]


def test_a_worker_that_is_killed_is_started_again_and_its_rest_doubles_until_it_lives(tmp_path: Path) -> None:
    log = tmp_path / "desk.log"
    worker = serving.Kept(sleeper, sleeper(), log, at=100.0)
    started = []

    def kill_and_look(at: float, rest: float) -> None:
        dead = worker.process
        started.append(dead.pid)
        dead.kill()
        dead.wait(10)
        assert not worker.look(at)
        assert not worker.look(at + rest - 0.1)
        assert worker.look(at + rest)
        assert not worker.look(at + rest + 1)

    kill_and_look(101.0, rest=1)
    kill_and_look(103.0, rest=2)
    kill_and_look(106.0, rest=4)
    kill_and_look(200.0, rest=1)  # it lived
    serving.end([worker.process])

    assert len({*started, worker.process.pid}) == 5
    said = log.read_text("utf-8").splitlines()
    assert said[0] == "L’ouvrier s’est arrêté (code -9) ; il repart dans 1 s."
    assert [line.split("dans ")[1] for line in said] == ["1 s.", "2 s.", "4 s.", "1 s."]
