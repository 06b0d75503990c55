"""Decisions about letters to programs: who is told what, how it is signed, when it is tried again.

Pure. Letters follow the Standard Webhooks specification, version 1 (standardwebhooks.com).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from wardround.kernel.attempts import Backoff
from wardround.notify.webhook_types import Change, Webhook
from wardround.schema.types import ItemType

GIVEN_UP_AFTER = timedelta(days=3)
"""A receiver that was away over a weekend misses nothing."""
MOST_WAITING = 10_000
"""Letters that wait for one receiver; beyond it the oldest are given up, and say so."""
MOST_CHANGES = 500
"""In one letter."""
_PAUSES = Backoff(first=10.0, longest=3_600.0)
_LETTERS = UUID("5b0f2c8e-6a55-5d0b-9f0e-6c1c6b7a8d11")
_PREFIX = "whsec_"


def wanted(
    webhook: Webhook, changes: Sequence[Change], types: Mapping[str, ItemType]
) -> list[Change]:
    """Those of some changes that a receiver is told; a type that is gone is told to who asks for
    all types.
    """
    kinds = frozenset(webhook.changes)
    return [
        change
        for change in changes
        if change.change in kinds and (not webhook.types or _is_a(change.type, webhook, types))
    ]


def _is_a(name: str, webhook: Webhook, types: Mapping[str, ItemType]) -> bool:
    known = types.get(name)
    return known is not None and any(known.is_a(wished) for wished in webhook.types)


def letters(webhook: str, changes: Sequence[Change]) -> Iterator[tuple[UUID, str, int]]:
    """The id, the text and the number of changes of each letter. The same changes give the same
    ids: news that is delivered twice inside the house is one letter outside.
    """
    for first in range(0, len(changes), MOST_CHANGES):
        part = changes[first : first + MOST_CHANGES]
        marks = [f"{c.change} {c.item} {c.at.isoformat()} {' '.join(c.fields)}" for c in part]
        body = _text("items.changed", max(change.at for change in part), [_told(c) for c in part])
        yield uuid5(_LETTERS, "\n".join((webhook, *marks))), body, len(part)


def trial(at: datetime) -> str:
    """The text of a letter that only asks whether it arrives."""
    return _text("ping", at, [])


def _text(kind: str, at: datetime, changes: list[dict[str, object]]) -> str:
    body = {"type": kind, "timestamp": at.isoformat(), "data": {"changes": changes}}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _told(change: Change) -> dict[str, object]:
    return {
        "change": str(change.change),
        "item": str(change.item),
        "type": change.type,
        "fields": list(change.fields),
        "at": change.at.isoformat(),
        "url": f"/api/v1/items/{change.item}",
    }


def headers(letter: UUID, body: str, secret: str, at: datetime) -> dict[str, str]:
    """What goes before a letter: `webhook-signature` is `v1,` and the HMAC-SHA256 of
    `id.timestamp.body`. A secret that begins with `whsec_` is base64 behind it, any other as it is.
    """
    moment = str(int(at.timestamp()))
    signed = f"{letter}.{moment}.{body}".encode()
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": str(letter),
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def resumed_at(failures: int, at: datetime) -> datetime:
    """When a receiver that failed so many times in a row is tried again."""
    return at + timedelta(seconds=_PAUSES.pause(failures))


def given_up(asked_at: datetime, at: datetime) -> bool:
    """Whether a letter that failed once more has been tried for long enough."""
    return at - asked_at >= GIVEN_UP_AFTER
