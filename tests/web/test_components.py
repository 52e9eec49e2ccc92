"""The page frame, the component macros and the style guide, rendered and read as a parsed page."""

import itertools
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django import forms
from jinja2 import FileSystemLoader, UndefinedError

import grunnmur
from grunnmur.web import styleguide
from grunnmur.web.fields import Field, field_of
from grunnmur.web.jinja import environment

WEB = Path(grunnmur.__file__).parent / "web"
TEMPLATES = WEB / "templates"
ENVIRONMENT = environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
UI = '{% import "components.html" as ui %}'


def parse(source: str, **context: object) -> BeautifulSoup:
    """A template's text, rendered and parsed."""
    return BeautifulSoup(ENVIRONMENT.from_string(source).render(context), "html.parser")


def component(call: str, **context: object) -> BeautifulSoup:
    """One macro call such as `tag("ny")`, rendered and parsed."""
    return parse(UI + "{{ ui." + call + " }}", **context)


@pytest.fixture(scope="module")
def guide() -> BeautifulSoup:
    return BeautifulSoup(ENVIRONMENT.get_template("styleguide.html").render(styleguide.context()), "html.parser")


# --- the style guide: every component at once ----------------------------------------------------------------


def test_the_style_guide_shows_every_component(guide):
    shown = (TEMPLATES / "styleguide.html").read_text(encoding="utf-8")
    macros = re.findall(r"{% macro ([a-z]\w*)\(", (TEMPLATES / "components.html").read_text(encoding="utf-8"))
    by_other_means = {"hidden_inputs"} | {f"field_{field.kind}" for field in styleguide.FIELDS}
    assert {name for name in macros if f"ui.{name}(" not in shown} - by_other_means == set()


def test_the_strict_policy_holds_nothing_inline(guide):
    assert guide.select("style, script:not([src]), [style]") == []
    assert [tag.name for tag in guide.find_all(True) for name in tag.attrs if name.startswith("on")] == []


def test_ids_are_unique_and_every_reference_leads_somewhere(guide):
    ids = [tag["id"] for tag in guide.select("[id]")]
    assert sorted(ids) == sorted(set(ids))
    references = {tag["for"] for tag in guide.select("label[for]")}
    references |= {tag["href"][1:] for tag in guide.select("a[href^='#']") if tag["href"] != "#"}
    for attribute in ("aria-describedby", "aria-labelledby"):
        references |= {name for tag in guide.select(f"[{attribute}]") for name in tag[attribute].split()}
    assert references - set(ids) == set()


def test_headings_go_down_one_step_at_a_time(guide):
    levels = [int(tag.name[1]) for tag in guide.select("main :is(h1, h2, h3, h4)")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_input_has_a_label(guide):
    labelled = {tag["for"] for tag in guide.select("label[for]")}
    inputs = guide.select("input:not([type=hidden]), textarea, select")
    assert len(inputs) > 10
    assert {tag["id"] for tag in inputs} - labelled == set()


def test_every_class_of_ours_is_styled_and_every_style_is_used():
    css = (WEB / "static" / "grunnmur.css").read_text(encoding="utf-8")
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    styled = set(re.findall(r"\.(g-[\w-]+)", css))
    used = {name for names in re.findall(r'class="([^"]*)"', pages) for name in re.findall(r"\bg-[\w-]+", names)}
    assert used == styled


# --- the frame -----------------------------------------------------------------------------------------------


def test_a_page_for_strangers_has_the_neutral_title_and_no_menu():
    page = parse('{% extends "base.html" %}')
    assert page.title.text == "Grunnmur"
    assert page.select("nav, form") == []
    assert page.select_one("body > a")["href"] == "#" + page.main["id"]
    urgent = ["tel:113", "tel:116117", "tel:116111"]
    assert [link["href"] for link in page.select("footer a")] == [*urgent, "/hjelp/", "/tilgjengelighet/nb/"]


def test_the_frame_says_who_one_is_and_when_one_is_logged_out(guide):
    me = guide.select_one(".g-me").get_text(" ", strip=True)
    assert "Kari Lunde" in me
    assert "Grimstad barneverntjeneste" in me
    assert "om 14 min" in me
    assert guide.select_one(".g-me form")["method"] == "post"
    assert "(7 barn)" in guide.select_one(".g-nav").text


def test_the_title_of_a_page_tells_nothing_of_the_child(guide):
    assert "Anna" in guide.h1.text
    assert "Anna" not in guide.title.text


# --- fields --------------------------------------------------------------------------------------------------

KINDS = ("text", "textarea", "date", "select", "radio", "checkbox", "check", "password")
CHOICES = (("ja", "Ja", "Hun vil"), ("nei", "Nei", ""))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_stands_at_its_field_and_leads_there_from_the_summary(kind):
    field = Field(name="svar", label="Svar", kind=kind, choices=CHOICES, hint="Skriv kort.", error="Skriv et svar.")
    page = parse(UI + "{{ ui.error_summary([f]) }}{{ ui.field(f) }}", f=field)
    target = page.select_one(page.select_one(".ds-error-summary a")["href"])
    assert target.name in ("input", "textarea", "select")
    assert target["aria-invalid"] == "true"
    described = target if kind not in ("radio", "checkbox") else page.fieldset
    texts = [page.find(id=name).get_text() for name in described["aria-describedby"].split()]
    assert "Skriv kort." in texts[0]
    assert texts[1] == "Feil: Skriv et svar."


def test_faults_with_the_same_words_say_which_field_each_is_about():
    labels = ("Hva heter det?", "Lov", "Når?")
    errors = ("Fyll ut.", "Fyll ut.", "Skriv datoen.")
    fields = [
        Field(name=f"f{n}", label=label, kind="text", error=error)
        for n, (label, error) in enumerate(zip(labels, errors, strict=True))
    ]
    page = parse(UI + "{{ ui.error_summary(fields) }}", fields=fields)
    assert [one.get_text() for one in page.select(".ds-error-summary a")] == [
        "Hva heter det? Fyll ut.",
        "Lov: Fyll ut.",
        "Skriv datoen.",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_without_fault_says_nothing_of_faults(kind):
    page = component("field(f)", f={"name": "svar", "label": "Svar", "kind": kind, "choices": CHOICES})
    assert page.select("[aria-invalid], .ds-validation-message, .g-optional") == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_optional_field_says_so_and_is_not_required(kind):
    page = component("field(f)", f=Field(name="svar", label="Svar", kind=kind, choices=CHOICES, required=False))
    said = [] if kind == "check" else ["(valgfritt)"]
    assert [one.text for one in page.select(".g-optional")] == said
    assert page.select("[aria-required], [required]") == []


@pytest.mark.parametrize(
    ("kind", "value", "selector"),
    [
        ("text", '"><script>', 'input[value*="<script>"]'),
        ("textarea", "</textarea>\n<b>", "textarea"),
        ("date", "31.11.2026", 'input[value="31.11.2026"]'),
        ("select", "nei", 'option[value="nei"][selected]'),
        ("radio", "nei", 'input[value="nei"][checked]'),
        ("checkbox", ["nei"], 'input[value="nei"][checked]'),
        ("check", "on", "input[checked]"),
    ],
)
def test_what_was_typed_is_kept_and_never_becomes_markup(kind, value, selector):
    page = component("field(f)", f=Field(name="svar", label="Svar", kind=kind, choices=CHOICES, value=value))
    assert len(page.select(selector)) == 1
    assert len(page.select(":checked, [checked], [selected]")) == (kind not in ("text", "textarea", "date"))
    assert page.select("script, b") == []
    if kind == "textarea":
        assert page.textarea.text.strip() == value


def test_a_password_is_not_sent_back():
    assert "hemmelig" not in str(component("field(f)", f=Field(name="p", label="P", kind="password", value="hemmelig")))


def test_a_date_is_typed_as_text():
    page = component("field(f)", f=Field(name="on", label="Når", kind="date"))
    assert (page.input["type"], page.input["inputmode"]) == ("text", "numeric")
    assert page.find(id=page.input["aria-describedby"]).text == "Skriv dd.mm.åååå"


def test_no_fault_no_summary():
    assert component("error_summary(fields)", fields=styleguide.FIELDS).text.strip() == ""


def test_a_form_carries_its_three_tokens():
    page = parse(UI + '{% call ui.form("/x/", "csrf", once_token="once", version=0) %}{% endcall %}')
    assert {tag["name"]: tag["value"] for tag in page.select("input[type=hidden]")} == {
        "csrfmiddlewaretoken": "csrf",
        "once_token": "once",
        "version": "0",
    }
    assert page.form.has_attr("novalidate")


class MeetingForm(forms.Form):
    """A form with one field of each kind that `field_of` tells apart."""

    on = forms.DateField(label="Når", input_formats=["%d.%m.%Y"])
    how = forms.ChoiceField(label="Hvordan", choices=[("video", "Video")], widget=forms.RadioSelect)
    who = forms.MultipleChoiceField(
        label="Hvem", choices=[("1", "Fastlege"), ("2", "ABUP")], widget=forms.CheckboxSelectMultiple, required=False
    )
    place = forms.CharField(label="Sted", max_length=80, required=False, help_text="Adresse")
    notes = forms.CharField(label="Notat", widget=forms.Textarea)
    length = forms.ChoiceField(label="Lengde", choices=[("30", "30 min")])
    told = forms.BooleanField(label="Fortalt", required=False)


def test_a_django_form_gives_its_fields_with_what_was_typed():
    form = MeetingForm({"on": "31.11.2026", "who": ["2"], "told": "on"})
    fields = {bound.name: field_of(bound) for bound in form}
    assert {name: field.kind for name, field in fields.items()} == {
        "on": "date",
        "how": "radio",
        "who": "checkbox",
        "place": "text",
        "notes": "textarea",
        "length": "select",
        "told": "check",
    }
    assert fields["on"].value == "31.11.2026"
    assert fields["on"].error
    assert fields["who"].value == ["2"]
    assert fields["who"].choices == (("1", "Fastlege", ""), ("2", "ABUP", ""))
    assert fields["place"] == Field(name="place", label="Sted", hint="Adresse", required=False, max_length=80)
    assert fields["told"].value


def test_a_date_that_the_program_fills_in_is_norwegian():
    assert field_of(MeetingForm(initial={"on": date(2026, 11, 6)})["on"]).value == "06.11.2026"


# --- the other components ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call", ["button('Avslutt', disabled_because=why)", "button_link('Se', '/x/', disabled_because=why)"]
)
def test_a_button_that_cannot_be_used_says_why(call):
    page = component(call, why="To henvisninger venter på svar.")
    button = page.select_one(".ds-button")
    assert button["aria-disabled"] == "true"
    assert page.find(id=button["aria-describedby"]).text == "To henvisninger venter på svar."
    assert not button.has_attr("disabled")  # the keyboard must reach it
    assert not button.has_attr("href")
    assert button.get("type", "button") == "button"  # and it sends nothing


@pytest.mark.parametrize(
    ("states", "onward"),
    [
        (["now", "ahead", "ahead"], ["half", "ahead", "none"]),
        (["done", "now", "begun", "ahead"], ["full", "full", "half", "none"]),
        (["done", "done"], ["full", "none"]),
        (["now", "ahead", "begun", "ahead"], ["half", "full", "half", "none"]),
    ],
)
def test_the_phase_line_is_walked_as_far_as_something_is_begun(states, onward):
    phases = [{"number": number, "name": "Fase", "state": state} for number, state in enumerate(states)]
    line = component("phase_line(phases)", phases=phases)
    words = {"done": "Ferdig", "now": "Nå", "begun": "I gang", "ahead": "Ikke begynt"}
    assert [item["data-onward"] for item in line.select("li")] == onward
    assert [item.text for item in line.select(".g-phase__state")] == [words[state] for state in states]
    assert len(line.select("[aria-current=step]")) == states.count("now")


def test_a_table_says_its_headings_again_for_narrow_screens():
    table = component("table('Plan', ['Hva', 'Hvem'], [('Time', 'Fastlege'), ('Samtale', 'Du')])")
    assert [cell.text for cell in table.select("tbody th span:last-child")] == ["Time", "Samtale"]
    assert [cell.text for cell in table.select("tbody tr:first-child .g-table__label")] == ["Hva", "Hvem"]


def test_the_pager_stands_only_where_there_is_more():
    assert component("pager('')").text.strip() == ""
    assert component("pager('?etter=7')").a["href"] == "?etter=7"


# --- filters -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "value", "shown"),
    [
        ("{{ x|dato }}", date(2026, 11, 6), "06.11.2026"),
        ("{{ x|dato_kort }}", date(2026, 11, 6), "06.11."),
        ("{{ x|ukedag }}", date(2026, 11, 26), "torsdag"),
        ("{{ x|dato }} {{ x|klokke }}", datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "26.11.2026 00.30"),
        ("{{ x|dato }} {{ x|klokke }}", datetime(2026, 7, 1, 7, 5, tzinfo=UTC), "01.07.2026 09.05"),
        ("{{ x|anchor }}", "Send påminnelse på Røros", "send-paminnelse-pa-roros"),
    ],
)
def test_dates_and_times_are_norwegian(template, value, shown):
    assert parse(template, x=value).text == shown


def test_an_unknown_name_in_a_template_is_an_error():
    with pytest.raises(UndefinedError):
        parse("{{ samtykke }}")
