from django.apps import AppConfig


class StewardshipConfig(AppConfig):
    name = "grunnmur.stewardship"
    label = "stewardship"
