from django.apps import AppConfig


class LogConfig(AppConfig):
    name = "grunnmur.log"
    label = "log"
