"""Every sentence a reader may see exists in Chinese, and none of them says bare 事件."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent / "wardround"
ROOMS = sorted(one.name for one in ROOT.iterdir() if (one / "__init__.py").is_file())
_BARE = re.compile("(?<!基本)(?<!顶)事件")  # those two are the fault tree's own, and no other word
_FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "Wording", "told", "untranslated"}


def spoken(room: str) -> set[str]:
    """The English sentences that the room's code hands to gettext."""
    found = set()
    for file in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in _FUNCTIONS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def translated(room: str) -> dict[str, str]:
    file = ROOT / room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    if not file.is_file():
        return {}
    with file.open("rb") as opened:
        return {str(one.id): str(one.string) for one in read_po(opened) if one.id}


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_is_translated(room: str) -> None:
    chinese = translated(room)
    missing = sorted(one for one in spoken(room) if not chinese.get(one))
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_is_translated_for_nothing(room: str) -> None:
    assert sorted(set(translated(room)) - spoken(room)) == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_bare_event(room: str) -> None:
    assert [one for one in translated(room).values() if _BARE.search(one)] == []


def test_a_sentence_has_one_translation() -> None:
    """Django joins the rooms' catalogues: of two translations one would be shown for both."""
    told: dict[str, set[str]] = {}
    for room in ROOMS:
        for english, chinese in translated(room).items():
            told.setdefault(english, set()).add(chinese)
    assert {one: found for one, found in told.items() if len(found) > 1} == {}
