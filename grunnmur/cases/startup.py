"""What must be true before the first request: tables that are up to date, a whole wall, definitions that are valid
and unchanged since first use."""

from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from grunnmur import keys
from grunnmur.cases import consent_rules, national_codes, row_security
from grunnmur.cases.definition import definitions
from grunnmur.cases.definition_file import DefinitionError
from grunnmur.cases.models import SealedEdition
from grunnmur.directory import known_passwords, sessions
from grunnmur.directory.providers import WrongProviders, providers


class NotSafe(Exception):
    """The program refuses to start, and says why."""


def faults() -> list[str]:
    """What is wrong, in words; an empty list lets the program start."""
    try:
        return _missing_migrations() or [
            *_wrong_key(),
            *_wrong_keysets(),
            *row_security.faults(connection),
            *_definition_faults(),
            *_provider_faults(),
            *_leaked_password_faults(),
        ]
    except OperationalError as fault:
        return [f"The database cannot be reached: {fault}".strip()]


def _provider_faults() -> list[str]:
    """The file that names those who may vouch for who somebody is, where there is one."""
    try:
        providers()
    except WrongProviders as fault:
        return [str(fault)]
    return []


def _leaked_password_faults() -> list[str]:
    """The file of leaked passwords, where one is named: without it, what has leaked would be taken in silence."""
    if settings.LEAKED_PASSWORDS is None:
        return []
    try:
        known_passwords.check_leaked(settings.LEAKED_PASSWORDS)
    except known_passwords.NoLeakedPasswords as fault:
        return [f"GRUNNMUR_LEAKED_PASSWORDS: {fault}"]
    return []


def _missing_migrations() -> list[str]:
    """By the names of the files: what is in them matters to those who run them, and takes long to load."""
    missing = _migrations() - MigrationRecorder(connection).applied_migrations().keys()
    if not missing:
        return []
    names = ", ".join(f"{app}.{name}" for app, name in sorted(missing))
    return [f"The tables are not up to date. Run «grunnmur migrate» first. Missing: {names}."]


def _migrations() -> set[tuple[str, str]]:
    """The app and name of every migration that is installed."""
    return {
        (app.label, module.name)
        for app in apps.get_app_configs()
        if (package := find_spec(f"{app.name}.migrations"))
        for module in iter_modules(package.submodule_search_locations)
        if not module.name.startswith("_")
    }


def _wrong_key() -> list[str]:
    """The database checks our signatures with pads of the key that `migrate` was run with."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.is_signed('start', %s)", [sessions.sign("start")])
        (is_signed,) = cursor.fetchone()
    if is_signed:
        return []
    return [
        "GRUNNMUR_SECRET_KEY is not the one the database knows, so nobody could log in. Use the same key as when "
        "«grunnmur migrate» was last run, or run it again with the new one."
    ]


def _wrong_keysets() -> list[str]:
    """Every keyset can be used, and is the one that the rows were sealed with."""
    if missing := keys.faults():
        return missing
    with connection.cursor() as cursor:
        cursor.execute("select keyset, value from sec.key_checks()")
        checks = {keyset: bytes(value) for keyset, value in cursor.fetchall()}
    return [
        f"The keyset «{keyset}» in GRUNNMUR_KEYS is not the one that the database's rows were sealed with. Restore it "
        "from where your keys are kept."
        for keyset in keys.Keyset
        if keyset not in checks or not keys.knows(keyset, checks[keyset])
    ]


def _definition_faults() -> list[str]:
    try:
        known = {edition.key: edition.sha256 for edition in definitions().editions}
        consent_rules.rules()
        national_codes.codes()
    except DefinitionError as wrong:
        return [str(fault) for fault in wrong.faults]
    return [
        f"definitions/pathway/{sealed.key}.yaml is in use and has been changed or removed since "
        f"{sealed.sealed_at:%d.%m.%Y}. Restore it, and make a new edition for what is new."
        for sealed in SealedEdition.objects.all()
        if known.get(sealed.key) != sealed.sha256
    ]


def refuse_to_start_with_faults() -> None:
    """Raises NotSafe with every fault."""
    found = faults()
    if found:
        raise NotSafe("Grunnmur does not start:\n- " + "\n- ".join(found))
