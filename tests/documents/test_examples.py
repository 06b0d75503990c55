"""Every example in the documents is run, by what runs it for a reader.

Definitions by the real check, commands by the real program, requests by the real application. A
block says behind its fence what it is:

    yaml pack       a file of a pack; those of a page are one pack (`# path.yaml` names a file)
    yaml in FRAME   a fragment, put into the frame of that name (`frames`)
    text in FRAME   the same of something that is no YAML by itself
    console         commands, each on a line; what is said about them comes after ` # ` or blanks
    http            requests, each on a line
    sql, python     statements; in Python what follows `#` is what an expression gives
    text model      a model of `wardround cutsets`
    text mistake A B    what `pack check` says when A of the page's pack is mistyped as B
    text removal    what `pack import` says when things would lose what they live by
    text settings   environment variables
    text picture    a drawing; nothing of it can be run

Where a page shows it wrong, the page is mended, not the test.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tests.documents.frames import FRAMES
from tests.documents.pages import (
    PAGES,
    ROOT,
    Block,
    blocks,
    commands,
    every_block,
    indented,
    locale_of,
    prose,
    quoted,
    read,
    twins,
)
from tests.hospital import client_of
from tools.openapi import document
from wardround import dependability
from wardround.__main__ import command_line, main

KNOWN = (
    "yaml pack", "yaml in", "text in", "console", "http", "sql", "python", "text model",
    "text mistake", "text removal", "text settings", "text picture",
)  # fmt: skip
HEAD = """\
pack: page
version: "1"
label: {zh: 文档示例, en: Examples of a page}
requires: [base, service, monitors, hospital]
"""


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is(page: str) -> None:
    unmarked = [
        str(block)
        for block in blocks(page)
        if not any(f"{block.says} ".startswith(f"{words} ") for words in KNOWN)
    ]
    assert unmarked == [], "say behind the fence how it is run (see the top of this file)"
    assert list(indented(page)) == [], f"{page}: put fences around these lines"


def test_there_is_something_of_each() -> None:
    """A page that moves, or a fence that is spelled anew, must not leave a test with nothing."""
    for words in KNOWN:
        assert every_block(words), words


RUN_AS_THEY_STAND = ("http", "sql", "python", "yaml in", "text in", "text model", "text settings")


@pytest.mark.parametrize(("english", "chinese"), twins(), ids=str)
def test_twins_show_the_same_examples(english: str, chinese: str) -> None:
    """A page that is changed in one language only tells the readers of the other what was."""
    assert _kinds(english) == _kinds(chinese)
    for one, other in zip(blocks(english), blocks(chinese), strict=True):
        if one.says == "console":
            assert _fixed_words(one.text) == _fixed_words(other.text), other
        elif one.says.startswith("yaml pack"):
            assert _without_remarks(one.text) == _without_remarks(other.text), other
        elif one.says == "http":
            assert _REQUEST.findall(one.text) == _REQUEST.findall(other.text), other
        elif one.says.startswith(RUN_AS_THEY_STAND):
            assert _without_remarks(one.text) == _without_remarks(other.text), other
    depths = [
        [line.split()[0] for _, line in prose(page) if line.startswith("#")]
        for page in (english, chinese)
    ]
    assert depths[0] == depths[1], "the same headings in the same order"


def _kinds(page: str) -> list[str]:
    return [block.says for block in blocks(page)]


def _fixed_words(text: str) -> list[list[str]]:
    """Commands without what stands for a word of the reader's own."""
    return [
        [word for word in command.split() if word.isascii() and not word.isupper()]
        for command in commands(text)
    ]


def _without_remarks(text: str) -> list[str]:
    return [line.split("#")[0].rstrip() for line in text.splitlines()]


# Definitions -------------------------------------------------------------------------------------


def written(folder: Path, page: str, change: tuple[str, str] = ("", "")) -> Path:
    """The pack of a page, as its reader would save it."""
    files = dict(files_of(page))
    old, new = change
    if old:
        assert any(old in text for text in files.values())
    files.setdefault("pack.yaml", HEAD)
    name = re.search(r"^pack: (\S+)$", files["pack.yaml"], re.MULTILINE)
    assert name is not None
    for path, text in files.items():
        file = folder / name[1] / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(f": {old}", f": {new}") if old else text, "utf-8")
    return folder / name[1]


def files_of(page: str) -> Iterator[tuple[str, str]]:
    for place, block in enumerate(each for each in blocks(page) if each.says == "yaml pack"):
        named = re.match(r"# (\S+\.yaml)\b", block.text)
        yield (named[1] if named else f"{place}.yaml"), block.text


@pytest.mark.parametrize("page", sorted({block.page for block in every_block("yaml pack")}))
def test_a_page_s_definitions_pass_the_check(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "check", str(written(tmp_path, page))]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("block", every_block("yaml in", "text in"), ids=str)
def test_a_fragment_passes_the_check_in_its_frame(
    block: Block, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FRAMES[block.says.split(" in ")[1]](block.text)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "pack.yaml").write_text(HEAD, "utf-8")
    (tmp_path / "page" / "framed.yaml").write_text(text, "utf-8")
    assert main(["pack", "check", str(tmp_path / "page")]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("block", every_block("text mistake"), ids=str)
def test_a_mistake_is_told_as_the_page_says(
    block: Block,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", locale_of(block.page))
    monkeypatch.chdir(tmp_path)
    old, new = block.says.split()[2:]
    folder = written(tmp_path, block.page, (old, new))
    assert main(["pack", "check", folder.name]) == 1
    told = capsys.readouterr().err
    for line in block.lines:
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        assert re.search(f"^{pattern}$", told, re.MULTILINE), told


REMOVED = """\
kind: items
name: robots
items:
  - {key: robot-1, type: host, name: 一号机器人}
  - {key: robot-2, type: host, name: 二号机器人}
relations:
  - {kind: connects, from: robot-1, to: robot-2}
"""


@pytest.mark.django_db
@pytest.mark.parametrize("block", every_block("text removal"), ids=str)
def test_a_loss_is_told_as_the_page_says(
    block: Block,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from wardround.schema import command  # noqa: PLC0415

    monkeypatch.setenv("LC_ALL", locale_of(block.page))
    (tmp_path / "ward").mkdir()
    head = HEAD.replace("page", "ward", 1).replace("service, monitors, hospital", "monitors")
    (tmp_path / "ward" / "pack.yaml").write_text(head, "utf-8")
    (tmp_path / "ward" / "items.yaml").write_text(REMOVED, "utf-8")
    packs = [ROOT / "packs" / "base", ROOT / "packs" / "monitors", tmp_path / "ward"]
    given = command_line().parse_args(["pack", "import", *map(str, packs)])
    assert command.run_import(given) == 0
    (tmp_path / "ward" / "items.yaml").unlink()
    capsys.readouterr()
    assert command.run_import(given) == 1
    told = capsys.readouterr()
    assert [line for line in block.lines if line not in told.out + told.err] == []


# Commands ----------------------------------------------------------------------------------------


def words_of(command: str) -> list[str]:
    return shlex.split(command.replace("…", ""))


@pytest.mark.parametrize("block", every_block("console"), ids=str)
def test_the_programs_understand_their_commands(block: Block) -> None:
    for command in commands(block.text):
        program, *words = words_of(command)
        match program.removeprefix(".venv/bin/"):
            case "wardround":
                command_line().parse_args(words)
            case "make":
                assert targets_of_make() >= {word for word in words if "=" not in word}, command
            case "python":
                assert words[:2] == ["-m", "pytest"], command
                assert all((ROOT / word).exists() for word in words if "/" in word), command
            case "curl":
                assert routes_at("GET", urlsplit(words[-1]).path), command
            case "tools/node":
                assert (ROOT / "tools" / "node").exists()
                assert words[-1] in json.loads(read("ui/package.json"))["scripts"], command
            case _:
                pytest.fail(f"{block}: how is {command} run?")


def targets_of_make() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_sentences_exist(page: str) -> None:
    for line, quote in quoted(page):
        program, *words = quote.replace("…", "").split() or [""]
        if program == "wardround" and words:
            assert reaches(words), f"{page}:{line}: {quote}"
        if program == "make" and words and "=" not in words[0]:
            assert words[0] in targets_of_make(), f"{page}:{line}: {quote}"


def reaches(words: list[str]) -> bool:
    """Whether the leading words are a command, and options that it has follow."""
    parser: Any = command_line()
    for word in words:
        if word.startswith("-"):
            if word.split("=")[0] not in parser._option_string_actions:
                return False
        elif parser._subparsers is not None:
            (choices,) = (
                action.choices for action in parser._actions if isinstance(action.choices, dict)
            )
            if word not in choices:
                return False
            parser = choices[word]
    return True


@pytest.mark.parametrize("page", sorted({block.page for block in every_block("text model")}))
def test_the_commands_about_a_model_answer(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of the page's table that name a file, on the page's own model."""
    (model,) = (block.text for block in blocks(page) if block.says == "text model")
    (tmp_path / "FILE").write_text(model, "utf-8")
    told = [
        quote
        for _line, quote in quoted(page)
        if quote.startswith("wardround ") and " FILE " in quote
    ]
    assert len(told) >= 3
    for command in told:
        words = command.split()[1:]
        words = [str(tmp_path / word) if word in {"FILE", "out.xlsx"} else word for word in words]
        assert main(words) == 0, (command, capsys.readouterr().err)
    assert (tmp_path / "out.xlsx").stat().st_size > 0


# Requests ----------------------------------------------------------------------------------------

_REQUEST = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/\S+)")


@cache
def routes() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(document())["paths"]
    return found


def routes_at(method: str, path: str) -> list[dict[str, Any]]:
    """The routes that a path may mean; the pages leave the first part of it out at times."""
    whole = path if path.startswith("/api/v1") else f"/api/v1{path}"
    return [
        route[method.lower()]
        for known, route in routes().items()
        if method.lower() in route
        and re.fullmatch(re.sub(r"\\\{[^/]*\\\}", "[^/]+", re.escape(known)), whole)
    ]


def requests_of(page: str) -> list[tuple[str, str]]:
    """What blocks and sentences ask, each once."""
    asked = [line for block in blocks(page) if block.says == "http" for line in block.lines]
    asked += [quote for _line, quote in quoted(page)]
    return sorted(
        {(method, path.rstrip(",;.")) for line in asked for method, path in _REQUEST.findall(line)}
    )


@pytest.mark.parametrize("page", [page for page in PAGES if requests_of(page)])
@pytest.mark.django_db
def test_requests_reach_a_route_that_takes_their_parameters(page: str) -> None:
    client = client_of("reader-of-documents", "administrator")
    for method, address in requests_of(page):
        asked = urlsplit(address)
        reached = routes_at(method, asked.path)
        assert reached, f"{page}: {method} {asked.path}"
        known = {each["name"] for route in reached for each in route.get("parameters", ())}
        given = parse_qsl(asked.query, keep_blank_values=True)
        unknown = {
            name for name, _value in given if name.split(".")[0] not in {"attribute", "label"}
        }
        assert unknown <= known, f"{page}: {method} {address}"
        if method == "GET" and not set("{…") & set(address):
            path = asked.path.removeprefix("/api/v1")
            parameters: dict[str, Any] = {}
            for name, value in given:
                parameters.setdefault(name, []).append(value)
            assert client.get(path, **parameters).status == 200, f"{page}: {address}"


# Statements and settings -------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("block", every_block("sql"), ids=str)
def test_the_database_takes_the_statements(block: Block) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(block.text)
        except ProgrammingError as error:  # who runs the tests may create no roles
            assert "permission denied" in str(error), block  # noqa: PT017
        transaction.set_rollback(True)


@pytest.mark.parametrize("block", every_block("python"), ids=str)
def test_python_gives_what_the_page_says(block: Block) -> None:
    names: dict[str, Any] = {}
    promised = 0
    for line in block.lines:
        code, _mark, gives = (part.strip() for part in line.partition("  #"))
        if not gives:
            exec(line, names)  # noqa: S102
            continue
        result = repr(eval(ast.unparse(ast.parse(code)), names)).replace("'", '"')  # noqa: S307
        assert result.startswith(gives.split("…")[0]), (line, result)
        promised += 1
    assert promised


@pytest.mark.parametrize("block", every_block("text model"), ids=str)
def test_a_model_is_read(block: Block) -> None:
    assert dependability.parse(block.text)


@pytest.mark.parametrize("page", PAGES)
def test_a_variable_that_is_named_is_read_somewhere(page: str) -> None:
    wanted = set(re.findall(r"WARDROUND_[A-Z0-9_]+", read(page)))
    sources = [*ROOT.glob("wardround/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "Makefile"]
    known = "\n".join(file.read_text("utf-8") for file in sources if "documents" not in file.parts)
    assert {name for name in wanted if name not in known} == set()
