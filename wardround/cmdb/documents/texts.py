"""Having the text of what was kept read, and kept beside it."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.cmdb.documents import grams, reader, storing
from wardround.cmdb.documents.models import Content, ContentText, DocumentVersion
from wardround.cmdb.documents.types import TextState, Unread
from wardround.kernel import live
from wardround.kernel.typed_text import typed

MOST_ATTEMPTS = 3
"""A worker that died over a file dies over it a few times only."""
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


def read(content_id: UUID) -> None:
    """Have one content read; nothing where that was done. No transaction is open meanwhile."""
    content = _begun(content_id)
    if content is None:
        return
    if content.attempts > MOST_ATTEMPTS:
        outcome = reader.Outcome(why=Unread.BROKE)
    else:
        outcome = reader.read(content.media_type, storing.pieces(content.id))
    _keep(content.id, outcome)


@transaction.atomic
def _begun(content_id: UUID) -> Content | None:
    """Counted before it is tried: what kills the worker counts too."""
    rows = Content.objects.filter(id=content_id, state=TextState.WAITING)
    content = rows.select_for_update().first()
    if content is not None:
        content.attempts += 1
        content.save(update_fields=["attempts"])
    return content


@transaction.atomic
def _keep(content_id: UUID, outcome: reader.Outcome) -> None:
    content = Content.objects.filter(id=content_id).select_for_update().first()
    if content is None:  # removed for good meanwhile
        return
    shown = tidy(outcome.text)
    if outcome.why is None:
        folded = grams.folded(shown)
        ContentText.objects.update_or_create(
            content=content,
            defaults={"shown": shown, "folded": folded, "grams": grams.of(folded)},
        )
    content.state = TextState.UNREADABLE if outcome.why else TextState.READ
    content.why = outcome.why or ""
    content.characters, content.cut = len(shown), outcome.cut
    content.save(update_fields=["state", "why", "characters", "cut"])
    items = DocumentVersion.objects.filter(content=content).values_list("item", flat=True)
    live.publish("items", *set(items))


def tidy(text: str) -> str:
    """As it is shown: nothing unseen, one blank for several, no empty lines."""
    plain = typed(_CONTROLS.sub(" ", text))
    return _LINES.sub("\n", _BLANKS.sub(" ", plain)).strip()


def left_waiting(before: datetime) -> list[UUID]:
    """Some whose reading was cut off, the oldest first."""
    rows = Content.objects.filter(state=TextState.WAITING, stored_at__lt=before)
    return list(rows.order_by("stored_at").values_list("id", flat=True)[:100])


@transaction.atomic
def forget() -> int:
    """Remove what no version holds any more; how much of it."""
    storing.in_turn()
    return storing.forget()
