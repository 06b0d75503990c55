"""The printed reference of definitions says what the declarations say."""

from __future__ import annotations

import pytest

from tools.reference import FILES, page
from wardround.schema import kinds
from wardround.schema.walking import parts_of


@pytest.mark.parametrize("language", FILES)
def test_the_reference_is_up_to_date(language: str) -> None:
    kept = FILES[language].read_text()
    assert page(language) == kept, "run `python -m tools.reference`, and read the difference"


@pytest.mark.parametrize("language", FILES)
def test_every_kind_and_every_key_is_in_it(language: str) -> None:
    text = page(language)
    for name in kinds.kind_names():
        kind = kinds.kind_named(name)
        assert kind is not None
        assert f"## `{name}`" in text
        for part in parts_of(kind.model):
            for field, info in part.model_fields.items():
                assert f"| `{info.alias or field}`" in text, f"{name}: {field}"
