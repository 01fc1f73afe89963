from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "fanal.records.ledger"
    label = "ledger"
