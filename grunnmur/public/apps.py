from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "grunnmur.public"
    label = "public"
