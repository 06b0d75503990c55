"""Attributes of every kind that means something beside its value, kept from a reader: networks and
addresses place items, dates end, references lead on, serial numbers say what is there twice.

Whoever may not see them gets every answer, byte for byte, as it was before they became others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import transaction

from tests.access import test_every_way_out as ways
from tests.access.hidden import NOW, Hospital, furnish, ids_of
from tests.access.test_restricted_ways_out import _mighty
from tests.history.conftest import _migrated, history_url
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.cmdb import actions, models
from wardround.cmdb.types import ItemEdit
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.models import Definition
from wardround.schema.sources import Source

__all__ = ["_migrated", "history_url"]  # the one history store of the run

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.once]
HEAD = b'pack: kinds\nversion: "1"\nlabel: Kinds\nrequires: [base]\n'
TEXT = """\
kind: items
name: kinds
items:
  - {key: z1, type: network-zone, name: Zone 1}
  - {key: z2, type: network-zone, name: Zone 2}
  - {key: loc1, type: location, name: Place 1}
  - {key: loc2, type: location, name: Place 2}
  - {key: va, type: vendor, name: Vendor A}
  - {key: c2, type: contract, name: Contract 2, attributes: {number: C-2, ends_on: "2036-12-10"}}
  - key: kh2
    type: host
    name: Other host
    attributes: {serial: KS-2, management_address: 10.5.0.17, location: loc2}
  - {key: n2, type: subnet, name: Net 2, attributes: {network: 10.6.0.0/24, zone: z2}}
"""
WAS: dict[str, dict[str, Any]] = {
    "subnet n1": {"network": "10.5.0.0/24", "vlan": 5, "gateway": "10.5.0.1", "zone": "z1"},
    "ip-range r1": {"first": "10.5.0.100", "last": "10.5.0.120", "subnet": "n1"},
    "ip-address a1": {"address": "10.5.0.9", "subnet": "n1", "use": "fixed", "purpose": "x"},
    "contract c1": {"number": "C-1", "ends_on": "2026-12-10", "amount": 5000, "vendor": "va"},
    "network-link l1": {
        "carrier": "Telecom", "circuit": "L-1", "bandwidth": 1_000_000, "end_a": "here",
        "contract": "c1", "availability": 99.9, "repair_hours": 4, "medium": "leased",
    },
    "host kh1": {
        "serial": "KS-1", "model": "M1", "asset_number": "KA-1", "location": "loc1",
        "management_address": "10.5.0.7", "bmc_address": "10.5.0.8", "contract": "c1",
        "rack": "R1", "rack_unit": 4, "bought_on": "2020-01-01", "cpu_cores": 8,
    },
}  # fmt: skip
BECOMES: dict[str, dict[str, Any]] = {
    "host kh1": {
        "serial": "KS-2", "model": "M9", "asset_number": None, "location": "loc2",
        "management_address": "10.6.0.17", "bmc_address": "10.5.0.17", "contract": None,
        "rack": "R9", "rack_unit": 7, "bought_on": None, "cpu_cores": 64,
    },
    "network-link l1": {
        "carrier": "Unicom", "circuit": "L-9", "bandwidth": 5, "end_a": None, "contract": "c2",
        "availability": 10, "repair_hours": 99, "medium": "vpn",
    },
    "contract c1": {"number": "C-2", "ends_on": "2040-01-01", "amount": 7, "vendor": None},
    "ip-address a1": {"address": "10.5.0.17", "subnet": "n2", "use": "virtual", "purpose": "y"},
    "ip-range r1": {"first": "10.5.0.50", "last": "10.5.0.60", "subnet": None},
    "subnet n1": {"network": "10.7.0.0/16", "vlan": 77, "gateway": None, "zone": "z2"},
}  # fmt: skip
DECLARING = ("device", *(place.split()[0] for place in WAS))
KEYS = ("z1", "z2", "loc1", "loc2", "va", "c2", "kh2", "n2", *(place.split()[1] for place in WAS))
ELSEWHERE = re.compile(
    r"/(account|alert-rules|audit|collectors|definition|health|hospital|import|me/|monitor-templates"
    r"|pack|permission|roles|samples|series|session|ticket-types)"
)
"""What tells of no item, and what `test_restricted_ways_out` asks."""
_VERSION = re.compile(rb'"version": ?\d+')


@pytest.fixture(scope="module")
def hospital(
    django_db_setup: None, django_db_blocker: Any, history_url: str, _migrated: None
) -> Iterator[Hospital]:
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock():
        environment.setenv("WARDROUND_HISTORY_URL", history_url)
        with transaction.atomic():
            found = furnish()
            _keep_apart()
            yield found
            transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(hospital: Hospital) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def _keep_apart() -> None:
    """Items, and their attributes seen by engineers alone."""
    items = [
        {"key": place.split()[1], "type": place.split()[0], "name": place, "attributes": values}
        for place, values in WAS.items()
    ]
    more = json.dumps({"kind": "items", "name": "kept", "items": items})
    files = {"pack.yaml": HEAD, "some.yaml": TEXT.encode(), "kept.yaml": more.encode()}
    schema.import_packs(HOSPITAL, [Source("kinds", files)], at=NOW)
    kept = {name for values in WAS.values() for name in values}
    for name in DECLARING:
        row = Definition.objects.get(kind="item-type", name=name, current=True)
        body: dict[str, Any] = json.loads(row.body)
        for each in body["attributes"]:
            if each["name"] in kept:
                each["seen_by"] = ["engineer"]
        text = json.dumps({"kind": "item-type", **body}, ensure_ascii=False)
        draft = DefinitionDraft(kind="item-type", name=name, text=text)
        schema.save_definition(HOSPITAL, draft, at=NOW, base_version=row.version, consent=True)


def walked(hospital: Hospital, ids: dict[str, UUID]) -> Iterator[str]:
    """Every way out, about each of the items."""
    for path, operation in ways.GETS.items():
        place = re.search("{([^}]+)}", path)
        if ELSEWHERE.search(path) or (place and place[1] not in {"item_id", "network_id"}):
            continue
        names = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        query = next(ways.queries(operation, hospital))
        for id_ in ids.values() if place else [None]:
            address = path.replace("{name}", "processes")
            address = address.replace(place[0], str(id_)) if place else address
            yield f"{address}?{urlencode(query)}"
            if "format" in names:
                yield f"{address}?{urlencode({**query, 'format': 'xlsx'})}"


def questions(hospital: Hospital, ids: dict[str, UUID]) -> Iterator[str]:
    """What asks for values: words, conditions, orders, ways that lead over them."""
    words = ("10.5.0.7", "10.5.0.17", "KS-1", "KS-2", "Telecom", "C-1", "10.7.0.0/16", "L-1", "R1")
    for word in words:
        yield f"/api/v1/search?{urlencode({'q': word})}"
        yield f"/api/v1/items?{urlencode({'q': word})}"
        yield f"/api/v1/unified-view/found?{urlencode({'q': word})}"
    findings = ("duplicate", "expiring", "no-owner", "orphan", "stale", "unfit")
    for asked in (
        *({"finding": each} for each in findings),
        *({"part_of": str(ids[key])} for key in ("loc1", "loc2", "n1", "c1")),
        *({"sort": f"attribute.{name}"} for name in ("serial", "management_address", "ends_on")),
        *({"where": text} for text in (
            'contract.number = "C-1"', 'location = "Place 1"', 'subnet.zone = "Zone 1"',
            'zone = "Zone 1"', 'ends_on < "2030-01-01"', "cpu_cores > 9",
        )),
    ):  # fmt: skip
        yield f"/api/v1/items?{urlencode(asked)}"
    for key in ("z1", "z2"):
        yield f"/api/v1/zone-topology?zone={ids[key]}"
    for key in ("kh1", "loc1", "n1", "c1"):
        both = {"from": str(hospital.seen["lis"]), "to": str(ids[key])}
        yield f"/api/v1/paths?{urlencode(both)}"


def answers(reader: ApiClient, asked: list[str]) -> dict[str, tuple[int, bytes]]:
    found = {}
    for each in asked:
        status, content = ways.ask(reader, each)
        assert status < 500, (each, content)
        found[each] = status, _VERSION.sub(b"", ways.scrubbed(content))
    return found


def test_no_answer_is_another_when_they_become_others(hospital: Hospital) -> None:
    access.create_role(HOSPITAL, _mighty())
    reader, admin = client_of("mighty", "all-but-that"), client_of("li", "administrator")
    ids = dict(zip(KEYS, ids_of(*KEYS), strict=True))
    every = (*walked(hospital, ids), *questions(hospital, ids))
    asked = [each for each in every if "/changes" not in each]  # there it is told that, not what
    before, seen = answers(reader, asked), answers(admin, asked)
    for place, values in BECOMES.items():
        row = models.Item.objects.get(key=place.split()[1])
        edit = ItemEdit(attributes=values)
        actions.update_item(HOSPITAL, row.id, edit, version=row.version, at=NOW)
    after = answers(reader, asked)
    assert [each for each in asked if before[each] != after[each]] == []
    told = answers(admin, asked)
    assert len([each for each in asked if seen[each] != told[each]]) > 40, "who may see it, does"
