"""The command line: what it prints, in words and in JSON."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from openpyxl import load_workbook

from wardround.dependability import terminal, workbook
from wardround.dependability.arguments import names
from wardround.dependability.command import add_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The tests run with Django, whose language the reader's is."""
    with translation.override("en"):
        yield


@pytest.fixture
def chinese(english: None) -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


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


def test_importance_that_a_budget_cuts_off_leaves_the_rest_of_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pairs.txt"
    pairs = " or ".join(f"(a{n} and b{n % 7})" for n in range(40))
    path.write_text(f"gate top = {pairs}")
    words = ("cutsets", str(path), "--importance", "--json", "--limit", "0")
    assert run(*words, "--budget-seconds", "0") == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["ended"] == "time"
    assert "Importance needs all minimal cut sets" in told.err
    assert run(*words, "--max-order", "1") == 1
    assert capsys.readouterr().out == ""


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
        (("cutsets", "/nowhere/at/all"), "no such file or folder; check the path"),
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


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh_CN.UTF-8", "模型中没有配置项“x”。请检查名称的写法。"),
        ("en", "There is no item “x” in the model. Check the spelling."),
    ],
)
def test_a_terminal_is_spoken_to_from_the_catalogues_without_django(
    language: str, said: str
) -> None:
    program = """
import sys
from wardround.dependability import DependabilityError, parse
try:
    parse("a = b").node("x")
except DependabilityError as error:
    print(error.text)
sys.exit("django" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "WARDROUND_LANGUAGE": language, "PYTHONIOENCODING": "utf-8"},
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stdout.strip() == said


def test_importing_the_command_loads_no_compiler() -> None:
    program = "import sys, wardround.dependability.command; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.usefixtures("chinese")
def test_cutsets_in_chinese(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cutsets", file, "--top", "pacs", "--importance") == 0
    out = capsys.readouterr().out
    assert "最小割集：4 个（精确）" in out
    assert "  2 阶：2 个" in out
    assert "概率：0." in out
    assert "app 的重要度：Birnbaum" in out
    assert run("cutsets", file, "--top", "pacs", "--paths", "--max-order", "1") == 0
    assert "最小路集：0 个（1 阶以内精确，更高阶未计入：按 --max-order 的要求）" in (
        capsys.readouterr().out
    )


@pytest.mark.usefixtures("chinese")
def test_whatif_in_chinese(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("whatif", file, "--failed", "db1,san") == 0
    out = capsys.readouterr().out
    assert "ris：中断\n    db1 自身故障\n    ris 不可用：2 个输入中需要 2 个，缺少 db1\n" in out
    assert "pacs：切换后恢复，需 30 分钟\n    门 #" in out
    assert "切换到冷备 nas（30 分钟）" in out
    assert run("whatif", file, "--failed", "db1", "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert body["down"][0]["why"][0] == "db1 自身故障"
    assert run("whatif", file, "--failed", "nas", "--services", "ris") == 0
    assert capsys.readouterr().out == "没有服务受影响。\n"


@pytest.mark.usefixtures("chinese")
def test_a_chinese_table_stands_in_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "estate.txt"
    path.write_text("影像服务 = 存储 and (db1 hot db2)\nris = db1\ntop 影像服务\ntop ris\n")
    assert run("cfia", str(path)) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == f"配置项{' ' * 24}    X    M    A  影像服务 ris"
    assert f"存储{' ' * 26}    1    0    0  X        ." in rows
    assert f"db1{' ' * 27}    1    0    1  A        X" in rows


@pytest.mark.usefixtures("chinese")
def test_mistakes_are_said_in_chinese_with_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "estate.txt"
    path.write_text("影像 = (存储 and\n")
    assert run("cutsets", str(path)) == 1
    said = capsys.readouterr().err
    assert said == (f"这里应为名称或“(”，却是行尾（{path} 第 2 行第 1 列）。\n")
    path.write_text("存储 = a b\n")
    assert run("cutsets", str(path), "--json") == 1
    problem = json.loads(capsys.readouterr().err)
    assert problem["error"] == "syntax"
    # Two Chinese characters before the caret: two wide blanks keep it under the “b”.
    assert problem["message"] == (
        f"这里应为运算符或行尾，却是“b”（{path} 第 1 行第 8 列）。"
        "\n  存储 = a b\n  \u3000\u3000     ^"
    )
    assert run("cutsets", str(tmp_path / "none")) == 1
    assert capsys.readouterr().err.endswith("none：没有这个文件或目录，请检查路径。\n")


def started(
    *arguments: str, cwd: Path | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    program = "import sys; from wardround.__main__ import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd, env={**os.environ, "WARDROUND_LANGUAGE": "en", **options},
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_the_first_use_says_that_it_compiles(file: str, tmp_path: Path) -> None:
    arguments = ("whatif", file, "--failed", "db1")
    first = started(*arguments, NUMBA_CACHE_DIR=str(tmp_path))
    again = started(*arguments, NUMBA_CACHE_DIR=str(tmp_path))
    assert first.returncode == 0
    assert first.stderr.count("Compiling to machine code, once") == 1
    assert "Compiling" not in again.stderr
    assert again.stdout == first.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--limit", "-1"),
        ("--max-order", "-1"),
        ("--max-order", "2.5"),
        ("--budget-seconds", "nan"),
        ("--budget-memory", "0"),
        ("--mission-time", "-5"),
    ],
)
def test_numbers_out_of_reach_are_refused(
    arguments: tuple[str, str], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("cutsets", file, "--top", "pacs", *arguments)
    assert f"not “{arguments[1]}”" in capsys.readouterr().err


def test_no_names_at_all_are_refused(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("whatif", file, "--failed", " , ")
    assert "name at least one" in capsys.readouterr().err


def test_a_closed_pipe_and_a_full_disk_end_it_in_order(file: str) -> None:
    program = (
        f"{sys.executable} -c 'import sys; from wardround.__main__ import main; sys.exit(main())'"
    )
    for line, code, said in (
        (f"{program} cfia {file} | true; exit ${{PIPESTATUS[0]}}", 141, ""),
        (f"{program} cfia {file} > /dev/full", 1, "standard output: reading or writing failed"),
        (f"{program} cfia {file} --xlsx /dev/full", 1, "No space left on device"),
        (f"{program} cfia {file} --xlsx /nowhere/out.xlsx", 1, "/nowhere/out.xlsx: there is no"),
    ):
        done = subprocess.run(
            ["/bin/bash", "-c", line],
            env={**os.environ, "WARDROUND_LANGUAGE": "en"},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == code, line
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == bool(said)


def test_names_between_commas_may_be_quoted() -> None:
    assert names("a, b，c、d") == ["a", "b", "c", "d"]
    assert names('"x,y", “库，甲”,z') == ["x,y", "库，甲", "z"]
    assert names('"a ""b"", c", d e') == ['a "b", c', "d e"]
    assert names('a"b,c') == ['a"b', "c"]


def test_the_workbook_takes_what_excel_can_hold_and_says_what_it_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workbook, "_SHEET_ROWS", 4)
    monkeypatch.setattr(workbook, "_SHEET_COLUMNS", 6)
    monkeypatch.setattr(workbook, "_CELL_TEXT", 200)
    model, out = tmp_path / "many.txt", tmp_path / "cfia.xlsx"
    lines = [f"s{n} = {'x' * 230} and y and z{n}" for n in range(4)]
    model.write_text("\n".join([*lines, *(f"top s{n}" for n in range(4))]))
    assert run("cfia", str(model), "--xlsx", str(out), "--json") == 0
    left = json.loads(capsys.readouterr().out)["left_out_of_the_workbook"]
    assert "7 items (those that matter least) and 2 services are left out" in left[0]
    assert left[1] == "1 names are cut: a cell holds 200 characters."
    book = load_workbook(out)
    rows = list(book["CFIA"].iter_rows(values_only=True))
    assert rows[0] == ("item", "X", "M", "A", "s0", "s1")
    assert len(rows) == 4
    assert {row[0] for row in rows[1:3]} == {"x" * 200, "y"}
    assert [row[0] for row in book["left out"].iter_rows(values_only=True)] == left


def test_a_model_without_services_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.txt"
    path.write_text("# nothing\n")
    for name in ("cfia", "cutsets"):
        assert run(name, str(path)) == 1
        assert "defines nothing that could be asked about" in capsys.readouterr().err


def test_progress_is_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.progress() is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert terminal.progress() is not None


def test_a_workbook_takes_the_place_of_the_old_one_only_when_it_is_whole(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cfia.xlsx"
    out.write_text("the old one")
    before = sorted(tmp_path.iterdir())

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(workbook, "_workbook", full)
        assert run("cfia", file, "--xlsx", str(out)) == 1
    assert f"{out}: reading or writing failed" in capsys.readouterr().err
    assert out.read_text() == "the old one"
    assert sorted(tmp_path.iterdir()) == before
    model = Path(file).read_bytes()
    assert run("cfia", file, "--xlsx", file) == 1
    assert "is the model" in capsys.readouterr().err
    assert Path(file).read_bytes() == model
    assert run("cfia", file, "--xlsx", str(out)) == 0
    assert load_workbook(out).sheetnames == ["CFIA"]


def test_a_terminal_without_unicode_gets_what_it_can_show(tmp_path: Path) -> None:
    path = tmp_path / "wide.txt"
    path.write_text("影像 = 库 and b\ntop 影像", encoding="utf-8")
    words = started("cutsets", str(path), PYTHONIOENCODING="ascii")
    assert (words.returncode, words.stderr) == (0, "")
    assert "??: 1 gates" in words.stdout
    body = started("cutsets", str(path), "--json", PYTHONIOENCODING="ascii")
    assert json.loads(body.stdout)["top"] == "影像"


DOCUMENTS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = ("dependability.md", "dependability.zh-CN.md")


def guide_commands(page: str) -> list[str]:
    text = (DOCUMENTS / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    found = [part for row in rows for part in re.findall("`([^`]+)`", row)]
    head = "wardround cutsets FILE --top pacs "
    return [part if part.startswith("wardround") else head + part.lstrip("… ") for part in found]


@pytest.mark.parametrize("line", guide_commands(GUIDES[0]))
def test_each_command_of_the_guide_runs_as_it_stands_there(line: str, tmp_path: Path) -> None:
    """On the model that stands there; each alone, as its budget counts all that a process holds."""
    text = (DOCUMENTS / GUIDES[0]).read_text("utf-8")
    (tmp_path / "FILE").write_text(text.split("```text model\n")[1].split("```")[0])
    done = started(*line.split()[1:], cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_guide_has_its_commands() -> None:
    english, chinese = map(guide_commands, GUIDES)
    assert len(english) >= 8
    assert all(line.startswith("wardround ") for line in english)
    assert chinese == english


def test_a_budget_of_memory_below_the_process_itself_is_refused(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("cutsets", file, "--top", "pacs", "--budget-memory", "50") == 1
    assert "ask for" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["cutsets", "--help"], ["--help"], ["cfia", "查房"]])
def test_a_terminal_of_ascii_alone_is_told_what_it_can_show(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wardround", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )
    assert b"Traceback" not in done.stderr
    assert done.stdout or done.stderr
