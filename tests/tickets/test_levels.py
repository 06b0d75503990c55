"""Levels: every ticket gets one, whatever becomes of the matrix it was decided by."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hospital import ApiClient, client_of
from tests.tickets.conftest import MONDAY, World, after, raised
from tests.tickets.test_definitions import EVENT, LEVELS, TEAM, mistakes, with_row
from wardround.kernel.models import AuditRecord
from wardround.schema.signals import DefinitionsChanged
from wardround.site import levels as doctor
from wardround.tickets import actions, level_coverage, listeners, models, queries
from wardround.tickets.level_coverage import ANYTHING_ELSE, gap
from wardround.tickets.types import Criteria, LineKind

MATRIX = "level-matrix/service-levels"
LAST = '  - {name: ordinary, level: "4", sla: standard}\n'


# Whether rows take everything --------------------------------------------------------------------

POSSIBLE: dict[str, tuple[Any, ...]] = {
    "impact": ("high", "low", ""),
    "importance": ("A", "B"),
    "item_type": ("", ("host", "device"), ("device",), ("person",)),
}
VALUES = {
    "impact": ["high", "low", ""],
    "importance": ["A", "B"],
    "item_type": ["host", "device", "person", ""],
    "rule": ["R", "S"],
}
rows = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.lists(st.sampled_from(values), min_size=1, unique=True)
            for name, values in VALUES.items()
        },
    ).map(Criteria.of),
    max_size=7,
)


@settings(deadline=None)
@given(rows)
def test_a_gap_is_found_if_and_only_if_a_ticket_fits_no_row(several: list[Criteria]) -> None:
    rules = ("R", "S", "", ANYTHING_ELSE)
    tickets = [
        dict(zip([*POSSIBLE, "rule"], facts, strict=True))
        for facts in product(*POSSIBLE.values(), rules)
    ]
    left = [ticket for ticket in tickets if not any(row.fits(ticket) for row in several)]
    found = gap(several, POSSIBLE)
    assert (found is not None) is bool(left)
    if found is not None:
        head = [
            {name: value[0] if isinstance(value, tuple) else value for name, value in each.items()}
            for each in left
        ]
        assert any(found.items() <= ticket.items() for ticket in head)


def test_rows_too_entangled_to_be_followed_need_one_that_takes_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = [("high", "low", ""), ("A", "B")]
    every = [Criteria.of({"impact": [how], "importance": [who]}) for how, who in product(*facts)]
    assert gap(every, POSSIBLE) is None
    monkeypatch.setattr(level_coverage, "MOST_STEPS", 1)
    assert gap(every, POSSIBLE) is not None
    assert gap([*every, Criteria()], POSSIBLE) is None


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        (
            with_row(when={"importance": ["A", "B"]}),
            "rows: no row takes a ticket with importance: C; end with a row without “when”",
        ),
        (with_row(when={"level": "1"}), "rows[0].when.level: no ticket has a field “level”"),
        (
            LEVELS | {"levels": [*LEVELS["levels"], {"name": "4", "label": "x"}]},
            "levels[4].name: two levels are called “4”",
        ),
        (
            LEVELS
            | {"levels": [*LEVELS["levels"], {"name": "5", "label": "x", "renamed_from": "4"}]},
            (
                "levels[4].renamed_from: “4” is the name of another level: tickets that have it"
                " keep it"
            ),
        ),
        (
            TEAM | {"rules": [{"name": "x", "to": "owner", "when": {"level": "9"}}]},
            "rules[0].when.level: “level” is never “9”",
        ),
    ],
)
def test_a_mistake_in_levels_is_named(body: dict[str, Any], mistake: str) -> None:
    assert mistake in mistakes(body)


def test_rows_that_take_every_ticket_together_need_no_last_one() -> None:
    several = [
        {"name": grade or "none", "level": "1", "sla": "standard", "when": {"impact": grade}}
        for grade in ("high", "medium", "low", "")
    ]
    assert mistakes(LEVELS | {"rows": several}) == []
    assert mistakes(LEVELS | {"rows": several[:3]}) != []
    assert EVENT["levels"] == LEVELS["name"]
    types = [{**several[0], "when": {"type": ["event", "incident"]}}]
    assert mistakes(LEVELS | {"rows": types}) == []


# Through the door --------------------------------------------------------------------------------


@pytest.fixture
def admin(world: World) -> ApiClient:
    return client_of("head-of-desk", "administrator")


@pytest.fixture
def ticket(world: World) -> UUID:
    (opened,) = actions.open_event_tickets([raised(world.printer, severity="warning")], at=MONDAY)
    return opened


def proposal(admin: ApiClient, *changes: tuple[str, str]) -> dict[str, Any]:
    found = admin.get(f"/definitions/{MATRIX}").body
    text = found["text"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {"text": text, "base_version": found["version"]}


def level(admin: ApiClient, ticket: UUID) -> str | None:
    return admin.get(f"/tickets/{ticket}").body["level"]


def due(ticket: UUID) -> datetime | None:
    return models.Ticket.objects.get(id=ticket).black_at


@pytest.mark.django_db
def test_a_matrix_that_leaves_tickets_out_is_refused_and_says_which(admin: ApiClient) -> None:
    wanted = proposal(admin, (LAST, ""))
    checked = admin.post(f"/definitions/{MATRIX}/check", wanted).body
    assert [problem["path"] for problem in checked["problems"]] == ["rows"]
    assert "end with a row without “when”" in checked["problems"][0]["message"]
    assert admin.put(f"/definitions/{MATRIX}", wanted).status == 422


@pytest.mark.django_db
def test_a_renamed_level_takes_its_tickets_along(admin: ApiClient, ticket: UUID) -> None:
    assert level(admin, ticket) == "Level 4"
    renamed = (
        ('{name: "4", label: {zh: 四级, en: Level 4}}',
         '{name: "5", renamed_from: "4", label: {zh: 五级, en: Level 5}}'),
        ('level: "4"', 'level: "5"'),
    )  # fmt: skip
    wanted = proposal(admin, *renamed)
    checked = admin.post(f"/definitions/{MATRIX}/check", wanted).body
    assert (checked["problems"], checked["needs_consent"]) == ([], False)
    promised = due(ticket)
    assert admin.put(f"/definitions/{MATRIX}", wanted).status == 200
    assert (level(admin, ticket), due(ticket)) == ("Level 5", promised)
    assert models.Ticket.objects.get(id=ticket).level == "5"
    told = AuditRecord.objects.get(action="ticket.rename_level").detail
    assert told == {"old": "4", "new": "5", "count": 1}
    again = proposal(admin, ("en: Level 5", "en: Grade 5"))
    assert admin.put(f"/definitions/{MATRIX}", again).status == 200
    assert level(admin, ticket) == "Grade 5"


@pytest.mark.django_db
def test_a_level_taken_away_is_counted_and_keeps_its_words(admin: ApiClient, ticket: UUID) -> None:
    wanted = proposal(
        admin,
        ('  - {name: "4", label: {zh: 四级, en: Level 4}}\n', ""),
        ('level: "4"', 'level: "3"'),
    )
    checked = admin.post(f"/definitions/{MATRIX}/check", wanted).body
    (change,) = checked["changes"]
    assert [(each["thing"], each["count"]) for each in change["lost"]] == [("level", 1)]
    assert checked["lost"] == "1 open ticket whose level is there no more"
    assert admin.put(f"/definitions/{MATRIX}", wanted).status == 409
    assert admin.put(f"/definitions/{MATRIX}", {**wanted, "consent": True}).status == 200
    assert level(admin, ticket) == "Level 4"


@pytest.mark.django_db
def test_an_open_ticket_without_level_says_so_and_is_decided_when_the_matrix_changes(
    admin: ApiClient, ticket: UUID, world: World
) -> None:
    promised = due(ticket)
    (closed,) = actions.open_event_tickets([raised(world.server)], at=MONDAY)
    no_level = {"level": "", "level_row": "", "sla": "", "policy_version": None}
    models.Ticket.objects.update(**no_level, black_at=None, clock="none")
    models.Ticket.objects.filter(id=closed).update(open=False, category="closed")
    models.Clock.objects.all().delete()
    assert (level(admin, ticket), doctor.examine().health) == (None, "warning")
    assert doctor.examine().wording.text("en").startswith("1 open tickets have no level")
    assert doctor.examine().wording.text("zh-hans").startswith("1 张未关闭工单没有级别")

    wanted = proposal(admin, (LAST, LAST.replace("ordinary", "rest")))
    assert admin.put(f"/definitions/{MATRIX}", wanted).status == 200
    listeners.decide_levels_again([DefinitionsChanged(("service",), ("level-matrix",))])
    assert (level(admin, ticket), due(ticket)) == ("Level 4", promised)
    assert doctor.examine().health == "ok"
    assert queries.without_level() == 0
    line = admin.get(f"/tickets/{ticket}").body["timeline"][-1]
    assert (line["kind"], line["text"]) == (LineKind.FIELD, "Level: – → Level 4")
    assert line["actor"]["name"] == "The platform"
    assert models.Ticket.objects.get(id=closed).level == ""
    assert actions.decide_levels_again(at=after(hours=1)) == 0


@pytest.mark.django_db
def test_tickets_that_no_rule_assigns_any_more_are_counted_by_their_type(admin: ApiClient) -> None:
    path = "/definitions/assignment/service-team"
    text = admin.get(path).body["text"]
    narrow = text.replace(
        "{name: owner, to: owner}", "{name: owner, to: owner, when: {impact: high}}"
    )
    some = {"text": narrow, "base_version": 1}
    assert admin.post(f"{path}/check", some).body["needs_consent"] is False
    head = text.partition("rules:")[0]
    only = "rules:\n  - {name: owner, to: owner, when: {impact: [high, medium]}}\n"
    checked = admin.post(f"{path}/check", {"text": head + only, "base_version": 1}).body
    assert checked["problems"] == []
    assert checked["lost"] == "2 ticket types some of whose tickets no rule assigns any more"
