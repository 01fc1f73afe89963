"""Serve the desk: a web server and a worker, children of one command, ended together by their ids."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

Start = Callable[[], "subprocess.Popen[bytes]"]

HOST, PORT = "127.0.0.1", 8620
WORKER = ("-m", "fanal.doors.jobs.worker")
WORKERS = 2
THREADS = "4"  # of each: the server goes on telling that it lives while an archive leaves or an export comes in
READY_SECONDS, PATIENCE_SECONDS = 30, 10
REST_SECONDS, LONGEST_REST_SECONDS = 1.0, 60.0


def pid_file(home: Path) -> Path:
    """Where a desk that serves writes its ids."""
    return home / "desk.json"


def free_port(wanted: int = PORT) -> int:
    """The wanted port, or another when it is taken."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise SystemExit("Aucun port n’est libre.")


def serve(home: Path, port: int, ready: Callable[[str], None]) -> int:
    """Start server and worker, say when it is ready, and wait; 0 when stopped, 1 when the server failed.

    A worker that dies is started again, and the pages live on meanwhile.
    """
    address = f"http://{HOST}:{port}/"
    signal.signal(signal.SIGTERM, _stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        children += [_start(*_web(port), home=home), _start(*WORKER, home=home)]
        _write_ids(home, children, address)
        if not _answers(address, children):
            print(f"Le bureau n’a pas démarré : voir {home / 'desk.log'}.", file=sys.stderr)
            return 1
        ready(address)
        worker = Kept(lambda: _start(*WORKER, home=home), children[1], home / "desk.log", time.monotonic())
        while children[0].poll() is None:
            if worker.look(time.monotonic()):
                children[1] = worker.process
                _write_ids(home, children, address)
            time.sleep(0.2)
        print(f"Le bureau s’est arrêté : voir {home / 'desk.log'}.", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Stopped):
        print("\nLe bureau est fermé.", file=sys.stderr)
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end(children)
        pid_file(home).unlink(missing_ok=True)


class Kept:
    """A child that is started again when it dies; each time it does not live, it rests twice as long before."""

    def __init__(self, start: Start, process: "subprocess.Popen[bytes]", log: Path, at: float) -> None:
        self.start, self.process, self.log = start, process, log
        self.begun_at, self.rest, self.again_at = at, REST_SECONDS / 2, 0.0

    def look(self, at: float) -> bool:
        """Whether it was started again, at that second of a clock."""
        if self.process.poll() is None:
            return False
        if not self.again_at:
            lived = at - self.begun_at > LONGEST_REST_SECONDS
            self.rest = REST_SECONDS if lived else min(2 * self.rest, LONGEST_REST_SECONDS)
            self.again_at = at + self.rest
            end([self.process])  # what it started and left behind
            with self.log.open("a", encoding="utf-8") as log:
                print(f"L’ouvrier s’est arrêté (code {self.process.returncode}) ; il repart dans {self.rest:.0f} s.",
                      file=log)  # fmt: skip
        if at < self.again_at:
            return False
        self.process, self.begun_at, self.again_at = self.start(), at, 0.0
        return True


def _write_ids(home: Path, children: "list[subprocess.Popen[bytes]]", address: str) -> None:
    ids = {"command": os.getpid(), "children": [it.pid for it in children], "address": address}
    pid_file(home).write_text(json.dumps(ids), encoding="utf-8")


def _web(port: int) -> tuple[str, ...]:
    return (
        "-m", "gunicorn", "fanal.doors.desk.wsgi", "--workers", str(WORKERS), "--threads", THREADS,
        "--bind", f"{HOST}:{port}",
        "--worker-tmp-dir", "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp", "--log-level", "warning",
        "--timeout", "60", "--no-control-socket",
    )  # fmt: skip


def _start(*arguments: str, home: Path) -> "subprocess.Popen[bytes]":
    with open(home / "desk.log", "ab") as log:
        return subprocess.Popen([sys.executable, *arguments], stdout=log, stderr=log, start_new_session=True)


def _answers(address: str, children: "list[subprocess.Popen[bytes]]") -> bool:
    end_at = time.monotonic() + READY_SECONDS
    while time.monotonic() < end_at and all(it.poll() is None for it in children):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except urllib.error.HTTPError as answer:
            return answer.code < 500
        except OSError:
            time.sleep(0.1)
    return False


def end(children: "list[subprocess.Popen[bytes]]") -> None:
    """End the children, kindly then not; and theirs, which a server that was killed leaves on its port."""
    for child in children:
        child.terminate()
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE_SECONDS)
        with contextlib.suppress(ProcessLookupError):  # each leads a group of its own
            os.killpg(child.pid, signal.SIGKILL)


def stop(home: Path) -> bool:
    """End the desk that serves from that home, by the ids it wrote; False when none did."""
    try:
        ids = json.loads(pid_file(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    pids = [pid for pid in (ids["command"], *ids["children"]) if _is_ours(pid)]
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    end_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end_at and any(_is_ours(pid) for pid in pids):
        time.sleep(0.1)
    for pid in filter(_is_ours, pids):
        os.kill(pid, signal.SIGKILL)
    pid_file(home).unlink(missing_ok=True)
    return bool(pids)


def _is_ours(pid: int) -> bool:
    """Whether that id is still a process of Fanal: an id is used again by the system one day."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return _lives(pid) if not Path("/proc").is_dir() else False
    return b"fanal" in command


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


class Stopped(Exception):
    """Somebody asked to stop."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped
