"""Keys of relation kinds that would be taken and then mean nothing."""

from __future__ import annotations

import pytest

from wardround.schema import kinds
from wardround.schema.kinds import DefinitionView
from wardround.schema.metamodel import RELATION_KIND

CARRYING = {"carries_impact": "target-to-source"}


def mistakes(**said: object) -> list[tuple[str, str]]:
    body = {"name": "needs", "label": "needs", **said}
    value = kinds.read(RELATION_KIND.model, body)
    assert RELATION_KIND.check is not None
    found = RELATION_KIND.check(value, DefinitionView({}))
    return [(problem.dotted, problem.text()) for problem in found]


@pytest.mark.parametrize("gate", ["and", "or"])
def test_what_carries_no_impact_combines_nothing(gate: str) -> None:
    assert mistakes(gate=gate) == [
        ("gate", "a kind that carries no impact combines nothing: it has no gate")
    ]
    assert mistakes(gate=gate, **CARRYING) == []
    assert mistakes(gate="none") == []


def test_a_symmetric_kind_has_one_name() -> None:
    told = "a symmetric kind is called the same from both ends: leave this out"
    assert mistakes(symmetric=True, reverse_label="is needed by") == [("reverse_label", told)]
    assert mistakes(symmetric=True, reverse_label="needs") == []
    assert mistakes(symmetric=True) == mistakes(reverse_label="is needed by") == []
