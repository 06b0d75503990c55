"""Any grants in any hospital: what a query gives is what a person with the list would pick."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID, uuid5

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM
from wardround.alerts import models as alerts
from wardround.alerts import queries as alert_queries
from wardround.alerts.queries import AlertFilters
from wardround.cmdb import models, queries
from wardround.cmdb.types import ItemFilters, RelationFilters
from wardround.kernel.ids import new_id
from wardround.kernel.lists import Total
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor, ActorKind, Grant, Scope

pytestmark = pytest.mark.django_db

_SPACE = UUID("01890000-0000-7000-8000-000000000000")
SYSTEMS = [uuid5(_SPACE, f"system {number}") for number in range(4)]
PLACES = [uuid5(_SPACE, f"department {number}") for number in range(3)]

EXPRESSIONS = [
    "type = host",
    'type = department or contains(name, "x") and type = business-system',
    f'"{SYSTEMS[0]}" in systems',
    f'department = "{PLACES[0]}"',
    "serial = ",
    "no_such_thing = 1",
]
scopes = st.builds(
    Scope,
    where=st.frozensets(st.sampled_from(EXPRESSIONS), max_size=1),
    everything=st.sampled_from([False, False, False, True]),
    systems=st.frozensets(st.sampled_from(SYSTEMS), max_size=2),
    organisations=st.frozensets(st.sampled_from(PLACES), max_size=2),
)
permissions = st.frozensets(st.sampled_from(["cmdb.read", "alerts.read", "*"]), max_size=2)
grants = st.lists(st.builds(Grant, permissions=permissions, scope=scopes), max_size=3)
used = st.lists(st.sampled_from([*PLACES, None]), min_size=4, max_size=4)
served = st.lists(st.lists(st.sampled_from(SYSTEMS), unique=True), min_size=1, max_size=6)


def hospital(departments: list[UUID | None], serving: list[list[UUID]]) -> None:
    """Departments, the systems they use, and parts that serve systems, each related to the next."""
    made = [_item(id_, "department", []) for id_ in PLACES]
    for id_, department in zip(SYSTEMS, departments, strict=True):
        made.append(_item(id_, "business-system", [id_]))
        if department:
            made[-1].attributes = {"department": str(department)}
    parts = [_item(new_id(), "host", systems) for systems in serving]
    models.Item.objects.bulk_create([*made, *parts])
    models.Relation.objects.bulk_create(
        models.Relation(kind="connects", source=one, target=other, created_at=AT)
        for one, other in pairwise(parts)
    )
    alerts.Alert.objects.bulk_create(
        alerts.Alert(
            fingerprint=new_id(), rule="r", severity="warning", item_id=one.id, systems=one.systems,
            started_at=AT, last_at=AT,
        )
        for one in [*made, *parts]
    )  # fmt: skip


def _item(id_: UUID, type_: str, systems: list[UUID]) -> models.Item:
    return models.Item(
        id=id_, key=str(id_), type=type_, name="x", systems=systems, created_at=AT, updated_at=AT
    )


def picked(actor: Actor, permission: str) -> set[UUID]:
    """The items within the permission, told by hand from the grants themselves."""
    held = [one.scope for one in actor.grants if {permission, "*"} & one.permissions]
    everyone = list(models.Item.objects.all())
    users = {one.id: one.attributes.get("department") for one in everyone if one.id in set(SYSTEMS)}
    found = set()
    said = {
        EXPRESSIONS[0]: lambda one: one.type == "host",
        EXPRESSIONS[1]: lambda one: one.type in ("department", "business-system"),
        EXPRESSIONS[2]: lambda one: SYSTEMS[0] in one.systems,
        EXPRESSIONS[3]: lambda one: one.attributes.get("department") == str(PLACES[0]),
    }
    for scope in held:
        places = {str(place) for place in scope.organisations}
        theirs = scope.systems | {system for system, place in users.items() if place in places}
        for one in everyone:
            inside = theirs.intersection(one.systems) or one.id in scope.organisations
            true = any(said[each](one) for each in scope.where if each in said)
            if scope.everything or inside or true:
                found.add(one.id)
    return found


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=grants, departments=used, serving=served)
def test_queries_give_what_the_grants_say(
    base: None, held: list[Grant], departments: list[UUID | None], serving: list[list[UUID]]
) -> None:
    actor = Actor(PLATFORM.id, "somebody", ActorKind.PERSON, tuple(held))
    with transaction.atomic():
        hospital(departments, serving)
        seen, wanted = reach(actor, "cmdb.read"), picked(actor, "cmdb.read")
        page = queries.list_items(seen, ItemFilters(), limit=500)
        assert {one.id for one in page.items} == wanted
        assert page.total == Total(len(wanted))
        assert queries.visible(seen, [*SYSTEMS, *PLACES]) == wanted & {*SYSTEMS, *PLACES}
        assert set(queries.within(seen)) == wanted
        assert sum(queries.condition_counts(seen).values()) == len(wanted)
        for one in models.Item.objects.all():
            assert seen.covers(one.id, one.systems) == (one.id in wanted)
        named = models.Item.objects.filter(seen.named(), id__in=SYSTEMS).values_list(
            "id", flat=True
        )
        assert set(seen.of(SYSTEMS)) == set(named) <= wanted
        ends = models.Relation.objects.values_list("id", "source", "target")
        related = queries.list_relations(seen, RelationFilters(), limit=500)
        assert {one.id for one in related.relations} == {
            id_ for id_, source, target in ends if {source, target} <= wanted
        }
        heard = alert_queries.list_alerts(reach(actor, "alerts.read"), AlertFilters(), limit=500)
        assert {one.item.id for one in heard.alerts} == picked(actor, "alerts.read")
        transaction.set_rollback(True)
