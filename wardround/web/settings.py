"""Django's settings, read from the environment that `wardround` prepares for its processes.

WARDROUND_DATABASE_URL, WARDROUND_HISTORY_URL and WARDROUND_DATA are the ones that matter;
everything else has a default that works.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

_DATABASE_URL = os.environ.get("WARDROUND_DATABASE_URL", "postgresql:///wardround")
_ROLE = os.environ.get("WARDROUND_ROLE", "")

DATA_FOLDER = Path(os.environ.get("WARDROUND_DATA", "data"))


def _secret_key() -> str:
    """The installation's key; without an installation a throw-away one that opens nothing."""
    given = os.environ.get("WARDROUND_SECRET_KEY")
    if given:
        return given
    file = DATA_FOLDER / "secret.key"
    return file.read_text().strip() if file.is_file() else secrets.token_hex(32)


CONNECTIONS = 16
"""To the database, of one web process; open pages hold none of them."""
STREAMS = int(os.environ.get("WARDROUND_STREAMS", "3000"))
"""Pages that one web process tells what changes (some 20 kB each)."""
STREAMS_OF_AN_ACCOUNT = max(STREAMS // 2, 1)
"""One account may stand on every screen of the house, but nobody shuts the others out."""


def _database(url: str, *, read_only: bool = False) -> dict[str, Any]:
    """Connection settings with limits on every wait, so that a sick database cannot hang us."""
    parts = conninfo_to_dict(url)
    limits = {
        "statement_timeout": "20s" if _ROLE == "web" else "30s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
        "jit": "off",  # our statements are short: compiling one took longer than it saved
    }
    if read_only:
        limits["default_transaction_read_only"] = "on"
    options: dict[str, Any] = {
        "connect_timeout": 5,
        "application_name": f"wardround {_ROLE}".strip(),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }
    for known in ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs"):
        if known in parts:
            options[known] = parts[known]
    if _ROLE == "web":
        # Nobody waits in front of a screen for the other processes.
        from wardround.web.connections import LimitedConnection  # noqa: PLC0415

        limited = {"connection_class": LimitedConnection}
        options["pool"] = {"min_size": 1, "max_size": CONNECTIONS, "timeout": 10, **limited}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "wardround"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 0 if _ROLE == "web" else None,
        "CONN_HEALTH_CHECKS": _ROLE != "web",
        "OPTIONS": options,
    }


SECRET_KEY = _secret_key()
INSTALLED = "WARDROUND_SECRET_KEY" in os.environ or (DATA_FOLDER / "secret.key").is_file()
"""Whether the key is an installation's, and not one thrown away with this process."""
AUDIT_JOURNAL = DATA_FOLDER / "audit" if INSTALLED and DATA_FOLDER.is_dir() else None
"""Where this machine keeps what it knows of the audit chain outside the database."""
AUDIT_ANCHORS = [
    place for place in os.environ.get("WARDROUND_AUDIT_ANCHOR", "").split(",") if place.strip()
]
"""Files on other paths, `syslog:` or `syslog://HOST[:PORT]`, that are told the newest seal."""
DEBUG = False
ALLOWED_HOSTS = os.environ.get("WARDROUND_HOSTS", "*").split(",")
ROOT_URLCONF = "wardround.web.urls"
ASGI_APPLICATION = "wardround.web.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": _database(_DATABASE_URL)}

ROOMS = [
    "kernel", "access", "schema", "cmdb", "impact", "history", "collect", "detection", "worktime",
    "notify", "alerts", "workflow", "tickets", "knowledge", "rounds", "boards", "web",
]  # fmt: skip
INSTALLED_APPS = [
    "procrastinate.contrib.django",
    *(f"wardround.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "wardround.web.middleware.packing",
    "wardround.web.middleware.hardening",
    "wardround.web.middleware.problems",
    "wardround.web.middleware.actor",
    "wardround.web.middleware.language",
]

LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_CODE = os.environ.get("WARDROUND_LANGUAGE", "zh-hans")
LOCALE_PATHS = [  # of the rooms that are no Django applications
    Path(__file__).resolve().parent.parent / room / "locale" for room in ("site", "dependability")
]
TIME_ZONE = os.environ.get("WARDROUND_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
UPLOAD_BYTES = 160 * 1024 * 1024
"""Of a form with files: an archive of packs has 128 MB at most."""
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "wardround.web.uploads.UnnamedFileUploadHandler",
]

CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [
    origin for origin in os.environ.get("WARDROUND_ORIGINS", "").split(",") if origin
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(os.environ.get("WARDROUND_HTTPS"))
if SESSION_COOKIE_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("WARDROUND_LOG_LEVEL", "WARNING")},
    "loggers": {"wardround": {"level": "INFO"}},
}
