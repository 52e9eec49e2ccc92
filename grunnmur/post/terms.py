"""The closed lists of the delivery ledger: what is sent, by which way, and what can become of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MessageSort(TextChoices):
    """What a message is. Nobody outside is told: what is sent says the same whatever the sort."""

    QUESTION = "question", _("Spørsmål")
    INVITATION = "invitation", _("Innkalling")
    REFERRAL = "referral", _("Henvisning")
    MINUTES = "minutes", _("Referat")
    PASSPORT = "passport", _("Pass for videre hjelp")
    REMINDER = "reminder", _("Påminnelse")
    NOTICE = "notice", _("Beskjed")
    GATHERING = "gathering", _("Innkalling til samling")
    """About a gathering of a network, and no case: it has no kind of information, so no ground of a case opens it."""


class Channel(TextChoices):
    """The way a message is sent."""

    INBOX = "inbox", _("I Grunnmur")
    MAIL = "mail", _("E-post")
    SMS = "sms", _("SMS")
    CODE = "code", _("Kode på SMS")
    """An SMS too, with the code that opens the message's link (`LinkCode`) instead of the one text there is."""


class FactKind(TextChoices):
    """One thing that has happened to a message; never changed, never removed.

    The first six are of one attempt on one way. The others are of the message itself.
    """

    HANDING_OVER = "handing_over", _("Overleveres")
    """Written before the text is sent: from here on it may have left."""
    PUT_OFF = "put_off", _("Prøves igjen")
    """It certainly did not leave."""
    UNCERTAIN = "uncertain", _("Usikkert om den kom fram")
    """It may have left: whoever sent it died, or the line broke, before anybody answered."""
    HANDED_OVER = "handed_over", _("Overlevert")
    """The mail server or the SMS adapter has taken it."""
    DELIVERED = "delivered", _("Kom fram")
    """The receiver's own server has said that it has it."""
    FAILED = "failed", _("Kom ikke fram")
    OPENED = "opened", _("Åpnet")
    ANSWERED = "answered", _("Besvart")
    REMINDED = "reminded", _("Påminnet")
    RECALLED = "recalled", _("Trukket tilbake")
    OVER = "over", _("Ikke lenger aktuelt")
    """It was taken back after somebody had opened it: nobody has answered, and nobody needs to."""
    CLOSED = "closed", _("Stengt")
    """The database closed its link, which a code opened: the municipality has ended its decision, or the child's
    address has become protected."""


class FailureCode(TextChoices):
    """Why it did not arrive, or why it must be tried again."""

    WRONG_ADDRESS = "wrong_address", _("Adressen finnes ikke.")
    REFUSED = "refused", _("Mottakerens system tok ikke imot den.")
    BOUNCED = "bounced", _("Den kom i retur.")
    SERVER_DOWN = "server_down", _("Systemet vi sender gjennom, svarte ikke.")
    TRY_LATER = "try_later", _("Mottakerens system ba oss prøve igjen senere.")
    NOT_SET_UP = "not_set_up", _("Denne måten å sende på er ikke satt opp.")
    GAVE_UP = "gave_up", _("Den er prøvd så mange ganger som den skal.")
    EXPIRED = "expired", _("Den rakk ikke fram før den gikk ut på dato.")
    REPLACED = "replaced", _("Det ble bedt om en ny kode.")
    ADDRESS_ENDED = "address_ended", _("Adressen ble tatt bort før den ble sendt.")
    RECEIVER_LEFT = "receiver_left", _("Mottakeren er ikke lenger i tjenesten.")
    NO_LONGER_SEES = "no_longer_sees", _("Mottakeren ser ikke lenger saken.")
    DIED = "died", _("Programmet stoppet mens den ble sendt.")
    LINE_BROKE = "line_broke", _("Forbindelsen ble brutt før noen svarte.")


class MessageState(TextChoices):
    """Where a message, or one way of it, stands: worked out from its facts, and stored nowhere."""

    WAITING = "waiting", _("Venter på å bli sendt")
    HANDED_OVER = "handed_over", _("Sendt")
    DELIVERED = "delivered", _("Kommet fram")
    OPENED = "opened", _("Åpnet")
    ANSWERED = "answered", _("Besvart")
    FAILED = "failed", _("Kom ikke fram")
    UNCERTAIN = "uncertain", _("Usikkert om den kom fram")
    RECALLED = "recalled", _("Trukket tilbake")
    OVER = "over", _("Ikke lenger aktuelt")
    CLOSED = "closed", _("Stengt: kode på SMS er ikke nok lenger")


class ProofKind(TextChoices):
    """What tells that the one who opens a link is the one it was sent to: a number that an eID vouches for, or, where
    the municipality has decided that it is enough, a code that is sent to a mobile that the sender has confirmed."""

    HPR = "hpr", _("HPR-nummer")
    NATIONAL_ID = "national_id", _("Fødselsnummer")
    CODE = "code", _("Kode på SMS")


class Confirmed(TextChoices):
    """How the sender knows that a mobile is the receiver's own; the list is our own choice."""

    SPOKEN = "spoken", _("Jeg har snakket med personen på dette nummeret")
    IN_PERSON = "in_person", _("Jeg fikk nummeret av personen ansikt til ansikt")
    DIRECTORY = "directory", _("Tjenesten oppgir nummeret selv, og jeg har slått det opp")


class LinkState(TextChoices):
    """Whether a link can be used now."""

    OPEN = "open", _("Kan brukes")
    RECALLED = "recalled", _("Trukket tilbake")
    """Or what it showed is closed: a consent has ended, or the pathway."""
    EXPIRED = "expired", _("Gått ut på dato")
