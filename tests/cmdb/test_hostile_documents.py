"""Documents sent by who means harm, or knows no better: nothing hangs, is lost, or told wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb import files
from tests.cmdb.test_documents import attached, fetched, hits, read_all, sent
from tests.hospital import Answer, ApiClient, _answer, client_of
from wardround.cmdb.documents import reader, storing
from wardround.cmdb.documents.searching import excerpt
from wardround.cmdb.documents.types import Upload
from wardround.kernel.types import Scope


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator", language="zh-hans")


def sent_as(client: ApiClient, path: str, named: bytes, data: bytes = b"hello") -> Answer:
    """A file with the head that a program of one's own writes."""
    head = b'--XX\r\nContent-Disposition: form-data; name="file"; ' + named
    body = head + b"\r\nContent-Type: text/html\r\n\r\n" + data + b"\r\n--XX--\r\n"
    kind = "multipart/form-data; boundary=XX"
    return _answer(
        client._client.generic(
            "POST", f"/api/v1{path}", body, content_type=kind, headers=client._headers
        )
    )


def test_an_excerpt_takes_no_longer_than_the_way_to_the_word() -> None:
    """Dots and blanks could once be read in more ways than there are seconds."""
    dots = "- " * 300 + "①"
    assert excerpt(dots, ["-" * 60 + "1"]).endswith("- - ①")
    assert excerpt("啊" * 500_000 + "交 换\n机ＡＢ。", ["交换机ab"]).endswith("啊交 换 机ＡＢ。")
    assert excerpt("值班 电话 ㎞", ["电话km"]) == "值班 电话 ㎞"
    assert excerpt("值班" + " " * 9 + "电话", ["没有"]) == "值班 电话"
    far = "前" * 1_999 + "分诊" + "后" * 5_000
    assert excerpt(far, ["分诊"]) == f"…{'前' * 24}分诊{'后' * 76}…"


def test_three_of_the_same_character_are_not_two(li: ApiClient, hospital: dict[str, UUID]) -> None:
    attached(li, hospital["pacs"], "一.txt", "护士国国长 aaab".encode())
    read_all()
    assert hits(li, "国国")
    assert hits(li, "aaa")
    assert hits(li, "国国国") == []


def test_versions_of_two_documents_made_one_name_each_other_rightly(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    stays = attached(li, hospital["pacs"], "甲.txt", b"first")["document"]["id"]
    sent(li, f"/items/{stays}/versions", "甲.txt", b"second")
    gone = attached(li, hospital["pacs"], "乙.txt", b"third")["document"]["id"]
    sent(li, f"/items/{gone}/versions", "乙.txt", b"fourth")
    assert li.post(f"/items/{gone}/versions/1/current").status == 200
    assert li.post("/items/merge", {"stays": stays, "gone": [gone]}).status == 200
    rows = li.get(f"/items/{stays}/versions").body["items"]
    assert [(row["number"], row["of_number"], row["current"]) for row in rows] == [
        (5, 3, False),
        (4, None, False),
        (3, None, False),
        (2, None, True),
        (1, None, False),
    ]
    told = (rows[0]["sha256"], b"".join(fetched(li, stays, 5)))
    assert told == (rows[2]["sha256"], b"third")


def test_twins_out_of_reach_stand_before_none_that_is_seen(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    first = attached(li, hospital["lis"], "甲.txt", b"same")["document"]["id"]
    own = attached(li, hospital["lis"], "乙.txt", b"other")["document"]["id"]
    secret = attached(li, hospital["pacs"], "密.txt", b"same")["document"]["id"]
    for number in range(51):
        sent(li, f"/items/{secret}/versions", "密.txt", b"%d" % number)
        sent(li, f"/items/{secret}/versions", "密.txt", b"same")
    seen = Scope(where=frozenset({'name = "甲" or name = "乙"'}))
    wang = client_of("wang", "engineer", scope=seen)
    told = sent(wang, f"/items/{own}/versions", "乙.txt", b"same").body["twins"]
    assert told == [{"document": {"id": first, "name": "甲"}, "number": 1}]


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        (b'filename="a\\"; x=\\"b.txt"', "a_; x=_b.txt"),
        (b"filename*=UTF-8''a%0d%0aSet-Cookie%3a%20x%3d1.txt", "aSet-Cookie_ x=1.txt"),
        (b"filename*=UTF-8''%e2%80%aegpj.exe", "gpj.exe"),
        (b"filename*=UTF-8''a%00b.txt", "ab.txt"),
        (b'filename="a/b\\c/../../d.txt"', "d.txt"),
        (b'filename="..."', "file"),
    ],
)
def test_a_name_says_nothing_to_the_browser_that_fetches_it(
    li: ApiClient, hospital: dict[str, UUID], named: bytes, kept: str
) -> None:
    made = sent_as(li, f"/items/{hospital['pacs']}/documents", named)
    assert (made.status, made.body["version"]["file_name"]) == (201, kept)
    answer = fetched(li, made.body["document"]["id"], 1)
    said: str = answer["Content-Disposition"]
    assert said.startswith("attachment; filename=")
    assert not set("\r\n\x00\u202e") & set(said)
    assert "Set-Cookie" not in answer.headers


def test_a_form_that_cannot_be_read_is_the_senders_fault(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    path = f"/items/{hospital['pacs']}/documents"
    answer = sent_as(li, path, b'filename="' + b"x" * 5_000 + b'"')
    assert (answer.status, answer.body["code"]) == (400, "bad_request")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=" + "x" * 300):
        raw: Any = li._client.generic(
            "POST", f"/api/v1{path}", b"--XX", content_type=kind, headers=li._headers
        )
        assert raw.status_code == 400
    assert li.get(path).body["items"] == []


def test_while_a_form_is_read_its_file_has_no_name(
    li: ApiClient,
    hospital: dict[str, UUID],
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that is killed leaves nothing; nor can a name be too long for the folder."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    seen: list[str] = []
    look_at = storing.look_at

    def looked(file: Upload) -> storing.Sent:
        seen.extend(each.name for each in tmp_path.iterdir())
        return look_at(file)

    monkeypatch.setattr(storing, "look_at", looked)
    data = bytes(3 * 2**20)
    for name in (b"a.bin", b"a." + b"x" * 300):
        path = f"/items/{hospital['pacs']}/documents"
        made = sent_as(li, path, b'filename="' + name + b'"', data)
        assert (made.status, made.body["version"]["size"]) == (201, len(data))
    assert (seen, list(tmp_path.iterdir())) == ([], [])


def test_what_is_said_of_a_version_has_no_marks_that_nobody_sees(
    li: ApiClient, hospital: dict[str, UUID]
) -> None:
    path = f"/items/{hospital['pacs']}/documents"
    made = sent(li, path, "a.txt", b"a", note="换成\u202e新版\u200b ")
    assert made.body["version"]["note"] == "换成新版"


def test_of_a_document_of_too_many_pages_the_rest_is_told_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each page is the same one, which costs its sender nothing."""
    page = files.pdf("院内网络")
    many = page.replace(
        b"/Kids [6 0 R] /Count 1", b"/Kids [" + b"6 0 R " * 20_001 + b"] /Count 20001"
    )
    assert many != page
    outcome = reader.read("application/pdf", [many])
    assert (outcome.why, outcome.cut) == (None, True)


def test_lines_of_two_encodings_are_all_found(li: ApiClient, hospital: dict[str, UUID]) -> None:
    """As logs of several programs, or of two files put together, have them."""
    utf, gbk = "核心交换机\n".encode(), "备份说明\n一\n".encode("gbk")
    for number, data in enumerate((utf + gbk, gbk + utf, gbk, utf * 20_000 + gbk)):
        made = attached(li, hospital["pacs"], f"{number}.txt", data)
        assert made["version"]["media_type"] == "text/plain"
    attached(li, hospital["pacs"], "5.bin", utf + b"\xff\xff\x81" + gbk)
    attached(li, hospital["pacs"], "6.bin", gbk + utf + b"\x00\n")
    read_all()
    names = {q: {hit["name"] for hit in hits(li, q)} for q in ("交换机", "备份说明一")}
    assert names == {"交换机": {"0", "1", "3"}, "备份说明一": {"0", "1", "2", "3"}}
