"""What holds for every kind of definition that any room registers."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from wardround.schema import kinds
from wardround.schema.declarations import key_of, parts_of
from wardround.schema.errors import BadDefinition
from wardround.schema.types import Layer

DECLARED = [name for name in kinds.kind_names() if kinds.kind_named(name).model is not None]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", kinds.kind_names())
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_its_schema_is_sound_and_refuses_unknown_keys(name: str, language: str) -> None:
    kind = kinds.kind_named(name)
    assert kind is not None
    schema = kind.json_schema(language)
    Draft202012Validator.check_schema(schema)
    assert not Draft202012Validator(schema).is_valid({"kind": name, "name": "x", "zzz": 1})
    with pytest.raises(BadDefinition) as refused:
        kind.read({"kind": name, "name": "x", "zzz": 1})
    assert any(each.path == ("zzz",) and each.at_key for each in refused.value.problems)


@pytest.mark.parametrize("name", DECLARED)
def test_every_key_says_what_it_is_in_both_languages(name: str) -> None:
    kind = kinds.kind_named(name)
    assert kind is not None
    assert kind.model is not None
    for part in parts_of(kind.model):
        for field in part.model_fields:
            key = key_of(part, field)
            assert key is not None, f"{part.__name__}.{field} has no Key"
            assert key.zh.strip(), f"{part.__name__}.{field}"
            assert key.en.strip(), f"{part.__name__}.{field}"
            assert key.about_zh.endswith("。"), f"{part.__name__}.{field}: {key.about_zh}"
            assert key.about_en.endswith("."), f"{part.__name__}.{field}: {key.about_en}"
            assert "事件" not in key.zh + key.about_zh


@pytest.mark.parametrize("name", kinds.kind_names())
def test_a_kind_says_what_it_is(name: str) -> None:
    kind = kinds.kind_named(name)
    assert kind is not None
    assert kind.label is not None
    if name in DECLARED:
        assert kind.about is not None
        assert kind.about.zh.endswith("。")
        assert kind.about.en.endswith(".")


def test_a_kind_is_registered_once() -> None:
    again = kinds.DefinitionKind(name="layer", model=Layer)
    with pytest.raises(ValueError, match="registered twice"):
        kinds.register(again)
