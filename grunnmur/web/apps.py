from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "grunnmur.web"
    label = "web"
