"""The documents as they are printed: their blocks, and what their sentences quote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    str(page.relative_to(ROOT)) for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
)
"""Every page but the decisions and what is generated."""

CHINESE = ".zh-CN.md"
_QUOTED = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A block between fences; `says` is what stands behind the opening one."""

    page: str
    line: int
    says: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line} ({self.says})"

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.split("\n") if line.strip()]


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str) -> list[Block]:
    return _parted(page)[0]


def prose(page: str) -> list[tuple[int, str]]:
    """What stands outside of blocks, line by line."""
    return _parted(page)[1]


def _parted(page: str) -> tuple[list[Block], list[tuple[int, str]]]:
    found, outside, inside, opened = list[Block](), list[tuple[int, str]](), list[str](), 0
    says: str | None = None
    for number, line in enumerate(read(page).split("\n"), start=1):
        if not line.startswith("```"):
            (outside.append((number, line)) if says is None else inside.append(line))
        elif says is None:
            says, opened, inside = line.removeprefix("```").strip(), number, []
        else:
            found.append(Block(page, opened, says, "\n".join(inside) + "\n"))
            says = None
    assert says is None, f"{page}:{opened}: the block never ends"
    return found, outside


def locale_of(page: str) -> str:
    """Of a terminal that speaks the language of the page."""
    return "zh_CN.UTF-8" if page.endswith(CHINESE) else "en_US.UTF-8"


def twins() -> list[tuple[str, str]]:
    """Pages that there are in both languages: the English one, the Chinese one."""
    return [
        (english, page)
        for page in PAGES
        if page.endswith(CHINESE) and (english := page.replace(CHINESE, ".md")) in PAGES
    ]


def every_block(*beginnings: str) -> list[Block]:
    """Blocks of all pages whose words begin with one of these."""
    return [
        block
        for page in PAGES
        for block in blocks(page)
        if any(f"{block.says} ".startswith(f"{words} ") for words in beginnings)
    ]


def indented(page: str) -> Iterator[int]:
    """Lines of blocks that are marked by nothing but blanks before them."""
    before, in_list = "", False
    for number, line in prose(page):
        if line and not line.startswith(" "):
            in_list = bool(re.match(r"([-*+]|\d+\.) ", line))
        if line.startswith("    ") and not before.strip() and not in_list:
            yield number
        before = line


def quoted(page: str) -> list[tuple[int, str]]:
    """What sentences and tables quote between single marks."""
    return [(number, words) for number, line in prose(page) for words in _QUOTED.findall(line)]


def commands(text: str) -> Iterator[str]:
    """The commands of a block, without what is said about them at the end of the line."""
    for line in text.split("\n"):
        command = re.split(r"\s+#\s|\s{3,}|\s+#$", line.strip(), maxsplit=1)[0]
        if command and not command.startswith("#"):
            yield command
