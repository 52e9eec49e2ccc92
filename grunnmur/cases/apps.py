from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "grunnmur.cases"
    label = "cases"
