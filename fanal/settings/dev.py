"""A person's own machine, and the demo: the embedded server unless DATABASE_URL says otherwise."""

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_HOME, database

SECRET_KEY = "for development only"
DEBUG = True
DATABASES = {"default": database(FANAL_HOME)}
