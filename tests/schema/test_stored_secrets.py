"""A database of before: packs were kept as they came, with their secrets, in every version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.schema.test_sealing import HEAD, ITEMS
from tests.stored import everything_stored
from wardround.collect import models as collect
from wardround.collect import queries as targets
from wardround.collect import rows
from wardround.kernel import secrets
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import system_actor
from wardround.schema import actions, documents, queries
from wardround.schema.models import Definition, InstalledPack, PackFile
from wardround.schema.sources import Source

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLATFORM = system_actor("platform")
BEFORE = [("cmdb", "0002_itemchange_other_id"), ("collect", "0001_initial")]
SHARED = """\
kind: items
name: shared
items:
  - {key: a, type: host, name: A, attributes: &same {password: TIGER-shared}}
  - {key: b, type: host, name: B, attributes: *same}
"""

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)


@pytest.fixture
def latest() -> Iterator[list[tuple[str, str]]]:
    newest: Any = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield newest
    migrate(newest)


def keep_as_before(files: dict[str, str]) -> None:
    """Rows as the importer of before wrote them."""
    pack = InstalledPack.objects.create(
        name="ours", version="1", label={}, digest="of before", imported_at=AT, imported_by="x"
    )
    for path, text in files.items():
        PackFile.objects.create(pack=pack, path=path, data=text.encode())
        for document in documents.read(text.encode(), path).documents:
            body = document.root.plain()
            if "kind" not in body:
                continue
            kind = body.pop("kind")
            for version, current in ((1, False), (2, True)):
                Definition.objects.create(
                    kind=kind,
                    name=body["name"],
                    version=version,
                    pack="ours",
                    file=path,
                    text=document.text,
                    body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
                    current=current,
                    created_at=AT,
                    created_by="x",
                )


def test_old_texts_are_sealed_and_come_in_again_as_they_are(
    latest: list[tuple[str, str]],
) -> None:
    migrate(BEFORE)
    actions.import_shipped(PLATFORM, at=AT, names=("base", "monitors"))
    keep_as_before({"pack.yaml": HEAD, "ward.yaml": ITEMS, "shared.yaml": SHARED})
    assert "TIGER" in everything_stored()
    migrate(latest)
    stored = everything_stored()
    assert "ward-1" in stored
    assert "TIGER" not in stored
    assert "LION" not in stored
    exported = queries.exported(PLATFORM, "ours")
    assert InstalledPack.objects.get(name="ours").digest == exported.digest
    text = exported.files["ward.yaml"].decode()
    assert "# Servers of the ward." in text
    assert "name: 服务器一          # stays" in text
    for row in Definition.objects.filter(pack="ours"):
        told = yaml.safe_load(row.text)
        del told["kind"]
        assert told == json.loads(row.body)
    again = Source("ours", {"pack.yaml": HEAD.encode(), "ward.yaml": ITEMS.encode()})
    changes = actions.import_packs(PLATFORM, [again], at=AT).changes
    assert [(one.kind, one.name, one.change) for one in changes] == [("items", "shared", "removed")]


def test_the_secret_of_a_shared_text_is_kept_for_each_place(
    latest: list[tuple[str, str]],
) -> None:
    migrate(BEFORE)
    actions.import_shipped(PLATFORM, at=AT, names=("base", "monitors"))
    keep_as_before({"pack.yaml": HEAD, "shared.yaml": SHARED})
    migrate(latest)
    (first, second) = json.loads(Definition.objects.get(name="shared", version=2).body)["items"]
    for one in (first, second):
        token = one["attributes"]["password"]
        assert secrets.unseal_for(f"{one['key']}/password", token) == "TIGER-shared"


def test_an_address_of_before_that_signs_in_is_sealed_and_opens_here_when_it_comes_in_again(
    latest: list[tuple[str, str]],
) -> None:
    migrate(BEFORE)
    actions.import_shipped(PLATFORM, at=AT, names=("base", "monitors"))
    plain = ITEMS.replace("TIGER-hunter2", "x").replace("LION", "y")
    signing_in = plain.replace("10.0.0.1:9", "http://ward:TIGER-hunter2@10.0.0.1:9")
    keep_as_before({"pack.yaml": HEAD, "ward.yaml": signing_in})
    assert "TIGER" in everything_stored()
    migrate(latest)
    assert "TIGER" not in everything_stored()
    exported = queries.exported(PLATFORM, "ours")
    items, targets_text = list(yaml.safe_load_all(exported.files["ward.yaml"]))
    (target,) = targets_text["targets"]
    assert secrets.is_token(target["address"])
    items["items"][0]["name"] = "一号"
    target["interval"] = "20s"
    changed = yaml.safe_dump_all([items, targets_text], allow_unicode=True).encode()
    again = Source("ours", {**exported.files, "ward.yaml": changed})
    actions.import_packs(PLATFORM, [again], at=AT)
    row = collect.TargetRow.objects.get()
    assert rows.address_of(row) == "http://ward:TIGER-hunter2@10.0.0.1:9"
    assert targets.target(EVERYTHING, row.id).address == "http://••••••@10.0.0.1:9"
    assert "TIGER" not in "".join(Definition.objects.values_list("text", flat=True))
