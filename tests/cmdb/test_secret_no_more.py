"""An attribute that is a secret no longer, one that moves while it becomes one, and sealed things
in places where no secret belongs.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cmdb.conftest import AT, PLATFORM
from tests.cmdb.test_secret_later import PUMP, SECRET, WARD, put
from tests.hospital import ApiClient, client_of
from tests.stored import everything_stored
from wardround.cmdb import actions, models
from wardround.cmdb.types import NewItem
from wardround.kernel import secrets
from wardround.schema import actions as schema
from wardround.schema import queries as definitions
from wardround.schema.models import Definition

NUMBER = PUMP.replace("type: text", "type: number")
ROOF = """\
kind: layer
name: roof
label: {zh: "TOKEN", en: x}
order: 99
view: hardware
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-of-pumps", "administrator")


def by_hand(key: str, its_type: str = "pump", **attributes: object) -> UUID:
    new = NewItem(type=its_type, name=key.upper(), key=key, attributes=attributes)
    return actions.create_item(PLATFORM, new, at=AT).id


@pytest.mark.parametrize("becomes", [PUMP, NUMBER], ids=["text", "number"])
def test_a_secret_that_is_to_be_shown_is_counted_emptied_with_consent_and_never_shown(
    admin: ApiClient, becomes: str
) -> None:
    assert put(admin, "item-type", "pump", SECRET) == 200
    item = by_hand("p-2", pin="TIGER")
    by_hand("p-3")
    body = {"text": becomes, "base_version": 1}
    told = admin.post("/definitions/item-type/pump/check", body).body
    assert (told["needs_consent"], told["lost"]) == (True, "1 attribute value")
    assert put(admin, "item-type", "pump", becomes, base_version=1) == 409
    assert secrets.unseal(models.Item.objects.get(id=item).attributes["pin"]) == "TIGER"

    assert put(admin, "item-type", "pump", becomes, base_version=1, consent=True) == 200
    assert "pin" not in models.Item.objects.get(id=item).attributes
    shown = [admin.get(f"/items/{item}").body, admin.get(f"/items/{item}/changes").body]
    assert "pin" not in shown[0]["attributes"]
    (gone,) = (each for each in shown[1]["items"] if each["field"] == "attributes.pin")
    assert (gone["old"], gone["new"]) == ("••••••", None)
    assert secrets.SEALED not in json.dumps(shown)


def test_a_secret_taken_out_stays_hidden_when_its_name_comes_back_as_a_text(
    admin: ApiClient,
) -> None:
    bare = SECRET[: SECRET.index("attributes:")]
    assert put(admin, "item-type", "pump", SECRET) == 200
    item = by_hand("p-2", pin="TIGER")
    assert put(admin, "item-type", "pump", bare, base_version=1, consent=True) == 200
    assert put(admin, "item-type", "pump", PUMP, base_version=2) == 200
    assert admin.get(f"/items/{item}").body["attributes"] == {}


def test_an_item_of_before_shows_no_ciphertext_and_an_edit_of_it_keeps_what_is_sealed(
    admin: ApiClient,
) -> None:
    assert put(admin, "item-type", "pump", PUMP) == 200
    item = by_hand("p-2")
    sealed = secrets.seal("TIGER")
    models.Item.objects.filter(id=item).update(attributes={"pin": sealed})
    shown = admin.get(f"/items/{item}").body
    assert shown["attributes"] == {"pin": "••••••"}
    edit = {"version": 1, "name": "New", "attributes": {"pin": "••••••"}}
    assert admin.patch(f"/items/{item}", edit).status == 200
    assert models.Item.objects.get(id=item).attributes == {"pin": sealed}


def test_what_gets_another_name_and_becomes_a_secret_is_sealed_under_both(
    admin: ApiClient,
) -> None:
    assert put(admin, "item-type", "pump", PUMP) == 200
    assert put(admin, "items", "ward-pumps", WARD) == 200
    emptied = WARD.replace(", attributes: {pin: TIGER-one}", "")
    assert put(admin, "items", "ward-pumps", emptied, base_version=1) == 200
    both = SECRET.replace("{name: pin,", "{name: code, renamed_from: pin,")
    assert put(admin, "item-type", "pump", both, base_version=1) == 200
    assert "TIGER" not in everything_stored()
    held = models.Item.objects.get(key="p-1").attributes
    assert secrets.unseal(held["code"]) == "TIGER-one"


def test_old_versions_under_a_former_name_of_the_type_are_sealed(admin: ApiClient) -> None:
    assert put(admin, "item-type", "pump", PUMP) == 200
    assert put(admin, "items", "ward-pumps", WARD) == 200
    changed = WARD.replace("TIGER-one", "TIGER-two")
    assert put(admin, "items", "ward-pumps", changed, base_version=1) == 200
    syringe = PUMP.replace("name: pump", "name: syringe")
    more = {"base_version": 1, "renamed_from": "pump"}
    assert put(admin, "item-type", "syringe", syringe, **more) == 200
    secret = syringe.replace("type: text", "type: secret")
    assert put(admin, "item-type", "syringe", secret, base_version=2) == 200
    assert "TIGER" not in everything_stored()


def test_a_type_that_was_retired_comes_back_with_a_secret(admin: ApiClient) -> None:
    assert put(admin, "item-type", "pump", PUMP) == 200
    item = by_hand("p-2", pin="TIGER")
    gone = admin.delete("/definitions/item-type/pump?consent=true&base_version=1")
    assert gone.status == 204
    assert put(admin, "item-type", "pump", SECRET) == 200
    assert "TIGER" not in everything_stored()
    assert secrets.unseal(models.Item.objects.get(id=item).attributes["pin"]) == "TIGER"


def test_a_save_that_declares_no_secret_reads_no_old_version(admin: ApiClient) -> None:
    assert put(admin, "item-type", "pump", PUMP) == 200
    assert put(admin, "items", "ward-pumps", WARD) == 200
    counts = []
    for version in (1, 2, 3):
        text = PUMP.replace("en: Pump", f"en: Pump {version}")
        definitions.item_types()  # as whoever edits one has read them
        with CaptureQueriesContext(
            connection,
        ) as asked:
            draft = schema.DefinitionDraft(kind="item-type", name="pump", text=text)
            schema.save_definition(PLATFORM, draft, at=AT, base_version=version)
        counts.append(len(asked))
        bodies = [each["sql"] for each in asked if '"body"' in each["sql"].split("FROM")[0]]
        assert not [sql for sql in bodies if "'items'" in sql and '"current"' not in sql]
        _keep_versions(version * 100)
    assert counts[1] == counts[2], "the first reads what is remembered of definitions"


def _keep_versions(first: int) -> None:
    row = Definition.objects.get(kind="items", name="ward-pumps", version=1)
    for version in range(first, first + 20):
        row.pk, row.version, row.current = None, version, False
        Definition.objects.create(
            kind=row.kind, name=row.name, version=version, pack=row.pack, file=row.file,
            text=row.text, body=row.body, current=False, created_at=AT, created_by="x",
        )  # fmt: skip


# Sealed things in other places -------------------------------------------------------------------


@pytest.fixture
def sealed_ones(admin: ApiClient) -> list[str]:
    """What somebody could copy from a definition, or from a database."""
    return [secrets.seal_for("host-1/password", "TIGER"), secrets.seal("TIGER")]


def test_an_edit_refuses_it_by_field(
    admin: ApiClient, hospital: dict[str, UUID], sealed_ones: list[str]
) -> None:
    host = hospital["host-1"]
    for sealed in sealed_ones:
        for field, edit in (
            ("attributes.serial", {"attributes": {"serial": sealed}}),
            ("attributes.password", {"attributes": {"password": sealed}}),
            ("name", {"name": sealed}),
        ):
            refused = admin.patch(f"/items/{host}", {"version": 1, **edit})
            assert refused.status == 422, (field, refused.body)
            (problem,) = refused.body["problems"]
            assert problem["field"] == field
            assert "write the value itself" in problem["message"]
            assert sealed not in json.dumps(refused.body)
    assert secrets.unseal(models.Item.objects.get(id=host).attributes["password"]) == "tiger"


def test_a_definition_refuses_it_by_its_place(admin: ApiClient, sealed_ones: list[str]) -> None:
    assert put(admin, "item-type", "pump", PUMP) == 200
    texts: dict[tuple[str, str], tuple[str, str]] = {
        ("items", "ward-pumps"): (WARD.replace("TIGER-one", "TOKEN"), "items[0].attributes.pin"),
        ("layer", "roof"): (ROOF, "label.zh"),
        ("item-type", "pump"): (PUMP.replace("输液泵", "TOKEN"), "label.zh"),
    }
    for (kind, name), (text, field) in texts.items():
        for sealed in sealed_ones:
            body: dict[str, Any] = {"text": text.replace("TOKEN", sealed), "base_version": None}
            told = admin.post(f"/definitions/{kind}/{name}/check", body).body
            fields = [each["path"] for each in told["problems"]]
            assert fields == [field], told["problems"]
            assert sealed not in json.dumps(told["problems"])
