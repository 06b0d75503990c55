"""Documents through the door: sent, versioned, read, found, and gone with their item."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cmdb import files
from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import Answer, ApiClient, _answer, client_of
from wardround.cmdb import purging
from wardround.cmdb.documents import media, reader, storing, texts
from wardround.cmdb.documents.models import Content, ContentPiece, DocumentVersion
from wardround.kernel.types import Scope

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator", language="zh-hans")


def sent(client: ApiClient, path: str, name: str, data: bytes, **form: str) -> Answer:
    fields = {"file": SimpleUploadedFile(name, data), **form}
    return _answer(client._client.post(f"/api/v1{path}", fields, headers=client._headers))


def attached(client: ApiClient, item: UUID, name: str, data: bytes, **form: str) -> Any:
    answer = sent(client, f"/items/{item}/documents", name, data, **form)
    assert answer.status == 201, answer.body
    return answer.body


def read_all() -> None:
    """What a worker does."""
    for content in Content.objects.filter(state="waiting").order_by("id"):
        texts.read(content.id)


def fetched(client: ApiClient, document: str, number: int) -> Any:
    path = f"/api/v1/items/{document}/versions/{number}/file"
    return client._client.get(path, headers=client._headers)


def hits(client: ApiClient, q: str) -> list[dict[str, Any]]:
    groups = client.get("/search", q=q, scope="documents").body["groups"]
    return [hit for group in groups for hit in group["items"]]


def test_sent_to_an_item_and_found_by_two_characters(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    data = files.docx(files.PLAN)
    made = attached(li, hospital["pacs"], "急诊应急预案.docx", data, note="初稿")
    version = made["version"]
    assert (version["number"], version["current"], version["size"]) == (1, True, len(data))
    assert (version["media_type"], version["belies"]) == (DOCX, False)
    assert version["sha256"] == hashlib.sha256(data).hexdigest()
    assert version["text"]["state"] == "waiting"
    assert (made["document"]["name"], made["twins"]) == ("急诊应急预案", [])
    assert hits(li, "分诊") == []

    read_all()
    (listed,) = li.get(f"/items/{hospital['pacs']}/documents").body["items"]
    assert (listed["kind_label"], listed["versions"]) == ("描述", 1)
    told = listed["current"]["text"]
    assert (told["state"], told["characters"], told["cut"]) == ("read", len(files.PLAN), False)
    for q in ("分诊", "护士长", "pacs", "ＰＡＣＳ 危急值", "案 一、断网", "信息科"):
        (hit,) = hits(li, q)
        assert (hit["id"], hit["by_label"]) == (made["document"]["id"], "正文")
    assert "改用纸质分诊单，由护士长" in hits(li, "护士长")[0]["by"]
    for q in ("诊", "挂号", "护士长 挂号", "acs 护长"):
        assert hits(li, q) == []
    (group,) = li.get("/search", q="分诊", scope="documents").body["groups"]
    assert (group["label"], group["total"], group["more"]) == ("文档正文", 1, False)
    lines = li.get("/audit", action="document.add").body["items"]
    assert [(line["detail"]["number"], line["detail"]["file"]) for line in lines] == [
        (1, "急诊应急预案.docx")
    ]


def test_a_new_version_stands_beside_the_old(li: ApiClient, hospital: dict[str, UUID]) -> None:
    first, second = files.docx(files.PLAN), files.pdf("核心交换机更换方案", "回退步骤：恢复配置")
    document = attached(li, hospital["switch-1"], "方案.docx", first)["document"]["id"]
    same = sent(li, f"/items/{document}/versions", "方案2.docx", first)
    assert (same.status, same.body["code"]) == (409, "same_version")
    new = sent(li, f"/items/{document}/versions", "方案.pdf", second, note="换成 PDF")
    assert (new.status, new.body["version"]["number"]) == (201, 2)
    read_all()
    assert hits(li, "分诊") == []
    assert hits(li, "回退")[0]["id"] == document

    for number, data in ((1, first), (2, second)):
        answer = fetched(li, document, number)
        assert b"".join(answer) == data
        assert answer["Content-Length"] == str(len(data))
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert fetched(li, document, 3).status_code == 404

    back = li.post(f"/items/{document}/versions/1/current")
    assert (back.status, back.body["version"]["number"]) == (200, 3)
    assert (back.body["version"]["of_number"], back.body["version"]["file_name"]) == (
        1,
        "方案.docx",
    )
    assert [each["number"] for each in back.body["twins"]] == [1]
    again = li.post(f"/items/{document}/versions/3/current")
    assert (again.status, again.body["code"]) == (409, "same_version")
    assert hits(li, "分诊")[0]["id"] == document
    assert hits(li, "回退") == []
    assert Content.objects.count() == 2

    rows = li.get(f"/items/{document}/versions").body["items"]
    assert [(row["number"], row["current"]) for row in rows] == [(3, True), (2, False), (1, False)]
    changes = li.get(f"/items/{document}/changes").body["items"]
    told = [
        (each["old"], each["new"], each["reason"]) for each in changes if each["field"] == "file"
    ]
    assert told == [
        ("2 · 方案.pdf", "3 · 方案.docx", ""),
        ("1 · 方案.docx", "2 · 方案.pdf", "换成 PDF"),
        (None, "1 · 方案.docx", ""),
    ]


def test_the_same_bytes_elsewhere_are_told_to_who_sees_them(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    data = files.docx(files.PLAN)
    first = attached(li, hospital["pacs"], "一.docx", data)["document"]
    second = attached(li, hospital["lis"], "二.docx", data)
    assert second["twins"] == [{"document": {"id": first["id"], "name": "一"}, "number": 1}]
    assert (Content.objects.count(), DocumentVersion.objects.count()) == (1, 2)


KINDS = (
    ("看似.docx", files.pdf("院内网络"), "application/pdf", None),
    ("锁.pdf", files.pdf("院内网络", encrypted=True), "application/pdf", "encrypted"),
    ("锁.xlsx", files.old_office("EncryptedPackage"), "application/x-encrypted-office",
     "encrypted"),
    ("旧.doc", files.old_office("WordDocument"), "application/msword", "old-format"),
    ("无页.pdf", files.pdf(), "application/pdf", "damaged"),
    ("断.pdf", files.pdf("院内网络")[:300], "application/pdf", "damaged"),
    ("炸弹.docx", files.bomb(), DOCX, "too-much"),
    ("实体.docx", files.archive({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}),
     DOCX, "damaged"),
    ("图.png", files.png(), "image/png", "format"),
    ("页.html", b"<!doctype html><script>alert(1)</script>", "text/html", "format"),
    ("画.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "format"),
    ("国标.txt", "院内网络".encode("gbk"), "text/plain", None),
    ("表.csv", "设备,位置\n交换机,院内网络".encode(), "text/csv", None),
)  # fmt: skip


def test_what_a_file_is_and_why_it_has_no_text(li: ApiClient, hospital: dict[str, UUID]) -> None:
    """By what it holds, whatever its name says; nothing that it holds stops the work."""
    made = {
        name: attached(li, hospital["pacs"], name, data)["document"]["id"]
        for name, data, _kind, _why in KINDS
    }
    read_all()
    found = {hit["id"] for hit in hits(li, "院内网络")}
    for name, data, kind, why in KINDS:
        (version,) = li.get(f"/items/{made[name]}/versions").body["items"]
        told = (version["media_type"], version["text"]["why"], version["belies"])
        assert told == (kind, why, name == "看似.docx"), name
        assert (made[name] in found) is (why is None), name
        answer = fetched(li, made[name], 1)
        assert answer["Content-Type"] not in {"text/html", "image/svg+xml"}
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer) == data
    store = li.get("/document-store").body
    assert (store["files"], store["waiting"], store["unreadable"]) == (13, 0, 10)


def test_of_formulas_what_they_came_to(li: ApiClient, hospital: dict[str, UUID]) -> None:
    book = files.xlsx([["设备", "端口"], ["核心交换机", 48], ["合计", "=SUM(B2:B2)"]])
    attached(li, hospital["pacs"], "端口.xlsx", files.computed(book, "B3", "4848"))
    read_all()
    assert hits(li, "合计 4848")
    assert hits(li, "端口分配")
    assert not hits(li, "SUM")


def test_a_reader_that_hangs_or_dies_is_told_and_ends(
    li: ApiClient, hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    attached(li, hospital["pacs"], "慢.docx", files.docx(files.PLAN))
    (content,) = Content.objects.all()
    monkeypatch.setattr(reader, "SECONDS", 0.01)
    assert reader.read(DOCX, storing.pieces(content.id)).why == "too-long"
    monkeypatch.setattr(reader, "SECONDS", 60)
    monkeypatch.setattr(reader, "MEMORY", 16 * 2**20)
    assert reader.read(DOCX, storing.pieces(content.id)).why in {"too-much", "broke"}
    monkeypatch.setattr(reader, "MEMORY", 2**30)
    monkeypatch.setattr(reader, "MOST_CHARACTERS", 20)
    Content.objects.update(attempts=3)
    texts.read(content.id)
    content.refresh_from_db()
    assert (content.state, content.why) == ("unreadable", "broke")
    Content.objects.update(state="waiting", why="", attempts=1)
    texts.read(content.id)
    content.refresh_from_db()
    assert (content.state, content.characters, content.cut) == ("read", 20, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\", "file"),
        ("..\\..\\C:\\预案.docx", "预案.docx"),
        ("../../etc/passwd", "passwd"),
        ("发票\u202excod.exe", "发票xcod.exe"),
        ("名" * 300 + ".docx", "名" * 195 + ".docx"),
        ('a"b<c>?.txt', "a_b_c__.txt"),
        ("\u200b.docx", "docx"),
    ],
)
def test_a_name_is_one_that_any_system_can_keep(given: str, kept: str) -> None:
    assert media.clean_name(given) == kept


def test_what_is_refused_leaves_nothing(
    li: ApiClient, hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    pacs, before = hospital["pacs"], li.get("/items").body["total"]
    monkeypatch.setenv("WARDROUND_DOCUMENT_FILE_MB", "1")
    monkeypatch.setenv("WARDROUND_DOCUMENTS_MB", "1")
    large = sent(li, f"/items/{pacs}/documents", "大.bin", b"x" * (2**20 + 1))
    assert (large.status, large.body["code"]) == (413, "file_too_large")
    assert "1 MB" in large.body["detail"]
    empty = sent(li, f"/items/{pacs}/documents", "空.docx", b"")
    assert (empty.status, empty.body["code"]) == (422, "empty_file")
    attached(li, pacs, "半.bin", b"y" * (2**20 - 100))
    full = sent(li, f"/items/{pacs}/documents", "半.bin", b"z" * 101)
    assert (full.status, full.body["code"]) == (507, "documents_used_up")
    attached(li, pacs, "同.bin", b"y" * (2**20 - 100))
    assert li.get("/document-store").body["used"] == 2**20 - 100

    alone = sent(li, f"/items/{hospital['host-1']}/versions", "a.txt", b"a")
    assert (alone.status, alone.body["code"]) == (409, "not_a_document")
    document = li.get(f"/items/{pacs}/documents").body["items"][0]["id"]
    nowhere = sent(li, f"/items/{document}/documents", "a.txt", b"a")
    assert (nowhere.status, nowhere.body["code"]) == (409, "no_documents")
    other = sent(li, f"/items/{pacs}/documents", "a.txt", b"a", type="contract")
    assert (other.status, other.body["problems"][0]["field"]) == (422, "type")
    assert li.get("/items").body["total"] == before + 2
    assert li.post(f"/items/{document}/retire").status == 200
    retired = sent(li, f"/items/{document}/versions", "a.txt", b"a")
    assert (retired.status, retired.body["code"]) == (409, "item_out_of_use")
    assert hits(li, "a") == []


def test_out_of_reach_it_is_neither_found_nor_counted(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    data = files.docx(files.PLAN)
    secret = attached(li, hospital["pacs"], "密.docx", data)["document"]["id"]
    shown = attached(li, hospital["lis"], "公开.docx", files.docx(files.PLAN + "。"))
    read_all()
    said = 'name = "公开" or name = "放射科PACS/RIS" or name = "实验室信息化管理系统"'
    mine = Scope(where=frozenset({said}))
    wang = client_of("wang", "reader", scope=mine)
    assert [hit["id"] for hit in hits(wang, "分诊")] == [shown["document"]["id"]]
    (group,) = wang.get("/search", q="分诊", scope="documents").body["groups"]
    assert group["total"] == 1
    assert wang.get(f"/items/{hospital['pacs']}/documents").body["items"] == []
    assert wang.get(f"/items/{secret}/versions").status == 404
    assert fetched(wang, secret, 1).status_code == 404
    assert fetched(wang, shown["document"]["id"], 1).status_code == 200
    for path in (f"/items/{secret}/versions", f"/items/{shown['document']['id']}/versions"):
        assert sent(wang, path, "a.txt", b"a").status == 403
    writer = client_of("zhao", "engineer", scope=mine)
    assert sent(writer, f"/items/{secret}/versions", "密.docx", data).status == 404
    twin = sent(writer, f"/items/{shown['document']['id']}/versions", "密.docx", data)
    assert (twin.status, twin.body["twins"]) == (201, [])


def test_who_sees_a_server_reads_what_is_written_about_it(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    """A document serves what it is about serves; it is no part of the system, and goes when the
    relation goes.
    """
    made = attached(li, hospital["pacs-db"], "库手册.docx", files.docx(files.PLAN))
    other = attached(li, hospital["lis"], "检验.docx", files.docx(files.PLAN + "。"))
    read_all()
    document = made["document"]["id"]
    of_pacs = client_of("wang", "reader", scope=Scope(systems=frozenset({hospital["pacs"]})))
    of_lis = client_of("zhao", "reader", scope=Scope(systems=frozenset({hospital["lis"]})))
    assert [hit["id"] for hit in hits(of_pacs, "分诊")] == [document]
    assert [hit["id"] for hit in hits(of_lis, "分诊")] == [other["document"]["id"]]
    assert fetched(of_pacs, document, 1).status_code == 200
    assert fetched(of_lis, document, 1).status_code == 404
    (system,) = of_pacs.get(f"/items/{document}").body["systems"]
    assert system["id"] == str(hospital["pacs"])
    parts = of_pacs.get("/items", part_of=hospital["pacs"]).body["items"]
    assert {row["name"] for row in parts} >= {"PACS 数据库"}
    assert document not in {row["id"] for row in parts}
    (listed,) = of_pacs.get(f"/items/{hospital['pacs-db']}/documents").body["items"]
    assert li.delete(f"/relations/{listed['relation']}").status == 204
    assert fetched(of_pacs, document, 1).status_code == 404
    assert hits(of_pacs, "分诊") == []


def test_who_may_change_a_system_attaches_documents_to_it(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    """What is new serves nothing and is in nobody's reach but for the moment it is attached in."""
    of_pacs = Scope(systems=frozenset({hospital["pacs"]}))
    engineer = client_of("zhao", "engineer", scope=of_pacs)
    made = attached(engineer, hospital["pacs-db"], "库手册.docx", files.docx(files.PLAN))
    assert fetched(engineer, made["document"]["id"], 1).status_code == 200
    (system,) = engineer.get(f"/items/{made['document']['id']}").body["systems"]
    assert system["id"] == str(hospital["pacs"])
    others = sent(engineer, f"/items/{hospital['lis']}/documents", "检验.docx", b"a")
    assert others.status == 404
    reader = client_of("wang", "reader", scope=of_pacs)
    assert sent(reader, f"/items/{hospital['pacs']}/documents", "a.txt", b"a").status == 403
    assert engineer.post("/items", {"type": "document", "name": "无所属"}).status == 403

    said = Scope(where=frozenset({'name = "PACS 数据库"'}))
    narrow = client_of("qian", "engineer", scope=said)
    refused = sent(narrow, f"/items/{hospital['pacs-db']}/documents", "甲.txt", b"a")
    assert (refused.status, refused.body["code"]) == (422, "beyond_reach")
    assert {row["name"] for row in li.get("/items", type="document").body["items"]} == {"库手册"}


def test_versions_go_and_come_with_their_document(li: ApiClient, hospital: dict[str, UUID]) -> None:
    document = attached(li, hospital["pacs"], "一.docx", files.docx(files.PLAN))["document"]["id"]
    read_all()
    told = li.post("/items/delete", {"items": [document], "trial": True}).body["items"][0]
    assert {"document-versions": 1}.items() <= {
        each["thing"]: each["count"] for each in told["effects"]
    }.items()
    li.post("/items/delete", {"items": [document]})
    assert hits(li, "分诊") == []
    assert li.get(f"/items/{document}/versions").status == 404
    assert li.post("/recycle-bin/restore", {"items": [document]}).status == 200
    assert hits(li, "分诊")[0]["id"] == document
    assert len(li.get(f"/items/{hospital['pacs']}/documents").body["items"]) == 1

    other = attached(li, hospital["lis"], "二.docx", files.docx("交接班记录"))["document"]["id"]
    read_all()
    merged = li.post("/items/merge", {"stays": document, "gone": [other]})
    assert merged.status == 200, merged.body
    rows = li.get(f"/items/{document}/versions").body["items"]
    assert [(row["number"], row["current"], row["merged_from"]) for row in rows] == [
        (2, False, "二"),
        (1, True, ""),
    ]
    assert hits(li, "交接班") == []
    li.post("/items/delete", {"items": [document]})
    assert purging.purge(PLATFORM, [UUID(document)], at=AT) == 1
    assert texts.forget() == 2
    assert (DocumentVersion.objects.count(), ContentPiece.objects.count()) == (0, 0)
    assert texts.forget() == 0


def test_large_files_are_kept_and_sent_in_pieces(li: ApiClient, hospital: dict[str, UUID]) -> None:
    data = bytes(range(256)) * (5 * 4096)
    document = attached(li, hospital["pacs"], "镜像.bin", data)["document"]["id"]
    sizes = [len(bytes(each.data)) for each in ContentPiece.objects.order_by("number")]
    assert sizes == [storing.PIECE] * 10
    pieces = list(fetched(li, document, 1))
    assert (len(pieces), b"".join(pieces)) == (10, data)
