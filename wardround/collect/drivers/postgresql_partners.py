"""Who takes part in a server's replication: its standbys, its slots, and its own receiver.

A standby that is gone has no row any more, and a series that ends is no alert. So what was there is
remembered and told as gone until it is back, another of its name came from elsewhere in its place,
the server changes its role, or the target's parameter `retired` names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

STANDBY, SLOT, RECEIVER = "standby", "slot", "receiver"
PRIMARY_ROLE, STANDBY_ROLE = "primary", "standby"
_STREAMS = "streaming"
_PASSING = re.compile(r"pg_basebackup\Z|pg_\d+_sync_\d+_\d+\Z")
"""Connections that come and go by themselves: backups, and a subscription's first copy."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A standby, a slot or the receiver, as it was last seen.

    `count` are those here that have its name and client, `most` as many as there ever were at once;
    `last_seen` is Unix seconds.
    """

    kind: str
    name: str
    client: str
    role: str
    last_seen: float
    present: bool = True
    fine: bool = True
    state: str = ""
    count: int = 1
    most: int = 1
    lag_bytes: float | None = None
    lag_s: float | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.kind, self.name, self.client

    def as_row(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Partner | None:
        """From a recorded row; None for one that another version wrote otherwise."""
        kind, name, client, role = (row.get(key) for key in ("kind", "name", "client", "role"))
        seen, most = row.get("last_seen"), row.get("most")
        texts = isinstance(name, str) and isinstance(client, str) and isinstance(role, str)
        if kind not in (STANDBY, SLOT, RECEIVER) or not texts:
            return None
        if not isinstance(seen, int | float) or not isinstance(most, int):
            return None
        return cls(str(kind), str(name), str(client), str(role), last_seen=float(seen), most=most)


def standbys(rows: Iterable[Mapping[str, Any]], role: str, now: float) -> list[Partner]:
    """One a name and client; of several with the same, the worst is told, and how many they are."""
    found: dict[tuple[str, str, str], Partner] = {}
    for row in rows:
        name, state = row["application_name"] or "", row["state"] or ""
        if _PASSING.match(name) or state == "backup":
            continue
        partner = Partner(
            STANDBY,
            name,
            row["client"],
            role,
            now,
            fine=state == _STREAMS,
            state=state,
            lag_bytes=row["lag_bytes"],
            lag_s=float(row["lag_seconds"] or 0),  # none is known while nothing was written
        )
        before = found.get(partner.identity)
        found[partner.identity] = partner if before is None else _together(before, partner)
    return list(found.values())


def _together(partner: Partner, other: Partner) -> Partner:
    count = partner.count + other.count
    return replace(
        other if partner.fine else partner,
        count=count,
        most=count,
        lag_bytes=_worst(partner.lag_bytes, other.lag_bytes),
        lag_s=_worst(partner.lag_s, other.lag_s),
    )


def _worst(partner: float | None, other: float | None) -> float | None:
    known = [lag for lag in (partner, other) if lag is not None]
    return max(known, default=None)


def slots(rows: Iterable[Mapping[str, Any]], role: str, now: float) -> list[Partner]:
    """Slots that stay; a temporary one ends with its connection."""
    return [
        Partner(
            SLOT,
            row["slot_name"],
            "",
            role,
            now,
            fine=bool(row["active"]),
            state=row["wal_status"] or "",
            lag_bytes=row["retained_bytes"],
        )
        for row in rows
        if not row["temporary"]
    ]


def with_those_gone(
    here: Sequence[Partner], before: Iterable[Partner], *, retired: frozenset[str]
) -> list[Partner]:
    """What is here, then what was here before and is not."""
    known = {partner.identity: partner for partner in before if partner.name not in retired}
    new = [partner for partner in here if partner.identity not in known]
    counted = [_with_those_missed(partner, known.pop(partner.identity, None)) for partner in here]
    return [*counted, *(_gone(partner) for partner in _without_moved(known.values(), new))]


def _without_moved(missed: Iterable[Partner], new: Iterable[Partner]) -> list[Partner]:
    """Those whose place nobody took: a standby comes from another address after it moved, and the
    one it was never comes back. By its name alone it is the same.
    """
    came = Counter[tuple[str, str]]()
    for partner in new:
        came[partner.kind, partner.name] += partner.count
    left = []
    for partner in sorted(missed, key=lambda partner: partner.last_seen):
        taken = min(came[partner.kind, partner.name], partner.most)
        came[partner.kind, partner.name] -= taken
        if taken < partner.most:
            left.append(replace(partner, most=partner.most - taken))
    return left


def of_role(before: Iterable[Partner], role: str) -> list[Partner]:
    """A server that changed its role has other partners: none of those before is missed."""
    return [partner for partner in before if partner.role == role]


def _gone(partner: Partner) -> Partner:
    return replace(
        partner, present=False, fine=False, state="", count=0, lag_bytes=None, lag_s=None
    )


def _with_those_missed(partner: Partner, before: Partner | None) -> Partner:
    if before is None or before.most <= partner.count:
        return partner
    return replace(partner, most=before.most, fine=False)
