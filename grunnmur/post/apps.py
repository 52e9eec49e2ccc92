from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "grunnmur.post"
    label = "post"
