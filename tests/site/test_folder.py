"""Which data folder a command means when nobody names one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

import wardround
from wardround.site.errors import FileDamaged
from wardround.site.folder import DataFolder

_PROGRAM = """
from wardround.site.folder import DataFolder
import sys
folder = DataFolder.chosen(sys.argv[1] if len(sys.argv) > 1 else None)
if len(sys.argv) > 1:
    folder.prepare()
    folder.lock()
print(folder.path)
"""


def _said(checkout: Path, home: Path, *arguments: str) -> Path:
    """What a command of this checkout chooses, on a machine with this home."""
    patch = "import os; os.geteuid = lambda: 1000\n"
    environment = {**os.environ, "XDG_DATA_HOME": str(home), "PYTHONPATH": str(checkout)}
    environment.pop("WARDROUND_DATA", None)
    command = [sys.executable, "-I", "-c"]
    path = f"import sys; sys.path.insert(0, {str(checkout)!r})\n"
    answer = subprocess.run(
        [*command, path + patch + _PROGRAM, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=checkout,
    )
    return Path(answer.stdout.strip())


@pytest.fixture
def checkouts(tmp_path: Path) -> tuple[Path, Path]:
    """Two copies of the program on one machine."""
    package = Path(wardround.__file__).parent
    made = []
    for name in ("first", "second"):
        copy = tmp_path / name
        for room in ("kernel", "site"):
            shutil.copytree(package / room, copy / "wardround" / room)
        shutil.copy(package / "__init__.py", copy / "wardround")
        made.append(copy)
    return made[0], made[1]


def test_a_checkout_remembers_its_own_folder(tmp_path: Path, checkouts: tuple[Path, Path]) -> None:
    first, second = checkouts
    home = tmp_path / "home"
    home.mkdir()
    mine = tmp_path / "mine"
    assert _said(first, home, str(mine)) == mine
    assert _said(first, home) == mine
    assert _said(second, home) == home / "wardround"
    other = tmp_path / "other"
    assert _said(second, home, str(other)) == other
    assert (_said(first, home), _said(second, home)) == (mine, other)


@pytest.mark.parametrize("damage", ["", "\n", "abc", "\0" * 64, "two words " * 8, "密" * 64])
@pytest.mark.parametrize("name", ["secret.key", "history.password"])
def test_a_damaged_secret_stops_the_start_with_a_sentence(
    tmp_path: Path, name: str, damage: str
) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    (tmp_path / name).write_text(damage)
    ask = folder.prepare if name == "secret.key" else lambda: folder.history_password
    for language in ("zh-hans", "en"):
        with translation.override(language), pytest.raises(FileDamaged) as caught:
            ask()
        assert str(tmp_path / name) in str(caught.value)


def test_a_key_that_is_gone_is_never_made_anew_for_what_it_has_sealed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    (tmp_path / "secret.key").unlink()
    folder.prepare()  # nothing is sealed yet
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("15\n")
    folder.prepare()
    (tmp_path / "secret.key").unlink()
    with pytest.raises(FileDamaged):
        folder.prepare()
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"user_name": "a"}', '{"x": 1}', "\0"])
def test_a_damaged_file_of_the_first_account_is_told(tmp_path: Path, damage: str) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    assert folder.first_account("demo").user_name == "demo"
    (tmp_path / "first-account.json").write_text(damage)
    with pytest.raises(FileDamaged):
        folder.first_account("demo")
