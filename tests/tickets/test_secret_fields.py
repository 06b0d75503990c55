"""Fields that are secret: sealed at rest, shown nowhere, whenever their type began to say so."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.hospital import HOSPITAL, client_of
from tests.stored import everything_stored
from tests.tickets.conftest import MONDAY, World, after, make_world
from wardround.kernel import secrets
from wardround.schema import actions as schema
from wardround.schema import queries as definitions
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.sealing import MASK
from wardround.tickets import actions, models
from wardround.tickets.types import OpenTicket, Update

TIGER = "TIGER-hunter2"
FIELD = "  - {name: pass_word, label: {zh: 口令, en: Password}, type: %s}\n"


def declare(its_type: str) -> None:
    """Give incidents a field of this type."""
    text = definitions.stored(HOSPITAL, "ticket-type", "incident").text
    lines = [line for line in text.splitlines(keepends=True) if "pass_word" not in line]
    place = lines.index("fields:\n") + 1
    lines.insert(place, FIELD % its_type)
    version = definitions.current_version("ticket-type", "incident")
    draft = DefinitionDraft(kind="ticket-type", name="incident", text="".join(lines))
    schema.save_definition(HOSPITAL, draft, at=MONDAY, base_version=version)


def opened(world: World, value: str = TIGER) -> UUID:
    report = OpenTicket(type="incident", title="登录不了", item=world.server)
    ticket = actions.open_ticket(world.duty, report, at=MONDAY)
    update = Update(fields={"pass_word": value})
    actions.update(world.duty, ticket, update, at=after(minutes=1))
    return ticket


def shown_everywhere(ticket: UUID) -> str:
    """Whatever the API tells of it."""
    reader = client_of("reader-of-all", "administrator")
    paths = (f"/tickets/{ticket}", "/tickets", "/audit", "/boards/information")
    return json.dumps([reader.get(path).body for path in paths], ensure_ascii=False)


@pytest.mark.django_db
def test_a_secret_is_sealed_and_told_only_once_when_it_is_given_again(world: World) -> None:
    declare("secret")
    ticket = opened(world)
    assert TIGER not in everything_stored()
    assert TIGER not in shown_everywhere(ticket)
    lines = models.LogLine.objects.filter(kind="field").count()
    again = Update(fields={"pass_word": TIGER})
    actions.update(world.duty, ticket, again, at=after(minutes=2))
    assert models.LogLine.objects.filter(kind="field").count() == lines
    other = Update(fields={"pass_word": "another"})
    actions.update(world.duty, ticket, other, at=after(minutes=3))
    assert secrets.unseal(models.Ticket.objects.get(id=ticket).fields["pass_word"]) == "another"


@pytest.mark.django_db
def test_what_becomes_a_secret_is_one_in_every_ticket_there_is(world: World) -> None:
    declare("text")
    ticket = opened(world)
    assert TIGER in shown_everywhere(ticket)
    declare("secret")
    row = models.Ticket.objects.get(id=ticket)
    assert secrets.unseal(row.fields["pass_word"]) == TIGER
    assert TIGER not in everything_stored()
    reader = client_of("reader", "administrator")
    body = reader.get(f"/tickets/{ticket}").body
    assert body["fields"]["pass_word"] == MASK
    (field,) = [field for field in body["form"] if field["name"] == "pass_word"]
    assert (field["type"], field["value"]) == ("secret", None)
    told = [line["text"] for line in body["timeline"] if line["kind"] == "field"]
    assert told == [f"Password: – → {MASK}"]


@pytest.mark.django_db(transaction=True)
def test_the_migration_seals_what_lies_there_in_clear() -> None:
    world = make_world()
    declare("secret")
    ticket = opened(world)
    row = models.Ticket.objects.get(id=ticket)
    kept = row.fields["pass_word"]
    line = models.LogLine.objects.get(ticket=row, kind="field")
    models.LogLine.objects.filter(id=line.id).update(data={**line.data, "old": "x", "new": TIGER})
    older = models.Ticket.objects.create(
        **{
            **{
                name: getattr(row, name)
                for name in ("type", "type_version", "title", "state", "category")
            },
            "number": "INC-20200101-0001",
            "fields": {"pass_word": TIGER, "symptom": "kept"},
            "opened_at": MONDAY,
            "updated_at": MONDAY,
            "opened_by": world.duty.id,
        }
    )
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([("tickets", "0003_alert_tickets")])
    MigrationExecutor(connection).migrate(newest)
    assert TIGER not in everything_stored()
    sealed = models.Ticket.objects.get(id=older.id).fields
    assert (secrets.unseal(sealed["pass_word"]), sealed["symptom"]) == (TIGER, "kept")
    assert models.Ticket.objects.get(id=ticket).fields["pass_word"] == kept
    told = models.LogLine.objects.get(id=line.id).data
    assert (told["old"], told["new"]) == (MASK, MASK)
    assert TIGER not in shown_everywhere(ticket)
