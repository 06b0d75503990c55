"""What an import says of rows that it refuses: all that is wrong at once, in the words of the file,
and with what to do instead.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.imports import counts, imported, lines
from tests.hospital import ApiClient, client_of
from wardround.cmdb.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def told(client: ApiClient, run: Any) -> dict[int, dict[str, str]]:
    return {
        line["row"]: {each["field"]: each["message"] for each in line["problems"]}
        for line in lines(client, run, verdict="refused")
    }


def test_a_row_that_is_refused_is_told_everything_at_once(admin: ApiClient) -> None:
    """Who mends an error file and sends it again is not to be told the next mistake then."""
    rows = [
        ["key", "name", "type", "serial", "cpu_cores", "owner"],
        ["n-1", "A", "host", "SN-9", "", "nobody-at-all"],
        ["n-2", "B", "host", "SN-9", "many", ""],
        ["n-3", "C", "host", "", "many", "nobody-at-all"],
        ["n-4", "D", "host", "", "many", ""],
        ["n-4", "D", "host", "", "1", "nobody-at-all"],
        ["n-5", "E", "host", "SN-10", "1", "zhou"],
    ]
    run = imported(admin, rows)
    assert counts(run) == (1, 0, 0, 5)
    found = told(admin, run)
    assert {row: {*problems} for row, problems in found.items()} == {
        2: {"attributes.serial", "owner"},
        3: {"attributes.serial", "attributes.cpu_cores"},
        4: {"attributes.cpu_cores", "owner"},
        5: {"attributes.cpu_cores", "key"},
        6: {"key", "owner"},
    }
    assert found[2]["owner"] == "There is no item with the name, key or id “nobody-at-all”."


def test_what_names_a_refused_row_says_which(admin: ApiClient) -> None:
    tables = {
        "Hosts": [["key", "name", "type", "cpu_cores"], ["n-1", "Alpha", "host", "many"]],
        "Machines": [
            ["key", "name", "type", "cpu_cores"],
            ["n-2", "Beta", "switch", ""],
            ["n-3", "Gamma", "host", "1"],
            ["n-3", "Gamma", "host", "2"],
        ],
        "Relations": [["from", "kind", "to"], ["Alpha", "connects", "Beta"]],
    }
    found = told(admin, imported(admin, tables, dry_run=True))
    messages = [message for problems in found.values() for message in problems.values()]
    assert "“Alpha” is made by row Hosts/2, which is refused. Mend that row." in messages
    assert any("Machines/3, Machines/4" in message for message in messages)


def test_a_type_that_is_not_there_tells_what_is_like_it(admin: ApiClient) -> None:
    rows = [["key", "name", "type"], ["n-1", "A", "hosts"], ["n-2", "B", "zzzz"]]
    found = told(admin, imported(admin, rows))
    assert found[2]["type"] == "There is no item type “hosts”. Did you mean: Host?"
    assert found[3]["type"] == "There is no item type “zzzz”."


def test_a_memory_of_64_is_not_64_bytes(admin: ApiClient) -> None:
    """Inventories say 64 and mean GB; kept as bytes it would be wrong, and nobody told."""
    rows = [
        ["key", "name", "type", "memory"],
        ["n-1", "A", "host", "64G"],
        ["n-2", "B", "host", "１２８ ＧＢ"],
        ["n-3", "C", "host", "1.5 TiB"],
        ["n-4", "D", "host", 64],
        ["n-5", "E", "host", "64"],
        ["n-6", "F", "host", 68719476736],
        ["n-7", "G", "host", 0],
    ]
    run = imported(admin, rows)
    held = dict(Item.objects.filter(key__startswith="n-").values_list("key", "attributes__memory"))
    assert held == {
        "n-1": 64 * 2**30, "n-2": 128 * 2**30, "n-3": 1536 * 2**30, "n-6": 64 * 2**30, "n-7": 0,
    }  # fmt: skip
    found = told(admin, run)
    assert {*found} == {5, 6}
    assert found[5]["attributes.memory"].startswith("Bytes, or GB? Write the unit: “64 GB”")
    whole = [["key", "name", "type", "memory (B)"], ["n-8", "H", "host", 64]]
    assert counts(imported(admin, whole)) == (1, 0, 0, 0)
    larger = [["key", "name", "type", "memory (GB)"], ["n-9", "I", "host", "512 MB"]]
    assert counts(imported(admin, larger)) == (1, 0, 0, 0)
    assert Item.objects.get(key="n-9").attributes["memory"] == 512 * 2**20


def test_a_wrong_relation_tells_what_leads_there(admin: ApiClient) -> None:
    rows = [["from", "kind", "to"], ["host-1", "maintains", "switch-1"]]
    message = told(admin, imported(admin, rows))[2]["kind"]
    assert message.startswith("This relation does not lead from a Host to a Switch.")
    assert "connects to" in message
    turned = [["from", "kind", "to"], ["pacs", "maintains", "zhou"]]
    message = told(admin, imported(admin, turned))[2]["kind"]
    assert message.endswith("It leads the other way.")
