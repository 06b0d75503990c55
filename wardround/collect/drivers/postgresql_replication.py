"""Reads a PostgreSQL server's replication, and tells what was part of it and is gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from wardround.collect.drivers import postgresql_partners as partners
from wardround.collect.drivers import postgresql_sql as texts
from wardround.collect.drivers.postgresql_partners import Partner
from wardround.collect.errors import TargetFailed
from wardround.collect.last_rows import last_rows
from wardround.collect.types import Reason, Table

if TYPE_CHECKING:
    from wardround.collect.drivers.driver import Equipment
    from wardround.collect.readings import Readings
    from wardround.collect.types import TargetSpec

logger = logging.getLogger("wardround.collect")
TABLE = "replication"
_LOST = "lost"
_STREAMS = "streaming"
_UNSEEN = "replication is seen with the role pg_monitor alone"
Ask = Callable[[str], Awaitable[list[dict[str, Any]]]]


class ReplicationReader:
    """Knows the partners of the last reading; the first one goes on from what was recorded."""

    def __init__(self, spec: TargetSpec, equipment: Equipment) -> None:
        self._spec = spec
        self._equipment = equipment
        self._before: list[Partner] | None = None
        named = spec.parameters.get("retired")
        self._retired = frozenset(map(str, named if isinstance(named, list) else ()))

    async def read(self, ask: Ask, out: Readings) -> Table:
        """Raises TargetFailed where the role of the account may not see replication."""
        before = await self._known()
        (about,) = await ask(texts.ROLE)
        role = partners.STANDBY_ROLE if about["standby"] else partners.PRIMARY_ROLE
        now = time.time()
        here = partners.standbys(_visible(await ask(texts.REPLICATION)), role, now)
        here += partners.slots(await ask(texts.SLOTS), role, now)
        if about["standby"]:
            (standby,) = await ask(texts.STANDBY)
            out.add("pg_standby_lag_seconds", standby["lag_seconds"])
            here += _receivers(await ask(texts.RECEIVER), about, now, out)
        known = partners.of_role(before, role)
        found = partners.with_those_gone(here, known, retired=self._retired)
        for partner in found:
            _SAY[partner.kind](partner, out)
        self._before = found
        return Table(TABLE, [partner.as_row() for partner in found])

    async def _known(self) -> list[Partner]:
        if self._before is not None:
            return self._before
        try:
            rows = await self._equipment.in_database(partial(last_rows, self._spec.id, TABLE))
        except DatabaseError as error:
            raise TargetFailed(
                Reason.INTERNAL, f"what took part in replication before is not known: {error}"
            ) from error
        return [known for row in rows if (known := Partner.of_row(row)) is not None]


def _visible(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who may not see others' sessions sees rows without a state: that is not a stopped standby."""
    if any(row["state"] is None for row in rows):
        raise TargetFailed(Reason.PERMISSION, _UNSEEN)
    return rows


def _receivers(
    rows: list[dict[str, Any]], about: dict[str, Any], now: float, out: Readings
) -> list[Partner]:
    """The one receiver: gone where the server is told whom to follow and does not.

    Whoever may not see it sees a row without a state: that is not a stopped receiver.
    """
    role = partners.STANDBY_ROLE
    if about["follows"] is None or any(row["status"] is None for row in rows):
        raise TargetFailed(Reason.PERMISSION, _UNSEEN)
    if not rows:
        gone = Partner(partners.RECEIVER, "", "", role, now, present=False, fine=False, count=0)
        return [gone] if about["follows"] else []
    (row,) = rows
    out.add("pg_wal_receiver_silence_seconds", row["silence"])
    out.add("pg_wal_receiver_lag_bytes", row["behind_bytes"])
    state = row["status"] or ""
    return [
        Partner(
            partners.RECEIVER,
            "",
            "",
            role,
            now,
            fine=state == _STREAMS,
            state=state,
            lag_bytes=row["behind_bytes"],
        )
    ]


def _say_standby(partner: Partner, out: Readings) -> None:
    labels = {"application": partner.name, "client": partner.client}
    out.add("pg_replication_streaming", partner.fine, **labels)
    out.add("pg_replication_connections", partner.count, **labels)
    out.add("pg_replication_lag_bytes", partner.lag_bytes, **labels)
    out.add("pg_replication_lag_seconds", partner.lag_s, **labels)


def _say_slot(partner: Partner, out: Readings) -> None:
    out.add("pg_replication_slot_present", partner.present, slot=partner.name)
    if partner.present:
        out.add("pg_replication_slot_active", partner.fine, slot=partner.name)
        out.add("pg_replication_slot_lost", partner.state == _LOST, slot=partner.name)
    out.add("pg_replication_slot_retained_bytes", partner.lag_bytes, slot=partner.name)


def _say_receiver(partner: Partner, out: Readings) -> None:
    out.add("pg_wal_receiver_up", partner.fine)


_SAY = {
    partners.STANDBY: _say_standby,
    partners.SLOT: _say_slot,
    partners.RECEIVER: _say_receiver,
}
