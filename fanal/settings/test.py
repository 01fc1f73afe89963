"""The test suite: an embedded server of its own, whose data may be lost on a power cut."""

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_HOME, database

SECRET_KEY = "for tests only"
DATABASES = {"default": database(FANAL_HOME / "test", durable=False)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
FANAL_DEMO_LOGINS = FANAL_SHOWS_STYLES = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ACCOUNT_RATE_LIMITS = False
