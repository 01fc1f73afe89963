"""Settings that every way of running shares. A municipality overrides by environment variables only."""

import datetime
import os
import tomllib
from pathlib import Path

from fanal.settings import database_url, embedded_postgres

BASE = Path(__file__).resolve().parents[2]
FANAL_HOME = Path(os.environ.get("FANAL_HOME") or BASE / "var")
SECRET_KEY = os.environ.get("FANAL_SECRET_KEY", "")

# The municipality whose bylaw and holidays apply (a folder of fanal/law/parameters).
PARAMETERS = BASE / "fanal" / "law" / "parameters"
FANAL_BYLAW = os.environ.get("FANAL_BYLAW", "alma")
# Who sends the bills: name, address, phones, tax registrations (utility.toml is the demo town's).
UTILITY = Path(os.environ.get("FANAL_UTILITY") or Path(__file__).with_name("utility.toml"))
if not UTILITY.is_file():
    raise SystemExit(f"FANAL_UTILITY : le fichier {UTILITY} n’existe pas.")
FANAL_UTILITY = tomllib.loads(UTILITY.read_text(encoding="utf-8"))
# A day that replaces the clock, so that the demo never ages; empty in production.
try:
    FANAL_TODAY = datetime.date.fromisoformat(day) if (day := os.environ.get("FANAL_TODAY")) else None
except ValueError:
    raise SystemExit(f"FANAL_TODAY vaut « {day} » ; une date s’écrit AAAA-MM-JJ.") from None

ROOMS = (
    "journal", "customers", "premises", "ledger", "notices", "subscriptions", "metering", "billing", "payments",
)  # fmt: skip
INSTALLED_APPS = ["django.contrib.postgres", *(f"fanal.records.{room}" for room in ROOMS)]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "fr-ca"
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = "America/Toronto"
USE_TZ = True


def database(home: Path, *, durable: bool = True) -> dict[str, object]:
    """Django's DATABASES entry: DATABASE_URL when it is given, else the embedded server of that home."""
    options = {"options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=600s -c TimeZone=UTC"}
    common = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    if not (url := os.environ.get("DATABASE_URL")):
        return common | dict(embedded_postgres.start(home, durable=durable))
    where, asked = database_url.connection(url)
    return common | where | {"OPTIONS": options | asked}
