from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "fanal.records.billing"
    label = "billing"
