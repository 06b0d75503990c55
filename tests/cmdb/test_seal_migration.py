"""A database of before `cmdb/0004`: items kept in clear what their type calls a secret by now."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.former_rows import change_of_before
from tests.schema.test_stored_secrets import AT, PLATFORM, latest, migrate
from tests.stored import everything_stored
from wardround.cmdb import models
from wardround.kernel import secrets
from wardround.kernel.ids import new_id
from wardround.schema import actions
from wardround.schema.models import Definition, InstalledPack, PackFile
from wardround.schema.sealing import MASK

__all__ = ["latest"]

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("cmdb", "0003_seal_stored_secrets")]


def attribute(name: str, of_type: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": {"zh": name, "en": name}, "type": of_type, **more}


def define(kind: str, name: str, *bodies: dict[str, Any]) -> None:
    """Its versions, the last in force, as an importer of before wrote them."""
    for version, body in enumerate(bodies, 1):
        whole = {"name": name, **body}
        text = json.dumps({"kind": kind, **whole}, ensure_ascii=False)
        Definition.objects.create(
            kind=kind,
            name=name,
            version=version,
            pack="ours",
            file=f"{name}.yaml",
            text=text,
            body=json.dumps(whole, ensure_ascii=False, separators=(",", ":")),
            current=version == len(bodies),
            created_at=AT,
            created_by="x",
        )
    pack, _made = InstalledPack.objects.get_or_create(
        name="ours",
        defaults={
            "version": "1",
            "label": {},
            "digest": "of before",
            "imported_at": AT,
            "imported_by": "x",
        },
    )
    PackFile.objects.create(pack=pack, path=f"{name}.yaml", data=text.encode())


def item(key: str, of_type: str, **attributes: Any) -> UUID:
    return models.Item.objects.create(
        key=key, type=of_type, name=key, attributes=attributes, created_at=AT, updated_at=AT
    ).id


def changed(item_id: UUID, field: str, old: object, new: object) -> int:
    return change_of_before(item_id, AT, new_id(), field, old, new)


def types_of_before() -> None:
    """`pin` became a secret, `word` one under another name; a type below inherits both."""
    base: dict[str, Any] = {"label": {"zh": "泵", "en": "Pump"}, "layer": "hardware"}
    first = [attribute("pin", "text"), attribute("word", "text"), attribute("note", "text")]
    last = [
        attribute("pin", "secret"),
        attribute("pass", "secret", renamed_from="word"),
        attribute("note", "text"),
    ]
    define("item-type", "pump", {**base, "attributes": first}, {**base, "attributes": last})
    below = {"label": {"zh": "小泵", "en": "Small pump"}, "extends": "pump"}
    define("item-type", "small-pump", below)
    own = {**below, "attributes": [attribute("pin", "text")]}
    define("item-type", "open-pump", own)


def test_rows_histories_and_texts_of_before_hold_no_secret_in_clear(
    latest: list[tuple[str, str]],
) -> None:
    migrate(BEFORE)
    actions.import_shipped(PLATFORM, at=AT, names=("base",))
    types_of_before()
    sealed = secrets.seal("ZEBRA-sealed")
    clear = item("p1", "pump", pin="ZEBRA-1", **{"pass": "ZEBRA-2"}, note="stays")
    below = item("p2", "small-pump", pin="ZEBRA-3", note="too")
    number = item("p3", "pump", pin=4711)
    ready = item("p4", "pump", pin=sealed)
    gone = item("p5", "pump", pin="ZEBRA-5")
    models.Item.objects.filter(id=gone).update(retired_at=AT)
    own = item("p6", "open-pump", pin="told to all")
    history = changed(clear, "attributes.pin", "ZEBRA-old", "ZEBRA-1")
    former = changed(clear, "attributes.word", None, "ZEBRA-2")
    other = changed(clear, "attributes.note", "was", "stays")
    one = {"key": "p1", "type": "pump", "name": "p1", "attributes": {"pin": "ZEBRA-7", "note": "n"}}
    two = {"key": "p9", "type": "small-pump", "name": "p9", "attributes": {"word": "ZEBRA-8"}}
    define("items", "pumps", {"items": [one]}, {"items": [one, two]})
    assert "ZEBRA" in everything_stored()

    migrate(latest)
    assert "ZEBRA" not in everything_stored()
    held = {row.id: row.attributes for row in models.Item.objects.all()}
    assert secrets.unseal(held[clear]["pin"]) == "ZEBRA-1"
    assert secrets.unseal(held[clear]["pass"]) == "ZEBRA-2"
    assert held[clear]["note"] == "stays"
    assert secrets.unseal(held[below]["pin"]) == "ZEBRA-3"
    assert secrets.unseal(held[number]["pin"]) == "4711"
    assert held[ready]["pin"] == sealed
    assert secrets.unseal(held[gone]["pin"]) == "ZEBRA-5"
    assert held[own] == {"pin": "told to all"}
    told = {row.id: (row.old, row.new) for row in models.ItemChange.objects.all()}
    assert told[history] == (MASK, MASK)
    assert told[former] == (None, MASK)
    assert told[other] == ("was", "stays")
    for version in (1, 2):
        row = Definition.objects.get(kind="items", name="pumps", version=version)
        token = json.loads(row.body)["items"][0]["attributes"]["pin"]
        assert secrets.unseal_for("p1/pin", token) == "ZEBRA-7"
        assert token in row.text
    assert json.loads(row.body)["items"][0]["attributes"]["note"] == "n"
    token = json.loads(row.body)["items"][1]["attributes"]["word"]
    assert secrets.unseal_for("p9/pass", token) == "ZEBRA-8"
    stored = b"".join(bytes(row.data) for row in PackFile.objects.filter(pack__name="ours"))
    assert b"sealed:" in stored

    migrate(BEFORE)
    migrate(latest)  # what is sealed already is left as it is
    assert {row.id: row.attributes for row in models.Item.objects.all()} == held


def test_a_database_without_anything_in_clear_is_left_as_it_is(
    latest: list[tuple[str, str]],
) -> None:
    migrate(BEFORE)
    actions.import_shipped(PLATFORM, at=AT, names=("base",))
    item("h1", "host", serial="S1", password=secrets.seal("x"))
    before = list(models.Item.objects.values())
    migrate(latest)
    assert list(models.Item.objects.values()) == before
