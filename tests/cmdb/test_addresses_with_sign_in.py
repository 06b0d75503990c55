"""A web address with a password or a token in it: refused wherever one is written, and hidden where
one was kept before that.
"""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.cmdb.former_rows import change_of_before
from tests.hospital import ApiClient, client_of
from tests.schema.test_stored_secrets import keep_as_before, latest, migrate
from tests.stored import everything_stored
from wardround.cmdb import models
from wardround.kernel.addresses import tells_secret, without_sign_in
from wardround.schema import actions as schema
from wardround.schema.models import Definition
from wardround.tickets.models import LogLine, Ticket

__all__ = ["latest"]

TELLING = [
    "https://me:TIGER-2@c.example/",
    "https://TIGER-token@c.example/",
    "https://c.example/?token=TIGER-3",
    "https://c.example/?p%61ssword=TIGER-4",
    "https://c.example/?auth=TIGER-5",
    "https://c.example/?x_api_key=TIGER-6",
    "ssh://root:TIGER-7@h.example/",
]
PLAIN = [
    "https://c.example/?author=li&keyword=a&monkey=1",
    "ssh://root@h.example/",
    "https://c.example/a@b?to=x@y",
    "https://c.example/?m%61p=1",
    "https://••••••@c.example/",
]
WARD = """\
kind: items
name: ward-clouds
items:
  - key: cloud-x   # the new one
    type: cloud-cluster
    name: X
    attributes: {{address: "{address}"}}
"""
TICKET = """\
kind: ticket-type
name: errand
label: {zh: 差事, en: Errand}
number: {prefix: E, digits: 4}
fields:
  - {name: link, label: {zh: 链接, en: Link}, type: url}
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-of-clouds", "administrator")


@pytest.mark.django_db
@pytest.mark.parametrize("address", TELLING)
def test_it_is_refused_by_hand_and_in_a_definition(admin: ApiClient, address: str) -> None:
    new = {"type": "cloud-cluster", "name": "X", "attributes": {"address": address}}
    by_hand = admin.post("/items", new)
    assert by_hand.status == 422
    assert by_hand.body["problems"][0]["field"] == "attributes.address"
    text = WARD.format(address=address)
    written = admin.put("/definitions/items/ward-clouds", {"text": text})
    assert written.status == 422
    assert "attributes.address" in json.dumps(written.body)
    assert "TIGER" not in json.dumps([by_hand.body, written.body])
    assert "TIGER" not in everything_stored()


@pytest.mark.django_db
@pytest.mark.parametrize("address", PLAIN)
def test_an_address_that_tells_nothing_is_taken_as_it_is(admin: ApiClient, address: str) -> None:
    new = {"type": "cloud-cluster", "name": "X", "attributes": {"address": address}}
    made = admin.post("/items", new)
    assert made.status == 201
    assert made.body["attributes"]["address"] == address


@pytest.mark.parametrize("address", TELLING)
def test_what_is_hidden_once_tells_nothing_more(address: str) -> None:
    hidden = without_sign_in(address)
    assert "TIGER" not in hidden
    assert not tells_secret(hidden)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", TELLING)
def test_what_was_kept_is_hidden(latest: list[tuple[str, str]], address: str) -> None:
    migrate([("cmdb", "0004_seal_what_became_a_secret"), ("tickets", "0004_seal_secret_fields")])
    schema.import_shipped(PLATFORM, at=AT, names=("base",))
    text = WARD.format(address=address)
    head = 'pack: ours\nversion: "1"\nlabel: {zh: x, en: x}\nrequires: [base]\n'
    keep_as_before({"pack.yaml": head, "ward.yaml": text})
    Definition.objects.create(
        kind="ticket-type", name="errand", version=1, pack="ours", file="e.yaml", text=TICKET,
        body=json.dumps({"name": "errand", "fields": [{"name": "link", "type": "url"}]}),
        current=True, created_at=AT, created_by="x",
    )  # fmt: skip
    item = models.Item.objects.create(
        key="x", type="cloud-cluster", name="X", created_at=AT, updated_at=AT,
        attributes={"address": address, "provider": "x"},
    )  # fmt: skip
    change_of_before(item.id, AT, PLATFORM.id, "attributes.address", address, "https://d.example/")
    ticket = Ticket.objects.create(
        number="E0001", type="errand", type_version=1, title="x", state="new", category="new",
        fields={"link": address, "room": "3"}, opened_at=AT, opened_by=PLATFORM.id, updated_at=AT,
    )  # fmt: skip
    LogLine.objects.create(
        ticket=ticket, at=AT, kind="field", actor=PLATFORM.id, actor_name="x",
        data={"field": "link", "old": None, "new": address},
    )  # fmt: skip
    assert "TIGER" in everything_stored()

    migrate(latest)

    assert "TIGER" not in everything_stored()
    assert "# the new one" in Definition.objects.get(kind="items", current=True).text
    shown = models.Item.objects.get(id=item.id).attributes
    assert shown == {"address": without_sign_in(address), "provider": "x"}
    kept = Ticket.objects.get(id=ticket.id).fields
    assert kept == {"link": without_sign_in(address), "room": "3"}
