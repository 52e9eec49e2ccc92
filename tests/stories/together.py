"""Anna, 14, from the side of those who work together: nobody has a new log-in, and nobody drops the ball.

Her GP answers by link only. The nurse has an account; ABUP first sends the referral back and then accepts it. They
follow up in a status round instead of a meeting. Kari goes on leave and then hands over for good; the family moves.
"""

from collections.abc import Mapping

from tests.stories.anna import (
    ABUP,
    ANNA,
    CONTACT,
    EXAMINE,
    GP,
    KNOWN_BY,
    MOTHER,
    OWN_WORDS,
    SCHOOL_HEALTH,
    TALK_WITH_CHILD,
    TELL,
    Telling,
    ask_consent,
    conclude,
    day,
    go_to_case,
    grant,
    send_as_it_is,
)
from tests.stories.letters import Letters
from tests.stories.story import Hands, Story, Walls

__all__ = ["KNOWN_BY", "PEOPLE", "STRANGER", "WITHOUT_ACCOUNT", "tell"]

PEOPLE = ("kari", "leif", "hege", "siri", "ola")
STRANGER = "nina"
"""Of a ward that nobody asks. Ola is where the family moves, and knows nothing until he says yes."""
WITHOUT_ACCOUNT = ("gp",)
"""Takes part by links alone."""
LILLESAND = "Lillesand barneverntjeneste"
HAND_OVER = "at saken gis videre til barneverntjenesten der barnet skal bo"
GP_MAIL, GP_NUMBER = "per@legekontoret.example", "7654321"
QUESTION = "Har Anna vært hos dere med hodepine det siste året?"
ANSWER = "Ja, to ganger i vår. Blodtrykk og blodprøver var normale."
ILLNESS = "Spenningshodepine. Ingen tegn til annen sykdom."


def tell(story: Story, people: Mapping[str, Hands], walls: Walls) -> None:
    """The whole story. The walls have the mail that leaves the house."""
    assert walls.letters, "a GP without an account has only the mail"
    letters = walls.letters
    walls.shut_out |= {"hege", "siri", "ola"}
    told = Telling(story, people, walls)
    under_way(told)
    the_gp_answers_by_link(told, letters)
    the_nurse_maps(told)
    returned_and_accepted(told)
    round_without_a_meeting(told, letters)
    away_and_handed_over(told)
    the_family_moves(told)
    the_passport(told, letters)


def under_way(told: Telling) -> None:
    """From the worklist to a pathway under way, with consent."""
    (kari,) = told.who("kari")
    step = told.step

    with step("Kari begins to assess Anna, and writes down what Anna says"):
        kari.be()
        begin(kari)
        told.case = kari.address

    with step("A criterion is there, and the pathway starts"):
        decide(kari)

    with step("Kari asks for consent to the GP, to school health and to ABUP"):
        ask_consent(kari, GP, about=["Kroppslig helse", "Barnets egne ord"], purposes=[CONTACT, EXAMINE, TELL])
        ask_consent(kari, SCHOOL_HEALTH, about=["Psykisk helse"], purposes=[CONTACT, EXAMINE, TELL])
        ask_consent(kari, ABUP, about=["Psykisk helse"], purposes=[CONTACT, EXAMINE, TELL])
        told.walls.shut_out -= {"hege", "siri"}


def begin(kari: Hands) -> None:
    """From one's own work to Anna's case, with what she said of her health in it."""
    kari.follow("Ikke vurdert ennå")
    kari.follow(ANNA)
    kari.press("Begynn å vurdere")
    kari.follow("Skriv inn samtalen")
    kari.fill(
        {
            "Hvem snakket dere med?": "Barnet",
            "Når?": day(),
            "Hva kom fram?": "Anna har hodepine hver uke.",
            "Barnets egne ord": OWN_WORDS,
            "Hvordan tok barnet del?": TALK_WITH_CHILD,
        }
    )
    kari.press("Lagre samtalen")


def decide(kari: Hands) -> None:
    """From the case to a pathway that has started, on one criterion."""
    kari.follow("Vurder om forløpet skal starte")
    wants_help = "2. Barnet og"
    kari.fill(
        {
            "Hvilke kriterier er til stede?": [f"{wants_help}…"],
            f"{wants_help}… > Hva viser det?": "Anna og foreldrene ønsker hjelp for hodepinen.",
            "Hva bestemmer dere?": "Start forløpet",
            "Hvorfor?": "Plagene har vart lenge, og familien vil ha hjelp.",
            "Hvordan tok barnet del i vurderingen?": TALK_WITH_CHILD,
            "Hva mente barnet, og hva la dere vekt på?": "Anna vil snakke med en lege.",
        }
    )
    kari.press("Lagre vurderingen")
    kari.sees("Forløpet pågår")


def send_link(kari: Hands) -> None:
    """Fill in who is to answer by link, and send it."""
    kari.fill({"Hvem skal svare?": "Per Holm", "Nummeret": GP_NUMBER, "E-post": GP_MAIL})
    kari.press("Send lenken")
    kari.sees("Lenken er sendt.")


def open_link(gp: Hands, link: str) -> None:
    """From the link in the mail to the page where one answers."""
    gp.open(link)
    gp.does_not_see("Anna", "Solberg")
    gp.fill({"HPR-nummer": GP_NUMBER})
    gp.press("Vis hvem du er")
    gp.sees(ANNA)


def the_gp_answers_by_link(told: Telling, letters: Letters) -> None:
    """A question and a mapping, answered from the mail."""
    kari, gp = told.who("kari", "gp")
    step = told.step

    with step("Kari asks the GP one thing, and sends a link, for he has no account"):
        go_to_case(kari, "Spørsmål")
        kari.follow("Spør en tjeneste")
        kari.fill(
            {
                "Hvem spør dere?": GP,
                "Hva vil dere vite?": "Opplysninger",
                "Hva gjelder det?": "kroppslig helse",
                "Spørsmålet": QUESTION,
                "Svar innen": day(14),
            }
        )
        kari.press("Send spørsmålet")
        kari.sees("Spørsmålet er sendt.")
        kari.follow("Send lenke til en uten konto")
        send_link(kari)

    with step("The mail says nothing, and its link shows nothing to one who cannot say who he is"):
        gp.open(letters.link_to(GP_MAIL))
        gp.does_not_see("Anna", "Solberg", QUESTION)

    with step("The GP shows who he is, answers in one page, and has the text for his own journal"):
        gp.fill({"HPR-nummer": GP_NUMBER})
        gp.press("Vis hvem du er")
        gp.sees(ANNA, QUESTION)
        gp.does_not_see(OWN_WORDS, MOTHER)
        gp.fill({"Svaret": ANSWER})
        gp.press("Send svaret")
        gp.sees("Svaret er sendt", ANSWER)
        gp.press("Ferdig, logg ut")

    with step("Kari has the answer, and sees in the ledger that it came"):
        go_to_case(kari, "Spørsmål")
        kari.sees(ANSWER, "Besvart")
        go_to_case(kari, "Sendt i saken")
        kari.sees("besvart", GP)

    with step("The GP is asked to map bodily health, and does it by link too"):
        go_to_case(kari, "Helse")
        kari.follow("Be om kartlegging", near="Kroppslig helse")
        kari.fill({"Hvilken tjeneste?": GP, "Hva vil dere ha svar på?": "Hva kommer hodepinen av?"})
        kari.press("Send forespørselen")
        kari.follow("Send lenke til en uten konto")
        send_link(kari)
        open_link(gp, letters.link_to(GP_MAIL))
        gp.fill(
            {
                "Hvor langt er dere kommet?": "Vi er ferdige",
                "Hva førte kartleggingen til?": "Følges opp i kommunen",
                "Hva fant dere?": ILLNESS,
            }
        )
        gp.press("Send svaret")
        gp.sees(ILLNESS)
        gp.press("Ferdig, logg ut")
        go_to_case(kari, "Helse")
        kari.sees(ILLNESS)


def the_nurse_maps(told: Telling) -> None:
    """Hege logs in as always, and finds the case on her list."""
    kari, hege = told.who("kari", "hege")
    step = told.step

    with step("Kari asks school health to map mental health"):
        go_to_case(kari, "Helse")
        kari.follow("Be om kartlegging", near="Psykisk helse")
        kari.fill({"Hvilken tjeneste?": SCHOOL_HEALTH, "Hva vil dere ha svar på?": "Hvordan har Anna det?"})
        kari.press("Send forespørselen")
        kari.sees("Forespørselen er sendt.")

    with step("Hege sees mental health only, and concludes that ABUP should see Anna"):
        hege.be()
        go_to_case(hege, "Helse")
        hege.sees("Psykisk helse")
        hege.does_not_see("Kroppslig helse", ILLNESS, OWN_WORDS)
        conclude(hege, "Henvises til spesialisthelsetjenesten", "Anna er nedstemt og sover lite.")


def returned_and_accepted(told: Telling) -> None:
    """ABUP lacks something, says what, and has it."""
    kari, hege, siri = told.who("kari", "hege", "siri")
    step = told.step

    with step("Hege refers Anna to ABUP"):
        go_to_case(hege, "Helse")
        hege.follow("Henvis", near="Psykisk helse")
        hege.fill(
            {
                "Hvem henviser dere til?": ABUP,
                "Hva spør dere om?": "Utredning av nedstemthet hos jente på 14 år.",
                "Hvordan er situasjonen?": "Anna sover lite, og er mye borte fra skolen.",
                "Når ble henvisningen sendt?": day(),
            }
        )
        send_as_it_is(hege)
        hege.sees("Henvisningen er skrevet inn.")

    with step("Siri sends it back, with what is missing"):
        siri.be()
        go_to_case(siri, "Helse")
        siri.follow("Svar på henvisningen")
        siri.fill(
            {
                "Hva er svaret?": "Sendt tilbake for mer informasjon",
                "Når ble det svart?": day(),
                "Hvorfor?": "Vi vet ikke hva som er prøvd.",
                "Hva mangler i henvisningen?": ["kroppslig helse og faste medisiner, vurdert av fastlegen"],
            }
        )
        siri.press("Send svaret")
        siri.sees("Sendt tilbake for mer informasjon")

    with step("Hege completes it, and Siri grants the right to care"):
        go_to_case(hege, "Helse")
        hege.follow("Fyll ut og henvis på nytt")
        hege.sees("Vi vet ikke hva som er prøvd.")
        hege.fill({"Hva er prøvd, og hvordan virket det?": "Åtte samtaler på skolen. Det hjalp litt."})
        send_as_it_is(hege)
        go_to_case(siri, "Helse")
        grant(siri, starts=14, at_the_latest=28)
        go_to_case(kari, "Helse")
        kari.sees("Rett til helsehjelp", day(28))


def round_without_a_meeting(told: Telling, letters: Letters) -> None:
    """Each answers in their own time; nobody asks to meet."""
    kari, gp = told.who("kari", "gp")
    step = told.step

    with step("Kari starts a status round instead of a meeting"):
        go_to_case(kari, "Spørsmål")
        kari.follow("Statusrunde uten møte")
        kari.fill({"Hvem skal svare?": [GP, SCHOOL_HEALTH, ABUP]})
        kari.press("Start runden")
        kari.sees("Runden er startet.", "0 av 3 har svart")
        kari.follow(f"Send lenke til en uten konto hos {GP}")
        send_link(kari)

    for key, text in (("hege", "To samtaler siden sist."), ("siri", "Første time er holdt.")):
        with step(f"{key.capitalize()} answers from her own list"):
            (one,) = told.who(key)
            go_to_case(one, "Spørsmål")
            one.follow("Svar")
            one.fill({"Hvordan går det?": "Bedre", "Hva har dere gjort siden sist?": text})
            one.press("Send svaret")
            one.sees("Svaret er sendt.")

    with step("The GP answers by link, and may read what he answered again, but nobody else's answer"):
        link = letters.link_to(GP_MAIL)
        open_link(gp, link)
        gp.fill({"Hvordan går det?": "Bedre", "Hva har dere gjort siden sist?": "Kontroll i forrige uke."})
        gp.press("Send svaret")
        gp.press("Ferdig, logg ut")
        open_link(gp, link)
        gp.sees("Kontroll i forrige uke.")
        gp.does_not_see("To samtaler siden sist.")
        gp.press("Ferdig, logg ut")

    with step("All answers stand side by side, and nobody needs to meet; Kari concludes"):
        go_to_case(kari, "Spørsmål")
        kari.sees("3 av 3 har svart", "To samtaler siden sist.", "Første time er holdt.", "Kontroll i forrige uke.")
        kari.does_not_see("Vi foreslår et møte")
        kari.follow("Avslutt runden")
        kari.fill({"Hva ble dere stående ved?": "Det går bedre. Ny runde om seks uker."})
        kari.press("Avslutt runden")
        kari.sees("Runden er avsluttet.", "Det går bedre. Ny runde om seks uker.")


def away_and_handed_over(told: Telling) -> None:
    """A child always has a contact person who is at work."""
    kari, leif = told.who("kari", "leif")
    step = told.step

    with step("Kari goes on leave, and Leif covers: the case stands on his list, and he knows why"):
        kari.open("/")
        kari.follow("Fravær og dekning")
        kari.fill(
            {
                "Hvem er borte?": "Kari Lunde",
                "Første dag borte": day(),
                "Første dag tilbake": day(14),
                "Hvem dekker?": "Leif Aas",
            }
        )
        kari.press("Lagre fraværet")
        kari.sees("Fraværet er skrevet inn.", "Leif Aas")
        leif.be()
        leif.open("/")
        leif.sees("Du dekker for en kollega", "Kari Lunde", ANNA)

    with step("Kari will be away for long: she asks Leif to take over, and is contact person until he says yes"):
        go_to_case(kari)
        kari.follow("Ny kontaktperson")
        kari.fill({"Hvem skal være kontaktperson?": "Leif Aas", "Det den nye bør vite": "Ny runde om seks uker."})
        kari.press("Spør")
        kari.sees("Kontaktpersonen er den samme til svaret er ja.", "Kari Lunde")

    with step("Leif is asked on his own first page, says yes, and is contact person"):
        leif.open("/")
        leif.sees("Noen spør om du vil være kontaktperson")
        leif.follow(ANNA)
        leif.sees("Ny runde om seks uker.")
        leif.fill({"Tar du over saken?": "Ja, jeg tar over"})
        leif.press("Svar")
        leif.sees("Svaret er lagret.", "Leif Aas")


def the_family_moves(told: Telling) -> None:
    """The case goes to another municipality when both services say yes and the family lets it."""
    leif, ola = told.who("leif", "ola")
    step = told.step

    with step("Anna and her parents let the new municipality know about bodily health, and about nothing else"):
        ask_consent(leif, LILLESAND, about=["Kroppslig helse"], purposes=[HAND_OVER], find="Lillesand")

    with step("Leif sees just what goes along, and offers the case"):
        go_to_case(leif, "Flytting")
        leif.follow("Se hva de får", near=LILLESAND)
        leif.press("Bekreft")
        leif.sees(ILLNESS)
        leif.does_not_see("Anna er nedstemt og sover lite.", OWN_WORDS)
        leif.press("Tilby saken")
        leif.sees("Saken er tilbudt.")

    with step("Ola sees that a case is offered, and not whose"):
        ola.be()
        ola.follow("Se og svar")
        ola.sees("Grimstad barneverntjeneste")
        ola.does_not_see("Anna", "Solberg")

    with step("Ola says yes: Anna is registered with him, with what came along, and consent is asked anew"):
        told.walls.shut_out.discard("ola")
        ola.follow("Svar")
        ola.fill({"Tar dere over saken?": "Vi tar over saken", "Deres journalnummer": "L-2026-0077"})
        ola.press("Send svaret")
        ola.sees(ILLNESS)
        ola.does_not_see("Anna er nedstemt og sover lite.", OWN_WORDS)

    with step("Leif sees that the case is taken over; each has a record of their own"):
        go_to_case(leif, "Flytting")
        leif.sees("tatt over")


def the_passport(told: Telling, letters: Letters) -> None:
    """The pathway closes, and the GP is left with what carries on, by a link that opens nothing else."""
    leif, gp = told.who("leif", "gp")
    step = told.step

    with step("Leif closes the pathway, and the others see it no more"):
        go_to_case(leif, "Avslutt")
        leif.fill(
            {
                "Hvorfor avsluttes forløpet?": "Videre oppfølging er avtalt med helsetjenesten",
                "Når?": day(),
                "Hva ble funnet, og hva er gjort?": "Hjelpen er i gang.",
                "Hva sier barnet selv?": "Anna synes det er greit.",
            }
        )
        leif.press("Avslutt forløpet")
        leif.sees("Forløpet er avsluttet.")
        told.walls.shut_out |= {"hege", "siri"}

    with step("He looks through what the GP may know, and sends it as a link"):
        leif.follow("Pass for videre hjelp")
        passports = leif.address
        leif.follow("Send som lenke", near=GP)
        if "/bekreft/" in leif.address:  # what he confirmed for the move may have run out
            leif.press("Bekreft")
        leif.sees(ILLNESS)
        leif.does_not_see("Anna er nedstemt og sover lite.")
        leif.fill(
            {
                "Hvem skal ha passet?": "Per Holm",
                "Hvordan viser personen hvem hun er?": "HPR-nummer",
                "Nummeret": GP_NUMBER,
                "E-post": GP_MAIL,
            }
        )
        leif.press("Send lenken")
        leif.sees("Lenken er sendt.", "Per Holm")

    with step("The GP shows who he is, and reads that and nothing else; Leif sees that it is opened"):
        open_link(gp, letters.link_to(GP_MAIL))
        gp.sees(ILLNESS, "Grimstad barneverntjeneste")
        gp.does_not_see("Anna er nedstemt og sover lite.", OWN_WORDS, MOTHER, "Hjelpen er i gang.")
        gp.press("Ferdig, logg ut")
        leif.open(passports)
        leif.sees("Lenke til Per Holm", "åpnet")
