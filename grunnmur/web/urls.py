"""Every address, in Norwegian; no name, number or health word in any of them."""

from django.urls import URLPattern, URLResolver, path

from grunnmur.web.views import (
    assess,
    basis,
    children,
    errors,
    initiatives,
    national_file,
    pathway,
    persona,
    session,
    work,
)

# Names whose pages are being built by others right now; whoever adds the real line removes the name here.
WAITING = ["consents", "record_consent", "hand_over", "meetings", "call_meeting", "plan", "health",
           "close_pathway", "reactivate"]
urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"venter/{name}/<uuid:pathway_id>/", pathway.pathway, name=name) for name in WAITING),
    path("", work.work, name="work"),
    path("ikke-vurdert/", work.not_assessed, name="not_assessed"),
    path("sok/", work.search, name="search"),
    path("les-inn/", national_file.read_files, name="read_files"),
    path("logg-inn/", session.log_in, name="log_in"),
    path("logg-inn/tjeneste/", session.choose_membership, name="choose_membership"),
    path("logg-ut/", session.log_out, name="log_out"),
    path("demo/", persona.choose_persona, name="choose_persona"),
    path("stilguide/", persona.styleguide, name="styleguide"),
    path("barn/nytt/", children.register_child, name="register_child"),
    path("barn/<uuid:child_id>/", children.child, name="child"),
    path("barn/<uuid:child_id>/endre/", children.edit_child, name="edit_child"),
    path("barn/<uuid:child_id>/person/", children.add_person, name="add_person"),
    path("barn/<uuid:child_id>/person/<uuid:identity>/", children.edit_person, name="edit_person"),
    path("barn/<uuid:child_id>/bosted/", children.place_child, name="place_child"),
    path("barn/<uuid:child_id>/sak/", children.set_status, name="set_status"),
    path("barn/<uuid:child_id>/vurdering/", children.open_pathway, name="open_pathway"),
    path("barn/<uuid:child_id>/initiativ/", initiatives.send_initiative, name="send_initiative"),
    path(
        "barn/<uuid:child_id>/initiativ/<uuid:initiative_id>/svar/",
        initiatives.answer_initiative,
        name="answer_initiative",
    ),
    path("barna-hos-oss/", initiatives.our_children, name="our_children"),
    path("forlop/<uuid:pathway_id>/", pathway.pathway, name="pathway"),
    path("forlop/<uuid:pathway_id>/vurdering/", assess.assess, name="assess"),
    path("forlop/<uuid:pathway_id>/samtale/", basis.record_conversation, name="record_conversation"),
    path("forlop/<uuid:pathway_id>/egne-ord/", basis.record_own_words, name="record_own_words"),
    path("forlop/<uuid:pathway_id>/grunnlag/", basis.basis, name="basis"),
    path("forlop/<uuid:pathway_id>/grunnlag/spor/", basis.ask_for_information, name="ask_for_information"),
    path("forlop/<uuid:pathway_id>/grunnlag/svar/", basis.receive_information, name="receive_information"),
    path("forlop/<uuid:pathway_id>/grunnlag/<slug:what>/", basis.record_observation, name="record_observation"),
]

handler404 = errors.not_found
handler500 = errors.server_error
