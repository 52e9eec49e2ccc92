"""The least that Django can be: one fixed page of 20 kB behind the middleware that every new project gets.

The pages are held against it. Served as `gunicorn bench.bare:application`, with the database in `DATABASE_URL`.
"""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.conninfo import conninfo_to_dict

BODY = b"<!doctype html><title>Fast side</title>" + b"<p>Den samme teksten hver gang.</p>\n" * 570
"""About 20 kB."""


def fixed(request: HttpRequest) -> HttpResponse:
    """The same bytes every time."""
    return HttpResponse(BODY)


def with_database(request: HttpRequest) -> HttpResponse:
    """The same, after one question to the database: what memory and a cold start are held against."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse(BODY)


urlpatterns = [path("", fixed), path("database/", with_database)]
given = conninfo_to_dict(os.environ["DATABASE_URL"])

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="the bare page keeps no secrets",  # noqa: S106
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": given["dbname"],
            "USER": given["user"],
            "HOST": given.get("host", ""),
            "PORT": given.get("port", ""),
            "OPTIONS": {"pool": True},
        }
    },
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
application = get_wsgi_application()
