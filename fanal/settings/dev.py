"""A person's own machine, and the demo: the embedded server unless DATABASE_URL says otherwise."""

import os

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_HOME, database

SECRET_KEY = "for development only"
DEBUG = os.environ.get("FANAL_DEBUG") == "1"
DATABASES = {"default": database(FANAL_HOME)}
