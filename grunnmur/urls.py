"""Every address of the house: staff's, the family's, and those that are open to anyone."""

from django.urls import URLPattern, URLResolver

from grunnmur.family import preview
from grunnmur.family.urls import urlpatterns as family
from grunnmur.web import ahead
from grunnmur.web import urls as staff

urlpatterns: list[URLPattern | URLResolver] = [*staff.urlpatterns, *family]

handler400 = staff.handler400
handler404 = staff.handler404
handler500 = staff.handler500

ahead.drawn_by(preview.ahead)
