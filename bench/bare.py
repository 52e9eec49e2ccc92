"""The least that Django can be: one fixed page of 20 kB behind the middleware that every new project gets.

The pages are held against it. Served as `gunicorn bench.bare:application`.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"<!doctype html><title>Fast side</title>" + b"<p>Den samme teksten hver gang.</p>\n" * 570
"""About 20 kB."""


def fixed(request: HttpRequest) -> HttpResponse:
    """The same bytes every time."""
    return HttpResponse(BODY)


urlpatterns = [path("", fixed)]

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="the bare page keeps no secrets",  # noqa: S106
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
