"""What `wardround pack` says in Chinese is Chinese: no Latin word but names.

A pack that is good, one that is broken in many ways and one that is older than what is installed go
through every command; names are what the packs themselves and the address of a file hold.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wardround.__main__ import command_line
from wardround.schema.sources import shipped_folder

HEAD = 'pack: {name}\nversion: "1"\nlabel: {{zh: 我院, en: Ours}}\nrequires: [base{more}]\n'
GOOD = """\
kind: item-type
name: robot
label: {zh: 机器人, en: Robot}
extends: device
attributes:
  - {name: battery, label: {zh: 电池, en: Battery}, type: number}
---
kind: items
name: robots
items:
  - {key: robot-1, type: robot, name: 一号机器人, attributes: {battery: 3}}
  - {key: robot-2, type: robot, name: 二号机器人, attributes: {battery: 4}}
"""
OLDER = GOOD.split("---", maxsplit=1)[0].replace("battery", "akku").replace("Robot}", "Robots}")
BROKEN = """\
kind: item-typ
name: x
---
kind: item-type
name: Robot X
label: 5
extends: devise
icon: robbot
attributes:
  - {name: battery, label: {zh: 电池}, type: nmuber, minimum: a, lits: true}
---
kind: item-type
name: bot
label: bot
layer: nowhere
extends: nothing
---
kind: items
name: robots
items:
  - {key: robot-1, type: nothing, name: 一号机器人, attributes: {battery: 3}}
  - {key: robot-1, type: host, name: "", attributes: {serail: 3, memory: -1}, owner: nobody}
relations:
  - {kind: uss, from: robot-1, to: nowhere}
---
kind: ticket-type
name: t
label: t
numbering: x
states: []
---
- 1
"""
WORDS_OF_DEFINITIONS = re.findall(
    r"\S+",
    """
    kind name label type icon layer list text longtext number boolean date datetime choice address
    network email phone url port reference secret true false null levels assignment transitions
    states numbering items relations attributes requires minimum key owner from to yes zip
    """,
)
"""What definitions are written with stands in their mistakes as it is written."""


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.chdir(tmp_path)
    for name, text, more in (("mine", GOOD, ""), ("bad", BROKEN, ", nowhere")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(HEAD.format(name=name, more=more), "utf-8")
        (tmp_path / name / "a.yaml").write_text(text, "utf-8")
    return tmp_path


def latin(told: str, packs: Path) -> set[str]:
    """Latin words of what was said, but for names, places and differences of texts."""
    lines = [line for line in told.splitlines() if not re.match(r"(---|\+\+\+|@@|[+\- ]\S)", line)]
    lines = [re.sub(r"^(\S+ +\S+) [^\[]+\[", r"\1 [", line) for line in lines]
    text = re.sub(r"“[^”]*”|\[[^\]]*\]|\S+\.yaml\S*|\S*/\S*|--\S+|\^\S+\$", " ", "\n".join(lines))
    named = set(re.findall(r"[A-Za-z][\w-]*", HEAD + GOOD + OLDER + BROKEN + " mine bad"))
    found = set(re.findall(r"[A-Za-z][\w-]*", text))
    return (
        found - named - {*WORDS_OF_DEFINITIONS} - {packs.name, "out", "base", "machine", "y", "N"}
    )


@pytest.mark.django_db
def test_every_command_speaks_chinese(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = str(shipped_folder() / "base")

    def run(*words: str) -> None:
        given = command_line().parse_args(["pack", *words])
        given.run(given)
        said = capsys.readouterr()
        told = said.out + said.err
        assert re.search("[一-鿿]|→", told), words
        assert latin(told, packs) == set(), (words, told)

    run("check", "mine")
    run("check", "bad")
    run("check", "nowhere")
    run("check", "mine/a.yaml")
    run("import", base, "mine")
    run("diff", "mine")
    (packs / "mine" / "a.yaml").write_text(OLDER, "utf-8")
    run("diff", "mine")
    run("diff", "--renamed", "item-type:robot=machine", "mine")
    run("import", "mine")
    run("import", "bad")
    run("diff", "bad")
    run("remove", "nothing")
    run("remove", "base")
    run("remove", "mine")
    run("export", "nothing")
    run("export", "mine", "--to", "mine/a.yaml/x")
    run("export", "mine", "--to", "out")
    run("import", "mine", "--yes")
    run("remove", "mine", "--yes")
