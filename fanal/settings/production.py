"""A municipality's server: secrets come from the environment, and their absence stops the start."""

import os

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_HOME, database

if not (SECRET_KEY := os.environ.get("FANAL_SECRET_KEY", "")):
    raise SystemExit("FANAL_SECRET_KEY manque : donner une longue valeur secrète.")
DEBUG = False
DATABASES = {"default": database(FANAL_HOME)}
