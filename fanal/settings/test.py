"""The test suite: an embedded server of its own, whose data may be lost on a power cut."""

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_HOME, database

SECRET_KEY = "for tests only"
DATABASES = {"default": database(FANAL_HOME / "test", durable=False)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
