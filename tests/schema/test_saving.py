"""One definition written alone: over HTTP, in its place, by several people at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hospital import Answer, ApiClient, client_of
from tests.schema.conftest import LAYER, TYPES
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import system_actor
from wardround.schema import actions, documents, models, queries, texts
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.errors import BadDefinitionText
from wardround.schema.sources import Source

PLATFORM = system_actor("tests")
ROBOT = """\
# Carries meals.
kind: item-type
name: robot
label: {zh: 机器人, en: Robot}
extends: device
attributes:
  - {name: battery, label: {zh: 电池, en: Battery}, type: number}  # in Wh
"""
HOST = TYPES.split("---\n")[1]

pytestmark = pytest.mark.django_db


@pytest.fixture
def installed(ward: Source) -> Source:
    actions.import_packs(PLATFORM, [ward], at=clock.now())
    return ward


@pytest.fixture
def li(installed: Source) -> ApiClient:
    return client_of("li", "administrator")


def put(client: ApiClient, path: str, text: str, version: int | None = None, **more: Any) -> Answer:
    body = {"text": text, "base_version": version, **more}
    return client.put(f"/definitions/{path}", body)


def told(answer: Answer) -> list[tuple[str, str]]:
    return [(one["field"], one["message"]) for one in answer.body["problems"]]


def test_a_new_definition_goes_into_the_hospitals_own_pack(li: ApiClient) -> None:
    answer = put(li, "item-type/robot", ROBOT)
    assert answer.status == 200
    assert (answer.body["pack"], answer.body["file"]) == ("own", "item-type/robot.yaml")
    assert answer.body["text"] == ROBOT
    assert (answer.body["version"], answer.body["created_by"]) == (1, "li (tests)")
    assert queries.exported(PLATFORM, "own").files["item-type/robot.yaml"] == ROBOT.encode()
    assert queries.item_type("robot").attribute("serial") is not None
    line = AuditRecord.objects.get(action="definition.save")
    assert (line.subject_id, line.detail["pack"], line.detail["added"]) == (
        "item-type/robot",
        "own",
        1,
    )


def test_a_changed_one_stays_in_its_file_of_which_nothing_else_changes(
    li: ApiClient, installed: Source
) -> None:
    text = HOST.replace("minimum: 0", "minimum: 1").replace("# inherits", "# has")
    answer = put(li, "item-type/host", text, 1)
    assert (answer.status, answer.body["version"]) == (200, 2)
    after = queries.exported(PLATFORM, "ward").files
    assert after["types/devices.yaml"].decode() == TYPES.split("---\n")[0] + "---\n" + text
    unchanged = installed.files.keys() - {"types/devices.yaml"}
    assert {path: after[path] for path in unchanged} == {
        path: installed.files[path] for path in unchanged
    }
    assert queries.stored(PLATFORM, "item-type", "device").version == 1


def test_new_remarks_alone_make_a_version_that_the_next_editor_is_told_of(li: ApiClient) -> None:
    remarks = HOST.replace("# inherits", "# has")
    assert put(li, "item-type/host", remarks, 1).body["version"] == 2
    late = put(li, "item-type/host", HOST.replace("minimum: 0", "minimum: 5"), 1)
    assert (late.status, late.body["code"]) == (409, "stale_definition")
    assert "version 2" in late.body["detail"]
    assert put(li, "item-type/host", remarks, 2).body["version"] == 2


def test_versions_say_who_and_when_and_what(li: ApiClient) -> None:
    put(li, "item-type/host", HOST.replace("minimum: 0", "minimum: 1"), 1)
    newest, first = li.get("/definitions/item-type/host/versions").body["items"]
    assert (newest["version"], newest["by"], newest["current"]) == (2, "li (tests)", True)
    assert (first["version"], first["by"], first["current"]) == (1, "tests", False)
    changed = [line for line in newest["diff"].splitlines()[2:] if line[0] in "+-"]
    assert [line[0] for line in changed] == ["-", "+"]
    assert "minimum: 1" in changed[1]
    assert first["text"] == HOST
    assert li.get("/definitions/item-type/hots/versions").status == 404


def test_a_retired_one_stays_readable_and_can_come_back(li: ApiClient) -> None:
    gone = li.delete("/definitions/item-type/host?base_version=1")
    assert gone.status == 204
    assert li.get("/definitions/item-type/host").body["retired_by"] == "li (tests)"
    assert (
        queries.exported(PLATFORM, "ward").files["types/devices.yaml"].decode()
        == (TYPES.split("---\n")[0])
    )
    again = li.get("/definitions/item-type/host").body
    assert (again["text"], again["retired_at"] is not None) == (HOST, True)
    assert "host" not in queries.item_types()
    assert li.delete("/definitions/item-type/host").status == 404
    back = put(li, "item-type/host", HOST)
    assert (back.status, back.body["version"], back.body["pack"]) == (200, 2, "own")
    assert back.body["retired_at"] is None


def test_what_others_refer_to_is_not_retired(li: ApiClient) -> None:
    put(li, "item-type/robot", ROBOT)
    answer = li.delete("/definitions/item-type/device")
    assert answer.status == 422
    assert sorted(message for _field, message in told(answer)) == [
        "item-type “robot” of the installed pack “own” needs the item-type “device”",
        "there is no item-type “device”",
    ]
    assert "device" in queries.item_types()


def test_a_new_name_is_followed_by_what_refers_to_it(li: ApiClient) -> None:
    put(li, "item-type/robot", ROBOT)
    device = TYPES.split("---\n")[0].replace("name: device", "name: machine")
    answer = put(li, "item-type/machine", device, 1, renamed_from="device")
    assert (answer.status, answer.body["version"], answer.body["file"]) == (
        200,
        2,
        "types/devices.yaml",
    )
    assert queries.item_type("host").lineage == ("host", "machine")
    assert queries.stored(PLATFORM, "item-type", "robot").text == ROBOT.replace(
        "extends: device", "extends: machine"
    )
    assert (
        "extends: machine   # inherits the serial number"
        in queries.stored(PLATFORM, "item-type", "host").text
    )
    first = queries.stored(PLATFORM, "item-type", "machine", 1)
    assert first.text == TYPES.split("---\n")[0]
    assert queries.definition("item-type", "machine", 1).name == "machine"
    assert li.get("/definitions/item-type/device").status == 404


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("item-type/robot", ROBOT.replace("type: number", "type: nmuber"), "text:7:57"),
        ("item-type/robot", ROBOT.replace("extends: device", "extends: devcie"), "text:5:10"),
        ("item-type/robot", ROBOT.replace("extends: device", "\textends: device"), "text:5:1"),
        ("item-type/robot", ROBOT.replace("extends: device", "extends: !!str device"), "text:5:10"),
        ("item-type/robot", ROBOT.replace("extends: device", "extends: *device"), "text:5:10"),
        ("item-type/robot", ROBOT.replace("extends: device", "extends: robot"), "text:5:10"),
        ("item-type/robot", ROBOT + "---\n" + LAYER, "text:9:1"),
        ("item-type/robot", "", "text:1:1"),
        ("item-type/robot", "- a\n- b\n", "text:1:1"),
        ("item-type/robots", ROBOT, "text:3:7"),
        ("layer/robot", ROBOT, "text:2:7"),
        ("item-type/robot", "---\n" + ROBOT.replace("device", "devcie"), "text:6:10"),
    ],
)
def test_a_mistake_is_told_with_its_place_in_the_text(
    li: ApiClient, path: str, text: str, problem: str
) -> None:
    answer = put(li, path, text)
    assert answer.status == 422, answer.body
    assert answer.body["code"] == "bad_definition"
    assert problem in {field.split(" ")[0] for field, _message in told(answer)}
    assert queries.stored_definitions(PLATFORM, packs_wanted=["own"]) == []


def test_the_place_is_that_in_the_text_though_it_stands_deep_in_a_file(li: ApiClient) -> None:
    answer = put(li, "item-type/host", HOST.replace("unit: B", "unti: B"), 1)
    field, message = told(answer)[0]
    assert field.startswith("text:6:")
    assert "did you mean “unit”" in message


def test_names_that_are_taken_or_unknown(li: ApiClient) -> None:
    assert put(li, "itme-type/robot", ROBOT).status == 404
    host_as_device = HOST.replace("name: host", "name: device")
    taken = put(li, "item-type/device", host_as_device, 1, renamed_from="host")
    assert taken.status == 422
    assert "the name “device” is that of another item-type; choose a new one" in {
        message for _field, message in told(taken)
    }
    nothing = put(li, "item-type/robot", ROBOT, None, renamed_from="rbot")
    assert "there is no item-type “rbot” to rename" in {text for _field, text in told(nothing)}


def test_neither_text_nor_body_or_both(li: ApiClient) -> None:
    assert li.put("/definitions/item-type/robot", {}).status == 422
    both = {"text": ROBOT, "body": {"label": "R"}}
    assert li.put("/definitions/item-type/robot", both).status == 422
    large = put(li, "item-type/robot", ROBOT + "#" * (40 * 1024 * 1024))
    assert large.status == 413


def test_a_text_of_40_mb_is_not_read_by_the_action_either(installed: Source) -> None:
    draft = DefinitionDraft(kind="item-type", name="robot", text=ROBOT + "#" * (40 * 1024 * 1024))
    with translation.override("en"), pytest.raises(BadDefinitionText) as caught:
        actions.save_definition(PLATFORM, draft, at=clock.now())
    assert "at most" in str(caught.value.problems[0].message)


def test_a_body_becomes_a_text(li: ApiClient) -> None:
    body = {"label": {"zh": "机器人", "en": "1e5"}, "extends": "device", "icon": "robot"}
    answer = li.put("/definitions/item-type/robot", {"body": body})
    assert answer.status == 200, answer.body
    assert answer.body["body"] == {"name": "robot", **body}
    assert 'en: "1e5"' in answer.body["text"]


def test_a_check_writes_nothing_and_tells_everything(li: ApiClient) -> None:
    body = {"text": HOST.replace("minimum: 0", "minimum: 1"), "base_version": 1}
    answer = li.post("/definitions/item-type/host/check", body)
    assert answer.status == 200
    (change,) = answer.body["changes"]
    assert (change["change"], change["name"]) == ("changed", "host")
    assert "+  - {name: memory" in change["diff"]
    assert (answer.body["needs_consent"], answer.body["problems"]) == (False, [])
    bad = {"text": HOST.replace("unit: B", "unti: B"), "base_version": 1}
    (problem,) = li.post("/definitions/item-type/host/check", bad).body["problems"]
    assert (problem["file"], problem["line"], problem["path"], problem["suggestion"]) == (
        "text",
        6,
        "attributes[0].unti",
        "unit",
    )
    assert queries.stored(PLATFORM, "item-type", "host").version == 1


def test_editing_needs_its_permission(installed: Source) -> None:
    reader = client_of("wang", "reader")
    assert put(reader, "item-type/robot", ROBOT).status == 403
    assert reader.delete("/definitions/item-type/host").status == 403
    assert reader.post("/definitions/item-type/host/check", {"text": HOST}).status == 403
    assert reader.get("/definitions/item-type/host/versions").status == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_at_once_one_is_first_and_the_others_are_told(installed: Source) -> None:
    ends: list[str] = []
    together = threading.Barrier(8)

    def save(place: int) -> None:
        text = HOST.replace("minimum: 0", f"minimum: {place}")
        together.wait()
        try:
            draft = DefinitionDraft(kind="item-type", name="host", text=text)
            actions.save_definition(PLATFORM, draft, at=clock.now(), base_version=1)
            ends.append("saved")
        except actions.StaleDefinition:
            ends.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(place,)) for place in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["saved", *["told"] * 7]
    rows = models.Definition.objects.filter(kind="item-type", name="host")
    assert sorted(rows.values_list("version", "current")) == [(1, False), (2, True)]
    stored = queries.stored(PLATFORM, "item-type", "host")
    assert stored.text.encode() in queries.exported(PLATFORM, "ward").files["types/devices.yaml"]


@pytest.mark.django_db(transaction=True)
def test_two_new_definitions_at_once_both_stand_in_the_own_pack(installed: Source) -> None:
    together = threading.Barrier(4)

    def save(place: int) -> None:
        text = ROBOT.replace("name: robot", f"name: robot-{place}")
        together.wait()
        draft = DefinitionDraft(kind="item-type", name=f"robot-{place}", text=text)
        actions.save_definition(PLATFORM, draft, at=clock.now())
        connection.close()

    threads = [threading.Thread(target=save, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    files = {f"item-type/robot-{place}.yaml" for place in range(4)}
    assert queries.exported(PLATFORM, "own").files.keys() == {"pack.yaml"} | files


@pytest.mark.parametrize(
    "head",
    [
        "---\n",
        "%YAML 1.1\n---\n",
        "# told\n---\n",
        "# told\n---  # and more\n",
        "---\n---\n",
        "\n---\n",
    ],
)
def test_a_text_is_kept_as_it_is_written(li: ApiClient, head: str) -> None:
    text = head + ROBOT
    assert put(li, "item-type/robot", text).status == 200
    told_back = li.get("/definitions/item-type/robot").body
    assert told_back["text"] == text
    files = queries.exported(PLATFORM, "own").files
    assert files["item-type/robot.yaml"].decode() == text
    # it comes in again as it went out, and is edited where it stands
    assert actions.import_packs(
        PLATFORM, [Source("own", files)], at=clock.now(), consent=True
    ).empty
    edited = text.replace("name: robot", "name: robot  # edited")
    assert put(li, "item-type/robot", edited, 1).status == 200
    assert li.get("/definitions/item-type/robot").body["text"] == edited
    broken = edited.replace("extends: device", "extends: devcie")
    (problem, _message), *_more = told(put(li, "item-type/robot", broken, 2))
    assert problem.startswith(f"text:{head.count(chr(10)) + 5}:")


def test_behind_others_a_text_begins_with_the_line_between_them(li: ApiClient) -> None:
    assert put(li, "item-type/host", "# told\n---\n" + HOST, 1).status == 200
    files = queries.exported(PLATFORM, "ward").files
    assert files["types/devices.yaml"].decode() == TYPES.replace("---\n", "---\n# told\n")


def test_behind_others_a_text_says_nothing_to_yaml_itself(li: ApiClient) -> None:
    refused = put(li, "item-type/host", "# told\n%YAML 1.1\n---\n" + HOST, 1)
    assert refused.status == 422
    ((place, message),) = told(refused)
    assert place == "text:2:1"
    assert message.startswith("“%YAML” may begin a file alone, and other definitions stand before")
    files = queries.exported(PLATFORM, "ward").files
    assert files["types/devices.yaml"].decode() == TYPES
    # the first of a file keeps it, and a file that came so stays as it is
    device = TYPES.partition("---\n")[0]
    assert put(li, "item-type/device", "%YAML 1.1\n---\n" + device, 1).status == 200
    files = queries.exported(PLATFORM, "ward").files
    assert files["types/devices.yaml"].decode() == "%YAML 1.1\n---\n" + TYPES


# Texts -------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    words | st.integers(-(10**15), 10**15) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc_", min_size=1, max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(body=st.dictionaries(st.text("xyz", min_size=1, max_size=3), values, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_written_body_is_read_back_as_it_was(body: dict[str, Any]) -> None:
    text = texts.written("layer", {"name": "a", **body})
    reading = documents.read(text.encode(), "text")
    assert reading.problems == []
    assert reading.documents[0].root.plain() == {"kind": "layer", "name": "a", **body}


@given(
    count=st.integers(1, 5),
    which=st.integers(0, 4),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(deadline=None)
def test_one_document_of_a_file_is_replaced_and_no_other_byte(
    count: int, which: int, mark: bytes, end: str
) -> None:
    which %= count
    parts = [f"# {place}{end}kind: layer{end}name: n{place}{end}" for place in range(count)]
    data = mark + f"---{end}".join(parts).encode()
    document = texts.find(data, ("layer", f"n{which}"))
    assert document is not None
    fresh = "kind: layer\nname: other\n"
    expected = [fresh if place == which else part for place, part in enumerate(parts)]
    after = texts.replaced(data, document, fresh)
    assert after.removeprefix(b"\xef\xbb\xbf") == f"---{end}".join(expected).encode()
    left = texts.without(data, ("layer", f"n{which}"))
    rest = [part for place, part in enumerate(parts) if place != which]
    assert (left or b"").removeprefix(b"\xef\xbb\xbf") == f"---{end}".join(rest).encode()
