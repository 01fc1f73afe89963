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

HOST, PORT = "127.0.0.1", 8620
WORKERS = 2
READY_SECONDS, PATIENCE_SECONDS = 30, 10


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
    """Start server and worker, say when it is ready, and wait; 0 when stopped, 1 when a child failed."""
    address = f"http://{HOST}:{port}/"
    signal.signal(signal.SIGTERM, _stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        children += [_start(*_web(port), home=home), _start("-m", "fanal.doors.jobs.worker", home=home)]
        ids = {"command": os.getpid(), "children": [it.pid for it in children], "address": address}
        pid_file(home).write_text(json.dumps(ids), encoding="utf-8")
        if not _answers(address, children):
            print(f"Le bureau n’a pas démarré : voir {home / 'desk.log'}.", file=sys.stderr)
            return 1
        ready(address)
        while all(it.poll() is None for it in children):
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


def _web(port: int) -> tuple[str, ...]:
    return (
        "-m", "gunicorn", "fanal.doors.desk.wsgi", "--workers", str(WORKERS), "--bind", f"{HOST}:{port}",
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
