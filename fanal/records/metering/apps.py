from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "fanal.records.metering"
    label = "metering"
