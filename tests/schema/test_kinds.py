"""What holds for every kind of definition that any room registers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation
from jsonschema import Draft202012Validator

import wardround
from wardround.schema import forms, kinds, packs, sources
from wardround.schema.declarations import key_of, parts_of, told_as
from wardround.schema.errors import BadDefinition
from wardround.schema.sources import HEAD, Source
from wardround.schema.types import Layer

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
def used() -> dict[str, set[str]]:
    """Every attribute that the product's code reads: its name, and where, by class and file."""
    found: dict[str, set[str]] = {}
    for file in WARDROUND.rglob("*.py"):
        for place, name in attributes(ast.parse(file.read_text()), str(file)):
            found.setdefault(name, set()).add(place)
    return found


def attributes(node: ast.AST, place: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.ClassDef) else place
        if isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Load):
            yield inside, child.attr
        yield from attributes(child, inside)


@pytest.mark.parametrize("name", kinds.kind_names())
def test_no_key_is_accepted_and_then_ignored(name: str) -> None:
    """Each key is read by something; `used` cannot tell two keys of one name apart."""
    kind = kinds.kind_named(name)
    assert kind is not None
    for part in parts_of(kind.model):
        for field in part.model_fields:
            if f"{part.__name__}.{field}" not in READ_BY_PEOPLE:
                assert used().get(field), f"nothing reads {part.__name__}.{field}"


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
