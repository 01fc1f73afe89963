from django.apps import AppConfig


class PremisesConfig(AppConfig):
    name = "fanal.records.premises"
    label = "premises"
