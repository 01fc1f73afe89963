"""Long work as a Django application: what was asked for is kept in a table."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "fanal.doors.jobs"
    label = "jobs"
