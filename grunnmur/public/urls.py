"""The addresses that are open to anyone. What was asked is never in one: it is sent, and answered in the page."""

from django.urls import path

from grunnmur.public import accessibility, chart, data, turn

urlpatterns = [
    path("hjelp/", turn.turn, name="turn"),
    path("hjelp/data/", data.services, name="open_data"),
    path("hjelp/data/<slug:place>/", data.services, name="open_data_of"),
    path("hjelp/kart/<slug:language>/", chart.region, name="region_map"),
    path("hjelp/kart/<slug:language>/<slug:place>/", chart.municipality, name="responsibility_map"),
    path("hjelp/<slug:language>/", turn.turn, name="turn_in"),
    path("hjelp/<slug:language>/<slug:place>/", turn.turn, name="turn_here"),
    path("hjelp/<slug:language>/<slug:place>/ramme/", turn.framed, name="turn_framed"),
    path("tilgjengelighet/<slug:language>/", accessibility.accessibility, name="accessibility"),
]
