"""What `doctor` says of the calendars: the shipped lists end with 2026."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import translation

from tests.hospital import HOSPITAL
from wardround.schema import actions as schema
from wardround.schema import cache
from wardround.site import calendars

SUMMER = datetime(2026, 6, 1, tzinfo=UTC)
ADVENT = datetime(2026, 12, 15, tzinfo=UTC)


def test_a_list_is_missed_once_its_year_is_near(db: None) -> None:
    schema.import_shipped(HOSPITAL, at=SUMMER, names=["base", "service"])
    assert calendars.examine(SUMMER).health == "ok"
    finding = calendars.examine(ADVENT)
    assert finding.health == "warning"
    with translation.override("en"):
        assert "missing: 2027 (china);" in finding.text
    with translation.override("zh-hans"):
        assert "缺少节假日安排：2027 (china)，" in finding.text


@pytest.mark.django_db(transaction=True)
def test_stores_that_are_not_made_yet_are_no_defect() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE schema_definition RENAME TO schema_elsewhere")
    cache._shared.clear()  # what a test before it has read
    try:
        assert calendars.examine(SUMMER).health == "warning"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE schema_elsewhere RENAME TO schema_definition")
