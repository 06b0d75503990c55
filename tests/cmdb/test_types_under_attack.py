"""Types that change while much depends on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.imports import counts, imported, lines
from tests.hospital import ApiClient, client_of
from tests.stored import everything_stored
from wardround.cmdb.models import Item

pytestmark = pytest.mark.django_db
TYPE = "item-type/crate"
BEFORE = (
    "kind: item-type\nname: crate\nlabel: Crate\nlayer: hardware\n"
    "attributes:\n  - {name: slots, label: Slots, type: %s}\n"
)


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


def crate(admin: ApiClient, key: str, **held: Any) -> Any:
    body = {"type": "crate", "name": key, "key": key, "attributes": held}
    made = admin.post("/items", body)
    assert made.status == 201, made.body
    return made.body


def saved(admin: ApiClient, attribute: str) -> Any:
    """The type with this attribute, consented to."""
    found = admin.get(f"/definitions/{TYPE}")
    body: dict[str, Any] = {
        "text": BEFORE.replace("{name: slots, label: Slots, type: %s}", attribute)
    }
    if found.status == 200:
        body |= {"base_version": found.body["version"], "consent": True}
    return admin.put(f"/definitions/{TYPE}", body)


def test_unique_values_that_a_conversion_makes_alike_are_refused(admin: ApiClient) -> None:
    assert saved(admin, "{name: slots, label: Slots, type: text, unique: true}").status == 200
    crate(admin, "c-1", slots="1,024")
    crate(admin, "c-2", slots="1024")
    answer = saved(admin, "{name: slots, label: Slots, type: number, unique: true}")
    assert answer.status == 422, answer.body
    assert "1024" in str(answer.body)


def test_an_undo_follows_an_attribute_that_was_renamed(admin: ApiClient) -> None:
    assert saved(admin, "{name: slots, label: Slots, type: number}").status == 200
    crate(admin, "c-1", slots=1)
    run = imported(admin, [["key", "name", "type", "slots"], ["c-1", "c-1", "crate", 3]])
    assert counts(run) == (0, 1, 0, 0)
    for old, new in (("slots", "places"), ("places", "bays")):
        answer = saved(admin, f"{{name: {new}, label: Slots, type: number, renamed_from: {old}}}")
        assert answer.status == 200, answer.body
    assert Item.objects.get(key="c-1").attributes == {"bays": 3}
    undone = admin.post(f"/imports/{run['id']}/undo")
    assert undone.status == 200, undone.body
    assert Item.objects.get(key="c-1").attributes == {"bays": 1}


def test_what_was_changed_under_a_new_name_is_not_taken_back(admin: ApiClient) -> None:
    assert saved(admin, "{name: slots, label: Slots, type: number}").status == 200
    made = crate(admin, "c-1", slots=1)
    run = imported(admin, [["key", "name", "type", "slots"], ["c-1", "c-1", "crate", 3]])
    assert (
        saved(admin, "{name: places, label: Slots, type: number, renamed_from: slots}").status
        == 200
    )
    item = admin.get(f"/items/{made['id']}").body
    changed = admin.patch(
        f"/items/{made['id']}", {"version": item["version"], "attributes": {"places": 9}}
    )
    assert changed.status == 200, changed.body
    undone = admin.post(f"/imports/{run['id']}/undo")
    assert undone.status == 409, undone.body
    assert Item.objects.get(key="c-1").attributes == {"places": 9}


def test_what_became_a_secret_is_not_told_by_imports(admin: ApiClient) -> None:
    assert saved(admin, "{name: slots, label: Slots, type: text}").status == 200
    crate(admin, "c-1", slots="tigerword")
    rows = [
        ["key", "name", "type", "slots"],
        ["c-1", "c-1", "crate", "lionword"],
        ["c-2", "c-2", "crate", "puma" * 3],
    ]
    run = imported(admin, rows)
    answer = saved(admin, "{name: slots, label: Slots, type: secret}")
    assert answer.status == 200, answer.body
    told = str(lines(admin, run))
    for word in ("tigerword", "lionword", "puma"):
        assert word not in told
        assert word not in everything_stored()
    undone = admin.post(f"/imports/{run['id']}/undo")
    assert undone.status == 200, undone.body
    assert "tigerword" not in everything_stored()


def test_a_change_under_the_old_name_is_somebody_elses_too(admin: ApiClient) -> None:
    assert saved(admin, "{name: slots, label: Slots, type: number}").status == 200
    made = crate(admin, "c-1", slots=1)
    run = imported(admin, [["key", "name", "type", "slots"], ["c-1", "c-1", "crate", 3]])
    item = admin.get(f"/items/{made['id']}").body
    body = {"version": item["version"], "attributes": {"slots": 9}}
    assert admin.patch(f"/items/{made['id']}", body).status == 200
    renamed = saved(admin, "{name: places, label: Slots, type: number, renamed_from: slots}")
    assert renamed.status == 200
    assert admin.post(f"/imports/{run['id']}/undo").status == 409
