from django.apps import AppConfig


class FamilyConfig(AppConfig):
    name = "grunnmur.family"
    label = "family"
