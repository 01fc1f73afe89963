from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "fanal.records.subscriptions"
    label = "subscriptions"
