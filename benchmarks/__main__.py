"""`make bench`: the kernel, the bill run and the PDF, measured one after the other in one run."""

import os
from pathlib import Path

from fanal.settings.base import FANAL_HOME

os.environ["FANAL_HOME"] = str(Path(FANAL_HOME) / "bench")
os.environ["FANAL_BENCH_DATABASE"] = "fanal"
os.environ["DJANGO_SETTINGS_MODULE"] = "fanal.settings.dev"


def main() -> None:
    """Measure everything and print it; the server used for it is stopped at the end."""
    from benchmarks import bill_run, kernel, pdf
    from fanal.doors.office import open_office
    from fanal.settings import embedded_postgres

    open_office()
    try:
        for part in (kernel, bill_run, pdf):
            part.main()
    finally:
        embedded_postgres.stop(Path(os.environ["FANAL_HOME"]))


if __name__ == "__main__":  # worker processes import this module too
    main()
