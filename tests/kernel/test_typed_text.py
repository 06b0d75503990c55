"""What people type on Chinese keyboards, and what they copy from elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from wardround.kernel import audit
from wardround.kernel.models import AuditRecord
from wardround.kernel.telephone import dialled, normal_number
from wardround.kernel.typed_text import compatible, matching, typed, typed_code
from wardround.kernel.types import system_actor

CLERK = system_actor("clerk")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ＨＩＳ", "HIS"),
        ("HIS\u200b", "HIS"),
        ("\ufeffHIS", "HIS"),
        ("\u202eHIS\u202c", "HIS"),
        ("H\u00adI\u2060S", "HIS"),
        ("\u3000HIS\u3000二期\u3000", "HIS 二期"),
        ("HIS\u00a0二期", "HIS 二期"),
        ("HIS（新），２０２６", "HIS（新），2026"),
        ("面积 12㎡ ①", "面积 12㎡ ①"),
        ("e\u0301", "é"),
        ("a\nb\tc", "a\nb\tc"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("HI\u200dS", "HIS"),
        ("", ""),
    ],
)
def test_what_is_not_seen_is_not_kept(written: str, kept: str) -> None:
    assert typed(written) == kept
    assert typed(kept) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("１０．１．２．３", "10.1.2.3"),
        ("10。1。2。3", "10.1.2.3"),
        ("ｈｔｔｐｓ：／／his.cn／a", "https://his.cn/a"),
        ("zhang＠hospital.cn\u200b", "zhang@hospital.cn"),
    ],
)
def test_codes_have_the_marks_of_codes(written: str, kept: str) -> None:
    assert typed_code(written) == kept


@given(st.text())
def test_forms_are_final(text: str) -> None:
    for form in (typed, typed_code, compatible, matching):
        assert form(form(text)) == form(text)
    assert matching(typed(text)) == matching(text)


@pytest.mark.parametrize("form", [typed, typed_code, compatible, matching])
def test_controls_are_seen_by_nobody(form: Callable[[str], str]) -> None:
    assert form("his\x01\x1b\x7f\x9f-db1") == "his-db1"
    assert form("a\tb") == "a\tb"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("０１０－１２３４５６７８", "+86 10 1234 5678"),
        ("(010)12345678", "+86 10 1234 5678"),
        ("+86 138 0000 0000", "+86 138 0000 0000"),
        ("138-0000-0000", "+86 138 0000 0000"),
        ("138\u200b0000\u30000000", "+86 138 0000 0000"),
        ("0086 13800000000", "+86 138 0000 0000"),
        ("86-13800000000", "+86 138 0000 0000"),
        ("013800000000", "+86 138 0000 0000"),
        ("+86 (0)20 8133 2199", "+86 20 8133 2199"),
        ("0571-8888888", "+86 571 888 8888"),
        ("010-12345678转801", "+86 10 1234 5678 转 801"),
        ("010-12345678，分机：801", "+86 10 1234 5678 转 801"),
        ("010-12345678-801", "+86 10 1234 5678 转 801"),
        ("010-12345678 ext. 801", "+86 10 1234 5678 转 801"),
        ("62345 转 1", "62345 转 1"),
        ("400-123-4567", "400 123 4567"),
        ("6234-5678", "62345678"),
        ("95598", "95598"),
        ("*72#", "*72#"),
        ("#31#13800000000", "#31#13800000000"),
        ("内线 6234", "6234"),
        ("内线：６２３４", "6234"),
        ("分机801", "801"),
        ("短号 66234", "66234"),
        ("电话：010-12345678", "+86 10 1234 5678"),
        ("tel:+86-138-0000-0000", "+86 138 0000 0000"),
        ("手机 138 0000 0000", "+86 138 0000 0000"),
        ("010-12345678*801", "+86 10 1234 5678 转 801"),
        ("010-12345678#801", "+86 10 1234 5678 转 801"),
        ("（010）12345678（801）", "+86 10 1234 5678 转 801"),
        ("0755－88888888 内线 801", "+86 755 8888 8888 转 801"),
        ("0991-2345678-8001", "+86 991 234 5678 转 8001"),
        ("+852 1234 5678", "+85212345678"),
    ],
)
def test_a_number_has_one_form(written: str, kept: str) -> None:
    assert normal_number(written) == kept
    assert normal_number(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "12",
        "138-0000-000",
        "8133/8134",
        "转801",
        "12345678901234",
        "+86 62345",
        "010-6234567",
        "+86 21 623 4567",
        "内线",
        "电话 电话 6234",
    ],
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert normal_number(written) is None


@example("010#0(")
@given(st.text(st.sampled_from("0123456789+-() 转#*x０１－８６"), max_size=20))
def test_numbers_are_final(text: str) -> None:
    number = normal_number(text)
    if number is not None:
        assert normal_number(number) == number
        plain = unicodedata.normalize("NFKC", text)
        assert {one for one in number if one.isdigit()} <= {*filter(str.isdigit, plain), "8", "6"}


def test_what_is_dialled_is_what_was_searched() -> None:
    assert [dialled(text) for text in ("138-0000", "+86 10 1234", "010 1234", "HIS", "12")] == [
        "1380000", "101234", "101234", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "written",
    ["0086 755 8888 8888", "86-755-88888888", "＋86 755 8888 8888", "0755-88888888转801",
     "0755-88888888-801", "电话：0755 88888888", "(0755)8888-8888"],
)  # fmt: skip
def test_a_whole_number_is_searched_as_it_is_kept(written: str) -> None:
    assert dialled(written) == "75588888888"


def test_a_number_abroad_is_searched_with_its_country() -> None:
    assert dialled("+852 1234 5678") == dialled("00852-12345678") == "85212345678"


KEPT = (
    "ＨＩＳ（新）系统",
    "HI\x01S\u200b",
    "his",
    "50%_\\",
    "+86 138 0000 0000",
    "病区",
    "👨\u200d👩",
)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("HIS", [0, 1, 2]),
        ("ｈｉｓ", [0, 1, 2]),
        ("HIS(新)", [0]),
        ("HIS（新）", [0]),
        ("HI\u200bS", [0, 1, 2]),
        ("%_\\", [3]),
        ("_", [3]),
        ("病", [5]),
        ("👨\u200d👩", [6]),
        ("", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
@pytest.mark.django_db
def test_a_search_reads_as_a_person_does(word: str, found: list[int]) -> None:
    for text in KEPT:
        audit.record(CLERK, text, subject=("bed", 1))
    rows = AuditRecord.objects.filter(action__says=word)
    assert sorted(KEPT.index(row.action) for row in rows) == found


@pytest.mark.django_db
def test_a_number_is_found_however_it_is_grouped() -> None:
    for text in KEPT:
        audit.record(CLERK, text, subject=("bed", 1))
    (row,) = AuditRecord.objects.filter(action__dials=dialled("138-0000-0000"))
    assert row.action == "+86 138 0000 0000"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1))
@pytest.mark.django_db
def test_sql_and_python_read_alike(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT normalize(%s, NFKC)", [text])
        row = cursor.fetchone()
    assert row is not None
    known = [letter for letter in text if unicodedata.category(letter) != "Cn"]
    if len(known) == len(text):
        assert row[0] == unicodedata.normalize("NFKC", text)
