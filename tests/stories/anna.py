"""Anna, 14 (S3): from the first worry to closure, and taken up again, told by what each person does on the pages.

Headache, stomach ache, tired, cannot concentrate, eats little; the parents are worried, and agree to see the GP. The GP
refers to the paediatric department and to ABUP; they meet; the school and the school health service come in; child
welfare ends, and the help goes on.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from grunnmur import clock
from tests.stories.story import Hands, Story, Walls

PEOPLE = ("kari", "leif", "per", "hege", "siri", "nina", "tone")
WITHOUT_ACCOUNT: tuple[str, ...] = ()
"""Nobody here answers by a link."""
STRANGER = "ola"
KNOWN_BY = ("Anna", "Solberg", "Anna Solberg", "G-2026-0001")
"""What somebody who wants to find Anna could search for; her national number is added when the story has read it."""
PASSWORD = "demo-demo-demo-demo"

ANNA, MOTHER, FATHER = "Anna Solberg", "Mona Solberg", "Erik Solberg"
GP, ABUP, WARD = "Storgata legesenter", "ABUP Arendal", "Barneavdelingen, sykehuset i Arendal"
SCHOOL_HEALTH, DENTIST, SCHOOL = "Skolehelsetjenesten i Grimstad", "Tannklinikken i Grimstad", "Solvang ungdomsskole"
OWN_WORDS = "Jeg har vondt i hodet og magen, og jeg er sliten. Jeg orker ikke lekser."
SLIMMER = "Foreldrene har sett at Anna er blitt slankere, og var usikre på om de burde snakke om det."
FINDING = "Vekten har falt. Blodprøver er tatt. Anna strever med mat og med tanker om kroppen."
TALK_WITH_CHILD = "Gjennom samtale"


def day(days_from_now: int = 0) -> str:
    """A day as a person writes it."""
    return f"{clock.today() + timedelta(days=days_from_now):%d.%m.%Y}"


def go_to_case(person: Hands, page: str = "") -> None:
    """From one's own work to Anna's case, and on to one of its pages."""
    person.open("/")
    person.follow(ANNA)
    if page:
        person.follow(page)


@dataclass
class Telling:
    """Who plays, what watches, and where Anna's case is once it has begun."""

    story: Story
    people: Mapping[str, Hands]
    walls: Walls
    case: str = ""

    @property
    def step(self) -> Callable[[str], AbstractContextManager[None]]:
        return self.story.step

    def who(self, *keys: str) -> list[Hands]:
        return [self.people[key] for key in keys]


def tell(story: Story, people: Mapping[str, Hands], walls: Walls) -> None:
    """The whole story. `people` are those of the cast; `walls` are told who is let in and who is shut out."""
    walls.shut_out |= set(people) - {"kari", "leif"}
    told = Telling(story, people, walls)
    first_worry(told)
    meeting_the_family(told)
    mapping_and_referral(told)
    starting_together(told)
    plan_and_other_areas(told)
    taking_back(told)
    status_meeting(told)
    the_end_and_again(told)


def first_worry(told: Telling) -> None:
    """Phase 1: what Anna and her parents say, what others say, and the decision to start."""
    (kari,) = told.who("kari")
    step = told.step

    with step("Kari chooses who to be, and comes to her own work"):
        kari.be()
        kari.sees("Mitt arbeid", "Dette skylder vi")

    with step("Kari finds Anna among the children not yet assessed, with her parents around her"):
        kari.follow("Ikke vurdert ennå")
        kari.sees(ANNA, "14 år", "G-2026-0001")
        kari.follow(ANNA)
        kari.sees(ANNA, MOTHER, FATHER, "Undersøkelse pågår")
        number = re.search(r"\b\d{6} \d{5}\b", kari.text())
        assert number, "Anna's national number is not on her page"
        told.walls.known_by += [number[0].replace(" ", ""), number[0]]

    with step("Kari finds Anna by each thing that Ola will search for in vain"):
        for text in told.walls.known_by:
            kari.open("/sok/")
            kari.fill({"Navn, journalnummer eller fødselsnummer": text})
            kari.press("Søk")
            kari.sees(ANNA, "14 år")

    with step("Kari begins to assess whether Anna shall have the pathway"):
        kari.follow(ANNA)
        kari.press("Begynn å vurdere")
        kari.sees("Vurderingen er begynt, og du er kontaktperson.", "Snakk med barnet om helsen")
        told.case = kari.address

    with step("Anna is gone from the list of those not assessed, and stands among what Kari owes"):
        kari.open("/ikke-vurdert/")
        kari.does_not_see(ANNA)
        go_to_case(kari)

    with step("Kari talks with Anna, and writes down Anna's own words"):
        kari.follow("Skriv inn samtalen")
        kari.fill(
            {
                "Hvem snakket dere med?": "Barnet",
                "Når?": day(),
                "Hva handlet det om?": ["Psykisk helse", "Kroppslig helse"],
                "Hva kom fram?": "Anna klarer ikke konsentrere seg på skolen, og orker ikke lekser. Hun spiser ikke "
                "før på ettermiddagen, og lite middag. Hun er fortrolig med én venn i klassen.",
                "Barnets egne ord": OWN_WORDS,
                "Hvordan tok barnet del?": TALK_WITH_CHILD,
            }
        )
        kari.press("Lagre samtalen")
        kari.sees("Samtalen er lagret.", OWN_WORDS)

    with step("Kari forgets what Anna's parents said: the form says so and keeps what was written"):
        kari.follow("Skriv inn en samtale")
        kari.fill({"Hvem snakket dere med?": "Foreldre", "Når?": "31.02.2026", "Hva kom fram?": SLIMMER})
        kari.try_to_press("Lagre samtalen")
        kari.sees("Dette må rettes før det kan lagres", "Skriv datoen som dag, måned og år", SLIMMER)

    with step("Kari mends the date, and the talk with the parents is saved"):
        kari.fill({"Når?": day()})
        kari.press("Lagre samtalen")
        kari.sees("Samtalen er lagret.", SLIMMER)

    with step("Kari asks the school for information"):
        kari.follow("Be om opplysninger")
        kari.fill(
            {
                "Hvilken tjeneste spør dere?": SCHOOL,
                "Hva spør dere om?": "Trivsel, fravær og matpausene denne høsten.",
                "Når spurte dere?": day(),
                "Hvorfor kan de svare dere?": "Samtykke fra barnet og de som bestemmer sammen med barnet",
            }
        )
        kari.press("Lagre")
        kari.sees("Det er skrevet ned at dere har spurt.", SCHOOL)

    with step("The school answers, and Kari writes it down"):
        kari.follow(f"Skriv inn svaret fra {SCHOOL}")
        kari.fill({"Når kom det?": day(), "Hva står det, kort?": "Anna sitter alene i matpausen og går ofte hjem."})
        kari.press("Lagre opplysningene")
        kari.sees("Opplysningene er lagret.", "Anna sitter alene i matpausen")

    for sign, source in (
        ("Spiser usunt eller for lite", "Mor"),
        ("Har hodepine eller vondt i magen", "Anna selv"),
        ("Har vansker med å konsentrere seg", "Kontaktlæreren"),
    ):
        with step(f"Kari notes a sign of worry: «{sign}», seen by {source}"):
            kari.follow("Nytt tegn")
            kari.fill({"Hva er det?": sign, "Når ble det sett?": day(-3), "Hvem så eller fortalte det?": source})
            kari.press("Lagre")
            kari.sees("Det er lagret i grunnlaget.", sign)

    with step("Kari notes what protects Anna: parents who follow her up"):
        kari.follow("Ny beskyttende faktor")
        kari.fill(
            {
                "Hva er det?": "Følelsesmessig støtte",
                "Når ble det sett?": day(),
                "Hvem så eller fortalte det?": "Kontaktpersonen",
            }
        )
        kari.press("Lagre")
        kari.sees("Det er lagret i grunnlaget.")

    with step("Kari weighs Anna against the criteria: two are there, and the pathway starts"):
        go_to_case(kari)
        kari.follow("Vurder nå")
        wants_help, needs_mapping = "2. Barnet og", "3. Barnevernstjenesten vurderer"
        kari.fill(
            {
                "Hvilke kriterier er til stede?": [f"{wants_help}…", f"{needs_mapping}…"],
                f"{wants_help}… > Hva viser det?": "Anna og foreldrene ønsker hjelp for hodepine og magevondt.",
                f"{needs_mapping}… > Hva viser det?": "Hun spiser lite og er blitt slankere. Ingen har undersøkt det.",
                "Hva bestemmer dere?": "Start forløpet",
                "Hvorfor?": "Plagene har vart lenge, og familien vil ha hjelp.",
                "Hvordan tok barnet del i vurderingen?": TALK_WITH_CHILD,
                "Hva mente barnet, og hva la dere vekt på?": "Anna vil gjerne snakke med en lege.",
                "Når ble det bestemt?": day(),
            }
        )
        kari.press("Lagre vurderingen")
        kari.sees("Forløpet er startet.", "Forløpet pågår", "Kall inn til avklaringsmøte")


def meeting_the_family(told: Telling) -> None:
    """Clarification meeting, and the consent that lets the GP in."""
    kari, per = told.who("kari", "per")
    step = told.step

    with step("Kari calls Anna and her parents to a clarification meeting"):
        go_to_case(kari)
        kari.follow("Kall inn")
        kari.sees("Kall inn til avklaringsmøte", "Hvilken helsehjelp barnet kan trenge")
        kari.fill({"Dato": day(), "Klokkeslett": "14.00", "Sted": "Rådhuset, rom 3"})
        kari.press("Kall inn")
        kari.sees("Dere har kalt inn til møtet.", "Avklaringsmøte", MOTHER)

    with step("They meet, and agree on an hour with the GP; the minutes say what Anna wants"):
        kari.follow("Skriv referat")
        kari.fill(
            {
                "Når ble møtet holdt?": day(),
                "Barnet var på møtet": True,
                "Rundt barnet": [MOTHER, FATHER],
                "Hvordan tok barnet del?": TALK_WITH_CHILD,
                "Barnets egne ord": "Jeg vil at mamma blir med til legen.",
                "Referat": "Anna og foreldrene vil følge rådet om en time hos fastlegen.",
                "Hva ble bestemt?": "Vi spør om samtykke til fastlegen.",
                "Oppgave 1 > Hva": "Bestille time hos fastlegen",
                "Oppgave 1 > Hvem": MOTHER,
                "Oppgave 1 > Innen": day(7),
            }
        )
        kari.press("Lagre referatet")
        kari.sees("Referatet er lagret.", "Bestille time hos fastlegen", "Jeg vil at mamma blir med til legen.")

    with step("Kari asks for consent to the GP: Anna and both parents say yes"):
        ask_consent(
            kari,
            GP,
            about=["Psykisk helse", "Kroppslig helse", "Barnets egne ord"],
            purposes=[CONTACT, EXAMINE, TELL],
        )
        told.walls.shut_out.discard("per")

    with step("Per logs in with user name and password, and finds Anna on his list"):
        per.log_in(PASSWORD)
        per.sees("Mitt arbeid", ANNA)

    with step("Per sees what the consent gives, and nothing of child welfare's own"):
        per.follow(ANNA)
        per.sees(ANNA, "Psykisk helse", "Kroppslig helse")
        per.does_not_see("Tann- og munnhelse", "Seksuell helse", "Grunnlag", "G-2026-0001")
        per.follow("Møter")
        per.sees(OWN_WORDS, "Jeg vil at mamma blir med til legen.")
        per.does_not_see(SLIMMER)
        per.is_refused(f"{told.case}grunnlag/", because="Bare barneverntjenesten")


def mapping_and_referral(told: Telling) -> None:
    """Phase 3 begins before the start-up meeting: the GP examines Anna and refers her."""
    kari, per, siri, nina = told.who("kari", "per", "siri", "nina")
    step = told.step

    for area, question in (
        ("Kroppslig helse", "Hodepine, magevondt og vekttap: hva kan det være?"),
        ("Psykisk helse", "Er det tegn på en spiseforstyrrelse? Anna vil gjerne snakke med noen."),
    ):
        with step(f"Kari asks the GP to map: {area}"):
            go_to_case(kari, "Helse")
            kari.follow("Be om kartlegging", near=area)
            kari.fill({"Hvilken tjeneste?": GP, "Hva vil dere ha svar på?": question})
            kari.press("Send forespørselen")
            kari.sees("Forespørselen er sendt.", f"{GP} ble spurt")

    with step("Per has the ball: it stands first among what his surgery owes"):
        per.open("/")
        per.sees("Dette skylder vi", ANNA)
        go_to_case(per)

    for area, findings in (("Kroppslig helse", FINDING), ("Psykisk helse", "Mulig spiseforstyrrelse.")):
        with step(f"Per has examined Anna, and concludes with referral: {area}"):
            go_to_case(per, "Helse")
            per.follow("Si hvor langt dere er kommet", near=area)
            per.fill(
                {
                    "Hvor langt er dere kommet?": "Vi er ferdige",
                    "Når?": day(),
                    "Hva førte kartleggingen til?": "Henvises til spesialisthelsetjenesten",
                    "Hva er viktig for barnet?": "Anna vil bli kvitt hodepinen, og vil at mamma er med.",
                    "Hva fant dere?": findings,
                    "Hva anbefaler dere?": "Utredning på sykehuset.",
                }
            )
            per.press("Lagre")
            per.sees("Lagret.", findings)

    with step("Anna has seen the GP, so her mother's task is done"):
        go_to_case(kari, "Plan")
        kari.follow("Endre Bestille time hos fastlegen")
        kari.fill({"Hvordan går det?": "Gjort", "Hvorfor, eller hva ble gjort?": "Mona ble med til legen."})
        kari.press("Lagre endringen")
        kari.sees("Oppgaven er endret.", "Mona ble med til legen.")

    for recipient, key, area in ((ABUP, "siri", "Psykisk helse"), (WARD, "nina", "Kroppslig helse")):
        with step(f"Kari asks for consent to {recipient}, for {area.lower()}"):
            ask_consent(kari, recipient, about=[area, "Barnets egne ord"], purposes=[CONTACT, EXAMINE, TELL])
            told.walls.shut_out.discard(key)

    for recipient, area in ((WARD, "Kroppslig helse"), (ABUP, "Psykisk helse")):
        with step(f"Per refers Anna to {recipient} before any start-up meeting"):
            go_to_case(per, "Helse")
            per.follow("Henvis", near=area)
            per.fill(
                {
                    "Hvem henviser dere til?": recipient,
                    "Hva spør dere om?": "Utredning av mulig spiseforstyrrelse hos jente på 14 år.",
                    "Hvordan er situasjonen?": "Anna sier hun er sliten og har vondt. Hun er blitt slankere.",
                    "Når ble henvisningen sendt?": day(),
                }
            )
            if recipient == ABUP:
                send_as_it_is(per)
            else:
                per.press("Lagre henvisningen")
            per.sees("Henvisningen er skrevet inn.", f"Henvist til {recipient}")

    with step("Nina at the paediatric department sees bodily health, and not what was found about the mind"):
        nina.be()
        nina.sees(ANNA)
        go_to_case(nina, "Helse")
        nina.sees("Kroppslig helse", "Henvist til")
        nina.does_not_see("Psykisk helse", "Mulig spiseforstyrrelse.", ABUP)

    with step("Nina grants the right to care, with the day it must have begun"):
        grant(nina, starts=9, at_the_latest=21)

    with step("Siri at ABUP lacks something, and sends the referral back"):
        siri.be()
        go_to_case(siri, "Helse")
        siri.follow("Svar på henvisningen")
        siri.fill(
            {
                "Hva er svaret?": "Sendt tilbake for mer informasjon",
                "Når ble det svart?": day(),
                "Hvorfor?": "Vi trenger vekt og høyde over tid, og svar på blodprøvene.",
                "Hva mangler i henvisningen?": ["kroppslig helse og faste medisiner, vurdert av fastlegen"],
            }
        )
        siri.press("Send svaret")
        siri.sees("Svaret er lagret.", "Sendt tilbake for mer informasjon")

    with step("Kari sees at a glance that the ball is with the GP"):
        go_to_case(kari)
        kari.sees("Kom i retur fra", "må fylles ut")

    with step("Per completes the referral; what he wrote before is there to build on"):
        go_to_case(per, "Helse")
        per.follow("Fyll ut og henvis på nytt")
        per.sees("Vi trenger vekt og høyde over tid")
        per.fill({"Hva er prøvd, og hvordan virket det?": "Vekt 41 kg, høyde 161 cm. Blodprøvene er normale."})
        send_as_it_is(per)
        per.sees("Henvisningen er skrevet inn.")

    with step("Siri grants the right to care"):
        go_to_case(siri, "Helse")
        grant(siri, starts=14, at_the_latest=28)


def starting_together(told: Telling) -> None:
    """Phase 2: the start-up meeting, with an answer from each service."""
    kari, per, siri, nina = told.who("kari", "per", "siri", "nina")
    step = told.step

    with step("Kari calls the GP, ABUP and the paediatric department to a start-up meeting"):
        go_to_case(kari, "Møter")
        kari.follow("Kall inn til oppstartsmøte")
        kari.fill(
            {
                "Dato": day(1),
                "Klokkeslett": "15.30",
                "Møtet er på video": True,
                "Rundt barnet": [MOTHER, FATHER],
                "Tjenester": [GP, ABUP, WARD],
            }
        )
        kari.press("Kall inn")
        kari.sees("Dere har kalt inn til møtet.", GP, ABUP, WARD, "ikke svart")

    with step("Siri answers with one press that ABUP comes"):
        go_to_case(siri, "Møter")
        siri.sees("Oppstartsmøte")
        siri.press("Vi kommer")
        siri.sees("Svaret er sendt.")

    with step("Nina cannot come, and contributes in writing"):
        go_to_case(nina, "Møter")
        nina.follow("Skriv et bidrag")
        nina.fill(
            {"Kommer dere?": "Bidrar skriftlig", "Det dere vil si": "Anna har time hos oss. Vi ringer mor først."}
        )
        nina.press("Send svaret")
        nina.sees("Svaret er sendt.", "Vi ringer mor først.")

    with step("Per answers that he comes"):
        go_to_case(per, "Møter")
        per.press("Vi kommer")
        per.sees("Svaret er sendt.")

    with step("Kari sees what became of what was sent, in the case and in her service, and that nothing is silent"):
        go_to_case(kari, "Sendt i saken")
        kari.sees("Spørsmål", "Innkalling", "besvart", GP, ABUP)
        kari.open("/sendt/")
        kari.sees("Spørsmål", "besvart", ANNA)
        kari.follow("Det som er stille")
        kari.sees("Ingenting er stille")

    with step("Per sees what was sent to him, and says where he wants to be told"):
        go_to_case(per, "Sendt i saken")
        per.sees("til dere")
        per.open("/beskjeder/")
        per.fill({"E-post": "per@", "Telefon for SMS": "400 00 000"})
        per.try_to_press("Lagre")
        per.sees("Skriv en e-postadresse")
        per.fill({"E-post": "per@legekontoret.example"})
        per.press("Lagre")
        per.sees("Det er lagret.")

    with step("They can all meet today already: Kari moves the meeting"):
        go_to_case(kari, "Møter")
        kari.sees("Vi ringer mor først.")
        kari.follow("Flytt")
        kari.fill({"Dato": day(), "Klokkeslett": "12.00"})
        kari.press("Flytt møtet")
        kari.sees("Møtet er flyttet.")

    with step("They meet: the minutes give each a task"):
        kari.follow("Skriv referat")
        kari.fill(
            {
                "Når ble møtet holdt?": day(),
                "Tjenester": [GP, ABUP],
                "Hvordan tok barnet del?": "Gjennom representant",
                "Referat": "Helsetjenestene fortsetter sin utredning. Barnevernet fortsetter med familien.",
                "Hva ble bestemt?": "Vi møtes igjen om seks uker.",
                "Oppgave 1 > Hva": "Veie og måle Anna hver uke",
                "Oppgave 1 > Hvem": GP,
                "Oppgave 1 > Innen": day(30),
                "Oppgave 2 > Hva": "Snakke med Anna og skolen om matpausene",
                "Oppgave 2 > Hvem": "Grimstad barneverntjeneste",
                "Oppgave 2 > Innen": day(14),
            }
        )
        kari.press("Lagre referatet")
        kari.sees("Referatet er lagret.", "Veie og måle Anna hver uke")

    with step("Per and Siri say with one press that the minutes are right"):
        for person in (per, siri):
            go_to_case(person, "Møter")
            person.press("Referatet stemmer")
            person.sees("Svaret er sendt.")


def plan_and_other_areas(told: Telling) -> None:
    """The plan, and the health areas that nobody had asked about yet."""
    kari, per, hege, tone = told.who("kari", "per", "hege", "tone")
    step = told.step

    with step("Kari sets a goal in the plan, in words that Anna would use"):
        go_to_case(kari, "Plan")
        kari.sees("Veie og måle Anna hver uke")
        kari.follow("Nytt mål")
        kari.fill({"Mål": "Anna spiser frokost og orker en hel skoledag."})
        kari.press("Lagre målet")
        kari.sees("Målet står i planen.", "Anna spiser frokost")

    with step("Kari gives her own service a task for the goal"):
        kari.follow("Ny oppgave for målet")
        kari.fill(
            {
                "Hva skal gjøres?": "Avtale et trygt sted å spise på skolen",
                "Hvem gjør det?": "Grimstad barneverntjeneste",
                "Innen når?": day(10),
            }
        )
        kari.press("Lagre oppgaven")
        kari.sees("Oppgaven står i planen.", "Avtale et trygt sted å spise på skolen")

    with step("Per says that his task is under way; Kari's tasks are not his to change"):
        go_to_case(per, "Plan")
        per.follow("Endre Veie og måle Anna hver uke")
        per.fill({"Hvordan går det?": "I gang"})
        per.press("Lagre endringen")
        per.sees("Oppgaven er endret.", "i gang")
        per.has_no_link("Endre Avtale et trygt sted å spise på skolen")

    for key, recipient, area in (("tone", DENTIST, "Tann- og munnhelse"), ("hege", SCHOOL_HEALTH, "Seksuell helse")):
        with step(f"Consent for {recipient}, for {area.lower()} only"):
            ask_consent(kari, recipient, about=[area], purposes=[CONTACT, EXAMINE, TELL])
            told.walls.shut_out.discard(key)

        with step(f"Kari asks {recipient} to map: {area}"):
            go_to_case(kari, "Helse")
            kari.follow("Be om kartlegging", near=area)
            kari.fill({"Hvilken tjeneste?": recipient, "Hva vil dere ha svar på?": "Trenger Anna noe fra dere nå?"})
            kari.press("Send forespørselen")
            kari.sees("Forespørselen er sendt.")

    with step("Tone maps Anna's teeth, and sees no other health area"):
        tone.be()
        go_to_case(tone, "Helse")
        tone.sees("Tann- og munnhelse")
        tone.does_not_see("Psykisk helse", "Kroppslig helse", FINDING, OWN_WORDS)
        conclude(tone, "Følges opp i tannhelsetjenesten", "Syreskader på to tenner.")

    with step("Hege talks with Anna about body and boundaries, and concludes"):
        hege.be()
        go_to_case(hege, "Helse")
        hege.sees("Seksuell helse")
        hege.does_not_see("Psykisk helse", "Tann- og munnhelse", FINDING, OWN_WORDS)
        conclude(hege, "Ikke behov for mer hjelp nå", "Ingen grunn til bekymring.")

    with step("Substance use is considered and left out, with the reason"):
        go_to_case(kari, "Helse")
        kari.follow("Ikke aktuelt nå", near="Rus")
        kari.fill(
            {"Hvorfor er området ikke aktuelt nå?": "Anna har ikke prøvd rusmidler, og ingen er bekymret for det."}
        )
        kari.press("Lagre")
        kari.sees("Vurderingen er lagret.", "Vurdert som ikke aktuelt")


def send_as_it_is(person: Hands) -> None:
    """Be told once what the referral lacks, and send it all the same."""
    person.try_to_press("Lagre henvisningen")
    person.sees("Dette mangler i henvisningen")
    person.fill({"Send den slik den er": True})
    person.press("Lagre henvisningen")


def grant(person: Hands, *, starts: int, at_the_latest: int) -> None:
    """Answer that there is a right to care, which starts in some days and must have started by another."""
    person.follow("Svar på henvisningen")
    person.fill(
        {
            "Hva er svaret?": "Rett til helsehjelp",
            "Når ble det svart?": day(),
            "Frist for når helsehjelpen senest skal starte": day(at_the_latest),
            "Når starter helsehjelpen?": day(starts),
        }
    )
    person.press("Send svaret")
    person.sees("Svaret er lagret.", day(at_the_latest))


def conclude(person: Hands, conclusion: str, findings: str) -> None:
    """Say that the mapping is done, and what it led to."""
    person.follow("Si hvor langt dere er kommet")
    person.fill(
        {
            "Hvor langt er dere kommet?": "Vi er ferdige",
            "Når?": day(),
            "Hva førte kartleggingen til?": conclusion,
            "Hva fant dere?": findings,
        }
    )
    person.press("Lagre")
    person.sees("Lagret.", conclusion, findings)


def taking_back(told: Telling) -> None:
    """Anna takes one consent back: the door closes at once, and what others see stays."""
    kari, tone, per = told.who("kari", "tone", "per")
    step = told.step

    with step("Anna takes back the consent to the dental service, and the dentist sees nothing from that instant"):
        withdraw(kari, DENTIST)
        told.walls.shut_out.add("tone")

    with step("Tone's list is empty, and Kari still sees what was found"):
        tone.open("/")
        tone.does_not_see(ANNA)
        go_to_case(kari, "Helse")
        kari.sees("Syreskader på to tenner.")

    with step("Per sees Anna as before"):
        go_to_case(per)
        per.sees(ANNA, "Kroppslig helse")


def status_meeting(told: Telling) -> None:
    """Phase 4: school health and school come in, and the family no longer needs child welfare."""
    kari, hege = told.who("kari", "hege")
    step = told.step

    with step("Consent for the school, so that it can be asked to the meeting"):
        ask_consent(kari, SCHOOL, about=["Psykisk helse"], purposes=[CONTACT])

    with step("Kari calls school health, the school and the GP to a status meeting"):
        go_to_case(kari, "Møter")
        kari.follow("Kall inn til statusmøte")
        kari.fill({"Dato": day(), "Klokkeslett": "12.15", "Sted": SCHOOL, "Tjenester": [SCHOOL_HEALTH, SCHOOL, GP]})
        kari.press("Kall inn")
        kari.sees("Dere har kalt inn til møtet.", SCHOOL_HEALTH, SCHOOL)

    with step("Hege answers that she comes"):
        go_to_case(hege, "Møter")
        hege.press("Vi kommer")
        hege.sees("Svaret er sendt.")

    with step("At the status meeting child welfare and the parents agree that the family needs child welfare no more"):
        go_to_case(kari, "Møter")
        kari.follow("Skriv referat")
        kari.fill(
            {
                "Når ble møtet holdt?": day(),
                "Barnet var på møtet": True,
                "Rundt barnet": [MOTHER, FATHER],
                "Tjenester": [SCHOOL_HEALTH, SCHOOL],
                "Hvordan tok barnet del?": TALK_WITH_CHILD,
                "Barnets egne ord": "Det er bedre nå. Jeg vil fortsette å snakke med Siri.",
                "Referat": "Barnevernet og foreldrene mener familien ikke lenger trenger barnevernet.",
                "Hva ble bestemt?": "Forløpet avsluttes. Helsehjelpen fortsetter.",
            }
        )
        kari.press("Lagre referatet")
        kari.sees("Referatet er lagret.")

    for task in ("Avtale et trygt sted å spise på skolen", "Snakke med Anna og skolen om matpausene"):
        with step(f"Kari's task is done: {task.lower()}"):
            go_to_case(kari, "Plan")
            kari.follow(f"Endre {task}")
            kari.fill({"Hvordan går det?": "Gjort", "Hvorfor, eller hva ble gjort?": "Avtalt med kontaktlæreren."})
            kari.press("Lagre endringen")
            kari.sees("Oppgaven er endret.")


def the_end_and_again(told: Telling) -> None:
    """Phase 5: closing with who carries on; and the same case taken up again."""
    kari, per, leif = told.who("kari", "per", "leif")
    step = told.step

    with step("Kari tries to close without saying who carries on with the open task, and is told"):
        go_to_case(kari, "Avslutt")
        kari.sees("Veie og måle Anna hver uke", ABUP)
        kari.fill(
            {
                "Hvorfor avsluttes forløpet?": "Videre oppfølging er avtalt med helsetjenesten",
                "Når?": day(),
                "Hva ble funnet, og hva er gjort?": "Mulig spiseforstyrrelse. Utredning og hjelp er i gang.",
                "Hva sier barnet selv?": "Anna synes det er greit. Hun vil snakke videre med Siri.",
            }
        )
        kari.try_to_press("Avslutt forløpet")
        kari.sees("Skriv hvem som fører dette videre.", "Hun vil snakke videre med Siri.")

    with step("Kari closes the pathway, with who carries on with what"):
        kari.fill({"Veie og måle Anna hver uke > Hvem fører dette videre?": GP})
        kari.press("Avslutt forløpet")
        kari.sees("Forløpet er avsluttet.")
        told.walls.shut_out |= {"per", "siri", "nina", "hege"}

    with step("Leif, Kari's leader, reads who carries on, with telephone numbers"):
        leif.be()
        leif.open(f"{told.case}avslutning/")
        leif.sees("Hvem fører hva videre", GP, ABUP, WARD, "37 00 00 05")

    with step("Per no longer sees the case"):
        per.open("/")
        per.does_not_see(ANNA)

    with step("Half a year on there is new worry: Kari takes the pathway up again"):
        kari.open("/sok/")
        kari.fill({"Navn, journalnummer eller fødselsnummer": ANNA})
        kari.press("Søk")
        kari.follow(ANNA)
        kari.follow("Ta opp igjen")
        kari.sees("ser saken igjen med en gang", GP)
        kari.fill({"Hvorfor tas forløpet opp igjen?": "Ny bekymring fra skolen.", "Fra når?": day()})
        kari.press("Ta opp igjen")
        kari.sees("Forløpet er tatt opp igjen.", "Forløpet pågår")
        told.walls.shut_out -= {"per", "siri", "nina", "hege"}

    with step("Per sees Anna again, because the consent still holds; Tone does not"):
        go_to_case(per)
        per.sees(ANNA, "Kroppslig helse")


# --- consent ------------------------------------------------------------------------------------------------------

CONTACT = "at barnevernet kontakter og samarbeider med tjenesten"
EXAMINE = "å få undersøkelse og hjelp hos tjenesten"
TELL = "at tjenesten forteller barnevernet hva den finner"


def ask_consent(kari: Hands, recipient: str, *, about: list[str], purposes: list[str], find: str = "") -> None:
    """Ask Anna and both parents, see what it would open, and save their yes; `find` finds a service far away."""
    go_to_case(kari, "Samtykke")
    kari.follow("Spør om samtykke")
    if find:
        kari.fill({"En del av navnet": find})
        kari.press("Finn")
    kari.fill(
        {
            "Hvilken tjeneste gjelder det?": recipient,
            "Hva spør dere om lov til?": purposes,
            "Hva skal tjenesten få vite om?": about,
            "Gjelder fra og med": day(),
            "Gjelder til og med": day(90),
        }
    )
    for who in ("Anna", MOTHER, FATHER):
        kari.fill({who: "Ja", f"Når svarte {who}?": day(), f"Hvordan svarte {who}?": "Muntlig"})
    kari.press("Se hva dette åpner")
    kari.sees("Ingenting er lagret ennå.", recipient)
    kari.press("Lagre")
    kari.sees("Svarene er lagret.")
    if CONTACT in purposes:
        kari.sees(f"{recipient} får se {about[0].lower()}")


def withdraw(kari: Hands, recipient: str) -> None:
    """Anna takes back what lets a service see anything at all."""
    go_to_case(kari, "Samtykke")
    kari.follow("Trekk tilbake", near=f"{recipient} får se")
    kari.sees(f"mister {recipient} innsynet i samme øyeblikk")
    kari.fill({"Hvem trekker samtykket?": "Anna"})
    kari.press("Trekk tilbake nå")
    kari.sees("Samtykket er trukket tilbake", "Dette er fortsatt åpent", GP)
