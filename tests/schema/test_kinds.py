"""What holds for every kind of definition that any room registers."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from wardround.schema import kinds


@pytest.mark.parametrize("name", kinds.kind_names())
def test_its_schema_is_sound_and_refuses_unknown_keys(name: str) -> None:
    kind = kinds.kind_named(name)
    assert kind is not None
    Draft202012Validator.check_schema(kind.shape.schema)
    told = list(kind.shape.problems({"kind": name, "name": "x", "zzz": 1}))
    assert any(one.path == ("zzz",) and one.at_key for one in told)


def test_a_kind_is_registered_once() -> None:
    again = kinds.DefinitionKind(name="layer", schema={}, parse=dict)
    with pytest.raises(ValueError, match="registered twice"):
        kinds.register(again)
