"""`make bench`: the kernel, the bill run, a rehearsal and the PDF, measured one after the other in one run."""

import os
from pathlib import Path

# A server and a database of its own, chosen before any setting is read: what is measured is dropped and built again.
HOME = Path(os.environ.get("FANAL_HOME") or "var").resolve()
HOME = HOME if HOME.name == "bench" else HOME / "bench"  # a worker process comes here with it chosen
os.environ.pop("DATABASE_URL", None)
os.environ.update(FANAL_HOME=str(HOME), DJANGO_SETTINGS_MODULE="fanal.settings.dev")


def main() -> None:
    """Measure everything and print it; the server used for it is stopped at the end."""
    from benchmarks import bill_run, kernel, pdf, rehearsal
    from fanal.doors import office
    from fanal.settings import embedded_postgres

    office.migrate()
    try:
        for part in (kernel, bill_run, rehearsal, pdf):
            part.main()
    finally:
        embedded_postgres.stop(HOME)


if __name__ == "__main__":  # worker processes import this module too
    main()
