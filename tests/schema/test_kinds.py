"""What holds for every kind of definition that any room registers."""

from __future__ import annotations

import importlib
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation
from jsonschema import Draft202012Validator

import wardround
from tests.schema import reads
from tests.schema.reads import Reads
from wardround.schema import forms, kinds, packs, sources
from wardround.schema.declarations import told_as
from wardround.schema.errors import BadDefinition
from wardround.schema.sources import HEAD, Source
from wardround.schema.types import Layer
from wardround.schema.walking import key_of, parts_of

WARDROUND = Path(wardround.__file__).parent
READ_BY_PEOPLE = {
    "DaysOff.label": "the name of a holiday, for whoever checks the list",
    "DeclaredHolidays.source": "the notice that a list can be checked against",
}
"""Keys that no program reads; the text of a definition shows them."""


@pytest.mark.parametrize("name", kinds.kind_names())
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_its_schema_is_sound_and_refuses_unknown_keys(name: str, language: str) -> None:
    kind = kinds.kind_named(name)
    assert kind is not None
    with translation.override(language):
        schema = kind.json_schema()
    Draft202012Validator.check_schema(schema)
    assert not Draft202012Validator(schema).is_valid({"kind": name, "name": "x", "zzz": 1})
    with pytest.raises(BadDefinition) as refused:
        kind.read({"kind": name, "name": "x", "zzz": 1})
    assert any(each.path == ("zzz",) and each.at_key for each in refused.value.problems)


@pytest.mark.parametrize("name", kinds.kind_names())
def test_every_key_says_what_it_is_in_both_languages(name: str) -> None:
    kind = kinds.kind_named(name)
    assert kind is not None
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
    assert kind.about is not None
    assert kind.about.zh.endswith("。")
    assert kind.about.en.endswith(".")


@cache
def read() -> Reads:
    checks = [kind.check for kind in kinds.every() if kind.check]
    names = frozenset(f"{check.__module__}.{check.__name__}" for check in checks)
    return reads.in_code(["wardround"], ignoring=names)


@pytest.mark.parametrize("name", kinds.kind_names())
def test_no_key_is_accepted_and_then_ignored(name: str) -> None:
    """Each key is read from its own part by code that runs, or told over HTTP.

    What a definition is called, its `name` and `label`, is read from every body alike.
    """
    kind = kinds.kind_named(name)
    assert kind is not None
    for part in parts_of(kind.model):
        called = {"name", "label"} if part is kind.model else set()
        by_people = {
            field for field in part.model_fields if f"{part.__name__}.{field}" in READ_BY_PEOPLE
        }
        unread = set(part.model_fields) - read().of(part) - called - by_people
        assert not unread, f"nothing reads {sorted(unread)} of {part.__name__}"


PLANTED = """
from wardround.kernel.wire import Answer
from wardround.schema.declarations import Part

class Bed(Part):
    number: int
    ignored: int
    checked: int
    told: int
    halved: int
    doubled: int

    def model_post_init(self, _context: object, /) -> None:
        object.__setattr__(self, "number", self.number)

    @property
    def half(self) -> int:
        return self.halved // 2

    @property
    def double(self) -> int:
        return self.doubled * 2

class Other(Part):
    ignored: int

class BedOut(Answer):
    told: int

def check(bed: Bed) -> bool:
    return bed.checked > 0

def use(bed: Bed, other: Other) -> tuple[int, int, BedOut]:
    return bed.half, other.ignored, BedOut.model_validate(bed)
"""


def test_a_key_that_nothing_reads_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the same name elsewhere, a check alone or a property nobody asks for do not count."""
    planted = tmp_path / "planted_beds.py"
    planted.write_text(PLANTED)
    monkeypatch.syspath_prepend(tmp_path)
    found = reads.in_code([str(planted)], ignoring=frozenset({"planted_beds.check"}))
    bed = importlib.import_module("planted_beds").Bed
    assert set(bed.model_fields) - found.of(bed) == {"ignored", "checked", "doubled"}


def test_what_people_read_is_declared() -> None:
    declared = {
        f"{part.__name__}.{field}"
        for name in kinds.kind_names()
        if (kind := kinds.kind_named(name)) is not None
        for part in parts_of(kind.model)
        for field in part.model_fields
    }
    assert set(READ_BY_PEOPLE) <= declared


SAY_IT_THEMSELVES = {"Importance", "Aggregate"}
"""Enumerations whose values are words of the field: A, B, C; avg, p95."""


@pytest.mark.parametrize("name", kinds.kind_names())
def test_every_value_to_choose_from_has_a_word_in_both_languages(name: str) -> None:
    kind = kinds.kind_named(name)
    assert kind is not None
    for title, node in forms.schema_of(kind.model).get("$defs", {}).items():
        if "enum" in node and title not in SAY_IT_THEMSELVES:
            words = node["x-words"]
            assert set(words) == set(node["enum"]), title
            assert all(word["zh"].strip() and word["en"].strip() for word in words.values())
    with translation.override("zh-hans"):
        told = kind.json_schema().get("$defs", {})
    assert all("{" not in str([*node.get("x-words", {}).values()]) for node in told.values())


def test_words_are_those_of_the_values() -> None:
    with pytest.raises(ValueError, match="the words of Shift are not those of its values"):

        @told_as({"day": ("白班", "Day"), "nihgt": ("夜班", "Night")})
        class Shift(StrEnum):
            DAY = "day"
            NIGHT = "night"


SHIPPED = ("base", "service", "monitors", "platform")
"""The packs that every installation has."""


def test_every_kind_has_a_sound_example_to_begin_with() -> None:
    shipped = sources.find(WARDROUND.parent / "packs" / pack for pack in SHIPPED)
    examples = {f"{kind.name}.yaml": kind.example.encode() for kind in kinds.every()}
    head = b'pack: examples\nversion: "1"\nlabel: Examples\n'
    loaded = packs.load([*shipped.packs, Source("examples", {HEAD: head, **examples})])
    assert [str(problem) for problem in loaded.problems] == []
    [ours] = [pack for pack in loaded.packs if pack.name == "examples"]
    assert {definition.kind for definition in ours.definitions} == set(kinds.kind_names())
    assert all(len(definition.text.splitlines()) <= 20 for definition in ours.definitions)


def test_a_kind_is_registered_once() -> None:
    again = kinds.DefinitionKind(name="layer", model=Layer)
    with pytest.raises(ValueError, match="registered twice"):
        kinds.register(again)
