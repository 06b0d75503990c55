"""What items are searched by, kept beside them: written in the transaction that writes them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from wardround.cmdb import grams, statements
from wardround.cmdb.drafts import Prepared
from wardround.kernel import secrets
from wardround.kernel.finding import Texts, texts
from wardround.kernel.telephone import digits
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, ItemType

_AT_ONCE = 5_000
UNSEARCHED = frozenset({AttributeType.SECRET, AttributeType.REFERENCE, AttributeType.BOOLEAN})

Searched = Sequence[tuple[str, AttributeType]]
"""The attributes of a type that a search looks into."""


def searched(its_type: ItemType | None) -> Searched:
    """What a search looks into: never a secret, nor an id that stands for another item, nor what
    some roles alone see, since one text is kept for all readers.
    """
    return tuple(
        (attribute.name, attribute.type)
        for attribute in (its_type.attributes if its_type else ())
        if attribute.search and not attribute.seen_by and attribute.type not in UNSEARCHED
    )


def texts_of(name: str, key: str, attributes: Mapping[str, Any], wanted: Searched) -> Texts:
    """An item as it is searched."""
    held = [
        (str(value), of_type)
        for attribute, of_type in wanted
        if (value := attributes.get(attribute)) is not None and not secrets.is_sealed(value)
    ]
    numbers = [digits(value) for value, of_type in held if of_type is AttributeType.PHONE]
    return texts(name, [key, *(value for value, _type in held)], numbers)


def keep(items: Iterable[Prepared]) -> None:
    """Write down anew what these items are searched by, where that is another; one statement for
    some thousands of them.
    """
    types = schema.remembered_item_types()
    wanted = {name: searched(its_type) for name, its_type in types.items()}
    fields = {
        name: {"name", "type", *(f"attributes.{attribute}" for attribute, _type in of)}
        for name, of in wanted.items()
    }
    _write(
        (after.id, texts_of(after.name, after.key, after.attributes, wanted.get(after.type, ())))
        for item in items
        for after in (item.after,)
        if _concerned(item, fields.get(after.type, _NAME))
    )


_NAME = frozenset({"name", "type"})


def _concerned(item: Prepared, fields: Collection[str]) -> bool:
    return item.before is None or any(change.field in fields for change in item.changes)


def _write(held: Iterable[tuple[UUID, Texts]]) -> None:
    rows: list[dict[str, Any]] = []
    for item, found in held:
        rows.append(_row(item, found))
        if len(rows) == _AT_ONCE:
            _store(rows)
            rows.clear()
    if rows:
        _store(rows)


def _row(item: UUID, held: Texts) -> dict[str, Any]:
    listed = ",".join(map(str, grams.of(held)))
    return {
        "item": item,
        "text": held.text,
        "sound": held.sound,
        "initials": held.initials,
        "grams": f"{{{listed}}}",
    }


def _store(rows: Sequence[Mapping[str, Any]]) -> None:
    statements.changed("keep_texts", {"rows": json.dumps(rows, default=str)})


def renew(wanted: Mapping[str, Searched]) -> None:
    """Write anew what all items of these types are searched by, retired ones too."""
    if wanted:
        _write(
            (id_, texts_of(name, key, json.loads(attributes), wanted[its_type]))
            for id_, its_type, name, key, attributes in _items(sorted(wanted))
        )


def _items(types: Collection[str]) -> Iterator[tuple[UUID, str, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cmdb_item WHERE type = ANY (%s)", [list(types)])
        ids = [row[0] for row in cursor.fetchall()]
        for start in range(0, len(ids), _AT_ONCE):
            cursor.execute(
                "SELECT id, type, name, key, attributes::text FROM cmdb_item WHERE id = ANY (%s)",
                [ids[start : start + _AT_ONCE]],
            )
            yield from cursor.fetchall()
