"""Questions about documents: their versions, what is attached to an item, what files take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from wardround.cmdb import models, rules
from wardround.cmdb.documents import media, settings, storing
from wardround.cmdb.documents.models import Content, DocumentVersion
from wardround.cmdb.documents.types import (
    Attachable,
    Document,
    Store,
    TextState,
    TextTold,
    Twin,
    Unread,
    Version,
)
from wardround.cmdb.errors import UnknownItem, UnknownVersion
from wardround.cmdb.items import ItemRef
from wardround.cmdb.permissions import READ
from wardround.cmdb.reading import both_ends, named_within
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor, Named
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole, ItemType

# Versions ----------------------------------------------------------------------------------------


def versions(actor: Actor, item_id: UUID) -> tuple[Version, ...]:
    """The versions of a document, the newest first. Raises UnknownItem."""
    _seen(actor, item_id)
    rows = DocumentVersion.objects.filter(item=item_id).select_related("content")
    return tuple(map(told, rows.order_by("-number")))


@dataclass(frozen=True, slots=True)
class Bytes:
    """What is sent to somebody who fetches a version."""

    version: Version
    content: UUID


def file(actor: Actor, item_id: UUID, number: int) -> Bytes:
    """A version to be fetched. Raises UnknownItem, UnknownVersion."""
    _seen(actor, item_id)
    rows = DocumentVersion.objects.filter(item=item_id, number=number)
    row = rows.select_related("content").first()
    if row is None:
        raise UnknownVersion(field="number")
    return Bytes(told(row), row.content_id)


def _seen(actor: Actor, item_id: UUID) -> models.Item:
    row = models.Item.objects.filter(reach(actor, READ).condition(), id=item_id).first()
    if row is None:
        raise UnknownItem(field="item")
    return row


def told(row: DocumentVersion) -> Version:
    content = row.content
    return Version(
        number=row.number,
        current=row.current,
        file_name=row.file_name,
        size=content.size,
        media_type=content.media_type,
        belies=media.belies(row.file_name, content.media_type),
        sha256=content.sha256,
        note=row.note,
        at=row.at,
        by=Named(row.actor_id, row.actor_name),
        of_number=row.of_number,
        merged_from=row.merged_from,
        text=TextTold(
            state=TextState(content.state),
            characters=content.characters,
            cut=content.cut,
            why=Unread(content.why) if content.why else None,
        ),
    )


def twins(actor: Actor, row: DocumentVersion) -> tuple[Twin, ...]:
    """Where else the same bytes stand, within reach; the first ten."""
    seen = reach(actor, READ)
    others = DocumentVersion.objects.filter(
        content=row.content_id, item__in=models.Item.objects.filter(seen.condition()).values("id")
    ).exclude(id=row.id)
    found = list(others.order_by("-at").values_list("item", "number")[:10])
    names = named_within(seen, {item for item, _number in found})
    return tuple(Twin(names[item], number) for item, number in found if item in names)


# Attached ----------------------------------------------------------------------------------------


def attached(actor: Actor, item_id: UUID) -> tuple[Document, ...]:
    """The documents of an item, by name; four statements. Raises UnknownItem."""
    item, seen = _seen(actor, item_id), reach(actor, READ)
    kinds = schema.remembered_relation_kinds()
    outward, inward = rules.document_kinds(kinds)
    about = Q(kind__in=outward, target=item.id) | Q(kind__in=inward, source=item.id)
    rows = models.Relation.objects.filter(about, both_ends(seen))
    related = list(rows.select_related("source", "target").order_by("id"))
    ends = [(row, row.source if row.target_id == item.id else row.target) for row in related]
    ids = {end.id for _row, end in ends}
    current = {row.item: row for row in _current(ids)}
    counted = dict(
        DocumentVersion.objects.filter(item__in=ids).order_by().values_list("item")
        .annotate(number=Count("id"))
    )  # fmt: skip
    types = schema.remembered_item_types()
    shown = [
        Document(
            item=ItemRef(end.id, end.key, end.name, end.type),
            type_label=types[end.type].label,
            retired=end.retired_at is not None,
            relation=row.id,
            kind_label=kinds[row.kind].label
            if row.source_id == end.id
            else kinds[row.kind].reverse_label,
            versions=counted.get(end.id, 0),
            current=told(current[end.id]) if end.id in current else None,
        )
        for row, end in ends
    ]
    return tuple(sorted(shown, key=lambda each: (each.retired, each.item.name, each.item.id)))


def _current(ids: Collection[UUID]) -> Iterable[DocumentVersion]:
    rows = DocumentVersion.objects.filter(item__in=ids, current=True)
    return rows.select_related("content")


def attachable(actor: Actor, item_id: UUID) -> tuple[Attachable, ...]:
    """In which ways a new document may be attached to an item. Raises UnknownItem."""
    return ways(_seen(actor, item_id).type)


def ways(type_name: str) -> tuple[Attachable, ...]:
    """The same by the type of the item, the plainest first: kinds as they are declared, and of
    the types of documents the one that extends none of the others.
    """
    its_type = schema.remembered_item_types().get(type_name)
    return tuple(_ways(its_type)) if its_type else ()


def _ways(its_type: ItemType) -> Iterator[Attachable]:
    types, kinds = schema.item_types(), schema.relation_kinds()
    usable = rules.usable_types(types)
    documents = [
        types[name] for name in rules.types_with(ItemRole.DOCUMENT, types) if name in usable
    ]
    documents.sort(key=lambda each: (len(each.lineage), each.name))
    outward, inward = rules.document_kinds(kinds)
    for name in (*outward, *inward):
        kind = kinds[name]
        for document in documents:
            ends = (document, its_type) if name in outward else (its_type, document)
            if kind.admits(*ends):
                yield Attachable(document.name, document.label, name, kind.label)


# All of it ---------------------------------------------------------------------------------------


def store() -> Store:
    """What files take and may take; of all, whoever asks: it names none."""
    rows = Content.objects.order_by().values_list("state").annotate(number=Count("id"))
    counts = dict(rows)
    return Store(
        used=storing.used(),
        budget=settings.all_bytes(),
        file_most=settings.file_bytes(),
        files=sum(counts.values()),
        waiting=counts.get(TextState.WAITING, 0),
        unreadable=counts.get(TextState.UNREADABLE, 0),
    )
