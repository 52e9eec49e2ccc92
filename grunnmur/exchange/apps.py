from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "grunnmur.exchange"
    label = "exchange"
