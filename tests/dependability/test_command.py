"""The command line: what it prints, in words and in JSON."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from wardround.dependability.command import add_commands

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
pacs = app and (db1 hot db2) and (san cold[30min] nas)
ris = app and db1
app: p=0.01
db1: p=0.02
db2: p=0.02
san: p=0.01
nas: p=0.1
pacs: p=0.001
ris: p=0.001
top pacs
top ris
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "estate.txt"
    path.write_text(MODEL)
    return str(path)


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(required=True))
    args = parser.parse_args(arguments)
    return int(args.run(args))


def test_cutsets_in_json(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run("cutsets", file, "--top", "pacs", "--json", "--importance", "--order", "probability")
    assert code == 0
    body = json.loads(capsys.readouterr().out)
    assert body["minimal_cut_sets"] == 4
    assert body["by_order"] == [0, 2, 2]
    assert body["exact"] is True
    assert body["listed"][0] == {"items": ["app"], "probability": 0.01}
    assert {
        "top",
        "gates",
        "basic_events",
        "probability",
        "seconds",
        "variable_order",
        "bdd_nodes",
    } <= set(body)
    assert body["importance"][0]["item"] == "app"


def test_cutsets_lists_nothing_with_limit_0_and_quotes_large_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "votes.txt"
    path.write_text(f"gate top = 50 of ({', '.join(f'e{n}' for n in range(100))})")
    assert run("cutsets", str(path), "--json", "--limit", "0") == 0
    body = json.loads(capsys.readouterr().out)
    assert body["listed"] == []
    assert isinstance(body["minimal_cut_sets"], str)


def test_cutsets_in_words(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cutsets", file, "--top", "ris", "--max-order", "1") == 0
    out = capsys.readouterr().out
    assert "minimal cut sets: 3" in out
    assert "{app}" in out


def test_whatif(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("whatif", file, "--failed", "db1,san", "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert [each["service"] for each in body["down"]] == ["ris"]
    assert body["switched"][0]["service"] == "pacs"
    assert body["switched"][0]["minutes"] == 30.0
    assert run("whatif", file, "--failed", "db1") == 0
    assert "ris: DOWN" in capsys.readouterr().out


def test_cfia_and_its_workbook(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cfia.xlsx"
    assert run("cfia", file, "--services", "pacs,ris", "--xlsx", str(out), "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert body["cells"]["pacs"] == {
        "app": "X", "db1": "A", "db2": "A", "san": "M", "nas": "A", "pacs": "X",
    }  # fmt: skip
    sheet = load_workbook(out)["CFIA"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("item", "X", "M", "A", "pacs", "ris")
    assert rows[1] == ("app", 2, 0, 0, "X", "X")
    assert run("cfia", file) == 0
    assert "app" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cutsets", "{file}"), "Which top?"),
        (("cutsets", "{file}", "--top", "nobody"), "no item “nobody”"),
        (("whatif", "{file}", "--failed", "nobody"), "no item “nobody”"),
        (("cutsets", "/nowhere/at/all"), "No such file"),
        (("cutsets", "{file}", "--strict", "--top", "pacs"), ""),
    ],
)
def test_mistakes_are_said_on_standard_error(
    arguments: tuple[str, ...], said: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(*(argument.format(file=file) for argument in arguments))
    error = capsys.readouterr().err
    assert (code == 1) == bool(said)
    assert said in error


def test_importing_the_command_loads_no_compiler() -> None:
    program = "import sys, wardround.dependability.command; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
