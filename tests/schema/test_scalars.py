"""One table of plain scalars: how they are read here, and in the form of the browser.

The browser holds itself to the same file (`ui/src/rooms/schema/form/scalars.test.ts`).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wardround.schema.documents import plain_scalar, read

TABLE = json.loads(Path(__file__).with_name("scalars.json").read_text("utf-8"))


@pytest.mark.parametrize(("written", "value"), TABLE)
def test_a_plain_scalar_is_read_as_the_table_says(written: str, value: object) -> None:
    found = plain_scalar(written)
    assert (type(found), found) == (type(value), value)


def test_the_table_holds_within_a_definition_too() -> None:
    # What is structure at the beginning of a line is no scalar there.
    lines = [f"k{at}: {written}" for at, (written, _value) in enumerate(TABLE)]
    reading = read("\n".join(lines).encode(), "f.yaml")
    assert not reading.problems
    body = reading.documents[0].root.plain()
    assert body == {f"k{at}": value for at, (_written, value) in enumerate(TABLE)}
