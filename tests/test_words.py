"""One word for one thing: what the glossary refuses stands nowhere that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.utils import translation

from wardround.detection.types import RecoveryReason
from wardround.tickets import timeline

ROOT = Path(__file__).resolve().parent.parent
_READ_BY_PEOPLE = (
    ("wardround", {".py", ".po", ".md"}),
    ("ui/src", {".ts", ".tsx"}),
    ("packs", {".yaml", ".md"}),
    ("docs", {".md"}),
    ("changes", {".md"}),
    ("sim", {".py"}),
)
_PROPER_NAMES = ("传染病监测预警管理系统",)
"""Names of systems that the hospital has given."""


def refused_words() -> Mapping[str, str]:
    """Word → the word that is used, from the glossary's second table."""
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    table = glossary.split("\n## Words that are not used", 1)[1]
    rows = re.findall(r"^\| (\S+) \| (\S+) \|", table, re.MULTILINE)
    return {word: used for word, used in rows if word != "not"}


def texts() -> Iterator[tuple[str, str]]:
    """Every file that people read parts of, with its text."""
    files = [file for folder, ends in _READ_BY_PEOPLE for file in _files(ROOT / folder, ends)]
    for file in [*files, *ROOT.glob("*.md")]:
        name = str(file.relative_to(ROOT))
        if name != "docs/glossary.md" and not name.startswith("docs/adr/"):
            yield name, file.read_text("utf-8")


def _files(folder: Path, endings: set[str]) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.suffix in endings)


def said(word: str, text: str) -> Iterator[int]:
    """The lines in which a word stands, but for proper names."""
    for number, line in enumerate(text.splitlines(), start=1):
        for name in _PROPER_NAMES:
            line = line.replace(name, "")  # noqa: PLW2901  # what is left of it
        if word in line:
            yield number


@pytest.mark.parametrize("word", sorted(refused_words()))
def test_one_word_for_one_thing(word: str) -> None:
    used = refused_words()[word]
    found = [f"{name}:{line}" for name, text in texts() for line in said(word, text)]
    assert found == [], f"say {used}"


def test_the_search_finds_what_it_should() -> None:
    assert refused_words()["监控目标"] == "监控对象"
    assert len(refused_words()) > 7
    assert list(said("预警", "一\n预警\n传染病监测预警管理系统\n传染病监测预警管理系统 预警")) == [
        2,
        4,
    ]
    assert len(list(texts())) > 400


def test_why_an_alert_ended_is_said_in_words_on_its_ticket() -> None:
    for reason in RecoveryReason:
        with translation.override("zh-hans"):
            said = str(timeline._end(reason))
        assert reason not in said
        assert not re.search("[a-z]", said), reason
