"""Any types, any values, any edit of a type: what is counted as lost is what is gone afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM
from wardround.cmdb import actions, models, queries
from wardround.cmdb.types import NewItem
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.secrets import SEALED
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft

NAMES = ("alpha", "beta", "gamma")
TYPES = ("text", "number", "secret", "boolean")
VALUES: Mapping[str, Any] = {"text": "TEXT", "number": 7, "secret": "TIGER", "boolean": True}

declared = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TYPES), max_size=3)
edits = st.lists(
    st.tuples(
        st.sampled_from(("remove", "rename", "retype", "add")),
        st.sampled_from(NAMES),
        st.sampled_from(TYPES),
    ),
    max_size=3,
)


def text(name: str, attributes: Mapping[str, tuple[str, str]], extends: str = "") -> str:
    """`attributes`: by name, the type and the former name."""
    body: dict[str, Any] = {"kind": "item-type", "name": name, "label": name}
    body |= {"extends": extends} if extends else {"layer": "hardware"}
    body["attributes"] = [
        {"name": each, "label": each, "type": kind} | ({"renamed_from": former} if former else {})
        for each, (kind, former) in attributes.items()
    ]
    return yaml.safe_dump(body, sort_keys=False)


def edited(
    attributes: Mapping[str, str], wanted: list[tuple[str, str, str]]
) -> dict[str, tuple[str, str]]:
    after = {name: (kind, "") for name, kind in attributes.items()}
    for act, name, kind in wanted:
        if act == "remove":
            after.pop(name, None)
        elif act == "add":
            after.setdefault(f"{name}_more", (kind, ""))
        elif name in after and act == "retype":
            after[name] = (kind, after[name][1])
        elif name in after and act == "rename" and f"{name}_new" not in after:
            after[f"{name}_new"] = (after.pop(name)[0], name)
    return after


def held() -> dict[tuple[str, str], Any]:
    """Item and attribute → the value, as it is stored."""
    rows = models.Item.objects.filter(type__in=("thing", "heir"), retired_at=None)
    return {(row.key, name): value for row in rows for name, value in row.attributes.items()}


def shown() -> dict[tuple[str, str], Any]:
    rows = models.Item.objects.filter(type__in=("thing", "heir"))
    items = queries.items(EVERYTHING, [row.id for row in rows]).values()
    return {(item.key, name): value for item in items for name, value in item.attributes.items()}


def misfits() -> int:
    """How many values are shown that their type does not take."""
    rows = models.Item.objects.filter(type__in=("thing", "heir"))
    items = queries.items(EVERYTHING, [row.id for row in rows]).values()
    return sum(len(item.unfit) for item in items)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(own=declared, heirs=st.booleans(), filled=st.booleans(), wanted=edits)
def test_every_loss_is_counted_and_nothing_else_is_lost(
    base: None,
    *,
    own: dict[str, str],
    heirs: bool,
    filled: bool,
    wanted: list[tuple[str, str, str]],
) -> None:
    with transaction.atomic():
        _furnish(own, heirs=heirs, filled=filled)
        before, seen = held(), shown()
        after = edited(own, wanted)
        draft = DefinitionDraft(kind="item-type", name="thing", text=text("thing", after))
        difference, problems = schema.check_definition(PLATFORM, draft)
        assert problems == []
        counted = sum(each.count for change in difference.lost for each in change.lost)

        if counted:
            with pytest.raises(schema.ConsentNeeded):
                schema.save_definition(PLATFORM, draft, at=AT, base_version=1)
            assert held() == before
        schema.save_definition(PLATFORM, draft, at=AT, base_version=1, consent=counted > 0)

        now, names = shown(), {former: name for name, (_kind, former) in after.items() if former}
        kept = {(key, names.get(name, name)): value for (key, name), value in seen.items()}
        gone = [place for place in kept if place not in now]
        assert len(gone) + misfits() == counted
        assert set(now) <= set(kept)
        event(f"lost: {counted > 0}")
        _no_secret_is_shown(now)
        transaction.set_rollback(True)


def _furnish(own: dict[str, str], *, heirs: bool, filled: bool) -> None:
    declared = {name: (kind, "") for name, kind in own.items()}
    types = {"thing": text("thing", declared)} | (
        {"heir": text("heir", {}, extends="thing")} if heirs else {}
    )
    values = {name: VALUES[kind] for name, kind in own.items()} if filled else {}
    for name, written in types.items():
        schema.save_definition(
            PLATFORM, DefinitionDraft(kind="item-type", name=name, text=written), at=AT
        )
        for number in range(2):
            new = NewItem(type=name, name=name, key=f"{name}-{number}", attributes=values)
            actions.create_item(PLATFORM, new, at=AT)


def _no_secret_is_shown(now: Mapping[tuple[str, str], Any]) -> None:
    ids: list[UUID] = list(models.Item.objects.values_list("id", flat=True))
    told = [queries.changes(EVERYTHING, id_).changes for id_ in ids]
    everything = json.dumps([list(now.values()), str(told)], default=str)
    assert "TIGER" not in everything
    assert SEALED not in everything
