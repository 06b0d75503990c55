"""Which item a row is about that gives no key: one, none, or a person's to say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.imports import counts, imported, lines
from tests.hospital import ApiClient, client_of
from wardround.cmdb.models import Item

pytestmark = pytest.mark.django_db

TYPE = """\
kind: item-type
name: scanner
label: {zh: 扫描仪, en: Scanner}
extends: device
identified_by: [[serial], [name, location]]
"""
HEAD = ["名称", "类型", "序列号", "型号"]


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    client = client_of("li", "administrator")
    made = client.put("/definitions/item-type/scanner", {"text": TYPE})
    assert made.status == 200, made.body
    return client


def sent(client: ApiClient, *rows: list[Any], head: list[str] = HEAD) -> Any:
    return imported(client, [head, *rows])


def scanner(client: ApiClient, key: str, name: str, serial: str, **more: Any) -> None:
    attributes = {"serial": serial, **more}
    made = client.post(
        "/items", {"type": "scanner", "key": key, "name": name, "attributes": attributes}
    )
    assert made.status == 201, made.body


def test_a_file_without_keys_finds_its_items_again(admin: ApiClient) -> None:
    rows = [["CT-01", "scanner", "A-100", "X"], ["CT-02", "scanner", "A-200", "X"]]
    assert counts(sent(admin, *rows)) == (2, 0, 0, 0)
    assert counts(sent(admin, *rows)) == (0, 0, 2, 0)
    rows[0][3] = "Y"
    assert counts(sent(admin, *rows)) == (0, 1, 1, 0)
    assert Item.objects.filter(type="scanner").count() == 2


@pytest.mark.parametrize(
    ("name", "serial"),
    [
        ("ct-01", "a-100"),
        ("CT-01.hospital.local", " A-100 "),
        ("ＣＴ－０１", "Ａ－１００"),
        ("CT-01", "A - 100"),
    ],
)
def test_one_machine_that_two_sources_write_differently_is_one(
    admin: ApiClient, name: str, serial: str
) -> None:
    scanner(admin, "ct-1", "CT-01", "A-100")
    assert sent(admin, [name, "scanner", serial, "X"])["created"] == 0
    assert Item.objects.filter(type="scanner").count() == 1
    assert Item.objects.get(key="ct-1").attributes["model"] == "X"


def test_two_machines_that_report_one_serial_are_not_merged(admin: ApiClient) -> None:
    run = sent(admin, ["CT-01", "scanner", "A-100", ""], ["CT-02", "scanner", "a-100", ""])
    assert counts(run) == (0, 0, 0, 2)
    assert "2, 3" in lines(admin, run)[0]["problems"][0]["message"]
    scanner(admin, "ct-1", "CT-01", "A-100")
    run = sent(admin, ["CT-02", "scanner", "A-100", ""])
    assert counts(run) == (0, 0, 0, 1)
    assert "CT-01 (ct-1)" in lines(admin, run)[0]["problems"][0]["message"]
    scanner(admin, "ct-3", "CT-03", "A-100")
    run = sent(admin, ["CT-01", "scanner", "A-100", ""])
    message = lines(admin, run)[0]["problems"][0]["message"]
    assert "CT-01 (ct-1)" in message
    assert "CT-03 (ct-3)" in message


def test_a_serial_that_says_nothing_identifies_nothing(admin: ApiClient) -> None:
    room = admin.post("/items", {"type": "location", "key": "r1", "name": "机房"})
    assert room.status == 201, room.body
    head = [*HEAD, "场所"]
    rows = [["CT-01", "scanner", "N/A", "X", "机房"], ["CT-02", "scanner", "无", "X", "机房"]]
    assert counts(sent(admin, *rows, head=head)) == (2, 0, 0, 0)
    rows[0][3] = "Y"
    assert counts(sent(admin, *rows, head=head)) == (0, 1, 1, 0)


def test_what_a_stronger_identifier_denies_is_left_to_a_person(admin: ApiClient) -> None:
    admin.post("/items", {"type": "location", "key": "r1", "name": "机房"})
    scanner(admin, "ct-1", "CT-01", "A-100", location="r1")
    head = [*HEAD, "场所"]
    run = sent(admin, ["CT-01", "scanner", "A-999", "", "机房"], head=head)
    assert counts(run) == (0, 0, 0, 1)
    assert "ct-1" in lines(admin, run)[0]["problems"][0]["message"]


def test_a_key_does_not_make_a_second_one(admin: ApiClient) -> None:
    scanner(admin, "ct-1", "CT-01", "A-100")
    scanner(admin, "ct-2", "CT-02", "A-200")
    head = ["编号", *HEAD]
    run = sent(
        admin,
        ["ct-9", "CT-01", "scanner", "A-100", ""],
        ["ct-2", "CT-02", "scanner", "A-100", ""],
        ["ct-1", "CT 1", "scanner", "A-100", ""],
        head=head,
    )
    assert counts(run) == (0, 1, 0, 2)
    assert [line["verdict"] for line in lines(admin, run)] == ["refused", "refused", "changed"]


def test_without_identifiers_a_name_decides_among_its_type(admin: ApiClient) -> None:
    head = ["名称", "类型", "版本"]
    run = sent(admin, ["PACS 应用 1", "application", "2"], ["新应用", "application", ""],
               ["PACS 数据库", "application", ""], head=head)  # fmt: skip
    assert counts(run) == (2, 1, 0, 0), lines(admin, run)
    assert Item.objects.get(key="pacs-app-1").attributes["version"] == "2"
    admin.post("/items", {"type": "application", "key": "twin", "name": "PACS 应用 1"})
    run = sent(admin, ["PACS 应用 1", "application", "3"], head=head)
    message = lines(admin, run)[0]["problems"][0]["message"]
    assert "pacs-app-1" in message
    assert "twin" in message


@pytest.mark.parametrize(
    ("name", "serial", "verdict"),
    [
        ("物理服务器 1", "sn－1", "changed"),
        ("物理服务器-1.hospital.local", "", "created"),
        ("另一台", "SN1", "refused"),
        ("物理服务器 1", "SN2", "refused"),
        ("核心交换机 1", "", "created"),
        ("另一台", "To be filled by O.E.M.", "created"),
        ("另一台", "0000-0000", "created"),
    ],
)
def test_what_is_shipped_says_what_a_machine_is_known_by(
    admin: ApiClient, name: str, serial: str, verdict: str
) -> None:
    run = sent(admin, [name, "host", serial, "R740"])
    assert run[verdict] == 1, lines(admin, run)


def test_machines_with_a_placeholder_for_a_serial_are_not_twins(admin: ApiClient) -> None:
    for placeholder in ("To be filled by O.E.M.", "Not Specified", "0", "None", "Default string",
                        "System Serial Number", "N/A", "FFFFFFFF"):  # fmt: skip
        rows = [[f"新 {placeholder} {number}", "host", placeholder, ""] for number in (1, 2)]
        assert counts(sent(admin, *rows)) == (2, 0, 0, 0), placeholder


def test_an_address_and_a_rack_are_known_by_where_they_are(admin: ApiClient) -> None:
    tables = {
        "subnet": [["名称", "网段"], ["甲网", "10.1.0.0/16"], ["乙网", "10.2.0.0/16"]],
        "ip-address": [
            ["名称", "地址", "网段"],
            ["a1", "10.1.0.5", "甲网"],
            ["a2", "10.1.0.5", "乙网"],
        ],
        "machine-room": [["名称"], ["一号机房"], ["二号机房"]],
        "rack": [["名称", "场所"], ["A01", "一号机房"], ["A01", "二号机房"]],
    }
    first = imported(admin, tables)
    assert counts(first) == (8, 0, 0, 0), [each["problems"] for each in lines(admin, first)]
    again = imported(admin, tables)
    assert counts(again) == (0, 0, 8, 0), [each["problems"] for each in lines(admin, again)]


def test_the_key_is_checked(admin: ApiClient) -> None:
    for wrong in ("[[serail]]", "[[password]]", "[[]]"):
        text = TYPE.replace("[[serial], [name, location]]", wrong).replace("scanner", "other")
        answer = admin.put("/definitions/item-type/other", {"text": text})
        assert answer.status == 422, wrong
        assert "identified_by" in str(answer.body["problems"])
