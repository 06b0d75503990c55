"""How a record is stamped and chained: pure, so that writer, sealer and verifier cannot differ."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from wardround.kernel.types import Named

GENESIS = bytes(32)
"""What the first record is chained to."""
_WHOLE_FLOATS = 1e16
"""From here on a float is written with an exponent, which the database writes out as digits."""


@dataclass(frozen=True)
class AuditLine:
    """An audit record as the chain sees it."""

    id: UUID
    at: datetime
    actor_id: UUID
    actor_name: str
    actor_kind: str
    action: str
    subject_kind: str
    subject_id: str
    detail: object

    @property
    def actor(self) -> Named:
        """Who did it, by the name of that day."""
        return Named(self.actor_id, self.actor_name)


def canonical(detail: object) -> object:
    """The detail as the database will give it back, so that a stamp made before holds after."""
    return json.loads(json.dumps(detail, cls=DjangoJSONEncoder), parse_float=_number)


def _number(text: str) -> float | int:
    """A number as `jsonb` keeps it, a decimal: it has no negative zero, and a whole number that
    was written with an exponent comes back as digits.
    """
    value = float(text)
    if value.is_integer() and abs(value) >= _WHOLE_FLOATS:
        return int(Decimal(text))
    return value or 0.0


def digest(key: bytes, previous: bytes, position: int, line: AuditLine) -> bytes:
    """HMAC-SHA-256 over the previous digest, the position and every field of the record."""
    return hmac.new(key, previous + _text(position, line), hashlib.sha256).digest()


def stamp(key: bytes, line: AuditLine, after: Collection[UUID]) -> bytes:
    """What the writer puts on its record: HMAC-SHA-256 over every field and over the records that
    the same writer had written before (`after`), so that none of those can go unmissed.
    """
    before = ",".join(str(record) for record in sorted(after))
    return hmac.new(key, f"stamp {before} ".encode() + _text(0, line), hashlib.sha256).digest()


def _text(position: int, line: AuditLine) -> bytes:
    fields = [
        position,
        str(line.id),
        line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(line.actor_id),
        line.actor_name,
        line.actor_kind,
        line.action,
        line.subject_kind,
        line.subject_id,
        line.detail,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
