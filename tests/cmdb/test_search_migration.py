"""A database of before `cmdb/0014`: its items are found as if they had been written after it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cmdb.test_seal_migration import attribute, define, item
from tests.schema.test_stored_secrets import latest, migrate
from wardround.cmdb import grams, models
from wardround.cmdb.item_texts import texts_of
from wardround.kernel import secrets
from wardround.kernel.finding import Texts
from wardround.schema.types import AttributeType

__all__ = ["latest"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_items_that_there_are_are_written_down(latest: list[tuple[str, str]]) -> None:
    migrate([("cmdb", "0013_kept_values")])
    base: dict[str, Any] = {"label": {"zh": "泵", "en": "Pump"}, "layer": "hardware"}
    code, number = attribute("code", "text", search=True), attribute("line", "phone", search=True)
    define("item-type", "pump", {**base, "attributes": [code]}, {**base, "attributes": [code]})
    below = [number, attribute("pin", "secret", search=True), attribute("note", "text")]
    define("item-type", "small-pump", {**base, "extends": "pump", "attributes": below})
    held = {
        "code": "ＡＢ-12",
        "line": "+86 138 0000 0000",
        "pin": secrets.seal("4711"),
        "note": "unsearched",
    }
    kept = item("放射科泵1", "small-pump", **held)
    lost = item("of-no-type", "gone", code="x")
    migrate(latest)
    rows = {row.item_id: row for row in models.ItemText.objects.all()}
    wanted = (("code", AttributeType.TEXT), ("line", AttributeType.PHONE))
    told = texts_of("放射科泵1", "放射科泵1", held, wanted)
    assert "\nab-12\n" in told.text
    assert "8613800000000" in told.text
    row = rows[kept]
    assert Texts(row.text, row.sound, row.initials) == told
    assert row.grams == grams.of(told)
    assert row.initials == "fskb1"
    assert rows[lost].text == "\nof-no-type\n"
