"""Expressions at random, worked out again from what the list itself answers to the same reader.

Nothing of how they are read or said in SQL is used here: values are those that the reader is shown.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.test_attribute_rights import with_roles
from tests.hospital import ApiClient, client_of
from wardround.kernel.types import EVERYWHERE, Scope

PUMP = """\
kind: item-type
name: pump
label: {zh: 泵, en: Pump}
layer: hardware
attributes:
  - {name: flow, label: Flow, type: number}
  - {name: note, label: Note, type: text}
  - {name: bought, label: Bought, type: date}
  - {name: feeds, label: Feeds, type: reference, to: [pump, department]}
  - {name: price, label: Price, type: number, seen_by: [engineer]}
  - name: size
    label: Size
    type: choice
    choices: [{value: big, label: {zh: 大, en: Large}}, {value: small, label: {zh: 小, en: Little}}]
"""
INFUSOR = """\
kind: item-type
name: infusor
label: Infusor
extends: pump
attributes:
  - {name: note, label: Note, type: text, seen_by: [engineer]}
"""
NOTES = ["abc", "ABC def", "放射科", "a%b_c", "ab\\c", "it's", "Straße", 'say "x"', "ü" * 150]
Asked = tuple[str, Callable[[Any], bool]]


@pytest.fixture
def pumps(hospital: dict[str, UUID]) -> ApiClient:
    admin, rnd = client_of("li", "administrator"), random.Random(7)  # noqa: S311
    for name, text in (("pump", PUMP), ("infusor", INFUSOR)):
        assert admin.put(f"/definitions/item-type/{name}", {"text": text}).status == 200
    rows: list[dict[str, Any]] = [
        {"key": f"r{n}", "type": "rack", "name": f"Rack {n}", "attributes": {"feeds": n + 1}}
        for n in range(2)
    ]
    for n in range(24):
        may = {
            "flow": rnd.choice([0, -1, 1.5, 220, 1e6]),
            "note": rnd.choice(NOTES),
            "bought": rnd.choice(["2024-02-29", "2025-12-31", "1999-01-01"]),
            "feeds": rnd.choice([f"p{rnd.randrange(n)}", "radiology"]) if n else "radiology",
            "price": rnd.choice([1, 2, 3]),
            "size": rnd.choice(["big", "small"]),
        }
        held = {name: value for name, value in may.items() if rnd.random() < 0.7}
        row = {
            "key": f"p{n}",
            "type": rnd.choice(["pump", "infusor"]),
            "name": f"泵 {n % 3}" if n % 4 else "Pump ABC",
        }
        rows.append({**row, "attributes": held, "owner": rnd.choice(["zhou", None])})
    assert admin.post("/items/bulk", {"rows": rows}).status == 200
    drawn = [{"kind": "uses", "source": rnd.choice(["pacs", "lis"]), "target": f"p{n}"}
             for n in range(0, 24, 2)]  # fmt: skip
    assert admin.post("/relations/bulk", {"rows": drawn}).status == 200
    return admin


class Answers:
    """Items as one reader is shown them."""

    def __init__(self, client: ApiClient) -> None:
        self.items = client.get("/items", limit=500).body["items"]
        self.by_id = {item["id"]: item for item in self.items}

    def value(self, item: Any, path: str) -> Any:
        """Nothing where it is missing; of a reference the name."""
        first, _dot, rest = path.partition(".")
        value = item[first] if first in item else item["attributes"].get(first)
        if rest:
            other = self.by_id.get((value or {}).get("id")) if isinstance(value, dict) else None
            return self.value(other, rest) if other else None
        return value["name"] if isinstance(value, dict) else value


def written(value: Any) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"' if isinstance(value, str) else str(value)


def asked(rnd: random.Random, of: Answers, depth: int) -> Asked:
    if depth and rnd.random() < 0.7:
        text, true = asked(rnd, of, depth - 1)
        other, also = asked(rnd, of, depth - 1)
        return rnd.choice(
            [
                (f"not ({text})", lambda item: not true(item)),
                (f"({text}) and ({other})", lambda item: true(item) and also(item)),
                (f"({text}) or ({other})", lambda item: true(item) or also(item)),
            ]
        )
    way = rnd.choice(["", "", "feeds.", "feeds.feeds."])
    number, text, at = (
        f"{way}{name}" for name in (rnd.choice(["flow", "price"]), "note", "bought")
    )
    most, said, day = (
        rnd.choice([0, 2, 1.5]),
        rnd.choice(NOTES),
        rnd.choice(["2025-06-01", "1999-01-01"]),
    )

    def get(path: str) -> Callable[[Any], Any]:
        return lambda item: of.value(item, path)

    n, t, d, size, ref = (get(each) for each in (number, text, at, f"{way}size", f"{way}feeds"))
    return rnd.choice(
        [
            (f"{number} > {most}", lambda item: n(item) is not None and n(item) > most),
            (f"{number} <= {most}", lambda item: n(item) is not None and n(item) <= most),
            (f"{number} = null", lambda item: n(item) is None),
            (f"{text} = {written(said)}", lambda item: t(item) == said),
            (f"{text} != {written(said)}", lambda item: t(item) != said),
            (f'{text} in ["abc", {written(said)}]', lambda item: t(item) in ("abc", said)),
            (f"starts_with({text}, {written(said[:2])})",
             lambda item: t(item) is not None and t(item).startswith(said[:2])),
            (f'contains({way}name, "pump A")',
             lambda item: "pump a" in str(of.value(item, f"{way}name")).casefold()),
            (f"{at} >= {written(day)}", lambda item: d(item) is not None and d(item) >= day),
            (f"{way}size = Large", lambda item: size(item) == "big"),
            (f'{way}size not in ["big"]', lambda item: size(item) != "big"),
            (f"is_set({way}feeds)", lambda item: ref(item) is not None),
            (f'{way}feeds = "泵 1"', lambda item: ref(item) == "泵 1"),
            (f"{way}feeds > 1", lambda item: isinstance(ref(item), int) and ref(item) > 1),
            (f"{way}feeds in [1, 2]", lambda item: ref(item) in (1, 2)),
            ('owner = "周海涛"', lambda item: of.value(item, "owner") == "周海涛"),
            (f"{number} * 2 > flow + 1", lambda item: None not in (n(item), of.value(item, "flow"))
             and n(item) * 2 > of.value(item, "flow") + 1),
        ]
    )  # fmt: skip


def test_lists_answer_what_their_own_values_say(
    pumps: ApiClient, hospital: dict[str, UUID]
) -> None:
    pacs = Scope(systems=frozenset({hospital["pacs"]}))
    readers = {
        "admin": pumps,
        "pacs": client_of("of-pacs", "engineer", scope=pacs),
        "mixed": with_roles("mixed", engineer=pacs, reader=EVERYWHERE),
    }
    rnd, some = random.Random(20_261), 0  # noqa: S311
    for who, client in readers.items():
        answers = Answers(client)
        for _turn in range(35):
            text, true = asked(rnd, answers, rnd.choice([0, 1, 2]))
            answer = client.get("/items", where=text, limit=500)
            assert answer.status == 200, (text, answer.body)
            found = {item["key"] for item in answer.body["items"]}
            wanted = {item["key"] for item in answers.items if true(item)}
            assert found == wanted, (who, text)
            assert answer.body["total"] == len(found)
            some += 0 < len(found) < len(answers.items)
    assert some > 40
