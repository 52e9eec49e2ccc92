"""The three meetings: seeing them, calling, moving, cancelling, answering, and writing the minutes."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.access import Refused
from grunnmur.cases.actions import meetings as acts
from grunnmur.cases.actions.meetings import NOT_INVITED, NOT_THERE, DecidedTask
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries import experiences, letters, times
from grunnmur.cases.queries import meetings as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.meetings import MeetingNow, Meetings
from grunnmur.cases.queries.plans import Someone, who_is_around, who_takes_part
from grunnmur.cases.queries.sent_links import list_links
from grunnmur.cases.terms import AttendanceAnswer, ChildParticipation, InformationKind, MeetingKind, MinutesSays
from grunnmur.clock import OSLO
from grunnmur.exchange import calendar
from grunnmur.web import ahead, forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.files import attachment
from grunnmur.web.jinja import dato, klokke
from grunnmur.web.views.siblings import elsewhere
from grunnmur.web.who import IdsField, WhoField, offer

TASK_ROWS = 5
"""As many tasks as one page of minutes has room for; more are set in the plan."""
THE_MEETING = {
    MeetingKind.AVKLARINGSMOTE: gettext_lazy("avklaringsmøtet"),
    MeetingKind.OPPSTARTSMOTE: gettext_lazy("oppstartsmøtet"),
    MeetingKind.STATUSMOTE: gettext_lazy("statusmøtet"),
}
ABOUT = {
    MeetingKind.AVKLARINGSMOTE: gettext_lazy("Med barnet og foreldrene: hvilken hjelp, og hvem dere kan kontakte."),
    MeetingKind.OPPSTARTSMOTE: gettext_lazy("Med helsetjenestene: hvem kartlegger hva, og hvem gjør hva."),
    MeetingKind.STATUSMOTE: gettext_lazy("Så ofte det trengs: hvordan går det, og skal hjelpen justeres?"),
}


def meetings(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The child's own words first; then what waits, what can be called, and what came of the meetings held."""
    found = queries.get_meetings(actor_of(request), pathway_id)
    return render(
        request,
        "meetings.html",
        {
            "meetings": found,
            "case": found.case,
            "kinds": _kinds(found),
            "links": list_links(found.case, _asked_about(found)) if found.case.is_owner else {},
            "to_ask_about": experiences.to_ask_about(
                found.case, [(one.meeting_id, one.minutes.held_on) for one in found.held if one.minutes]
            ),
            "may_hear": bool(found.words or found.case.kinds & InformationKind.OWN_WORDS),
        },
    )


def _asked_about(found: Meetings) -> list[UUID]:
    """What links can have been sent about: minutes, invitations to what is to come, and times."""
    return [
        *(one.minutes.held_id for one in found.held if one.minutes),
        *(each.invitation_id for one in found.coming for each in one.invited),
        *(each.asked_id for one in found.polls for each in one.asked),
    ]


def _kinds(found: Meetings) -> list[dict[str, Any]]:
    """Each kind of meeting: who is invited, by when it is held, and why it cannot be called when it cannot."""
    case = found.case
    steps = {step.meeting: step for step in case.steps() if step.key == "call_meeting"}
    first = next(iter(steps), None)
    kinds = []
    for meeting in case.edition.meetings:
        kind = MeetingKind(meeting.key)
        step = steps.get(kind)
        waits = any(item.kind is kind for item in found.coming)
        because = case.why_not("meetings.call")
        if not because and waits and not meeting.repeats:
            because = _("Dere har alt kalt inn til dette møtet.")
        elif not because and kind is MeetingKind.OPPSTARTSMOTE and len(who_takes_part(case)) < 2:
            because = _("Ingen tjeneste har samtykke ennå. Spør om samtykke først.")
        due = ""
        if step and step.due_on:
            due = _("Bør holdes innen %(on)s (%(rule)s).") % {
                "on": dato(step.due_on),
                "rule": definitions().deadline(step.deadline).text(),
            }
        kinds.append(
            {
                "kind": kind,
                "about": ABOUT[kind],
                "due": due,
                "is_late": bool(step and step.is_late(case.today)),
                "is_next": kind is first,
                "because": because,
                "url": reverse("call_meeting", kwargs={"pathway_id": case.pathway.pk}) + f"?type={kind.value}",
                "times_url": ""
                if because or len(who_takes_part(case)) < 2
                else reverse("propose_times", kwargs={"pathway_id": case.pathway.pk}) + f"?type={kind.value}",
            }
        )
    return kinds


def _page(case: Case) -> dict[str, Any]:
    """What every page under the meetings shares: whose case, the way back up, and where one goes afterwards."""
    back = reverse("meetings", kwargs={"pathway_id": case.pathway.pk})
    name = case.child.name or _("Barn uten navn")
    return {
        "lead": _("%(name)s, %(n)s år") % {"name": name, "n": case.age},
        "back": back,
        "context": {"crumbs": case_crumbs(case, (_("Møter"), back)), "case": case},
    }


def meeting_calendar(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """The meeting as a file for a calendar: when, and where to read the rest."""
    case = get_case(actor_of(request), pathway_id, page="meeting_calendar")
    found = queries.get_appointment(case, meeting_id)
    entry = calendar.Entry(
        uid=found.first_id,
        number=found.changes,
        starts_at=found.starts_at,
        is_off=found.is_off,
        changed_at=found.changed_at,
    )
    page = request.build_absolute_uri(reverse("meetings", kwargs={"pathway_id": pathway_id}))
    answer = HttpResponse(
        calendar.write(entry, title=_("Møte"), page=page), content_type="text/calendar; charset=utf-8"
    )
    return attachment(answer, name=calendar.NAME)


# --- calling and moving -----------------------------------------------------------------------------------------


class CallForm(forms.ActForm):
    starts_at = forms.DateField(label=gettext_lazy("Dato"))
    clock = forms.ClockField(label=gettext_lazy("Klokkeslett"))
    place = django_forms.CharField(
        label=gettext_lazy("Sted"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Rom og adresse, eller hvordan man blir med på video."),
    )
    is_video = django_forms.BooleanField(label=gettext_lazy("Møtet er på video"), required=False)
    child_invited = django_forms.BooleanField(
        label=gettext_lazy("Barnet er invitert"),
        required=False,
        help_text=gettext_lazy("Barnet har rett til å ta del. Er barnet ikke med, så ta med det barnet har sagt."),
    )
    related_people = IdsField(gettext_lazy("Rundt barnet"))
    services = IdsField(
        gettext_lazy("Tjenester"),
        help_text=gettext_lazy("Bare tjenester som noen har samtykket til, står her."),
    )
    agenda = forms.long_text(
        gettext_lazy("Saker"),
        required=False,
        help_text=gettext_lazy("Én på hver linje. Alle som er invitert, ser dem."),
    )

    def clean(self) -> dict[str, Any]:
        """The time of day is one that there is that day."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "starts_at" in data and "clock" in data and forms.is_skipped(data["starts_at"], data["clock"]):
            self.add_error("clock", forms.SKIPPED)
        return data


def call_meeting(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Call one of the meetings; the kind comes from the link, the agenda from the edition."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="call_meeting")
    check_first(request, case, "meetings.call")
    kind = _kind_of(request, case)
    form = _call_form(request, case, kind, initial=_proposal(case, kind) | _chosen_time(request, case))
    return _perform_call(request, case, form=form, kind=kind, moved=None)


def move_meeting(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Put the meeting to another time; who was invited is proposed again, and answers again."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="move_meeting")
    check_first(request, case, "meetings.move")
    meeting = queries.get_meeting(case, meeting_id)
    if over := _over(request, case, meeting):
        return over
    form = _call_form(request, case, meeting.kind, initial=_as_it_stands(case, meeting))
    return _perform_call(request, case, form=form, kind=meeting.kind, moved=meeting)


def _kind_of(request: HttpRequest, case: Case) -> MeetingKind:
    """The kind that was asked for, or the one that is next."""
    asked = request.POST.get("meeting") or request.GET.get("type", "")
    if asked in MeetingKind.values:
        return MeetingKind(asked)
    waits = (step.meeting for step in case.steps() if step.key == "call_meeting" and step.meeting)
    return next(waits, MeetingKind.STATUSMOTE)


def _call_form(request: HttpRequest, case: Case, kind: MeetingKind, *, initial: dict[str, Any]) -> CallForm:
    form = CallForm(request.POST or None, initial=initial)
    offer(form, "services", _others(case))
    offer(form, "related_people", who_is_around(case))
    if kind is MeetingKind.OPPSTARTSMOTE:
        form.fields["services"].required = True
        form.fields["services"].error_messages["required"] = _(
            "Oppstartsmøtet er mellom barnevernet og helsetjenestene. Inviter minst én tjeneste."
        )
    return form


def _others(case: Case) -> list[Someone]:
    """The services that can be invited: those that take part, but not the owner itself."""
    return [one for one in who_takes_part(case) if str(one.id) != case.facts.owner]


def _proposal(case: Case, kind: MeetingKind) -> dict[str, Any]:
    """What the edition says of who is invited to this kind of meeting, and what it is about."""
    meeting = case.edition.meeting(kind)
    roles = [case.edition.role(key) for key in meeting.invited]
    parents = any(role.person == "parent" for role in roles)
    return {
        "child_invited": any(role.person == "child" for role in roles),
        "related_people": [str(one.id) for one in who_is_around(case) if parents and one.is_parent],
        "services": [str(one.id) for one in _others(case) if any(role.services for role in roles)],
        "agenda": "\n".join(point.label for point in meeting.agenda),
    }


def _chosen_time(request: HttpRequest, case: Case) -> dict[str, Any]:
    """The time that was chosen among those that were asked about, and those who were asked."""
    wanted = request.GET.get("tid", "")
    found = times.find_time(case, wanted) if wanted else None
    if found is None:
        return {}
    poll, time = found
    return {
        "starts_at": time.starts_at.astimezone(OSLO).date(),
        "clock": klokke(time.starts_at),
        "services": [str(one.service_id) for one in poll.asked],
    }


def _as_it_stands(case: Case, meeting: MeetingNow) -> dict[str, Any]:
    may = {one.id for one in _others(case)}
    return {
        "place": meeting.place,
        "is_video": meeting.is_video,
        "child_invited": meeting.child_invited,
        "related_people": [str(guest.person_id) for guest in meeting.guests],
        "services": [str(item.service_id) for item in meeting.invited if item.service_id in may],
        "agenda": "\n".join(meeting.agenda),
    }


def _perform_call(
    request: HttpRequest, case: Case, *, form: CallForm, kind: MeetingKind, moved: MeetingNow | None
) -> HttpResponse:
    page = _page(case)
    out = [item.name for item in moved.invited if item.is_out] if moved else []
    page["context"] |= {"kind": kind, "moved": moved, "out": out, "words": queries.list_words(case)}
    return perform(
        request,
        form=form,
        run=lambda data: acts.call(
            actor=case.actor,
            pathway_id=case.pathway.pk,
            once=once_of(request),
            meeting=kind,
            starts_at=forms.at_oslo(data.pop("starts_at"), data.pop("clock")),
            moved_from_id=moved.meeting_id if moved else None,
            **data,
        ),
        title=(_("Flytt %(meeting)s") if moved else _("Kall inn til %(meeting)s"))
        % {"meeting": THE_MEETING[kind] if moved else str(kind.label).lower()},
        button=_("Flytt møtet") if moved else _("Kall inn"),
        done=_("Møtet er flyttet. De inviterte må svare på nytt.") if moved else _("Dere har kalt inn til møtet."),
        template="meeting_form.html",
        **page,
    )


def _over(request: HttpRequest, case: Case, meeting: MeetingNow) -> HttpResponse | None:
    """Back to the meetings, with a sentence, when the form of an act is opened for a meeting that no longer waits."""
    if meeting.is_pending or request.method == "POST":
        return None
    notices.info(request, _("Møtet er alt holdt, flyttet eller avlyst."))
    return redirect("meetings", pathway_id=case.pathway.pk)


# --- cancelling -------------------------------------------------------------------------------------------------


class CancelForm(forms.ActForm):
    reason = forms.long_text(
        gettext_lazy("Hvorfor blir møtet ikke noe av?"),
        help_text=gettext_lazy("Alle som var invitert, ser det du skriver."),
    )


def cancel_meeting(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Call the meeting off, with a reason."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="cancel_meeting")
    check_first(request, case, "meetings.cancel")
    meeting = queries.get_meeting(case, meeting_id)
    if over := _over(request, case, meeting):
        return over
    page = _page(case)
    page["context"] |= {"meeting": meeting}
    return perform(
        request,
        form=CancelForm(request.POST or None),
        run=lambda data: acts.cancel(
            actor=actor, pathway_id=pathway_id, once=once_of(request), meeting_id=meeting_id, **data
        ),
        title=_("Avlys møtet"),
        button=_("Avlys møtet"),
        danger=True,
        done=_("Møtet er avlyst."),
        template="meeting_cancel.html",
        **page,
    )


# --- answering --------------------------------------------------------------------------------------------------


class ReplyForm(forms.ActForm):
    answer = forms.choice(
        gettext_lazy("Kommer dere?"),
        [
            (answer.value, answer.label)
            for answer in (AttendanceAnswer.ACCEPTED, AttendanceAnswer.DECLINED, AttendanceAnswer.WRITES)
        ],
        radio=True,
    )
    written = forms.long_text(
        gettext_lazy("Det dere vil si"),
        required=False,
        help_text=gettext_lazy(
            "Alle som er med i forløpet, kan lese det. Skriv ikke mer om helsen enn alle skal vite."
        ),
    )


def reply_to_invitation(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The answer that is waited for, in one click from anywhere: to the first meeting not answered yet."""
    found = queries.get_meetings(actor_of(request), pathway_id, page="reply_to_invitation")
    if found.unanswered is None:
        return redirect("meetings", pathway_id=pathway_id)
    return redirect("reply_to_meeting", pathway_id=pathway_id, meeting_id=found.unanswered.meeting_id)


def reply_to_meeting(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Answer an invitation to one's own service: coming, not coming, or contributing in writing."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="reply_to_meeting")
    check_first(request, case, "meetings.reply")
    meeting = queries.get_meeting(case, meeting_id)
    mine = meeting.mine
    if mine is None:
        raise Refused("not_invited", NOT_INVITED)
    if over := _over(request, case, meeting):
        return over
    answered = mine.answer if mine.answer is not AttendanceAnswer.INVITED else None
    page = _page(case)
    page["context"] |= {"meeting": meeting, "words": queries.list_words(case)}
    return perform(
        request,
        form=ReplyForm(request.POST or None, initial={"answer": answered, "written": mine.written}),
        run=lambda data: acts.reply(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            invitation_id=mine.invitation_id,
            answer=AttendanceAnswer(data["answer"]),
            written=data["written"],
        ),
        title=_("Svar på innkallingen"),
        button=_("Send svaret"),
        done=_("Svaret er sendt. Dere kan endre det til møtet er holdt."),
        template="meeting_reply.html",
        **page,
    )


# --- what is to be read ------------------------------------------------------------------------------------------


class TextForm(forms.NamingForm):
    title = django_forms.CharField(label=gettext_lazy("Hva er det?"), max_length=120)
    text = forms.long_text(gettext_lazy("Det som skal leses"), rows_hint=8)

    def __init__(self, *args: Any, audiences: tuple[queries.Audience, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"] = forms.choice(
            _("Hvem skal lese det?"),
            [(str(int(one.kind)), _AUDIENCE.get(one.kind) or str(one.kind.label).capitalize()) for one in audiences],
            radio=True,
            hints={
                str(int(one.kind)): _(
                    "Åpent i dag for %(who)s, og for familien der de har innsyn. "
                    "De som blir med senere, kan også lese det."
                )
                % {"who": ", ".join(one.readers)}
                for one in audiences
            },
            help_text=_("Andre ser i dag verken teksten eller at den finnes."),
        )
        self.say_plainly()


_AUDIENCE = {InformationKind.COORDINATION: gettext_lazy("Alle som er med i forløpet")}


def add_text(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Write something to be read before a meeting; each choice of readers says who they are, before it is saved."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="add_text")
    check_first(request, case, "meetings.add_text")
    meeting = queries.get_meeting(case, meeting_id)
    if meeting.mine is None and not case.is_owner:
        raise Refused("not_invited", NOT_INVITED)
    if over := _over(request, case, meeting):
        return over
    page = _page(case)
    page["context"] |= {"meeting": meeting, "elsewhere": lambda: elsewhere(case, "add_text")}
    return perform(
        request,
        form=TextForm(request.POST or None, audiences=queries.list_audiences(case)),
        run=lambda data: acts.add_text(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            meeting_id=meeting_id,
            **{**data, "kind": InformationKind(int(data["kind"]))},
        ),
        ahead=ahead.of_case(request, case),
        title=_("Legg ved noe å lese"),
        button=_("Legg ved"),
        done=_("Det er lagt ved møtet."),
        template="add_text.html",
        **page,
    )


class ReviewForm(forms.ActForm):
    says = forms.choice(gettext_lazy("Stemmer referatet?"), MinutesSays.choices, radio=True)
    text = forms.long_text(
        gettext_lazy("Hva stemmer ikke?"),
        required=False,
        help_text=gettext_lazy(
            "Referatet blir stående. Merknaden står ved siden av, og alle som er med, kan lese den."
        ),
    )


def review_minutes(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Say that the minutes are right, or what is not."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="review_minutes")
    check_first(request, case, "meetings.review_minutes")
    meeting = queries.get_meeting(case, meeting_id)
    if meeting.minutes is None or not meeting.minutes.is_mine:
        raise Refused("not_there", NOT_THERE)
    page = _page(case)
    page["context"] |= {"meeting": meeting}
    return perform(
        request,
        form=ReviewForm(request.POST or None, initial={"says": MinutesSays.REMARK}),
        run=lambda data: acts.review(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            meeting_id=meeting_id,
            **{**data, "says": MinutesSays(data["says"])},
        ),
        title=_("Svar på om referatet stemmer"),
        button=_("Send svaret"),
        done=_("Svaret er sendt."),
        template="review_minutes.html",
        **page,
    )


# --- minutes ----------------------------------------------------------------------------------------------------


class HoldForm(forms.NamingForm):
    """Minutes, and room for some decisions that become tasks: `task_0_what`, `task_0_who`, `task_0_due` and so on."""

    held_on = forms.DateField(label=gettext_lazy("Når ble møtet holdt?"))
    child_present = django_forms.BooleanField(label=gettext_lazy("Barnet var på møtet"), required=False)
    people_present = IdsField(gettext_lazy("Rundt barnet"))
    services_present = IdsField(gettext_lazy("Tjenester"))
    participation = forms.choice(gettext_lazy("Hvordan tok barnet del?"), ChildParticipation.choices, radio=True)
    own_words = forms.long_text(
        gettext_lazy("Barnets egne ord"),
        required=False,
        help_text=gettext_lazy("Det barnet selv sa, så likt som mulig. Det lagres for seg og leses først."),
    )
    minutes = forms.long_text(
        gettext_lazy("Referat"),
        help_text=gettext_lazy(
            "Alle som er med i forløpet, kan lese det. Skriv ikke mer om helsen enn alle skal vite."
        ),
    )
    decisions = forms.long_text(gettext_lazy("Hva ble bestemt?"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in range(TASK_ROWS):
            self.fields[f"task_{row}_what"] = django_forms.CharField(label=_("Hva"), required=False, max_length=500)
            self.fields[f"task_{row}_who"] = WhoField(_("Hvem"), required=False)
            self.fields[f"task_{row}_due"] = forms.DateField(label=_("Innen"), required=False)

    def rows(self) -> list[dict[str, Any]]:
        """The rows of tasks for the page, and whether anything stands in each."""
        rows = []
        for row in range(TASK_ROWS):
            fields = self.fields_for_page([f"task_{row}_what", f"task_{row}_who", f"task_{row}_due"])
            rows.append({"fields": fields, "is_used": any(field.value or field.error for field in fields)})
        return rows

    @staticmethod
    def decided(data: dict[str, Any]) -> list[DecidedTask]:
        """Takes the rows out of the cleaned data; the order is the page's, so that a fault finds its row."""
        tasks = []
        for row in range(TASK_ROWS):
            service, person = data.pop(f"task_{row}_who")
            tasks.append(DecidedTask(data.pop(f"task_{row}_what"), service, person, data.pop(f"task_{row}_due")))
        return tasks


def hold_meeting(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Write the minutes: who came, how the child took part, what was said and decided, who does what by when."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="hold_meeting")
    check_first(request, case, "meetings.hold")
    meeting = queries.get_meeting(case, meeting_id)
    if over := _over(request, case, meeting):
        return over
    form = _hold_form(request, case, meeting)
    page = _page(case)
    page["context"] |= {"meeting": meeting, "words": queries.list_words(case), "rows": form.rows}
    page["context"] |= {
        "before": letters.list_words(case, meeting_id),
        "elsewhere": lambda: elsewhere(case, "hold_meeting"),
    }
    return perform(
        request,
        form=form,
        run=lambda data: acts.hold(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            meeting_id=meeting_id,
            tasks=form.decided(data),
            **{**data, "participation": ChildParticipation(data["participation"])},
        ),
        ahead=ahead.of_case(request, case),
        title=_("Referat fra %(meeting)s") % {"meeting": THE_MEETING[meeting.kind]},
        button=_("Lagre referatet"),
        done=_("Referatet er lagret. Oppgavene står i planen."),
        template="meeting_hold.html",
        **page,
    )


def _hold_form(request: HttpRequest, case: Case, meeting: MeetingNow) -> HoldForm:
    """The form with those who were invited and said they would come ticked, and who can be given a task."""
    around = who_is_around(case)
    part = who_takes_part(case)
    coming = [str(item.service_id) for item in meeting.invited if item.answer is AttendanceAnswer.ACCEPTED]
    form = HoldForm(
        request.POST or None,
        initial={
            "held_on": meeting.on if meeting.on <= case.today else None,
            "services_present": coming,
            "people_present": [str(guest.person_id) for guest in meeting.guests],
            "child_present": False,
        },
    )
    invited = [Someone(item.service_id, item.name, is_service=True) for item in meeting.invited]
    here = {one.id for one in invited}
    also = [one for one in part if one.id not in here and str(one.id) != case.facts.owner]
    offer(form, "services_present", [*invited, *also])
    offer(form, "people_present", around)
    for row in range(TASK_ROWS):
        offer(form, f"task_{row}_who", [*part, *around])
    return form
