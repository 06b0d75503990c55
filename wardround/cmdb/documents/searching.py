"""Documents found by what stands in their current version, with the words around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL

from wardround.cmdb import models, statements
from wardround.cmdb.documents import grams
from wardround.cmdb.documents.models import ContentText, DocumentVersion
from wardround.cmdb.permissions import READ
from wardround.kernel.finding import Asked, Found, Hit, Match, Searched, folded
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.types import Label

MOST_FOUND = 100
"""More are told to be more, and not counted."""
MOST_READ = 20_000
"""Documents that have all that is looked up; of more the newest."""
_BEFORE, _BEHIND = 24, 76
"""Characters of an excerpt around the word that was found."""
_WINDOW = 2_000
"""Characters among which a word is looked for at a time."""
_TEXT = Label("正文", "Text")


def find(actor: Actor, asked: Asked, limit: int, _at: datetime) -> Found:
    """Documents within reach in whose current version every word stands: four statements. Words of
    one character alone find nothing here.
    """
    words = [word.text for word in asked.words]
    if not any(len(word) > 1 for word in words):
        return Found()
    rows = DocumentVersion.objects.filter(_looked_up(words), _within(reach(actor, READ)))
    newest = rows.order_by("-at").values_list("item", "content")[:MOST_READ]
    held = [(item, content) for item, content in newest]
    found = _read(words, held)
    more, found = len(found) > MOST_FOUND, found[:MOST_FOUND]
    items = {
        id_: (name, type_name)
        for id_, name, type_name in models.Item.objects.filter(
            id__in=[item for item, _content in found]
        ).values_list("id", "name", "type")
    }
    there = [each for each in found if each[0] in items]
    there.sort(key=lambda each: not _named(words, items[each[0]][0]))
    return Found(_hits(words, there[:limit], items), len(there), more)


_Held = Sequence[tuple[UUID, UUID]]
"""Items and the contents of their current versions, the newest first."""


def _looked_up(words: Sequence[str]) -> Q:
    wanted = sorted({number for word in words for number in grams.standing(word)})
    holding = RawSQL("SELECT cmdb_contents_holding(%s::bigint[])", [wanted])
    return Q(current=True, content__in=holding)


def _read(words: Sequence[str], held: _Held) -> _Held:
    """Those in which the words stand: what is more than what it was looked up by is read, until
    there are more than are told.
    """
    unsure = [word for word in words if not grams.exact(word)]
    if not unsure or not held:
        return held
    ids = list(dict.fromkeys(content for _item, content in held))
    parameters = {"ids": ids, "words": unsure, "most": MOST_FOUND + 1}
    stand = {row[0] for row in statements.returned("holding_words", parameters)}
    return [each for each in held if each[1] in stand]


def _within(seen: Reach) -> Q:
    items = models.Item.objects.filter(seen.condition(), retired_at=None)
    return Q(item__in=items.values("id"))


def _named(words: Sequence[str], name: str) -> bool:
    said = folded(name)
    return all(word in said for word in words)


def _hits(
    words: Sequence[str],
    best: Sequence[tuple[UUID, UUID]],
    items: dict[UUID, tuple[str, str]],
) -> tuple[Hit, ...]:
    types = schema.remembered_item_types()
    rows = ContentText.objects.filter(content__in=[content for _item, content in best])
    texts = dict(rows.values_list("content", "shown"))
    return tuple(
        Hit(
            id=str(item),
            name=items[item][0],
            note=types[items[item][1]].label,
            match=Match.PART,
            by=excerpt(texts.get(content, ""), words),
            by_label=_TEXT,
        )
        for item, content in best
    )


def excerpt(text: str, words: Sequence[str]) -> str:
    """The text around the first place of the longest word, in one line."""
    places = (_place(text, word) for word in sorted(words, key=len, reverse=True))
    begin, end = next((place for place in places if place), (0, 0))
    start, stop = max(begin - _BEFORE, 0), min(end + _BEHIND, len(text))
    said = " ".join(text[start:stop].split())
    return f"{'…' if start else ''}{said}{'…' if stop < len(text) else ''}"


def _place(text: str, word: str) -> tuple[int, int] | None:
    """Where a folded word stands in a text that is not: looked for in windows that overlap, so
    that it takes as long as the way to it and no longer, whatever they consist of.
    """
    overlap = 3 * len(word)  # blanks between its characters, marks that nobody sees
    for start in range(0, len(text), _WINDOW):
        window = text[start : start + _WINDOW + overlap]
        at = folded(window).find(word)
        if at >= 0:
            ends = list(accumulate(len(folded(character)) for character in window))
            first, last = bisect_right(ends, at), bisect_left(ends, at + len(word))
            return start + first, start + min(last + 1, len(window))
    return None


GROUP = Searched(
    name="documents",
    scope="documents",
    label=Label("文档正文", "In documents"),
    needs=READ,
    find=find,
    order=4,
)
