"""`wardround pack …` as people and scripts use it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.schema.conftest import LAYER, TYPES, pack
from wardround.collect import models as collect
from wardround.collect import queries as targets
from wardround.kernel import clock
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import system_actor
from wardround.schema import actions, command, queries, telling
from wardround.schema.sources import Source


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that asks for English, whatever the machine's does."""
    for name in ("WARDROUND_LANGUAGE", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    command.add_commands(parser.add_subparsers())
    given = parser.parse_args(["pack", *map(str, arguments)])
    return int(given.run(given))


def put(folder: Path, source: Source) -> Path:
    for path, data in source.files.items():
        file = folder / source.name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder / source.name


def test_check_tells_each_mistake_on_a_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = put(tmp_path, pack({"t.yaml": TYPES.replace("type: text", "type: txet")}))
    assert run("check", folder) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith(f"{folder}/t.yaml:9:56: attributes[0].type: found txet, expected one")
    assert told[0].endswith("; did you mean “text”?")
    assert told[-1] == "1 mistake; nothing was changed"


def test_check_answers_in_json_and_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    folder = put(tmp_path, pack({"t.yaml": TYPES.replace("unit: B", "unti: B")}))
    assert run("check", "--json", folder) == 1
    problem = json.loads(capsys.readouterr().out)["problems"][0]
    assert (problem["line"], problem["column"], problem["path"], problem["suggestion"]) == (
        16,
        63,
        "attributes[0].unti",
        "unit",
    )


def test_check_needs_no_database_and_finds_what_is_required(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the `db` fixture nor a mark: a query would fail this test."""
    head = 'pack: mine\nversion: "1"\nlabel: X\nrequires: [base]\n'
    text = "kind: item-type\nname: robot\nlabel: {zh: 机器人, en: Robot}\nextends: host\n"
    mine = Source("mine", {"pack.yaml": head.encode(), "t.yaml": text.encode()})
    assert run("check", "--json", put(tmp_path, mine)) == 0
    assert json.loads(capsys.readouterr().out)["packs"] == ["base", "mine"]


@pytest.mark.django_db
def test_import_diff_and_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ward: Source
) -> None:
    folder = put(tmp_path, ward)
    assert run("diff", "--json", folder) == 0
    assert len(json.loads(capsys.readouterr().out)["changes"]) == 3
    assert run("import", folder) == 0
    assert "3 changes" in capsys.readouterr().out
    assert run("import", folder) == 0
    assert "nothing changes" in capsys.readouterr().out
    assert run("export", "ward", "--to", tmp_path / "out") == 0
    for path, data in ward.files.items():
        assert (tmp_path / "out" / "ward" / path).read_bytes() == data
    assert run("export", "ward", "--to", tmp_path / "out.zip") == 0
    assert run("diff", tmp_path / "out.zip") == 0
    assert "nothing changes" in capsys.readouterr().out
    assert run("export", "wrad") == 1
    assert "installed: ward" in capsys.readouterr().err


ADVISED = """\
kind: role
name: night
label: Night
permissions: [tickets.work]
"""


@pytest.mark.django_db
def test_what_is_probably_not_meant_is_told_and_refuses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(tmp_path, pack({"roles/night.yaml": ADVISED}))
    why = "“tickets.work” is of no use without “tickets.read”, which this role does not give"
    assert run("diff", folder) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == [f"advice: {folder}/roles/night.yaml:1:1 permissions: {why}", "2 changes"]
    assert run("diff", "--json", folder) == 0
    (advice,) = json.loads(capsys.readouterr().out)["advice"]
    assert (advice["line"], advice["path"], advice["message"]) == (1, "permissions", why)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert run("import", folder) == 0
    assert "提示：" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_bad_pack_is_not_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = put(tmp_path, pack({"t.yaml": "kind: layer\n"}))
    assert run("import", folder) == 1
    assert run("export") == 0
    assert "t.yaml:1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lang", "setting", "language"),
    [
        ("C.UTF-8", "en", "en"),
        ("C.UTF-8", "zh-hans", "zh-hans"),
        ("", "en", "en"),
        ("de_DE.UTF-8", "zh-hans", "zh-hans"),
        ("en_GB.UTF-8", "zh-hans", "en"),
        ("zh_CN.UTF-8", "en", "zh-hans"),
    ],
)
def test_a_terminal_that_asks_for_no_language_reads_the_hospitals(
    monkeypatch: pytest.MonkeyPatch, settings: Any, lang: str, setting: str, language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)
    settings.LANGUAGE_CODE = setting
    assert telling.language() == language


LAYERS = LAYER + "---\n" + LAYER.replace("hardware\n", "attic\n", 1).replace("order: 1", "order: 2")


@pytest.mark.django_db
def test_what_was_saved_here_is_counted_before_an_import_takes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing lives by it: it is asked for all the same, and consent is enough."""
    head = 'pack: own\nversion: "1"\nlabel: Ours\n'
    assert run("import", put(tmp_path, Source("own", _files(head, LAYERS)))) == 0
    folder = put(tmp_path, Source("own", _files(head, LAYER)))
    capsys.readouterr()
    assert run("diff", folder) == 0
    assert "takes away from 1 definition saved here (attic)" in capsys.readouterr().out
    assert run("import", folder) == 1
    assert "1 definition saved here (attic); nothing was changed" in capsys.readouterr().err
    assert run("import", "--yes", folder) == 0
    assert [layer.name for layer in queries.layers()] == ["hardware"]


def _files(head: str, text: str) -> dict[str, bytes]:
    return {"pack.yaml": head.encode(), "layers.yaml": text.encode()}


PAGE = """\
kind: monitor-template
name: page
label: Page
driver: prometheus
parameters:
  - {name: token, label: Token, type: secret}
groups:
  - {name: main, metrics: {some_count: {label: Count}}}
---
kind: items
name: hosts
items:
  - {key: host-1, type: host, name: Host}
---
kind: targets
name: pages
targets:
  - {item: host-1, template: page, address: "10.0.0.1:9", parameters: {token: TIGER-hunter2}}
"""


@pytest.mark.django_db
def test_secrets_follow_a_template_that_is_imported_under_a_new_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = system_actor("tests")
    actions.import_shipped(platform, at=clock.now(), names=("base",))
    head = 'pack: ours\nversion: "1"\nlabel: Ours\nrequires: [base]\n'
    assert run("import", put(tmp_path, Source("ours", _files(head, PAGE)))) == 0
    before = queries.exported(platform, "ours").files["layers.yaml"].decode()
    assert 'token: "sealed:' in before
    renamed = before.replace("name: page\n", "name: any-page\n").replace(
        "template: page", "template: any-page"
    )
    folder = put(tmp_path, Source("ours", _files(head, renamed)))
    new_name = "monitor-template:page=any-page"
    with override_settings(INSTALLED=True):
        assert run("diff", "--renamed", new_name, folder) == 0
        assert run("import", "--renamed", new_name, folder) == 0
    target = collect.TargetRow.objects.get()
    assert target.template == "any-page"
    assert "TIGER-hunter2" in targets.spec(EVERYTHING, target.id).parameters.values()
