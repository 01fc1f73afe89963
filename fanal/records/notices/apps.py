from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "fanal.records.notices"
    label = "notices"
