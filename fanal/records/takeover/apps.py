from django.apps import AppConfig


class TakeoverConfig(AppConfig):
    name = "fanal.records.takeover"
    label = "takeover"
