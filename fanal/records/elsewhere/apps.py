from django.apps import AppConfig


class ElsewhereConfig(AppConfig):
    name = "fanal.records.elsewhere"
    label = "elsewhere"
