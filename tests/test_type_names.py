"""No concrete type of item stands in the code: which types there are is for definitions to say.

Most shipped names are ordinary words (`host`, `database`, `vendor`), which mean other things in
code. A compound name means the type wherever it stands; a plain word means it where it is
compared with, or given for, a type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
_QUOTED = r"""(?P<quote>["'`])(?P<name>{names})(?P=quote)"""
_ABOUT_TYPES = re.compile(r"\b(is_a|types?|type__in|item_types?|extends|lineage|\w+_type)\b")


def shipped_types() -> list[str]:
    bodies = (
        body
        for file in (ROOT / "packs").rglob("*.yaml")
        for body in yaml.safe_load_all(file.read_text("utf-8"))
    )
    return [body["name"] for body in bodies if body and body.get("kind") == "item-type"]


def sources() -> Iterator[Path]:
    for folder, endings in (("wardround", {".py", ".sql"}), ("ui/src", {".ts", ".tsx"})):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in endings and "migrations" not in file.parts and not _is_test(file):
                yield file


def _is_test(file: Path) -> bool:
    return ".test." in file.name


def named_types(text: str, types: list[str]) -> Iterator[tuple[int, str]]:
    """Lines of a source that name a type, with its name."""
    quoted = re.compile(_QUOTED.format(names="|".join(map(re.escape, types))))
    for number, line in enumerate(text.splitlines(), start=1):
        for match in quoted.finditer(line):
            around = line[: match.start()] + line[match.end() :]
            if "-" in match["name"] or _ABOUT_TYPES.search(_without_texts(around)):
                yield number, match["name"]


def _without_texts(line: str) -> str:
    return re.sub(r""""[^"]*"|'[^']*'""", '""', line)


def test_no_source_names_a_shipped_type() -> None:
    types = shipped_types()
    assert len(types) > 50
    found = [
        f"{file.relative_to(ROOT)}:{number}: {name}"
        for file in sources()
        for number, name in named_types(file.read_text("utf-8"), types)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('SYSTEM = "business-system"', ["business-system"]),
        ('if item.type === "host" {', ["host"]),
        ("rows.filter(type__in=['host', 'switch'])", ["host", "switch"]),
        ('one.is_a("database")', ["database"]),
        ('Part("database", ok=True)', []),
        ('columns = {"host": _("Host")}', []),
    ],
)
def test_the_search_finds_what_it_should(line: str, told: list[str]) -> None:
    types = ["business-system", "host", "switch", "database"]
    assert [name for _line, name in named_types(line, types)] == told
