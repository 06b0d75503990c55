"""Labels and sentences become words at the edge, with Django and without it, in one way."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf, nan
from uuid import UUID

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from wardround.kernel.wire import Answer, Body, Figure, Label, OptionalLabel, Ref
from wardround.kernel.wording import Label as BothLanguages
from wardround.kernel.wording import Wording, told

STORAGE = BothLanguages(zh="主存储", en="Main storage")
REFUSED = "The input has a mistake; see the fields named. Nothing was changed."
REFUSED_IN_CHINESE = "输入有误，请查看所列字段。没有任何内容被修改。"


def test_a_label_is_told_to_its_reader() -> None:
    with translation.override("zh-hans"):
        assert STORAGE.text() == "主存储"
    with translation.override("en"):
        assert STORAGE.text() == "Main storage"
    assert STORAGE.text("zh-CN") == "主存储"


def test_an_empty_language_falls_back_to_the_other() -> None:
    assert BothLanguages(zh="", en="PACS").text("zh-hans") == "PACS"


def test_what_fills_a_sentence_is_told_in_the_same_language() -> None:
    """Labels, lists and moments inside a sentence; the moment in the hospital's zone."""
    wording = Wording(
        "%(what)s: %(which)s, %(when)s",
        {
            "what": STORAGE,
            "which": [STORAGE, "PACS"],
            "when": datetime(2026, 11, 28, 1, 30, tzinfo=UTC),
        },
    )
    with translation.override("zh-hans"):
        assert wording.text() == "主存储: 主存储、PACS, 2026-11-28 09:30"
    with translation.override("en"):
        assert str(wording) == "Main storage: Main storage, PACS, 2026-11-28 09:30"


def test_a_percent_sign_without_arguments_stays() -> None:
    assert told("100 %") == "100 %"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("zh_CN.UTF-8", REFUSED_IN_CHINESE), ("en_GB.UTF-8", REFUSED)],
)
def test_a_process_without_django_speaks_from_the_same_catalogues(
    asked: str, expected: str
) -> None:
    program = f"from wardround.kernel.wording import told; print(told({REFUSED!r}))"
    answer = subprocess.run(
        [sys.executable, "-c", program + "; import sys; assert 'django' not in sys.modules"],
        env={**os.environ, "LC_ALL": asked, "WARDROUND_LANGUAGE": "", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == expected


@dataclass(frozen=True)
class _Item:
    id: UUID
    name: str


@dataclass(frozen=True)
class _Disk:
    label: BothLanguages
    note: Wording | None
    used: float
    item: _Item
    serial: str = "never told"


class DiskOut(Answer):
    label: Label
    note: OptionalLabel
    used: Figure
    item: Ref


def test_an_answer_is_read_from_a_frozen_value_in_the_readers_words() -> None:
    item = _Item(UUID(int=7), "主存储 A1")
    with translation.override("en"):
        answer = DiskOut.model_validate(_Disk(STORAGE, None, nan, item))
    assert answer.model_dump(mode="json") == {
        "label": "Main storage",
        "note": None,
        "used": None,
        "item": {"id": str(item.id), "name": "主存储 A1"},
    }


def test_infinity_and_lazy_texts() -> None:
    item = _Item(UUID(int=7), "A1")
    with translation.override("zh-hans"):
        made = DiskOut(label=gettext_lazy(REFUSED), note=Wording(REFUSED), used=inf, item=item)  # type: ignore[arg-type]  # what validation turns into words
    assert (made.label, made.note, made.used) == (made.note, REFUSED_IN_CHINESE, None)


def test_a_body_names_what_it_does_not_know() -> None:
    class ItemIn(Body):
        name: str

    with pytest.raises(ValidationError) as refused:
        ItemIn.model_validate({"name": "a", "nmae": "b"})
    assert refused.value.errors()[0]["loc"] == ("nmae",)
