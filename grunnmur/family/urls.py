"""The addresses of the child's and the parents' own pages. None of them, and no title, tells what they are about."""

from django.urls import path

from grunnmur.family import coming_in, pages, preview, writing
from grunnmur.web.views import session

urlpatterns = [
    path("min-side/", pages.my_page, name="my_page"),
    path("min-side/hvem/", pages.with_me, name="with_me"),
    path("min-side/ja-og-nei/", pages.my_consents, name="my_consents"),
    path("min-side/ja-og-nei/<uuid:consent_id>/", writing.answer, name="answer_question_of_mine"),
    path("min-side/ja-og-nei/<uuid:consent_id>/tilbake/", writing.withdraw, name="take_back_my_yes"),
    path("min-side/mote/<uuid:meeting_id>/", writing.my_words, name="my_words"),
    path("min-side/mote/<uuid:meeting_id>/enkelt/", writing.my_words_simply, name="my_words_simply"),
    path("min-side/for-vi-slutter/", writing.before_closing, name="before_closing"),
    path("min-side/for-vi-slutter/enkelt/", writing.before_closing_simply, name="before_closing_simply"),
    path("min-side/etterpa/<uuid:item>/", writing.how_was_it, name="how_was_it"),
    path("min-side/steg/", pages.steps, name="my_steps"),
    path("min-side/videre/", pages.onward, name="onward"),
    path("min-side/videre/papir/", pages.onward_on_paper, name="onward_on_paper"),
    path("min-side/sett/", pages.looked, name="looked"),
    path("min-side/sett/<uuid:look_id>/", writing.ask_about_look, name="ask_about_look"),
    path("min-side/skrevet/", pages.written, name="written"),
    path("min-side/skrevet/papir/", pages.written_on_paper, name="written_on_paper"),
    path("min-side/skrevet/data/", pages.written_as_data, name="written_as_data"),
    path("min-side/skriv/", writing.letters, name="letters"),
    path("min-side/inn/", coming_in.come_in, name="come_in"),
    path("min-side/inn/<slug:key>/", coming_in.start, name="come_in_with"),
    path("min-side/igjen/", coming_in.ask_again, name="come_in_again"),
    path("min-side/tilbake/", coming_in.back, name="come_in_back"),
    path("min-side/velg/", coming_in.choose, name="come_in_to"),
    path("min-side/kode/", coming_in.activate, name="activate"),
    path("min-side/fortsett/", session.stay_logged_in, name="stay_inside"),
    path("min-side/ut/", coming_in.leave_fast, name="leave_fast"),
    path("min-side/logg-ut/", coming_in.leave, name="leave"),
    path("barn/<uuid:child_id>/tilgang/person/<uuid:identity>/slik/", preview.as_seen, name="as_seen"),
]
