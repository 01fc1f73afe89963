from django.apps import AppConfig


class ShadowConfig(AppConfig):
    name = "fanal.records.shadow"
    label = "shadow"
