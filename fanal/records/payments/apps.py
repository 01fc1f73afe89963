from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "fanal.records.payments"
    label = "payments"
