from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "grunnmur.directory"
    label = "directory"
