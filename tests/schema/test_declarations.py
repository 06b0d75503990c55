"""Declared models: what people write becomes typed values, and every mistake is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import Field, ValidationError

from wardround.schema import forms, kinds
from wardround.schema.actions import wording
from wardround.schema.declarations import (
    Declaration,
    Duration,
    FromText,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    Part,
    PatternText,
    PositiveDuration,
    Refers,
    Several,
    Text,
    TypeName,
    Unique,
    seconds_of,
)
from wardround.schema.errors import BadDefinition
from wardround.schema.types import Label, Problem, Reference
from wardround.schema.walking import references_in


class Shift(StrEnum):
    DAY = "day"
    NIGHT = "night"


class Nurse(Part):
    badge: Annotated[int, Field(ge=1, le=999), Key("工号", "Badge", "工号。", "The badge.")]
    shift: Annotated[Shift | None, Key("班次", "Shift", "班次。", "The shift.")] = None


class Doctor(Part):
    name: Annotated[Text, Key("姓名", "Name", "姓名。", "The name.")]
    shift: Annotated[Shift | None, Key("班次", "Shift", "班次。", "The shift.")] = None


class Ward(Declaration):
    label: Annotated[LabelField, Key("名称", "Label", "名称。", "The label.")]
    nurses: Annotated[tuple[Nurse, ...], Key("护士", "Nurses", "谁。", "Who.")] = ()
    doctors: Annotated[
        tuple[Annotated[Doctor, FromText("name")], ...], Key("医生", "Doctors", "谁。", "Who.")
    ] = ()
    near: Annotated[Several[TypeName], Refers("ward"), Key("邻", "Near", "邻。", "Near.")] = ()
    origin: Annotated[
        TypeName | None,
        Field(alias="from"),
        Refers("ward", acyclic=True),
        Key("源", "From", "源。", "F."),
    ] = None
    rounds: Annotated[Duration, Key("查房", "Rounds", "间隔。", "How often.")] = 60.0
    limit: Annotated[PositiveDuration | None, Key("限", "Limit", "限。", "Limit.")] = None
    beds: Annotated[Keyed[TypeName, int], Key("床位", "Beds", "床位。", "Beds.")] = FrozenMapping()
    rota: Annotated[Keyed[Shift, str], Key("排班", "Rota", "排班。", "Rota.")] = FrozenMapping()
    tags: Annotated[tuple[str, ...], Unique(), Key("标签", "Tags", "标签。", "Tags.")] = ()
    match: Annotated[PatternText, Key("匹配", "Match", "匹配。", "Match.")] = ""
    note: Annotated[str | bool | float | None, Key("注", "Note", "注。", "Note.")] = None


def ward(**body: Any) -> Ward:
    return kinds.read(Ward, {"name": "icu", "label": "ICU", **body})


def mistakes(body: object) -> tuple[Problem, ...]:
    try:
        kinds.read(Ward, body)
    except BadDefinition as refused:
        return refused.problems
    return ()


def told(body: object) -> list[tuple[str, str, str]]:
    """Path, English text and suggestion of each mistake."""
    with pytest.raises(BadDefinition) as refused:
        kinds.read(Ward, body)
    return [(each.dotted, each.text(), each.suggestion) for each in refused.value.problems]


def test_what_people_write_becomes_typed_values() -> None:
    value = ward(
        label={"zh": "重症"},
        nurses=[{"badge": 7, "shift": "night"}],
        doctors=["王", {"name": "李", "shift": "night"}],
        near="surgery",
        rounds="1h30m",
        limit=2,
        beds={"a": 3},
        rota={"day": "Li"},
        **{"from": "er"},
    )
    assert value.label == Label("重症", "重症")
    assert value.nurses == (Nurse(badge=7, shift=Shift.NIGHT),)
    assert value.doctors == (Doctor(name="王"), Doctor(name="李", shift=Shift.NIGHT))
    assert (value.near, value.origin, value.rounds, value.limit) == (
        ("surgery",),
        "er",
        5400.0,
        2.0,
    )
    assert (value.beds, value.rota) == ({"a": 3}, {Shift.DAY: "Li"})
    assert value == ward(**json.loads(json.dumps({
        "label": {"zh": "重症", "en": "重症"},
        "nurses": [{"badge": 7, "shift": "night"}],
        "doctors": ["王", {"name": "李", "shift": "night"}],
        "near": ["surgery"], "rounds": "90m", "limit": "2s", "beds": {"a": 3},
        "rota": {"day": "Li"}, "from": "er",
    })))  # fmt: skip
    assert hash(value) == hash(ward(**{"from": "er"}).model_copy(update=value.__dict__))


def test_a_value_never_changes() -> None:
    value = ward(beds={"a": 1})
    with pytest.raises(ValidationError):
        value.match = "x"  # type: ignore[misc]  # that is the point
    with pytest.raises(TypeError, match="does not change"):
        value.beds["b"] = 2  # type: ignore[index]  # that is the point
    with pytest.raises(TypeError, match="does not change"):
        dict.__ior__ and value.beds.update({})  # type: ignore[attr-defined]  # that is the point


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"label": 3}, ("label", "found 3, expected mapping or text", "")),
        ({"label": {}}, ("label", "found an empty mapping, expected at least 1 entry", "")),
        ({"label": {"zhs": "x"}}, ("label.zhs", "“zhs” is not known here", "zh")),
        ({"labl": "x"}, ("labl", "“labl” is not known here", "label")),
        ({"origin": "er"}, ("origin", "“origin” is not known here", "")),
        ({"nurses": {}}, ("nurses", "found an empty mapping, expected list", "")),
        ({"doctors": [True]}, ("doctors[0]", "found true, expected mapping or text", "")),
        ({"nurses": [{}]}, ("nurses[0]", "“badge” is missing", "")),
        ({"nurses": [{"badge": 0}]}, ("nurses[0].badge", "found 0, expected at least 1", "")),
        (
            {"nurses": [{"badge": 1000}]},
            ("nurses[0].badge", "found 1000, expected at most 999", ""),
        ),
        (
            {"nurses": [{"badge": "7"}]},
            ("nurses[0].badge", "found 7, expected whole number", ""),
        ),
        (
            {"nurses": [{"badge": 1, "shift": "nigth"}]},
            (
                "nurses[0].shift",
                "found nigth, expected one of: day, night, nothing",
                "night",
            ),
        ),
        ({"near": []}, ("near", "found a list of 0, expected at least 1 entry", "")),
        ({"near": ["a", 3]}, ("near[1]", "found 3, expected text", "")),
        ({"near": {"a": 1}}, ("near", "found a mapping (a), expected list or text", "")),
        ({"from": None, "rounds": None}, ("rounds", "found nothing, expected text or number", "")),
        ({"rounds": -1}, ("rounds", "found -1, expected at least 0", "")),
        ({"limit": 0}, ("limit", "found 0, expected more than 0", "")),
        ({"limit": "0"}, ("limit", "the duration is zero", "")),
        ({"beds": {"A b": 1}}, ("beds.A b", "“A b” is no possible key", "")),
        ({"beds": {"a": "1"}}, ("beds.a", "found 1, expected whole number", "")),
        ({"rota": {"nigth": "x"}}, ("rota.nigth", "“nigth” is not known here", "night")),
        ({"tags": ["a", "b", "a"]}, ("tags[2]", "an entry stands here twice", "")),
        (
            {"match": "a(b"},
            (
                "match",
                "not a regular expression: missing ): a(b",
                "",
            ),
        ),
        (
            {"note": []},
            ("note", "found a list of 0, expected text or true or false or number or nothing", ""),
        ),
        ({"name": "-"}, ("name", "found -, expected text like ^[A-Za-z0-9]", "")),
    ],
)
def test_a_mistake_is_told_at_its_place(
    wrong: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    found = told({"name": "icu", "label": "ICU", **wrong})
    assert any(
        (path, suggestion) == (problem[0], problem[2]) and text.startswith(problem[1])
        for path, text, suggestion in found
    ), found
    assert len(found) == 1, found


def test_a_missing_key_tells_the_mistyped_one() -> None:
    with pytest.raises(BadDefinition) as refused:
        kinds.read(Ward, {"name": "icu", "lable": "x"})
    missing, unknown = sorted(refused.value.problems, key=lambda each: each.path)
    assert (missing.path, missing.expected, missing.found) == ((), "label", "lable")
    assert (unknown.path, unknown.suggestion) == (("lable",), "label")


@pytest.mark.parametrize("body", [[], "x", None, 3, True])
def test_what_is_no_mapping_is_told(body: object) -> None:
    assert told(body)[0][1].endswith("expected mapping")


def test_a_mistake_is_told_in_chinese() -> None:
    with pytest.raises(BadDefinition) as refused:
        kinds.read(Ward, {"name": "icu", "label": 3, "near": [], "nurses": {"a": 1}})
    with translation.override("zh-hans"):
        found = sorted(wording(each) for each in refused.value.problems)
    assert found == [
        "实际是 3，应为 映射或文本",
        "实际是 共 0 项的列表，应为 至少 1 项",
        "实际是 映射（a），应为 列表",
    ]


def test_references_are_found_where_they_stand() -> None:
    value = ward(near=["a", "b"], **{"from": "c"})
    assert set(references_in(value)) == {
        Reference(("near", 0), "ward", "a"),
        Reference(("near", 1), "ward", "b"),
        Reference(("from",), "ward", "c", acyclic=True),
    }


def test_an_old_version_stays_readable_though_its_keys_are_gone() -> None:
    body = {"name": "icu", "label": "ICU", "gone": 1, "nurses": [{"badge": 1, "gone": 2}]}
    assert kinds.read_stored(Ward, json.dumps(body)) == ward(nurses=[{"badge": 1}])
    assert [path for path, _text, _meant in told(body)] == ["nurses[0].gone", "gone"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 1000) | st.text(max_size=6) | st.floats(0, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["badge", "shift", "zh", "en", "a", "day", "A b"]), inner, max_size=3
    ),
    max_leaves=5,
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(
            ["name", "label", "doctors", "nurses", "near", "from", "rounds", "beds", "note", "x"]
        ),
        ANYTHING | st.sampled_from(["icu", "5m", {"badge": 3}, [{"badge": 4}]]),
    )
)
def test_the_form_s_schema_and_the_reader_agree(body: Mapping[str, object]) -> None:
    """What the JSON-schema refuses is refused, and the other way round, and always told."""
    fits = Draft202012Validator(forms.schema_of(Ward)).is_valid(body)
    assert fits is not bool(mistakes(body)), mistakes(body)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("15s", 15), ("1h30m", 5400), ("2w", 1_209_600), ("0", 0), (3, 3), (0.5, 0.5)],
)
def test_durations(text: str | float, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5 m", "m", "5min", "1h-30m", "１h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        seconds_of(text)
