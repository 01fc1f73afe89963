from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "fanal.records.network"
    label = "network"
