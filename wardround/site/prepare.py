"""Making the stores ready for this version: migrations, the shipped packs, the first account.

Every process asks at its start; the first one does it under a lock, the others wait for it, and
an installation that is ready costs three queries: two tell whether the key is its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from wardround.history.settings import retention
from wardround.schema.sources import shipped_folder
from wardround.site import key_mark

_LOCK = 0x5741_5244_0002
_SHIPPED = ("base", "service", "monitors", "platform")
_DEMO = ("hospital",)


def ensure() -> None:
    """Return when the stores fit this version; do what is missing, one process at a time."""
    wanted = _fingerprint()
    lost = os.environ.get(key_mark.LOST) == "yes"
    with connection.cursor() as cursor:
        key_mark.look(cursor, settings.SECRET_KEY, lost=lost)
        if _prepared() == wanted and not lost:
            return
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            if _prepared() != wanted:
                _prepare(wanted)
            _leave_mark(lost=lost)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    connection.close()


def _leave_mark(*, lost: bool) -> None:
    # the audit's models need Django, which is set up by the caller
    from wardround.kernel import audit  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415

    with transaction.atomic(), connection.cursor() as cursor:
        if key_mark.leave(cursor, settings.SECRET_KEY, lost=lost):
            audit.record(
                system_actor("wardround"), "installation.new_key", subject=("installation", "key")
            )


def _prepare(wanted: str) -> None:
    # The rooms are imported late: the quick way above must not pay for them.
    from wardround.access.actions import ensure_first_account  # noqa: PLC0415
    from wardround.history.actions import migrate  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema.actions import import_shipped  # noqa: PLC0415
    from wardround.schema.queries import waiting_update  # noqa: PLC0415

    actor = system_actor("wardround")
    call_command("migrate", interactive=False, verbosity=0)
    migrate()
    first = os.environ.get("WARDROUND_FIRST_ACCOUNT")
    if first:
        ensure_first_account(**json.loads(first), at=clock.now())
    import_shipped(actor, at=clock.now(), names=packs())
    refused, _why = waiting_update(packs())
    if not refused:  # else the next start tries again: perhaps somebody has mended it
        _remember(wanted)


def packs() -> tuple[str, ...]:
    return _SHIPPED + (_DEMO if os.environ.get("WARDROUND_DEMO") else ())


def _fingerprint() -> str:
    """What this version would make of the stores: migrations, retention and the packs it ships."""
    package = Path(__file__).resolve().parent.parent
    files = [*package.glob("*/migrations/*.py"), *package.glob("*/migrations/*.sql")]
    files.append(package / "access" / "builtin_roles.py")  # their rows follow the migrations
    for name in packs():
        files += (shipped_folder() / name).rglob("*.yaml")
    digest = hashlib.blake2b(repr(retention()).encode(), digest_size=16)  # migrate() applies it
    for file in sorted(files):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _prepared() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('site_prepared')")
        found = cursor.fetchone()
        if not (found and found[0]):
            return None
        cursor.execute("SELECT fingerprint FROM site_prepared")
        row = cursor.fetchone()
    return str(row[0]) if row else None


def _remember(fingerprint: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS site_prepared (fingerprint text NOT NULL)")
        cursor.execute("DELETE FROM site_prepared")
        cursor.execute("INSERT INTO site_prepared VALUES (%s)", [fingerprint])
