"""The one settings file. Everything that differs between installations is read from the environment."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
TESTING = env.bool("TESTING", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))


def secret(name: str, *, when_developing: str) -> str:
    """The value of a secret; outside DEBUG and tests a missing one stops the start with a sentence that names it."""
    value: str = env.str(name, "")
    if value:
        return value
    if DEBUG or TESTING:
        return when_developing
    raise ImproperlyConfigured(f"The environment variable {name} is not set. Set it, or set DEBUG=1 on a developer's machine.")


def needed(name: str, *, otherwise: str) -> str:
    """What an installation cannot do its work without; the demo brings its own."""
    return env.str(name, "") or (otherwise if DEMO else secret(name, when_developing=otherwise))


# Addresses
SECRET_KEY = secret("SECRET_KEY", when_developing="only-for-developing-" + "0" * 40)
SITE_URL = secret("SITE_URL", when_developing="http://localhost:8000").rstrip("/")
HOST = urlsplit(SITE_URL).hostname or ""
if not HOST or not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SITE_URL is not an address. Write it whole, for example https://innovation.kiruna.example.")
if DEMO and HOST not in ("localhost", "127.0.0.1", "::1"):
    raise ImproperlyConfigured(
        f"DEMO=1 makes accounts whose password everybody knows, so SITE_URL must be on this machine, not {HOST}. Unset DEMO."
    )
OTHER_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
ALLOWED_HOSTS = [HOST, *filter(None, OTHER_HOSTS)]
if DEBUG or TESTING:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "testserver"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "kiruna_innovation.urls"
WSGI_APPLICATION = "kiruna_innovation.wsgi.application"
SECURE = SITE_URL.startswith("https://")

# Apps, in import order from the top of the house to its foundation
INSTALLED_APPS = [
    "kiruna_innovation",
    "triage",
    "network",
    "ideas",
    "challenges",
    "contributions",
    "organisation",
    "notifications",
    "lib",
    "allauth",
    "allauth.account",
    "django_htmx",
    "lucide",
    "rules",
    "template_partials",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lib.htmx.HtmxLoginRedirect",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "organisation.middleware.PersonLanguageMiddleware",
    "organisation.middleware.PrivatePagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kiruna_innovation.frame.frame",
            ],
        },
    }
]
FORM_RENDERER = "lib.form_rendering.KirunaRenderer"

# Database
DATABASES = {
    "default": dj_database_url.parse(
        secret("DATABASE_URL", when_developing="postgresql://postgres@127.0.0.1:5432/kiruna"),
        conn_max_age=0,
    )
}
# Disks are quick, and as many as the search asks for are read from the index of meanings.
TUNED = "-c random_page_cost=1.1 -c hnsw.ef_search=200"
DATABASES["default"]["OPTIONS"] = {
    "options": TUNED,
    "pool": env.bool("DATABASE_POOL", not TESTING) and {"min_size": 1, "max_size": 8, "timeout": 5},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # mail addresses are unique whatever their case, by a constraint over Lower("email")

# People and sign-in
AUTH_USER_MODEL = "organisation.Person"
AUTHENTICATION_BACKENDS = [
    "organisation.backends.PersonBackend",
    "rules.permissions.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "organisation.adapters.ClosedDoorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A whole office shares one address, so what protects a person counts by the address they sign in with (key).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key,100/m/ip",
    "login": "300/m/ip",
    "request_login_code": "3/m/key,300/m/ip",
    "reset_password": "5/m/key,100/m/ip",
    "reset_password_from_key": "100/m/ip",
}
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # the last address in X-Forwarded-For is the one our own proxy wrote
DEMO_DOMAINS = ("kiruna.example", "tvk.example")
CLOSED_DOMAINS = () if DEMO or DEBUG or TESTING else DEMO_DOMAINS
"""Of mail addresses that open nothing: data of a demo may have come here, and everybody knows its password."""
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # the cached ones fail when Redis is stopped
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

# Language and time
LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = None
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # looks for files when asked, so none need be collected first
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist"), ("img", BASE_DIR / "static" / "img")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Safety
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Files that people attach. They lie outside the static files and are only ever sent by the view that asks who may see them.
MEDIA_ROOT = Path(env.str("FILES_DIR", str(VAR_DIR / "files")))
FILE_UPLOAD_HANDLERS = ["lib.uploads.guard.SizeGuard", "django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750

# Mail
EMAIL_HOST = needed("EMAIL_HOST", otherwise="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = needed("MAIL_FROM", otherwise="Kiruna Innovation <innovation@kiruna.example>")
DEMO_MAIL_DIR = Path(env.str("DEMO_MAIL_DIR", str(VAR_DIR / "mail")))

# Redis and Celery. Celery only wakes; the truth about what is to be sent stands in PostgreSQL (docs/adr).
REDIS_URL = needed("REDIS_URL", otherwise="")
CACHES = {
    "default": {
        "BACKEND": "lib.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
BROKER_DIR = Path(env.str("BROKER_DIR", str(VAR_DIR / "broker")))
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600, "unacked_restore_interval": 10, "unacked_restore_throttle": 1}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "deliver": {"task": "notifications.deliver", "schedule": env.float("DELIVER_EVERY_SECONDS", 5.0), "options": {"expires": 60}},
    "gather-digests": {"task": "notifications.gather_digests", "schedule": crontab(minute="*/10"), "options": {"expires": 600}},
    "remind": {"task": "triage.remind", "schedule": crontab(minute="*/15"), "options": {"expires": 900}},
    "return-parked": {"task": "contributions.return_parked", "schedule": crontab(minute=5), "options": {"expires": 3600}},
    "refresh-words": {"task": "contributions.refresh_words", "schedule": crontab(minute=35), "options": {"expires": 3600}},
    "sweep-files": {"task": "contributions.sweep_files", "schedule": crontab(hour=3, minute=20), "options": {"expires": 3600}},
    "close-windows": {"task": "challenges.close_windows", "schedule": crontab(minute="*/5"), "options": {"expires": 300}},
    "remind-of-plans": {"task": "challenges.remind", "schedule": crontab(minute="7-59/15"), "options": {"expires": 900}},
}

# Logs: one line per event, readable where a person looks, JSON where a machine does
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(
                    [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
                    if DEBUG or DEMO
                    else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
                ),
            ],
            "foreign_pre_chain": [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso")],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"django.server": {"level": "WARNING"}, "allauth": {"level": "INFO"}},
}
