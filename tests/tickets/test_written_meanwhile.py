"""Rows that name a definition, written while it gets another name or becomes something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import pytest
from django.db import connection, transaction

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.cmdb import actions as cmdb
from wardround.cmdb import models as items
from wardround.cmdb.types import NewItem
from wardround.kernel import clock, secrets
from wardround.schema import actions as schema
from wardround.schema import cache, queries
from wardround.schema.drafts import DefinitionDraft
from wardround.tickets import actions as tickets
from wardround.tickets import models
from wardround.tickets.errors import NoSuchType
from wardround.tickets.types import Move, OpenTicket

pytestmark = pytest.mark.django_db(transaction=True)

ROBOT = """\
kind: item-type
name: robot
label: Robot
layer: hardware
attributes:
  - {name: pin, label: PIN, type: text}
"""

DEPARTMENT = """\
  - name: department
    label: {zh: 科室, en: Department}
    type: text
"""


@pytest.fixture
def admin() -> ApiClient:
    schema.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service"])
    save("item-type", "robot", ROBOT)
    return client_of("keeper", "administrator")


def save(kind: str, name: str, text: str, version: int | None = None, **more: str) -> None:
    draft = DefinitionDraft(kind=kind, name=name, text=text, **more)
    schema.save_definition(HOSPITAL, draft, at=clock.now(), base_version=version)


def while_written(write: Callable[[], object], change: Callable[[], None]) -> None:
    """Begin the change when the row is written and its transaction is not yet at its end."""

    def changing() -> None:
        try:
            change()
        finally:
            connection.close()

    changer = threading.Thread(target=changing)
    with transaction.atomic():
        write()
        changer.start()
        _wait_for_it(changer)
    changer.join()


def _wait_for_it(changer: threading.Thread) -> None:
    """Until the change waits for us, or is done without having waited."""
    while changer.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
            )
            if cursor.fetchone()[0]:
                return


def add_robot() -> None:
    new = NewItem(type="robot", key="r-1", name="R", attributes={"pin": "1234"})
    cmdb.create_item(HOSPITAL, new, at=clock.now())


def test_an_item_takes_the_new_name_of_its_type(admin: ApiClient) -> None:
    machine = ROBOT.replace("name: robot", "name: machine")
    while_written(add_robot, lambda: save("item-type", "machine", machine, 1, renamed_from="robot"))
    (found,) = admin.get("/items", type="machine").body["items"]
    assert (found["key"], found["attributes"]) == ("r-1", {"pin": "1234"})


def test_what_becomes_a_secret_is_sealed(admin: ApiClient) -> None:
    secret = ROBOT.replace("type: text", "type: secret")
    while_written(add_robot, lambda: save("item-type", "robot", secret, 1))
    assert secrets.unseal(items.Item.objects.get(key="r-1").attributes["pin"]) == "1234"


def test_a_ticket_takes_the_new_name_of_its_type(admin: ApiClient) -> None:
    trouble = queries.stored(HOSPITAL, "ticket-type", "incident").text
    trouble = trouble.replace("name: incident", "name: trouble", 1)
    while_written(
        open_incident,
        lambda: save("ticket-type", "trouble", trouble, 1, renamed_from="incident"),
    )
    (found,) = admin.get("/tickets").body["items"]
    assert found["type"] == "trouble"


def test_what_becomes_a_secret_is_sealed_in_a_transition_too(admin: ApiClient) -> None:
    """The field is filled in while the type comes to call it a secret."""
    open_incident()
    (ticket,) = models.Ticket.objects.all()
    incident = queries.stored(HOSPITAL, "ticket-type", "incident")
    secret = incident.text.replace(DEPARTMENT, DEPARTMENT.replace("type: text", "type: secret"))
    assert secret != incident.text

    def accept() -> None:
        wanted = Move("accept", fields={"department": "1234"})
        tickets.move(HOSPITAL, ticket.id, wanted, at=clock.now())

    while_written(accept, lambda: save("ticket-type", "incident", secret, incident.version))
    ticket.refresh_from_db()
    assert secrets.unseal(ticket.fields["department"]) == "1234"


def open_incident() -> None:
    report = OpenTicket("incident", "x", fields={"fault_kind": "other"})
    tickets.open_ticket(HOSPITAL, report, at=clock.now())


def test_a_process_that_knows_what_was_until_now_writes_no_old_name(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks for news once a second; whoever writes names asks at once."""
    assert "incident" in queries.definitions("ticket-type")
    until_now = cache.snapshot()
    trouble = queries.stored(HOSPITAL, "ticket-type", "incident").text
    trouble = trouble.replace("name: incident", "name: trouble", 1)
    save("ticket-type", "trouble", trouble, 1, renamed_from="incident")
    until_now.checked_at = monotonic()
    monkeypatch.setattr(cache, "_shared", [until_now])
    assert "incident" in queries.definitions("ticket-type")
    with pytest.raises(NoSuchType):
        open_incident()
    assert admin.get("/tickets").body["items"] == []
