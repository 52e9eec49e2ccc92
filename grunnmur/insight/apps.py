from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "grunnmur.insight"
    label = "insight"
