"""`wardround import FILE`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook

from wardround.cmdb import command
from wardround.cmdb.models import ImportRun, Item

pytestmark = pytest.mark.django_db


def run(file: Path, **said: object) -> int:
    usual = {"profile": "", "type": "", "dry_run": False, "errors": None, "json": True}
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


def test_what_is_no_file(tmp_path: Path, hospital: dict[str, UUID]) -> None:
    assert run(tmp_path / "none.csv") == 2
