"""Samples and series over HTTP."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from django.urls import resolve

from tests.history.batches import NOON, batch, every, ms
from wardround.history import actions
from wardround.history.types import Kind, SeriesKey
from wardround.kernel.ids import new_id
from wardround.kernel.types import Actor, ActorKind, Grant, Scope, system_actor

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("history")]

READER = system_actor("reader")
NOBODY = Actor(new_id(), "nobody", ActorKind.PERSON)


def get(path: str, actor: Actor | None = READER, **query: Any) -> tuple[int, Any]:
    request = RequestFactory().get(f"/api/v1{path}", query_params=query)
    request.actor = actor  # type: ignore[attr-defined]  # the edge puts it there
    response = resolve(f"/api/v1{path}").func(request)
    return response.status_code, json.loads(response.content)


def iso(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


@pytest.fixture
def key(metric: str, item: UUID) -> SeriesKey:
    key = SeriesKey(metric, item, (("disk", "sda"),), Kind.COUNTER, "B", new_id())
    values = [1.0, 2.0, math.nan, math.inf]
    actions.append(batch({key: every(60, values, start=NOON)}), at=NOON + timedelta(hours=1))
    return key


def window(key: SeriesKey, **more: Any) -> dict[str, Any]:
    return {"metric": key.metric, "item": str(key.item), "from": iso(0), "to": iso(10)} | more


def test_samples_with_a_step(key: SeriesKey) -> None:
    status, body = get("/samples", **window(key, step="1m", aggregate="max"))
    assert (status, body) == (
        200,
        {
            "items": [
                {
                    "metric": key.metric,
                    "item": str(key.item),
                    "labels": {"disk": "sda"},
                    "unit": "B",
                    "kind": "counter",
                    "points": [
                        [ms(NOON), 1.0],
                        [ms(NOON) + 60_000, 2.0],
                        [ms(NOON) + 180_000, None],
                    ],
                }
            ],
            "next": None,
            "total": 1,
            "source": "raw",
            "step_s": 60.0,
        },
    )


def test_raw_samples_keep_what_is_no_number_as_null(key: SeriesKey) -> None:
    _, body = get("/samples", **window(key, step="raw"))
    assert [value for _, value in body["items"][0]["points"]] == [1.0, 2.0, None, None]
    assert body["step_s"] is None


def test_labels_choose(key: SeriesKey) -> None:
    assert get("/samples", **window(key, **{"label.disk": "sdb"}))[1]["items"] == []
    assert len(get("/samples", **window(key, **{"label.disk": "sda"}))[1]["items"]) == 1


def test_pages_of_series(metric: str) -> None:
    keys = [SeriesKey(metric, new_id()) for _ in range(5)]
    actions.append(batch({key: [(NOON, 1.0)] for key in keys}), at=NOON)
    asked: dict[str, Any] = {
        "metric": metric,
        "from": iso(0),
        "to": iso(10),
        "step": "1m",
        "limit": 2,
    }
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        body = get("/samples", **(asked | ({"cursor": cursor} if cursor else {})))[1]
        seen += [one["item"] for one in body["items"]]
        cursor = body["next"]
    assert (seen, cursor) == (sorted(str(key.item) for key in keys), None)


def test_series_of_an_item(key: SeriesKey) -> None:
    status, body = get("/series", item=str(key.item))
    assert status == 200
    assert body["total"] == 1
    (only,) = body["items"]
    assert (only["metric"], only["unit"], only["labels"]) == (key.metric, "B", {"disk": "sda"})
    assert (only["kind"], only["target"]) == ("counter", str(key.target))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"metric": ""}, "metric"),
        ({"item": "seven"}, "item.0"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-16T12:00:00"}, "from"),
        ({"from": iso(20)}, "from"),
        ({"step": "often"}, "step"),
        ({"step": "0"}, "step"),
        ({"from": iso(-60 * 24), "step": "1s"}, "step"),
        ({"aggregate": "median"}, "aggregate"),
        ({"aggregate": "rate", "step": "raw"}, "step"),
        ({"limit": 0}, "limit"),
        ({"cursor": "-1"}, "cursor"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_every_kind_of_wrong_field_is_named(
    key: SeriesKey, wrong: dict[str, Any], field: str
) -> None:
    status, body = get("/samples", **(window(key) | wrong))
    named = body.get("field") or body["problems"][0]["field"]
    assert (status, named) == (422, field)


def test_the_permission_is_needed(key: SeriesKey) -> None:
    assert get("/samples", None, **window(key))[0] == 401
    assert get("/samples", NOBODY, **window(key))[0] == 403
    assert get("/series", NOBODY, item=str(key.item))[0] == 403


@pytest.mark.django_db
def test_values_of_what_one_may_not_see_are_not_found(key: SeriesKey) -> None:
    """Also of an item that the CMDB does not know: only who sees everything may read those."""
    scope = Scope(systems=frozenset({new_id()}))
    narrow = Actor(new_id(), "narrow", ActorKind.PERSON, (Grant(frozenset({"*"}), scope),))
    assert get("/samples", narrow, **window(key))[0] == 404
    assert get("/series", narrow, item=str(key.item))[0] == 404
    everything = {name: value for name, value in window(key).items() if name != "item"}
    assert get("/samples", narrow, **everything)[1]["items"] == []
    assert len(get("/samples", READER, **everything)[1]["items"]) == 1


def test_a_store_that_is_gone_is_an_answer_too(
    key: SeriesKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDROUND_HISTORY_URL", "http://wardround:x@127.0.0.1:1/wardround")
    status, body = get("/samples", **window(key))
    assert (status, body["code"]) == (503, "history_unavailable")


def test_a_page_of_charts_in_one_answer(key: SeriesKey) -> None:
    asks = [f"max({key.metric})", f"rate({key.metric})", "avg(no_such_metric)"]
    more = {"item": str(key.item), "from": iso(0), "to": iso(10), "step": "1m", "ask": asks}
    status, body = get("/samples/page", **more)
    assert status == 200
    assert [answer["ask"] for answer in body["items"]] == asks
    for answer, aggregate in zip(body["items"], ("max", "rate"), strict=False):
        _, alone = get("/samples", **window(key, step="1m", aggregate=aggregate))
        assert answer["items"] == alone["items"]
        assert (answer["source"], answer["step_s"]) == ("raw", 60.0)
    assert body["items"][2]["items"] == []


@pytest.mark.parametrize("ask", ["node_load1", "mean(node_load1)", "avg()", "avg(node_load1"])
def test_a_question_that_is_none_names_the_field(key: SeriesKey, ask: str) -> None:
    status, body = get("/samples/page", item=str(key.item), ask=ask)
    assert (status, body["problems"][0]["field"]) == (422, "ask")


def test_nobody_reads_a_page_without_permission(key: SeriesKey) -> None:
    status, _ = get("/samples/page", NOBODY, item=str(key.item), ask=f"avg({key.metric})")
    assert status in {403, 404}
