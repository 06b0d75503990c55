"""Values that an item loses because its definition gives it another type are counted before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.hospital import ApiClient, client_of

PROBE = """\
kind: item-type
name: probe
label: Probe
layer: hardware
attributes:
  - {name: note, label: Note, type: text}
  - {name: grade, label: Grade, type: choice, choices: [a, b, c]}
  - {name: weight, label: Weight, type: number, maximum: 100}
  - {name: peer, label: Peer, type: reference, to: [host, switch]}
  - {name: code, label: Code, type: secret}
"""
ITEMS = """\
kind: items
name: probes
items:
  - {key: p-x, type: probe, name: X, attributes: {note: n1, weight: 50, code: TIGER}}
"""
PATH = "/definitions/item-type/probe"


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    client = client_of("modeller", "administrator")
    assert client.put(PATH, {"text": PROBE}).status == 200
    return client


def lost(answer: Mapping[str, Any]) -> dict[str, int]:
    assert answer["problems"] == []
    return {each["thing"]: each["count"] for change in answer["changes"] for each in change["lost"]}


def test_what_an_item_loses_with_its_type_is_counted(admin: ApiClient) -> None:
    path = "/definitions/items/probes"
    assert admin.put(path, {"text": ITEMS}).status == 200
    text = admin.get(path).body["text"]
    (line,) = [line for line in text.splitlines() if "p-x" in line]
    other = text.replace(line, "  - {key: p-x, type: location, name: X}")
    wanted = {"text": other, "base_version": 1}
    checked = admin.post(f"{path}/check", wanted).body
    assert (lost(checked), checked["lost"]) == ({"attribute-value": 3}, "3 attribute values")
    assert admin.put(path, wanted).status == 409
    assert admin.put(path, {**wanted, "consent": True}).status == 200
    assert admin.get("/items", type="location", q="X").body["items"][0]["attributes"] == {}
