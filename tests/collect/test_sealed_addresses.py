"""Addresses of before that sign in: kept sealed, shown and found without it, still collected."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from django.db import connection

from tests.collect.pages import exporter
from tests.collect.targets import target
from tests.hospital import ApiClient
from tests.schema.test_stored_secrets import latest, migrate
from tests.stored import everything_stored
from wardround.cmdb.types import Item
from wardround.collect import queries, rows
from wardround.collect.models import TargetRow
from wardround.collect.runner import check_once
from wardround.collect.types import TargetSpec
from wardround.kernel.addresses import without_secrets_in
from wardround.kernel.ids import new_id
from wardround.kernel.reach import EVERYTHING

__all__ = ["latest"]

BASIC = "http://ward:TIGER-hunter2@{}/metrics"
TOKEN = "http://{}/metrics?deep=1&token=TIGER-hunter2"  # noqa: S105


def keep_as_before(host: Item, address: str) -> None:
    """A row as it was written before addresses were refused and parameters followed templates."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO collect_target (id, name, item_id, template, address, interval_s,"
            " timeout_s, enabled, parameters, declared, version, created_at, updated_at)"
            " VALUES (%s, 'old', %s, 'prometheus', %s, 15, 5, true, %s, '', 1, now(), now())",
            [new_id(), host.id, address, json.dumps({"token": "LION-1"})],
        )
        cursor.execute(
            "INSERT INTO collect_target_state (target_id, state, reason, detail)"
            " SELECT id, 'down', 'settings', 'not an address: ' || address FROM collect_target"
        )


def renew(host: Item, address: str, latest: list[tuple[str, str]]) -> TargetSpec:
    """The migration over such a row; what a collector gets then. In a thread of its own."""
    migrate([("collect", "0004_seal_sign_ins_of_addresses")])
    keep_as_before(host, address)
    assert "TIGER" in everything_stored()
    migrate(latest)
    assert "TIGER" not in everything_stored()
    spec = queries.spec(EVERYTHING, TargetRow.objects.get().id)
    connection.close()
    return spec


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", [BASIC, TOKEN])
def test_rows_of_before_are_sealed_and_collected_as_before(
    host: Item, latest: list[tuple[str, str]], form: str
) -> None:
    async def collected() -> str:
        async with exporter() as running:
            address = form.format(running.address)
            spec = await asyncio.to_thread(renew, host, address, latest)
            assert (spec.address, spec.parameters["token"]) == (address, "LION-1")
            spec = replace(spec, parameters={})  # else the token signs in
            assert (await check_once(spec)).up
            return running.requests[0].lower()

    asked = asyncio.run(collected())
    expected = "token=tiger-hunter2" if form is TOKEN else "authorization: basic d2fyzdpusud"
    assert expected in asked


@pytest.mark.django_db
def test_nothing_shows_or_finds_what_a_row_of_before_signs_in_with(
    api: ApiClient, host: Item
) -> None:
    assert api.post("/targets", page(host)).status == 201
    row = TargetRow.objects.get()
    whole = BASIC.format("10.0.0.1:9")
    row.address, row.sealed_address = rows.sealed_address(whole)
    row.save()
    shown = "http://••••••@10.0.0.1:9/metrics"
    assert api.get(f"/targets/{row.id}").body["address"] == shown
    for word in ("TIGER", "hunter2", "ward:"):
        assert api.get("/targets", q=word).body["items"] == []
    assert len(api.get("/targets", q="10.0.0.1").body["items"]) == 1

    assert api.patch(f"/targets/{row.id}", {"address": shown, "name": "x"}).status == 200
    row.refresh_from_db()
    assert rows.address_of(row) == whole
    assert api.patch(f"/targets/{row.id}", {"address": "10.0.0.1:9"}).status == 200
    row.refresh_from_db()
    assert (rows.address_of(row), row.sealed_address) == ("10.0.0.1:9", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("address", {"address": "http://10.0.0.1:9/metrics?token=TIGER"}),
        ("address", {"address": "http://u:TIGER@10.0.0.1:9"}),
        ("address", {"address": "sealed:QDafcuPr4T8UG1ii01LwKbxhN1m1"}),
        ("name", {"name": "sealed:QDafcuPr4T8UG1ii01LwKbxhN1m1"}),
        ("parameters.user", {"parameters": {"user": "sealed:QDafcuPr4T8UG1ii01LwKbxhN1m1"}}),
        ("parameters.token", {"parameters": {"token": "sealed:QDafcuPr4T8UG1ii01LwKbxhN1m1"}}),
    ],
)
def test_what_is_written_anew_is_refused_by_field(
    api: ApiClient, host: Item, field: str, change: dict[str, object]
) -> None:
    refused = api.post("/targets", {**page(host), **change})
    assert refused.status == 422
    assert [each["field"] for each in refused.body["problems"]] == [field]
    assert "TIGER" not in json.dumps(refused.body)
    assert not TargetRow.objects.exists()


def page(host: Item) -> dict[str, object]:
    return {"item": str(host.id), "template": "prometheus", "address": "10.0.0.1:9"}


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("prometheus", "ftp://ward:TIGER-hunter2@h"),
        ("prometheus", "http://h:1/x y?token=TIGER-hunter2"),
        ("prometheus", "http://ward:TIGER-hunter2@no-such-host.invalid:9"),
        ("postgresql", "host=h password=TIGER-hunter2 TIGER-hunter2"),
        ("postgresql", "postgresql://ward:TIGER-hunter2@h/x?TIGER-hunter2"),
    ],
)
def test_no_failure_says_what_an_address_signs_in_with(template: str, address: str) -> None:
    batch = asyncio.run(check_once(target(template, address, timeout=2)))
    assert not batch.up
    assert batch.detail
    assert "TIGER" not in batch.detail


def test_what_a_server_repeats_of_a_secret_is_hidden() -> None:
    told = without_secrets_in("FATAL: TIGER-two of LION", "http://u:LION@h", ["TIGER-two", "o"])
    assert told == "FATAL: •••••• of ••••••"
