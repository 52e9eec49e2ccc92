"""A year in a region: the municipality's own work, the network, a grant from call to report, and a new edition.

Leif leads child welfare in Grimstad, Marit is its chief physician, and Stein works for the county governor. None of it
is about a child: after every step Kari, who works with Anna, is refused on it (but what is given in grants is open to
all who work here), and no page has Anna's name.
"""

import re
from datetime import date, timedelta
from http import HTTPStatus

from tests.stories.letters import Letters
from tests.stories.page import Unlike
from tests.stories.story import Story
from tests.stories.walker import Walker

PEOPLE = ("leif", "marit", "stein", "kari", "per")
LOAD = "tests.stories.load_region"
ABOUT_THE_REGION = re.compile(
    r"^/(kommunen|tilsyn|innforing|egenvurdering|ordninger|avtaler|tilskudd|nettverk|tall)(-i-fylket)?/"
)
OPEN = "/tilskudd/"
DUTIES, STATEMENT = "/egenvurdering/pliktene/", "Alle grupper får nødvendige helsetjenester"
FINDING = "/tilsyn/samordning/"
CENTRE = "kontakt@rbup.example"
SCHEME, PURPOSE = "Kommunalt rusarbeid", "Forebygging og tidlig intervensjon for barn, unge og unge voksne"


class Region:
    """Everybody in the story, and what is looked at after each step."""

    def __init__(self, url: str, today: date, mail: Letters) -> None:
        self.today = today
        self.mail = mail
        self.walkers = {key: Walker(url, key) for key in PEOPLE}
        self.outsider = Walker(url, "kari")
        self.outsider.be()
        self.centre = Walker(url, "rbup")
        """One at a centre in the network, who has no account."""
        self.looks = 0
        self._looked_at: set[str] = set()

    def __getitem__(self, key: str) -> Walker:
        return self.walkers[key]

    def day(self, days: int) -> str:
        """A day from today, as people type it."""
        return f"{self.today + timedelta(days=days):%d.%m.%Y}"

    def look(self) -> None:
        """Whoever works with children is refused on each new page, and no page names a child. Raises Unlike."""
        shown = {one for key in ("leif", "marit", "stein") for one in self[key].seen}
        for address in sorted({one for one in shown if ABOUT_THE_REGION.match(one)} - self._looked_at):
            self._looked_at.add(address)
            self.looks += 1
            status, body = self.outsider.status_of(address)
            if status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND) and not address.startswith(OPEN):
                raise Unlike(f"Kari refused on {address}", f"{status}")
            if "Anna" in body:
                raise Unlike(f"no child on {address}", body[:200])

    def close(self) -> None:
        for walker in (*self.walkers.values(), self.outsider, self.centre):
            walker.close()


def tell(story: Story, region: Region) -> None:
    """The whole story."""
    _own_work(story, region)
    _in_use(story, region)
    _network(story, region)
    _grant(story, region)
    _edition(story, region)


def _own_work(story: Story, region: Region) -> None:
    leif, marit, stein = region["leif"], region["marit"], region["stein"]
    with story.step(
        "Leif, Marit and Stein each find the municipality's or the county's own work; Kari and Per have none"
    ):
        for walker in region.walkers.values():
            walker.be()
        leif.follow("Kommunen")
        leif.sees("Egenvurdering", "Tilskudd", "Nettverk", "Tall")
        for walker in (marit, stein):
            walker.open("/")
            walker.sees("Du ser ingen barn her.", "Egenvurdering", "Nettverk")
        for key in ("kari", "per"):
            region[key].open("/")
            region[key].has_no_link("Kommunen")
    with story.step("Leif says that what supervision has found is so here too, and what is done; Stein reads it"):
        leif.open(FINDING)
        leif.fill(
            {
                "Hvordan er det hos dere?": "Det er slik hos oss også",
                "Hvorfor svarer dere det?": "Tjenestene møtes for sjelden.",
                "Hva gjør dere med det?": "Faste møter fra neste måned",
                "Hvem gjør det?": "Fagteamet",
                "Når skal det være gjort?": region.day(60),
            }
        )
        leif.press("Lagre svaret")
        stein.open("/tilsyn-i-fylket/4202/")
        stein.sees("Faste møter fra neste måned")
    with story.step("Marit closes it, but only with what shows that it is mended"):
        marit.open(FINDING)
        marit.fill({"Hvordan er det hos dere?": "Det er rettet", "Hvorfor svarer dere det?": "Møtene er i gang."})
        marit.try_to_press("Lagre svaret")
        marit.sees("Skriv hva som viser at det er rettet.")
        marit.fill({"Hva viser at det er rettet?": "Møteplan og tre referater"})
        marit.press("Lagre svaret")
        stein.open("/tilsyn-i-fylket/4202/")
        stein.sees("Møteplan og tre referater")
    with story.step("Leif judges the collaboration; Marit does not see his answer before she has given her own"):
        leif.open(f"{DUTIES}svar/")
        leif.fill({STATEMENT: "Ja", f"{STATEMENT} > Hva bygger du det på?": "Alle får svar hos helsestasjonen."})
        leif.press("Lagre svarene")
        marit.open(DUTIES)
        marit.does_not_see("Alle får svar hos helsestasjonen.")
        marit.open(f"{DUTIES}svar/")
        marit.fill({STATEMENT: "Nei", f"{STATEMENT} > Hva bygger du det på?": "Ungdom over 16 har ikke noe tilbud."})
        marit.press("Lagre svarene")
        for walker in (leif, marit):
            walker.open(DUTIES)
            walker.sees("Alle får svar hos helsestasjonen.", "Ungdom over 16 har ikke noe tilbud.", "Ulike svar")
    with story.step("They agree on what to do about it, and Stein sees that they disagreed and what is done"):
        leif.follow(f"Skriv et tiltak: {STATEMENT}")
        leif.fill(
            {
                "Hva gjør dere med det?": "Et tilbud for ungdom over 16",
                "Hvem gjør det?": "Helsestasjonen",
                "Når skal det være gjort?": region.day(120),
            }
        )
        leif.press("Lagre tiltaket")
        stein.open("/egenvurdering-i-fylket/4202/pliktene/")
        stein.sees("Et tilbud for ungdom over 16", "Ulike svar")


def _in_use(story: Story, region: Region) -> None:
    leif, marit, stein = region["leif"], region["marit"], region["stein"]
    with story.step(
        "Leif registers a leaflet that is in use, and Marit what was evaluated; the council's page shows both"
    ):
        leif.open("/innforing/")
        leif.follow("Nytt materiell")
        leif.fill(
            {
                "Hva heter materiellet?": "Plakat om forløpet",
                "Hvem har laget det?": "Direktoratene",
                "Hvilken utgave?": "2023",
                "Hvilke språk?": "Bokmål og nordsamisk",
                "Hvor er det i bruk?": "Alle venterom",
                "Når så noen sist over det?": region.day(-3),
                "Hvem så over det?": "Ledende helsesykepleier",
            }
        )
        leif.press("Lagre materiellet")
        marit.open("/innforing/")
        marit.follow("Ny evaluering")
        marit.fill({"Hva skal evalueres?": "Om skolene vet hvem de ringer", "Hvem gjør det?": "Rådgiver"})
        marit.fill({"Når ble det gjort?": region.day(-1), "Hva fant dere ut?": "Halvparten vet det."})
        marit.try_to_press("Lagre evalueringen")
        marit.fill({"Hva ble endret etterpå?": "Alle skolene fikk lista."})
        marit.press("Lagre evalueringen")
        stein.open("/innforing-i-fylket/")
        stein.follow("Se hvilke trinn kommunene har nådd, på kart")
        stein.follow("Bufetat")
        stein.sees("Hvilke trinn er nådd?", "Grimstad")
        stein.open("/innforing-i-fylket/4202/")
        stein.sees("Plakat om forløpet", "Bokmål og nordsamisk", "Halvparten vet det.", "Alle skolene fikk lista.")


def _network(story: Story, region: Region) -> None:
    leif, marit, stein = region["leif"], region["marit"], region["stein"]
    with story.step("Stein calls a gathering today; Marit answers who comes, and Leif proposes what to talk about"):
        stein.open("/nettverk/")
        stein.follow("Ny samling")
        stein.fill({"Hvilken dag?": region.day(0), "Når begynner den?": "10", "Hvor?": "Arendal"})
        stein.press("Lagre")
        marit.open("/nettverk/")
        marit.follow(f"{region.day(0)} kl. 10.00, Arendal")
        marit.follow("Svar")
        marit.fill({"Kommer dere?": "Ja, vi kommer", "Hvem kommer?": "Kommuneoverlegen"})
        marit.press("Lagre svaret")
        leif.open("/nettverk/tema/nytt/")
        leif.fill({"Hva vil dere snakke om?": "Ventetid hos BUP", "Hvorfor?": "Den er blitt lengre."})
        leif.press("Foreslå")
        leif.sees("Ventetid hos BUP")
    with story.step(
        "The topic is taken up, the gathering is written down, and a decision becomes each municipality's task"
    ):
        stein.open("/nettverk/")
        stein.follow(f"{region.day(0)} kl. 10.00, Arendal")
        stein.follow("Velg temaer")
        stein.fill({"Hvilke temaer tar dere opp?": ["Ventetid hos BUP"]})
        stein.press("Lagre")
        stein.follow("Skriv referatet")
        stein.fill({"Referat": "Vi snakket om ventetid.", "Hvilke kommuner var der?": ["Grimstad"]})
        stein.press("Lagre referatet")
        stein.sees("Kommuner som ikke var der:", "Lillesand")
        stein.follow("Nytt vedtak")
        stein.fill(
            {"Hva skal hver kommune gjøre?": "Telle ventetid i tre måneder", "Når skal det være gjort?": region.day(90)}
        )
        stein.press("Lagre vedtaket")
        leif.open("/nettverk/")
        leif.follow("Telle ventetid i tre måneder")
        leif.follow("Svar for kommunen din")
        leif.fill({"Hvordan går det?": "Vi er i gang", "Fortell kort": "Helsestasjonen teller fra mandag."})
        leif.press("Lagre svaret")
    with story.step("The next gathering shows how it goes with what was decided"):
        stein.open("/nettverk/samling/ny/")
        stein.fill({"Hvilken dag?": region.day(150), "Når begynner den?": "10", "Hvor?": "Kristiansand"})
        stein.press("Lagre")
        stein.follow(f"{region.day(150)} kl. 10.00, Kristiansand")
        stein.sees("Slik går det med det som ble bestemt før", "Telle ventetid i tre måneder")
    with story.step(
        "Stein asks everybody by mail; a centre without an account reads it by the link, and writes instead"
    ):
        stein.follow("Send beskjed om samlingen")
        stein.fill({"E-post til RBUP": CENTRE})
        stein.press("Send")
        stein.sees("Sendt om samlingen")
        gathering = stein.page.url
        link = region.mail.link_to(CENTRE)
        centre = region.centre
        centre.open(link)
        if "Kristiansand" in centre.page.text:
            raise Unlike("nothing told before the press", centre.page.text)
        centre.press("Vis meldingen")
        centre.sees("Kristiansand", region.day(150))
        centre.fill(
            {"Kommer dere?": "Nei, men vi skriver til samlingen", "Hva vil dere si til samlingen?": "Vi har et kurs."}
        )
        centre.press("Send svaret")
        centre.sees("Svaret er sendt.")
        stein.open(gathering)
        stein.sees("RBUP skriver:", "Vi har et kurs.", "besvart 1")
    with story.step("It is called off: the centre gets another mail, and its link says so; no mail says anything"):
        stein.follow("Endre samlingen")
        stein.fill({"Samlingen er avlyst": True})
        stein.press("Lagre")
        stein.follow("Send beskjed om samlingen")
        stein.press("Send")
        centre.open(region.mail.link_to(CENTRE))
        centre.press("Vis meldingen")
        centre.sees("Samlingen er avlyst.")
        region.mail.tell_nothing(["Kristiansand", "Arendal", "nettverk", "Nettverk", "samlingen"])
    with story.step("Leif tells what Grimstad has tried, and Marit finds it by a word of it"):
        leif.open("/nettverk/erfaringer/ny/")
        leif.fill(
            {
                "Hva handler det om?": "Åpen time på fredager",
                "Hva prøvde dere, og hvordan gikk det?": "Flere foreldre kom da de slapp å ringe først.",
            }
        )
        leif.press("Del erfaringen")
        marit.open("/nettverk/erfaringer/")
        marit.fill({"Søk i erfaringene": "foreldrene"})
        marit.press("Søk")
        marit.sees("Åpen time på fredager")


def _grant(story: Story, region: Region) -> None:
    leif, marit, stein = region["leif"], region["marit"], region["stein"]
    moves = ""
    year = str(region.today.year - 1)  # so that there is a year to tell of
    with story.step("Stein calls for applications, and Leif applies with the hospital"):
        stein.open("/tilskudd/utlysning/ny/")
        stein.fill(
            {
                "Hvilken ordning?": SCHEME,
                "Hvilket år?": year,
                "Hvor mye er det å dele ut?": "2 000 000",
                "Fra hvilken dag kan kommunene søke?": region.day(-3),
                "Hva er den siste dagen de kan søke?": region.day(3),
            }
        )
        stein.press("Lys ut")
        leif.open("/tilskudd/")
        leif.follow(f"{SCHEME} {year}")
        leif.follow("Søk", near=PURPOSE)
        leif.fill(
            {
                "Hvor mye søker dere om?": "1 500 000",
                "Hvem søker sammen med dere?": "Sykehuset",
                "Hva skal pengene brukes til?": "Et team for ungdom.",
                "Hva skal bli annerledes?": [moves := _first_choice(leif, "Hva skal bli annerledes?")],
            }
        )
        leif.press("Send søknaden")
        leif.sees("Søknaden er sendt.")
    with story.step("When the time to apply is over, Stein assesses and gives out; what does not add up is refused"):
        stein.open("/tilskudd/")
        stein.follow(f"{SCHEME} {year}")
        stein.follow("Endre utlysningen")
        stein.fill({"Hva er den siste dagen de kan søke?": region.day(-1)})
        stein.press("Lagre")
        stein.follow("Vurder", near="1 500 000")
        stein.fill({"Hva mener du om søknaden?": "Bør få noe av det de søker om", "Hvorfor?": "Teamet trengs."})
        stein.press("Lagre vurderingen")
        stein.follow("Del ut tilskuddet")
        whose = f"Grimstad, {PURPOSE}"
        stein.fill({f"Bundet beløp: {whose}": "1 000 000", "Hva er det bundet til?": "En stilling"})
        stein.fill({f"Fritt beløp: {whose}": "200 000"})
        stein.try_to_press("Del ut")
        stein.sees("Det er 800 000 kr igjen av rammen.")
        stein.fill({"Hvor mye blir ikke delt ut?": "800 000", "Hvorfor blir ikke alt delt ut?": "Ingen andre søkte."})
        stein.press("Del ut")
        stein.sees("Tilskuddet er delt ut.")
    with story.step("It is paid, and Marit tells what came of it and of what it was to move; Stein reads it"):
        stein.open("/tilskudd/kommune/4202/")
        stein.follow(PURPOSE, near=year)
        award = stein.page.path
        stein.follow("Skriv ned en utbetaling")
        stein.fill({"Hvor mye er betalt?": "1 200 000", "Hvilken dag?": region.day(0)})
        stein.press("Lagre")
        marit.open(f"{award}rapport/{year}/")
        marit.sees(moves, f"halvår {int(year) - 1}", f"halvår {year}", "I alt")
        marit.fill(
            {"Hvor mye brukte dere dette året?": "900 000", "Hva ble gjort, og hva kom ut av det?": "En gruppe."}
        )
        marit.fill(
            {f"Hvordan var det før? {moves}": "Vi vet ikke", f"Hvordan er det nå? {moves}": "14 ungdommer i gruppe"}
        )
        marit.press("Lever rapporten")
        stein.open(award)
        stein.sees("14 ungdommer i gruppe", "900 000 kr")


def _first_choice(walker: Walker, group: str) -> str:
    """The first of what can be chosen in a group on the page."""
    for legend in walker.page.doc.iter("legend"):
        if group in " ".join(legend.text_content().split()):
            return " ".join(next(legend.getparent().iter("label")).text_content().split())
    raise Unlike(f"the choices of «{group}»", walker.page.summary())


def _edition(story: Story, region: Region) -> None:
    kari, leif, stein = region["kari"], region["leif"], region["stein"]
    with story.step("Everybody reads what the edition of 2023 changed; Kari sees too what it changes in Anna's case"):
        for walker in (leif, stein, kari):
            walker.open("/utgaver/")
            walker.sees("Dette er annerledes enn i 2020")
        kari.sees("Anna", "Disse helseområdene blir med")
        stein.does_not_see("Anna")
    with story.step("Kari lets the case follow it, and goes back as nothing has been done since"):
        kari.follow("Åpne saken: Anna Solberg")
        kari.follow("Utgave 2020")
        kari.press("La saken følge utgaven 2023")
        kari.sees("Saken følger nå utgaven 2023.")
        kari.follow("Utgave 2023")
        kari.press("Gå tilbake til utgaven 2020")
        kari.sees("Saken følger igjen utgaven 2020.")
    with story.step("Leif lets all that are shown follow it in one press"):
        leif.open("/utgaver/")
        leif.press("La alle på denne siden følge den")
        leif.sees("1 sak følger nå utgaven 2023.", "Ingen saker som du ser her, følger en eldre utgave.")
