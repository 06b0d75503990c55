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


def test_without_identifiers_a_name_decides_among_its_type(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    head = ["名称", "类型", "序列号"]
    run = sent(admin, ["物理服务器 1", "host", "SN-NEW"], ["新主机", "host", ""],
               ["核心交换机 1", "host", ""], head=head)  # fmt: skip
    assert counts(run) == (2, 1, 0, 0), lines(admin, run)
    assert Item.objects.get(key="host-1").attributes["serial"] == "SN-NEW"
    admin.post("/items", {"type": "host", "key": "twin", "name": "物理服务器 1"})
    run = sent(admin, ["物理服务器 1", "host", "S"], head=head)
    message = lines(admin, run)[0]["problems"][0]["message"]
    assert "host-1" in message
    assert "twin" in message


def test_the_key_is_checked(admin: ApiClient) -> None:
    for wrong in ("[[serail]]", "[[password]]", "[[]]"):
        text = TYPE.replace("[[serial], [name, location]]", wrong).replace("scanner", "other")
        answer = admin.put("/definitions/item-type/other", {"text": text})
        assert answer.status == 422, wrong
        assert "identified_by" in str(answer.body["problems"])
