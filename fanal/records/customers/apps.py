from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "fanal.records.customers"
    label = "customers"
