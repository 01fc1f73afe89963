from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "fanal.records.journal"
    label = "journal"
