"""Where people put the items of a picture: kept for oneself or for all, and forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


def asked(root: UUID | None, picture: str = "model") -> dict[str, object]:
    return {"picture": picture, **({"root": str(root)} if root else {})}


def put(client: ApiClient, root: UUID | None, *items: UUID, x: float = 0.5, **more: Any) -> Any:
    places = [{"item": item, "x": x, "y": number} for number, item in enumerate(items)]
    return client.put("/picture-places", {**asked(root), "places": places, **more})


def told(client: ApiClient, root: UUID) -> dict[str, float]:
    body = client.get("/picture-places", **asked(root)).body
    return {place["item"]: place["x"] for place in body["places"]}


def test_ones_own_places_stand_before_those_for_all(hospital: dict[str, UUID]) -> None:
    pacs, app, base = (hospital[key] for key in ("pacs", "pacs-app-1", "pacs-db"))
    li, wang = client_of("li", "administrator"), client_of("wang", "reader")
    assert put(li, pacs, app, base, x=0.1, for_all=True).status == 200
    assert put(wang, pacs, base, x=0.9).body["own"] == 1
    assert told(wang, pacs) == {str(app): 0.1, str(base): 0.9}
    assert told(li, pacs) == {str(app): 0.1, str(base): 0.1}
    assert put(wang, pacs, base, x=0.8).status == 200
    assert models.KeptPlace.objects.count() == 3
    assert wang.delete("/picture-places?picture=model&root=" + str(pacs)).status == 204
    assert told(wang, pacs) == {str(app): 0.1, str(base): 0.1}
    lines = li.get("/audit", action="item.arrange").body["items"]
    assert [line["detail"]["count"] for line in lines] == [2]


def test_for_all_puts_who_may_change_the_item(hospital: dict[str, UUID]) -> None:
    pacs = hospital["pacs"]
    wang = client_of("wang", "reader")
    assert put(wang, pacs, pacs, for_all=True).status == 403
    assert wang.get("/picture-places", **asked(pacs)).body["may_share"] is False
    reset = f"/picture-places?picture=model&root={pacs}&for_all=true"
    assert wang.delete(reset).status == 403
    li = client_of("li", "administrator")
    assert put(li, None, pacs, for_all=True, picture="topology").status == 200
    assert li.get("/picture-places", **asked(None, "topology")).body["shared"] == 1


def test_what_is_out_of_reach_has_no_place(hospital: dict[str, UUID]) -> None:
    lis, pacs, switch = (hospital[key] for key in ("lis", "pacs", "switch-1"))
    li = client_of("li", "administrator")
    put(li, lis, switch, pacs, for_all=True)
    reader = client_of("lab", "reader", scope=Scope(systems=frozenset({lis})))
    assert told(reader, lis).keys() == {str(switch)}
    assert reader.get("/picture-places", **asked(pacs)).status == 404
    assert put(reader, pacs, switch).status == 404
    refused = put(reader, lis, switch, pacs)
    assert (refused.status, [each["row"] for each in refused.body["problems"]]) == (422, [2])
    unknown = put(li, lis, uuid4())
    assert unknown.status == 422


def test_a_picture_keeps_so_many(
    hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wardround.cmdb.kept_places.MOST_PLACES", 2)
    li, pacs = client_of("li", "administrator"), hospital["pacs"]
    assert put(li, pacs, pacs, hospital["lis"]).status == 200
    refused = put(li, pacs, hospital["switch-1"])
    assert (refused.status, refused.body["code"]) == (409, "too_many_places")
    assert len(told(li, pacs)) == 2
