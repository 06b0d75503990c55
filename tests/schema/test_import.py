"""Importing packs: all or nothing, in versions, the same text back, right in every process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.schema.conftest import HEAD, TYPES, pack
from wardround.kernel.errors import Forbidden
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Actor, ActorKind, system_actor
from wardround.schema import actions, cache, differences, models, queries, sources
from wardround.schema.sources import Source

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLATFORM = system_actor("platform")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def install(*packs: Source) -> Any:
    return actions.import_packs(PLATFORM, packs, at=AT)


def rows() -> list[tuple[str, str, int, bool]]:
    found = models.Definition.objects.order_by("kind", "name", "version")
    return list(found.values_list("kind", "name", "version", "current"))


def test_a_pack_comes_back_byte_for_byte(ward: Source) -> None:
    install(ward)
    assert queries.exported(PLATFORM, "ward").files == ward.files
    assert queries.exported(PLATFORM, "ward").digest == ward.digest
    stored = queries.stored(PLATFORM, "item-type", "host")
    assert stored.text == TYPES.split("---\n")[1]
    assert (stored.version, stored.pack, stored.file) == (1, "ward", "types/devices.yaml")


def test_the_difference_is_shown_first_and_nothing_is_written(ward: Source) -> None:
    install(ward)
    changed = pack({"types/devices.yaml": TYPES.replace("minimum: 0", "minimum: 1")})
    ready = differences.loaded([changed])
    difference = differences.difference(ready)
    assert [(one.change, one.kind, one.name) for one in difference.changes] == [
        ("changed", "item-type", "host")
    ]
    assert difference.files == ("ward/types/devices.yaml",)
    diff = difference.changes[0].diff.splitlines()
    assert diff[:2] == ["--- a/types/devices.yaml", "+++ b/types/devices.yaml"]
    assert [line for line in diff[3:] if line[0] in "+-"] == [
        "-  - {name: memory, label: {zh: 内存, en: Memory}, type: number, unit: B, minimum: 0}",
        "+  - {name: memory, label: {zh: 内存, en: Memory}, type: number, unit: B, minimum: 1}",
    ]
    assert queries.exported(PLATFORM, "ward").files == ward.files


def test_only_changed_content_makes_a_version(ward: Source) -> None:
    assert len(install(ward).changes) == 3
    assert install(ward).empty
    remarks = pack({"types/devices.yaml": TYPES.replace("# inherits", "# has")})
    assert [one.content for one in install(remarks).changes] == [False]
    assert "# has the serial" in queries.stored(PLATFORM, "item-type", "host").text
    assert {version for _kind, _name, version, _current in rows()} == {1}
    install(pack({"types/devices.yaml": TYPES.replace("minimum: 0", "minimum: 1")}))
    assert [row for row in rows() if row[1] == "host"] == [
        ("item-type", "host", 1, False),
        ("item-type", "host", 2, True),
    ]
    assert queries.definition("item-type", "host", 1).attributes[0].minimum == 0
    assert queries.definition("item-type", "host").attributes[0].minimum == 1
    assert queries.current_version("item-type", "host") == 2


def test_what_is_gone_is_retired_and_can_come_back(ward: Source) -> None:
    install(ward)
    gone = install(pack())
    assert sorted((one.change, one.name) for one in gone.changes) == [
        ("removed", "device"),
        ("removed", "host"),
    ]
    assert queries.definition("item-type", "host", 1).name == "host"
    with pytest.raises(queries.UnknownDefinition):
        queries.definition("item-type", "host")
    install(ward)
    assert queries.current_version("item-type", "host") == 2


def test_one_mistake_and_nothing_is_imported(ward: Source) -> None:
    install(ward)
    before = rows()
    bad = pack({"types/devices.yaml": TYPES.replace("unit: B", "unti: B")})
    with pytest.raises(actions.BadPack) as caught:
        install(bad)
    assert caught.value.problems[0].field == "ward/types/devices.yaml:16:63 attributes[0].unti"
    assert rows() == before
    assert queries.exported(PLATFORM, "ward").files == ward.files


def test_a_name_belongs_to_one_pack(ward: Source) -> None:
    install(ward)
    other = pack(name="other", head=HEAD.replace("pack: ward", "pack: other"))
    with pytest.raises(actions.BadPack) as caught:
        install(other)
    assert [one.message for one in caught.value.problems] == [
        "layer “hardware” belongs to the pack “ward” already"
    ]


def test_a_pack_is_checked_together_with_what_is_installed(ward: Source) -> None:
    install(ward)
    head = HEAD.replace("pack: ward", "pack: more") + "requires: [ward]\n"
    blade = "kind: item-type\nname: blade\nlabel: B\nextends: host\n"
    more = Source("more", {"pack.yaml": head.encode(), "t.yaml": blade.encode()})
    install(more)
    assert queries.item_type("blade").attribute("serial") is not None
    with pytest.raises(actions.BadPack) as caught:
        install(pack())  # would take the type away that the other pack extends
    assert [one.message for one in caught.value.problems] == [
        "item-type “blade” of the installed pack “more” needs the item-type “host”"
    ]


def test_importing_needs_its_permission(ward: Source) -> None:
    nobody = Actor(PLATFORM.id, "nobody", ActorKind.PERSON)
    with pytest.raises(Forbidden):
        actions.import_packs(nobody, [ward], at=AT)


def test_an_import_leaves_one_audit_line_a_pack(ward: Source) -> None:
    install(ward)
    line = AuditRecord.objects.get(action="pack.import")
    assert (line.subject_id, line.detail) == (
        "ward",
        {"version": "1", "added": 3, "changed": 0, "removed": 0},
    )


def test_a_rolled_back_import_is_forgotten(ward: Source) -> None:
    with transaction.atomic():
        install(ward)
        assert "host" in queries.item_types()
        transaction.set_rollback(True)
    assert "host" not in queries.item_types()


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_an_import(ward: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of this process stands for the other one: it is told nothing."""
    monkeypatch.setattr(cache, "FRESH_S", 0.0)
    assert "host" not in queries.item_types()
    monkeypatch.setattr(cache, "changed", lambda: None)
    install(ward)
    assert "host" in queries.item_types()


@pytest.mark.django_db(transaction=True)
def test_reading_definitions_costs_no_query_once_known(ward: Source) -> None:
    install(ward)
    queries.item_types()
    with CaptureQueriesContext(connection) as captured:
        for _ in range(100):
            queries.item_types()
            queries.definition("item-type", "host")
    assert len(captured) <= 3


def test_shipped_packs_are_brought_up_to_date_unless_edited(
    ward: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ship(source: Source) -> None:
        monkeypatch.setattr(sources, "find", lambda _paths: sources.Sources([source]))

    ship(ward)
    assert len(actions.import_shipped(PLATFORM, at=AT).changes) == 3
    assert actions.import_shipped(PLATFORM, at=AT).empty
    ship(pack({"types/devices.yaml": TYPES.replace("minimum: 0", "minimum: 1")}))
    assert len(actions.import_shipped(PLATFORM, at=AT).changes) == 1
    own = pack({"types/devices.yaml": TYPES.replace("minimum: 0", "minimum: 7")})
    install(own)
    ship(ward)
    assert actions.import_shipped(PLATFORM, at=AT).empty
    assert queries.exported(PLATFORM, "ward").files == own.files
