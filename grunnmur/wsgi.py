"""The WSGI application, after a check that the wall of row-level security stands."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grunnmur.settings")
application = get_wsgi_application()

from grunnmur.cases import startup  # noqa: E402  # Django must be set up first

startup.refuse_to_start_with_faults()
