"""What a reference names out of a reader's reach is told by no order, cursor, filter or search."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.kernel.types import Scope

TYPE = """\
kind: item-type
name: probe
label: Probe
layer: hardware
attributes:
  - {name: peer, label: Peer, type: reference, filter: true, list: true}
"""
HIDDEN = ("A一号机密系统", "B二号机密系统")


@pytest.fixture
def limited(hospital: dict[str, UUID]) -> ApiClient:
    """Four probes of PACS; two of them name systems that are not theirs, one a vendor."""
    admin = client_of("keeper", "administrator")
    assert admin.put("/definitions/item-type/probe", {"text": TYPE}).status == 200
    names = {}
    for name in HIDDEN:
        body = {"type": "business-system", "key": f"hidden-{len(names)}", "name": name}
        names[name] = admin.post("/items", body).body["id"]
    peers = [*names.values(), str(hospital["v-imaging"]), str(hospital["pacs"])]
    for number, peer in enumerate(peers):
        body = {"type": "probe", "key": f"p{number}", "name": f"P{3 - number}"}
        made = admin.post("/items", {**body, "attributes": {"peer": peer}})
        assert made.status == 201, made.body
    models.Item.objects.filter(type="probe").update(systems=[hospital["pacs"]])
    return client_of("of-pacs", "administrator", scope=Scope(systems=frozenset({hospital["pacs"]})))


def paged(reader: ApiClient, sort: str) -> list[Any]:
    pages: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = reader.get("/items", type="probe", sort=sort, limit=1, **cursor).body
        pages.append(page)
        if page["next"] is None:
            return pages
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize("sort", ["attribute.peer", "-attribute.peer"])
def test_neither_the_order_nor_the_cursor_tells_a_hidden_name(
    limited: ApiClient, sort: str
) -> None:
    pages = paged(limited, sort)
    order = [page["items"][0]["key"] for page in pages]
    assert set(order[:2]) == {"p2", "p3"}  # what may be named first, the others after it
    assert order[2:] == ["p0", "p1"]  # by age alone, however their peers are called
    for page in pages[:-1]:
        body = page["next"].rsplit(":", 1)[0]
        told = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
        assert not any(
            name in told or name.encode("unicode_escape").decode() in told for name in HIDDEN
        )
    models.Item.objects.filter(name=HIDDEN[0]).update(name="Z")
    assert [page["items"][0]["key"] for page in paged(limited, sort)] == order


def test_a_filter_finds_by_what_may_be_known_alone(
    limited: ApiClient, hospital: dict[str, UUID]
) -> None:
    hidden = models.Item.objects.get(name=HIDDEN[0]).id

    def found(peer: UUID) -> int:
        return int(limited.get("/items", **{"attribute.peer": str(peer)}).body["total"])

    assert [found(peer) for peer in (hidden, uuid4())] == [0, 0]
    assert [found(hospital[key]) for key in ("pacs", "v-imaging")] == [1, 1]
    everybody = client_of("everybody", "administrator")
    assert everybody.get("/items", **{"attribute.peer": str(hidden)}).body["total"] == 1
