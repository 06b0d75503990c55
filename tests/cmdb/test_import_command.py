"""`wardround import FILE`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.hospital import client_of
from wardround.cmdb import command
from wardround.cmdb.models import ImportRun, Item, SourceRecord

pytestmark = pytest.mark.django_db


def run(file: Path, **said: object) -> int:
    usual = {
        "profile": "",
        "source": "",
        "type": "",
        "dry_run": False,
        "errors": None,
        "json": True,
    }
    return command.run(argparse.Namespace(file=file, **{**usual, **said}))


def test_a_file_from_the_command_line(
    hospital: dict[str, UUID], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, errors = tmp_path / "a.csv", tmp_path / "errors.xlsx"
    file.write_text("编号,名称,类型\nn-1,甲,host\nn-2,乙,hots\n", encoding="gbk")
    assert run(file, dry_run=True) == 1
    assert not Item.objects.filter(key="n-1").exists()
    assert run(file, errors=errors) == 1
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["state"], told["created"], told["refused"]) == ("done", 1, 1)
    assert [(row["row"], row["problems"][0]["field"]) for row in told["rows"]] == [(3, "type")]
    assert Item.objects.get(key="n-1").name == "甲"
    assert load_workbook(errors).worksheets[0]["A2"].value == "n-2"
    file.write_text("编号,名称,类型\nn-1,甲,host\n", encoding="utf-8")
    assert run(file, json=False) == 0
    assert ImportRun.objects.filter(file="", state="done").count() == 2


def test_a_load_of_a_source_from_the_command_line(
    hospital: dict[str, UUID], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only the source knew is marked, and that is said."""
    client = client_of("li", "administrator")
    text = "kind: source\nname: racks\nlabel: {zh: 机柜, en: Racks}\nrank: 600\nload: full\n"
    text += "vanished: mark\n"
    assert client.put("/definitions/source/racks", {"text": text}).status == 200
    file = tmp_path / "a.csv"
    file.write_text("编号,名称,类型\nn-1,甲,host\nn-2,乙,host\n", encoding="utf-8")
    assert run(file, source="racks") == 0
    file.write_text("编号,名称,类型\nn-1,甲,host\n", encoding="utf-8")
    assert run(file, source="racks") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["unchanged"], told["marked"] + told["retired"] + told["held"]) == (1, 1)
    assert SourceRecord.objects.filter(source="racks", item__key="n-1").exists()
    assert run(file, source="nothing") == 2
    assert "nothing" in capsys.readouterr().err


def test_what_is_no_file(tmp_path: Path, hospital: dict[str, UUID]) -> None:
    assert run(tmp_path / "none.csv") == 2
