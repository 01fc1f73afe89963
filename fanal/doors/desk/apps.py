"""The desk as a Django application: its roles are created by its migration."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "fanal.doors.desk"
    label = "desk"
