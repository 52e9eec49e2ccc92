"""Settings, all from the environment. `GRUNNMUR_MODE` is `demo`, `test` or `production` (the default)."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from grunnmur import antivirus, log_receiver, postgres, secret_files

PACKAGE = Path(__file__).resolve().parent
MODE = os.environ.get("GRUNNMUR_MODE", "production")
if MODE not in ("demo", "test", "production"):
    raise ImproperlyConfigured("GRUNNMUR_MODE must be demo, test or production.")
IS_PRODUCTION = MODE == "production"

# --- secrets -----------------------------------------------------------------------------------------------


def _secret_key() -> str:
    """The key from the file or the environment; in demo and test one that is made once and kept beside the data."""
    key = _from_file("GRUNNMUR_SECRET_KEY_FILE") or os.environ.get("GRUNNMUR_SECRET_KEY", "")
    if key and len(key) < 50:
        raise ImproperlyConfigured("GRUNNMUR_SECRET_KEY must have at least 50 characters.")
    return key if key or IS_PRODUCTION else postgres.made_once("secret-key", secrets.token_urlsafe(48)).read_text()


def _from_file(variable: str) -> str:
    """The secret in the file that an environment variable names; nothing when it names none."""
    try:
        return secret_files.read(variable, is_production=IS_PRODUCTION)
    except secret_files.Unusable as fault:
        raise ImproperlyConfigured(str(fault)) from None


def _kek() -> str:
    """The key that the keysets are wrapped with: from the environment or the file it names; made as the one above."""
    key = _from_file("GRUNNMUR_KEK_FILE") or os.environ.get("GRUNNMUR_KEK", "")
    return key if key or IS_PRODUCTION else postgres.made_once("kek", secrets.token_urlsafe(32)).read_text()


SECRET_KEY = _secret_key()
KEK = _kek()
KEYS_FOLDER = Path(os.environ.get("GRUNNMUR_KEYS") or postgres.data_dir() / "keys")
"""Where the keysets are (`grunnmur/keys.py`), each wrapped with the KEK."""

# --- database ----------------------------------------------------------------------------------------------
# DATABASE_URL is the runtime role; OWNER_DATABASE_URL the role that owns the tables and runs migrations.
# Without them the program uses the embedded server, which `grunnmur.__main__` starts before Django.

DATABASE_URL = os.environ.get("DATABASE_URL", "")
OWNER_DATABASE_URL = os.environ.get("OWNER_DATABASE_URL", "")
AS_OWNER = os.environ.get("GRUNNMUR_AS_OWNER") == "1"
_url = OWNER_DATABASE_URL if AS_OWNER else DATABASE_URL
if IS_PRODUCTION and (_fault := postgres.in_the_clear(_url)):
    raise ImproperlyConfigured(_fault)
DATABASES = {"default": postgres.django_settings(_url or "dbname=grunnmur", pool=bool(_url) and not AS_OWNER)}

# --- the program -------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "grunnmur.family",
    "grunnmur.web",
    "grunnmur.public",
    "grunnmur.exchange",
    "grunnmur.insight",
    "grunnmur.cases",
    "grunnmur.post",
    "grunnmur.stewardship",
    "grunnmur.directory",
    "grunnmur.log",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
]
if MODE in ("demo", "test"):
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "grunnmur.web.walls.walls",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "grunnmur.web.middleware.OwnSessionMiddleware",
    "grunnmur.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "grunnmur.web.middleware.ActorMiddleware",
]
ROOT_URLCONF = "grunnmur.urls"
WSGI_APPLICATION = "grunnmur.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "directory.Account"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "web" / "templates", PACKAGE / "public" / "templates", PACKAGE / "family" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "grunnmur.web.jinja.environment",
            "context_processors": ["grunnmur.web.context.page"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- language and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

# --- static files ------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("GRUNNMUR_STATIC", postgres.data_dir() / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"  # one by one as they are asked for

# --- log in ------------------------------------------------------------------------------------------------

PASSWORD_HASHERS = ["grunnmur.directory.passwords.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "grunnmur.directory.passwords.OwnWordsValidator"},
    {"NAME": "grunnmur.directory.passwords.KnownValidator"},
]
_leaked = os.environ.get("GRUNNMUR_LEAKED_PASSWORDS")
LEAKED_PASSWORDS = Path(_leaked) if _leaked else None
"""A file of passwords that have leaked (docs/how-to/install.md); without one they are not looked for."""
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_IDLE = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=8)
"""A session ends when there has been no request for so long, and after so long whatever happens. Both stand in the
database (`sec.session`), and the cookie opens nothing after the first."""
SESSION_COOKIE_AGE = int(SESSION_IDLE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
"""The browser keeps a cookie that is too old until it is closed: it says whose text it was that was sent too late."""
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "grunnmur.web.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
OPENID_FILE = os.environ.get("GRUNNMUR_OPENID", "")
"""The file that names the providers of OpenID Connect (`directory/providers.py`); none without it."""
KNOWN_COOKIE_NAME = "__Host-known" if IS_PRODUCTION else "known"
"""A browser where the right password has been given before (`web/guessing.py`)."""
DEVICE_COOKIE_NAME = "__Secure-device" if IS_PRODUCTION else "device"
"""A device that somebody in a family has taken in use (`family/coming_in.py`)."""
DEMO_LOGIN = MODE in ("demo", "test")
"""Whether one may choose whom to be from the cast, without a password."""
LIMITS_TIMES = 1 if IS_PRODUCTION else int(os.environ.get("GRUNNMUR_LIMITS_TIMES", "1"))
"""How many times what `definitions/limits.yaml` says one may do: tests ask faster than people. Never in production."""
ALLOW_REAL_NATIONAL_IDS = IS_PRODUCTION
"""Demo and test refuse any national identity number that is not synthetic (month + 80)."""

# --- the walls around each answer: its headers are in web/walls.py -----------------------------------------

ALLOWED_HOSTS = [host for host in os.environ.get("GRUNNMUR_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
BEHIND_PROXY = os.environ.get("GRUNNMUR_BEHIND_PROXY") == "1"
"""Whether a proxy of our own stands before, whose word for where a request comes from, and for https, is taken."""
DEBUG = False
SILENCED_SYSTEM_CHECKS = ["security.W002"]
"""Django's own middleware for X-Frame-Options: `web/walls.py` sets it, with every other header."""
if IS_PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-sid"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^logg-inn/hos/[^/]+/slutt/$"]
"""Where a program asks and no person: it is not sent on to https, but told no (`web/views/openid.py`)."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 25_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_PERMISSIONS = 0o600
ANTIVIRUS = antivirus.read_address(os.environ.get("GRUNNMUR_ANTIVIRUS", ""))
"""The clamd that looks through what is kept of files from outside (docs/security/uploads.md); None for none."""

# --- what is sent out of the house: nothing that it is about ------------------------------------------------

PUBLIC_URL = os.environ.get("GRUNNMUR_URL") or (
    f"https://{ALLOWED_HOSTS[0]}/" if IS_PRODUCTION else "http://127.0.0.1:8000/"
)
"""Where people log in: the one link in what is sent."""
SMTP_URL = os.environ.get("GRUNNMUR_SMTP_URL", "")
SMTP_PASSWORD = _from_file("GRUNNMUR_SMTP_PASSWORD_FILE")
MAIL_FROM = os.environ.get("GRUNNMUR_MAIL_FROM") or (
    f"grunnmur@{urlsplit(PUBLIC_URL).hostname}" if IS_PRODUCTION else "grunnmur@grunnmur.example"
)
SMS_ADAPTER = os.environ.get("GRUNNMUR_SMS", "")
"""`MODULE:FUNCTION` of the adapter that sends SMS (docs/reference/sms.md)."""
OPERATOR_TOKEN = _from_file("GRUNNMUR_OPERATOR_TOKEN_FILE")
"""What an operator shows to see the numbers on /drift/; without it nobody does. The demo makes one of its own."""
if OPERATOR_TOKEN and len(OPERATOR_TOKEN) < 24:
    raise ImproperlyConfigured("The operator's token must have at least 24 characters.")
OUT_FOLDER = None if IS_PRODUCTION else Path(os.environ.get("GRUNNMUR_OUT") or postgres.data_dir() / "out")
"""Where mail and SMS go in the demo and the tests instead of out: one file each."""

# --- the log of acts and looks -----------------------------------------------------------------------------

LOG_ANCHORS = Path(os.environ.get("GRUNNMUR_ANCHORS", postgres.data_dir() / "anchors" / "log.jsonl"))
"""Where `grunnmur anchor_log` keeps where the chains stand; in production a place outside the database's reach."""

# --- the program's own log: no names, no bodies, no addresses -----------------------------------------------

LOG_RECEIVER = os.environ.get("GRUNNMUR_LOG_RECEIVER", "")
"""Where what happens is told to whoever watches (docs/reference/logs.md): `tls://HOST:PORT`, or `stderr`."""
_receiver = log_receiver.handlers(LOG_RECEIVER, os.environ.get("GRUNNMUR_LOG_RECEIVER_CA", ""))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "grunnmur.program_log.Formatter"}},
    "filters": {"at_most": {"()": "grunnmur.program_log.AtMost"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "level": "INFO" if LOG_RECEIVER == "stderr" else "WARNING",
        },
        **_receiver,
    },
    "root": {"handlers": ["stderr", *_receiver], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # What is a row in the log of looks already (INFO) is told only where somebody watches.
        "grunnmur.security": {"level": "INFO" if LOG_RECEIVER else "WARNING", "filters": ["at_most"]},
    },
}
ADMINS: list[tuple[str, str]] = []
