"""`make bench-peers`: Tryton 8.2 creating and posting the same invoices, on an environment and a server of its own."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks import synthetic
from fanal.settings import embedded_postgres

HOME = (Path(os.environ.get("FANAL_HOME") or "var") / "peers").resolve()
PACKAGES = ("trytond[PostgreSQL]==8.2.*", "trytond_account_invoice==8.2.*", "proteus==8.2.*")


def main() -> None:
    """Install the peer if needed, run it, print its invoices a second beside what ours does (`make bench`)."""
    python = HOME / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    server = embedded_postgres.start(HOME / "server")
    admin = embedded_postgres.find(HOME / "server")
    admin.run("dropdb", "--if-exists", "-h", server["HOST"], "-U", server["USER"], "peers", check=True)
    environment = os.environ | {
        "PGHOST": server["HOST"],
        "PGUSER": server["USER"],
        "TRYTOND_DATABASE_URI": "postgresql:///",
        "DB_NAME": "peers",
    }
    try:
        print("Tryton 8.2 : installation de la base et de la société, une minute ou deux…", flush=True)
        script = Path(__file__).with_name("tryton_invoices.py")
        said = subprocess.run([python, script], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        created, posted = said.split()[-2:]
        both = 1 / (1 / float(created) + 1 / float(posted))
        print(f"Tryton 8.2, factures de quatre lignes et deux taxes : {created}/s créées, {posted}/s inscrites,")
        print(f"  {both:.1f}/s en tout, en un processus. Fanal : « make bench », lot de {synthetic.PERIOD_DAYS} jours.")
    finally:
        embedded_postgres.stop(HOME / "server")


if __name__ == "__main__":
    main()
