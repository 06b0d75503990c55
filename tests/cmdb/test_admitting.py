"""Kinds of relation that join fewer types, and types that no item may be of: counted before."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.cmdb.test_roles import MODEL, own, pack
from tests.cmdb.test_serving import lost, proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.schema import actions as schema

__all__ = ["own"]

RUNS_ON, CONNECTS = "relation-kind/runs-on", "relation-kind/connects"


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


def narrowed(admin: ApiClient, path: str, allowed: str) -> dict[str, object]:
    wanted = proposal(admin, path)
    head, _sep, _rest = str(wanted["text"]).partition("allowed:")
    return {**wanted, "text": f"{head.rstrip()}\nallowed:\n{allowed}"}


def test_relations_that_their_kind_allows_no_longer_are_counted_and_stay(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    standing = models.Relation.objects.filter(kind="runs-on")
    assert standing.count() > 1
    wanted = narrowed(admin, RUNS_ON, "  - {to: application}\n")
    checked = admin.post(f"/definitions/{RUNS_ON}/check", wanted).body
    not_applications = standing.exclude(target__type="application").count()
    assert lost(checked) == {"relation-ends": not_applications}
    assert f"{not_applications} relations that their kind allows no longer" in checked["lost"]
    refused = admin.put(f"/definitions/{RUNS_ON}", wanted)
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    before = standing.count()
    assert admin.put(f"/definitions/{RUNS_ON}", {**wanted, "consent": True}).status == 200
    assert standing.count() == before


def test_what_any_type_may_be_in_loses_nothing_by_what_all_of_its_relations_are(
    admin: ApiClient,
) -> None:
    types = models.Relation.objects.filter(kind="runs-on").values_list("source__type", flat=True)
    allowed = f"  - {{from: [{', '.join(sorted(set(types)))}]}}\n"
    wanted = narrowed(admin, RUNS_ON, allowed)
    assert lost(admin.post(f"/definitions/{RUNS_ON}/check", wanted).body) == {}


def test_relations_of_retired_items_count_for_nothing(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    models.Item.objects.exclude(key="lis").update(retired_at=AT)
    wanted = narrowed(admin, RUNS_ON, "  - {to: vendor}\n")
    assert lost(admin.post(f"/definitions/{RUNS_ON}/check", wanted).body) == {}


def test_items_of_a_type_that_is_only_there_to_be_extended_are_counted(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    living = models.Item.objects.filter(type="host").count()
    wanted = proposal(admin, "item-type/host", ("name: host\n", "name: host\nabstract: true\n"))
    checked = admin.post("/definitions/item-type/host/check", wanted).body
    assert lost(checked) == {"abstract": living}
    assert f"{living} items whose type is only there to be extended" in checked["lost"]
    assert admin.put("/definitions/item-type/host", wanted).status == 409
    assert admin.put("/definitions/item-type/host", {**wanted, "consent": True}).status == 200
    made = admin.post("/items", {"type": "host", "name": "x"})
    assert made.status == 422
    (first, *_rest) = admin.get("/items", type="host").body["items"]
    changed = admin.patch(f"/items/{first['id']}", {"name": "y", "version": first["version"]})
    assert changed.status == 200


EXTENDING = MODEL.replace("label: needs\n", "label: needs\nallowed: [{from: suite}]\n")
"""A cloud suite is a suite, and needs a box."""
APART = "name: cloud-suite\nlabel: Cloud suite\nlayer: all\nroles: [system]"
"""A cloud suite that extends nothing any more."""


def lost_by(text: str, renames: dict[tuple[str, str], str] | None = None) -> dict[str, int]:
    difference, problems = schema.check_packs(PLATFORM, [pack(text)], renames=renames or {})
    assert problems == []
    return {each.thing: each.count for change in difference.lost for each in change.lost}


def test_a_type_that_extends_another_now_takes_its_relations_from_their_kind(own: None) -> None:
    schema.import_packs(PLATFORM, [pack(EXTENDING)], at=AT, consent=True)
    apart = EXTENDING.replace("name: cloud-suite\nlabel: Cloud suite\nextends: suite", APART)
    assert lost_by(apart)["relation-ends"] == 1
    # where nobody asked which types they join, nothing is lost
    schema.import_packs(PLATFORM, [pack(MODEL)], at=AT, consent=True)
    plain = MODEL.replace("name: cloud-suite\nlabel: Cloud suite\nextends: suite", APART)
    assert "relation-ends" not in lost_by(plain)


def test_types_and_kinds_that_only_get_other_names_lose_nothing(own: None) -> None:
    schema.import_packs(PLATFORM, [pack(EXTENDING)], at=AT, consent=True)
    text = EXTENDING.replace("suite", "series").replace("name: needs", "name: wants")
    renames = {
        ("item-type", "suite"): "series",
        ("item-type", "cloud-suite"): "cloud-series",
        ("relation-kind", "needs"): "wants",
    }
    assert lost_by(text, renames) == {}
    narrower = text.replace("[{from: series}]", "[{from: ward}]")
    assert lost_by(narrower, renames) == {"relation-ends": 1}
