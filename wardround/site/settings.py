"""Every setting of the environment, and whether what is written there can be meant.

Looked at before anything runs, so that a mistyped one is told in a sentence and not by whatever
comes upon it first.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from wardround.kernel.wording import Wording
from wardround.kernel.wording import untranslated as _
from wardround.site.errors import BadSetting

PREFIX = "WARDROUND_"
Check = Callable[[str], "Wording | None"]
"""What must be written instead, or None where it is right."""


def _whole(least: int, most: int = 2**53) -> Check:
    wanted = Wording(_("a whole number from %(least)s to %(most)s"), {"least": least, "most": most})

    def check(text: str) -> Wording | None:
        return None if text.isascii() and text.isdigit() and least <= int(text) <= most else wanted

    return check


def _positive(text: str) -> Wording | None:
    wanted = Wording(_("a number above 0, at most 1,000,000"))
    try:
        return None if 0 < float(text) <= 1_000_000 else wanted
    except ValueError:
        return wanted


def _one_of(*words: str) -> Check:
    return lambda text: None if text in words else Wording(", ".join(words))


def _zone(text: str) -> Wording | None:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        return Wording(_("a time zone such as Asia/Shanghai"))
    return None


def _networks(text: str) -> Wording | None:
    try:
        for part in filter(None, map(str.strip, text.split(","))):
            ip_network(part, strict=False)
    except ValueError:
        return Wording(_("networks between commas, such as 10.0.0.0/8, fd00::/8"))
    return None


def _address(text: str) -> Wording | None:
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        right = False
    return None if right else Wording(_("an address with http:// or https://"))


def _origins(text: str) -> Wording | None:
    found = (_address(part) for part in text.split(",") if part)
    return next((wanted for wanted in found if wanted is not None), None)


def _database(text: str) -> Wording | None:
    import psycopg  # noqa: PLC0415  # only where one is named: it loads slowly
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  # as above

    try:
        port = str(conninfo_to_dict(text).get("port") or "5432")
        right = all(part.isdigit() and 0 < int(part) < 2**16 for part in port.split(","))
    except psycopg.Error:
        right = False
    return None if right else Wording(_("such as postgresql://USER:PASSWORD@HOST:5432/DATABASE"))


def _programs(text: str) -> Wording | None:
    wanted = Wording(_("the folder that holds the program postgres"))
    return None if (Path(text) / "postgres").is_file() else wanted


def _text(text: str) -> Wording | None:
    return None if text.isprintable() else Wording(_("text without line breaks"))


_DAYS = _whole(1, 100_000)
SETTINGS: Mapping[str, Check] = {
    "WARDROUND_AUDIT_ANCHOR": _text,
    "WARDROUND_COLLECT_ALLOW": _networks,
    "WARDROUND_COLLECT_REFUSE": _networks,
    "WARDROUND_DATA": _text,
    "WARDROUND_DATABASE_URL": _database,
    "WARDROUND_DEMO": _text,
    "WARDROUND_DOCUMENTS_MB": _whole(1, 100_000_000),
    "WARDROUND_DOCUMENT_FILE_MB": _whole(1, 150),
    "WARDROUND_HISTORY_1H_DAYS": _DAYS,
    "WARDROUND_HISTORY_5M_DAYS": _DAYS,
    "WARDROUND_HISTORY_CHANGES_DAYS": _DAYS,
    "WARDROUND_HISTORY_CLUSTER": _text,
    "WARDROUND_HISTORY_PASSWORD": _text,
    "WARDROUND_HISTORY_RAW_DAYS": _DAYS,
    "WARDROUND_HISTORY_TIMEOUT": _whole(1, 3600),
    "WARDROUND_HISTORY_URL": _address,
    "WARDROUND_HOSTS": _text,
    "WARDROUND_HTTPS": _text,
    "WARDROUND_KEY_LOST": _one_of("yes"),
    "WARDROUND_LANGUAGE": _one_of("zh-hans", "en"),
    "WARDROUND_LOG_BYTES": _whole(65_536),
    "WARDROUND_LOG_LEVEL": _one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    "WARDROUND_ORIGINS": _origins,
    "WARDROUND_POSTGRES_BIN": _programs,
    "WARDROUND_RECYCLE_BIN_DAYS": _DAYS,
    "WARDROUND_SECRET_KEY": _text,
    "WARDROUND_SERIES": _whole(1, 100_000_000),
    "WARDROUND_SERIES_OF_A_TARGET": _whole(1, 100_000_000),
    "WARDROUND_SESSION_HOURS": _positive,
    "WARDROUND_SESSION_IDLE_MINUTES": _positive,
    "WARDROUND_SPOOL_BYTES": _whole(1024 * 1024),
    "WARDROUND_STREAMS": _whole(1, 100_000),
    "WARDROUND_TIME_ZONE": _zone,
}
"""What a person may set."""
BETWEEN_PROCESSES = frozenset(
    {
        "WARDROUND_FIRST_ACCOUNT",
        "WARDROUND_LOG",
        "WARDROUND_PULSE",
        "WARDROUND_ROLE",
        "WARDROUND_SIM_URL",
        "WARDROUND_STOOD",
    }
)
"""What `up` tells its children."""
_OTHERS = ("WARDROUND_TEST_", "WARDROUND_CI")
"""Of the tests."""


def wrong(environment: Mapping[str, str]) -> Iterator[BadSetting]:
    """What cannot be meant; an empty setting is one that is not set."""
    for name, check in SETTINGS.items():
        text = environment.get(name, "")
        wanted = check(text) if text else None
        if wanted is not None:
            yield BadSetting(
                Wording(
                    "The setting %(name)s is “%(text)s”; it must be %(wanted)s. Correct it, or"
                    " remove it.",
                    {"name": name, "text": _shown(name, text), "wanted": wanted},
                )
            )


def refuse_what_is_wrong(environment: Mapping[str, str]) -> None:
    """Raises BadSetting for the first setting that cannot be meant."""
    for bad in wrong(environment):
        raise bad


def unknown(environment: Mapping[str, str]) -> Iterator[Wording]:
    """Names that look like a setting of ours and are none: nobody would read them."""
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(_OTHERS):
            continue
        if name not in SETTINGS and name not in BETWEEN_PROCESSES:
            near = difflib.get_close_matches(name, SETTINGS, n=1, cutoff=0.0)[0]
            yield Wording(
                "There is no setting %(name)s; did you mean %(near)s?", {"name": name, "near": near}
            )


def _shown(name: str, text: str) -> str:
    """What a setting says, without what nobody else may read."""
    secret = any(word in name for word in ("PASSWORD", "KEY", "URL"))
    return "…" if secret else text
