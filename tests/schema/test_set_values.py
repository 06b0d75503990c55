"""Setting a value in the text of a definition: it comes out as meant, nothing else moves."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wardround.schema import documents
from wardround.schema.set_values import with_values

BLOCK = """\
# Kept.
kind: alert-rules
name: x
groups:
  - name: g
    rules:
      - alert: A  # the first
        # about the expression
        expr: up == 0
      - alert: B
        expr: >
          up
          == 1
        enabled: true   # was on
"""
FLOW = "kind: alert-rules\nname: x\ngroups: [{name: g, rules: [{alert: A, expr: up == 0}]}]\n"
ODD = 'groups:\n- name: g\n  rules:\n  - alert: "A"\n    expr: |\n      up\n'
FIRST = ("groups", 0, "rules", 0)


def plain(text: str) -> object:
    return documents.read(text.encode(), "").documents[0].root.plain()


@pytest.mark.parametrize("text", [BLOCK, FLOW, ODD, BLOCK.replace("\n", "\r\n")])
def test_a_key_is_put_in(text: str) -> None:
    changed = with_values(text, FIRST, {"enabled": False})
    assert changed is not None
    rule = plain(changed)["groups"][0]["rules"][0]  # type: ignore[index]
    assert rule["enabled"] is False
    assert rule["alert"] == "A"
    left = [line for line in changed.splitlines() if line not in text.splitlines()]
    assert len(left) == 1


def test_a_value_is_replaced_and_the_remark_beside_it_stays() -> None:
    changed = with_values(BLOCK, ("groups", 0, "rules", 1), {"enabled": False})
    assert changed == BLOCK.replace("enabled: true   # was on", "enabled: false   # was on")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]))))
def test_any_words_may_follow_each_other(reasons: list[str]) -> None:
    text = BLOCK
    for reason in reasons:
        changed = with_values(text, FIRST, {"enabled": True, "switched_because": reason})
        assert changed is not None
        expected = plain(text)
        expected["groups"][0]["rules"][0] |= {  # type: ignore[index]
            "enabled": True,
            "switched_because": reason,
        }
        assert plain(changed) == expected
        text = changed
    assert text.count("switched_because") <= 1
    assert yaml.safe_load(text) is not None


def test_what_stands_for_something_else_is_left_alone() -> None:
    shared = "a: &one {alert: A}\nb: *one\n"
    assert with_values(shared, ("b",), {"enabled": False}) is None
    assert with_values(BLOCK, ("groups",), {"enabled": False}) is None
