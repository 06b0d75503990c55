"""Decisions about alerts."""

from __future__ import annotations

from uuid import UUID

from wardround.alerts.rules import fingerprint

ITEM, OTHER = UUID(int=1), UUID(int=2)


def test_the_order_of_labels_does_not_matter_to_a_fingerprint() -> None:
    same = fingerprint("cpu", (("a", "1"), ("b", "2")), ITEM)
    assert same == fingerprint("cpu", (("b", "2"), ("a", "1")), ITEM)
    assert same != fingerprint("cpu", (("a", "1"), ("b", "3")), ITEM)
    assert same != fingerprint("memory", (("a", "1"), ("b", "2")), ITEM)
    assert same != fingerprint("cpu", (("a", "1"), ("b", "2")), OTHER)
