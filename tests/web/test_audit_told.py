"""The audit as people read it: acts, things and details by their names, in both languages.

Everything that a small installation has done is read; what is no word is a code that leaked.
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from openpyxl import load_workbook

from tests.hospital import HOSPITAL, client_of
from tests.web.conftest import NOW, Installation
from wardround.access import actions as access
from wardround.access import queries as accounts
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven
from wardround.cmdb import actions as cmdb
from wardround.cmdb.models import Item
from wardround.cmdb.types import ItemEdit
from wardround.kernel import audit_words
from wardround.kernel.types import EVERYWHERE, Scope
from wardround.tickets import actions as tickets
from wardround.tickets.types import Move

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
ROOT = Path(audit_words.__file__).resolve().parents[1]
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")
_CODE = re.compile(r"\b[a-z]+(_[a-z]+)+\b|\b(ticket|item|account|role|alert|target)\.[a-z]")
_ACT = re.compile(
    r"(account|alert|definition|document|installation|item|pack|relation|role|scenario|targets?|ticket|token|view|webhook)\.[a-z_]+"
)
_NO_ACTS = {"account.id", "item.id"}


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


@pytest.fixture
def busy(installation: Installation) -> Iterator[Installation]:
    """The installation, after somebody has worked in it; nothing of that stays."""
    with transaction.atomic():
        _work(installation)
        yield installation
        transaction.set_rollback(True)


def _work(installation: Installation) -> None:
    me = accounts.actor_for(installation.account)
    access.give_one_time_password(HOSPITAL, me.id)  # somebody must be left to manage
    labels = {"label_zh": "夜班", "label_en": "Night"}
    draft_role = RoleDraft(name="second-watch", permissions=frozenset({"cmdb.read"}), **labels)
    role = access.create_role(me, draft_role)
    access.change_role(
        me, role.id, RoleDraft(permissions=frozenset({"cmdb.read", "alerts.read"})), at=NOW
    )
    given = (
        RoleGiven("second-watch", Scope(systems=frozenset({installation.item}))),
        RoleGiven("reader", EVERYWHERE),
    )
    draft = AccountDraft(user_name="zhao", display_name="赵敏", roles=given)
    zhao = access.create_account(me, draft, at=NOW)
    access.give_one_time_password(me, zhao.id)
    item = Item.objects.get(id=installation.item)
    cmdb.update_item(
        me,
        item.id,
        ItemEdit(name="主机甲", attributes={"serial": "SN-1"}),
        version=item.version,
        at=NOW,
    )
    tickets.assign(me, installation.ticket, me.id, at=NOW)
    tickets.move(me, installation.ticket, Move("accept", {}, "", None), at=NOW)
    tickets.comment(me, installation.ticket, "看过了", at=NOW)


def lines(installation: Installation, language: str, **asked: str) -> list[dict[str, Any]]:
    answer = installation.send(
        "GET", f"/audit?{urlencode({'limit': 500, **asked})}", headers={"Accept-Language": language}
    )
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = json.loads(answer.content)["items"]
    return found


def shown(line: dict[str, Any]) -> list[str]:
    """What a reader sees of a line."""
    told = [part for each in line["told"] for part in (each["label"], each["text"])]
    words = [
        line["action_label"],
        line["subject_label"],
        line["subject_name"],
        line["actor"]["name"],
    ]
    return [str(word) for word in (*words, *told)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_line_shows_an_id_or_a_code(busy: Installation, language: str) -> None:
    found = lines(busy, language)
    acts = {line["action"] for line in found}
    assert {"ticket.move", "item.update", "role.change", "alert.raise", "pack.import"} <= acts
    for line in found:
        for word in shown(line):
            assert not _UUID.search(word), (word, line)
            assert not _CODE.search(word), (word, line)
    if language == "zh-hans":
        for line in found:
            for word in (line["action_label"], line["subject_label"]):
                assert re.search("[一-鿿]", word), line
            for each in line["told"]:
                assert re.search("[一-鿿]", each["label"]), (line["action"], each)


def test_lines_name_what_they_are_about(busy: Installation) -> None:
    told = {line["action"]: line for line in reversed(lines(busy, "zh-hans"))}
    move = told["ticket.move"]
    assert (move["action_label"], move["subject_label"]) == ("流转工单", "工单")
    assert move["subject_name"].endswith(" 打印机缺纸")
    assert move["subject_there"]
    assert {each["label"]: each["text"] for each in move["told"]} == {
        "步骤": "接单", "原状态": "待派单", "新状态": "已接单",
    }  # fmt: skip
    changed = told["item.update"]
    assert changed["subject_name"] == "主机甲"
    assert changed["told"] == [{"label": "字段", "text": "名称、序列号"}]
    roles = {each["label"]: each["text"] for each in told["account.create"]["told"]}["角色"]
    assert roles == "夜班（主机甲）、只读（全部）"
    assert told["account.create"]["subject_name"] == "赵敏"


def test_a_workbook_says_the_same(busy: Installation) -> None:
    answer = busy.send("GET", "/audit?format=xlsx", headers={"Accept-Language": "zh-hans"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head, *rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert head == ["时间 (UTC+08:00)", "操作人", "操作", "对象", "详情", "已封存"]
    assert len(rows) == len(lines(busy, "zh-hans"))
    for row in rows:
        for cell in row:
            assert not _UUID.search(cell), row
            assert not _CODE.search(cell), row


def test_a_search_finds_acts_by_their_words(busy: Installation) -> None:
    assert {line["action"] for line in lines(busy, "zh-hans", q="流转")} == {"ticket.move"}
    assert {line["action"] for line in lines(busy, "en", q="step on")} == {"ticket.move"}


def test_who_sees_little_is_told_no_names_of_the_rest(busy: Installation) -> None:
    """His own lines may be about what he may not see any more."""
    api = client_of("narrow", "auditor", scope=Scope(systems=frozenset({busy.account})))
    for line in api.get("/audit", limit=500).body["items"]:
        assert not line["subject_there"] or line["subject_kind"] in {"account", "token"}, line


def test_every_act_has_words(busy: Installation) -> None:
    """Every text in the code that reads like an act is declared as one."""
    said = {
        node.value
        for file in ROOT.rglob("*.py")
        if "audit" in (text := file.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _ACT.fullmatch(node.value)
    }
    assert said - _NO_ACTS == set(audit_words.acts())
