"""How a record is chained: pure, so that the sealer and the verifier cannot differ."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from wardround.kernel.types import Named

GENESIS = bytes(32)
"""What the first record is chained to."""


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


def digest(key: bytes, previous: bytes, position: int, line: AuditLine) -> bytes:
    """HMAC-SHA-256 over the previous digest, the position and every field of the record."""
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
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, previous + text.encode(), hashlib.sha256).digest()
