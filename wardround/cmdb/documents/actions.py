"""Putting files to documents: a new document, a new version, an old one current again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from wardround.cmdb import models, statements
from wardround.cmdb.attaching import create_attached
from wardround.cmdb.documents import queries, storing
from wardround.cmdb.documents.models import Content, DocumentVersion
from wardround.cmdb.documents.storing import Sent
from wardround.cmdb.documents.types import Attachable, NewDocument, Taken, TextState, Upload
from wardround.cmdb.errors import (
    NoDocuments,
    NotADocument,
    OutOfUse,
    SameVersion,
    UnknownItem,
    UnknownVersion,
)
from wardround.cmdb.items import ItemRef, NewItem
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.rules import FieldChange, document_kinds
from wardround.cmdb.signals import ItemChanged, item_changed
from wardround.cmdb.whys import Why
from wardround.cmdb.writing import save_history
from wardround.kernel import audit, live
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.ids import new_id
from wardround.kernel.reach import reach, require
from wardround.kernel.typed_text import typed
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole

MOST_NOTE = 500
_MOST_NAME = 300
Defer = Callable[[UUID], None]
"""Queues the reading of a content, in the transaction that is open."""


def attach(  # noqa: PLR0913  # all but three are named
    actor: Actor, item_id: UUID, file: Upload, new: NewDocument, *, at: datetime, defer: Defer
) -> Taken:
    """Make a document of a file, attached to an item. Raises UnknownItem, NoDocuments, and what
    refuses the file, the document or the relation.
    """
    return _attached(actor, item_id, storing.look_at(file), new, at, defer)


@transaction.atomic
def _attached(  # noqa: PLR0913, PLR0917  # as above
    actor: Actor, item_id: UUID, sent: Sent, new: NewDocument, at: datetime, defer: Defer
) -> Taken:
    schema.hold()
    _locked(actor, item_id, lock=False)
    storing.in_turn()
    content = storing.keep(sent, at)
    statements.in_turn()
    row = _locked(actor, item_id)
    way = _way(row, new)
    name = new.name.strip() or sent.name.rpartition(".")[0] or sent.name
    made = create_attached(
        actor,
        NewItem(type=way.type, name=name[:_MOST_NAME]),
        row,
        way.kind,
        outward=way.kind in document_kinds(schema.relation_kinds())[0],
        at=at,
    )
    version = _put(actor, made, content, sent.name, note=new.note, at=at)
    _tell(actor, "document.add", None, version, at)
    live.publish("items", made, row.id)
    return _taken(actor, version, content, defer)


def _way(row: models.Item, new: NewDocument) -> Attachable:
    """What the new document is, and how it is attached. Raises NoDocuments, BadInput."""
    every = queries.ways(row.type)
    if not every:
        types = schema.remembered_item_types()
        label = types[row.type].label.text() if row.type in types else row.type
        raise NoDocuments(field="item", type=label)
    found = [
        way
        for way in every
        if (not new.type or way.type == new.type) and (not new.kind or way.kind == new.kind)
    ]
    if not found:
        message = _("A document of this type is not attached to it in this way.")
        raise BadInput(problems=[FieldProblem("type" if new.type else "kind", message)])
    return found[0]


def add_version(  # noqa: PLR0913  # all but three are named
    actor: Actor, item_id: UUID, file: Upload, *, note: str, at: datetime, defer: Defer
) -> Taken:
    """Put a new version to a document; the old ones stay. Raises UnknownItem, OutOfUse,
    NotADocument, SameVersion, and what refuses the file.
    """
    return _added(actor, item_id, storing.look_at(file), note, at, defer)


@transaction.atomic
def _added(  # noqa: PLR0913, PLR0917  # as above
    actor: Actor, item_id: UUID, sent: Sent, note: str, at: datetime, defer: Defer
) -> Taken:
    schema.hold()
    _locked(actor, item_id, lock=False)
    storing.in_turn()
    content = storing.keep(sent, at)
    statements.in_turn()
    row = _locked(actor, item_id)
    _refuse_other(row)
    current = _current(item_id)
    if current is not None and current.content_id == content.id:
        raise SameVersion(field="file", number=current.number)
    version = _put(actor, item_id, content, sent.name, note=note, at=at)
    _tell(actor, "document.version", current, version, at)
    return _taken(actor, version, content, defer)


@transaction.atomic
def make_current(actor: Actor, item_id: UUID, number: int, *, at: datetime) -> Taken:
    """Make an older version the newest. Raises UnknownItem, OutOfUse, UnknownVersion,
    SameVersion.
    """
    schema.hold()
    storing.in_turn()
    statements.in_turn()
    row = _locked(actor, item_id)
    _refuse_other(row)
    versions = DocumentVersion.objects.filter(item=item_id, number=number)
    old = versions.select_related("content").first()
    if old is None:
        raise UnknownVersion(field="number")
    current = _current(item_id)
    if current is not None and current.content_id == old.content_id:
        raise SameVersion(field="number", number=current.number)
    version = _put(actor, item_id, old.content, old.file_name, of_number=old.number, at=at)
    _tell(actor, "document.current", current, version, at)
    return _taken(actor, version, old.content, lambda _content: None)


def _locked(actor: Actor, item_id: UUID, *, lock: bool = True) -> models.Item:
    """The row, if the actor may change it; what it may not even see is not there."""
    rows = models.Item.objects.filter(reach(actor, READ).condition(), id=item_id)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.first()
    if row is None:
        raise UnknownItem(field="item")
    require(actor, WRITE, item=row.id, systems=row.systems)
    if row.retired_at is not None:
        raise OutOfUse
    return row


def _refuse_other(row: models.Item) -> None:
    its_type = schema.remembered_item_types().get(row.type)
    if its_type is None or ItemRole.DOCUMENT not in its_type.roles:
        raise NotADocument(field="item", type=its_type.label.text() if its_type else row.type)


def _current(item_id: UUID) -> DocumentVersion | None:
    return DocumentVersion.objects.filter(item=item_id, current=True).first()


def _put(  # noqa: PLR0913  # what a version is made of
    actor: Actor,
    item_id: UUID,
    content: Content,
    file_name: str,
    *,
    at: datetime,
    note: str = "",
    of_number: int | None = None,
) -> DocumentVersion:
    versions = DocumentVersion.objects.filter(item=item_id)
    last = versions.aggregate(last=Max("number"))["last"] or 0
    versions.filter(current=True).update(current=False)
    return DocumentVersion.objects.create(
        id=new_id(),
        item=item_id,
        number=last + 1,
        current=True,
        content=content,
        file_name=file_name,
        note=typed(note)[:MOST_NOTE],
        at=at,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        of_number=of_number,
    )


def _tell(
    actor: Actor, act: str, old: DocumentVersion | None, new: DocumentVersion, at: datetime
) -> None:
    change = FieldChange("file", _said(old) if old else None, _said(new))
    save_history(actor, {new.item: [change]}, at=at, why=Why(reason=new.note))
    audit.record(actor, act, subject=("item", new.item), number=new.number, file=new.file_name)
    item_changed.send(ItemChanged(new.item, ("file",), at))
    live.publish("items", new.item)


def _said(version: DocumentVersion) -> str:
    return f"{version.number} · {version.file_name}"


def _taken(actor: Actor, version: DocumentVersion, content: Content, defer: Defer) -> Taken:
    if content.state == TextState.WAITING:
        defer(content.id)
    name, key, type_name = models.Item.objects.values_list("name", "key", "type").get(
        id=version.item
    )
    version.content = content
    return Taken(
        document=ItemRef(version.item, key, name, type_name),
        version=queries.told(version),
        twins=queries.twins(actor, version),
    )
