"""Whatever is mistyped is told in a sentence, with what to do, and never by a traceback."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

import wardround.__main__ as program
from wardround.site import doctor, settings
from wardround.site.errors import FileDamaged, PortTaken
from wardround.site.folder import DataFolder

SOURCE = Path(__file__).resolve().parents[2]
_ANYTHING = {
    "WARDROUND_DEMO", "WARDROUND_HOSTS", "WARDROUND_HTTPS", "WARDROUND_DATA",
    "WARDROUND_AUDIT_ANCHOR", "WARDROUND_SECRET_KEY", "WARDROUND_HISTORY_PASSWORD",
    "WARDROUND_HISTORY_CLUSTER",
}  # fmt: skip
"""Settings that any line can be."""
WRONG = ["x", "-1", "1.5.2", "no such thing", "10.0.0.0/99", "ftp://somewhere", "line\nbreak", "²"]


def read_in_the_source() -> set[str]:
    """Every name of a setting that any module of ours reads or writes."""
    found = set()
    for folder in ("wardround", "sim"):
        for path in (SOURCE / folder).rglob("*.py"):
            found |= set(re.findall(r'"(WARDROUND_[A-Z0-9_]+[A-Z0-9])"', path.read_text()))
    return {name for name in found if not name.startswith(settings._OTHERS)}


def test_every_setting_that_is_read_is_looked_at_first() -> None:
    known = settings.SETTINGS.keys() | settings.BETWEEN_PROCESSES
    assert read_in_the_source() - known == set()
    assert known - read_in_the_source() == set()


def run(*arguments: str) -> int:
    try:
        return program.main([*arguments])
    except SystemExit as left:
        return int(left.code or 0)


@pytest.mark.parametrize("name", sorted(settings.SETTINGS))
@pytest.mark.parametrize("command", ["up", "web", "work", "collect", "doctor"])
def test_a_mistyped_setting_is_a_sentence(
    name: str,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    wrong = [text for text in WRONG if settings.SETTINGS[name](text) is not None]
    assert wrong if name in _ANYTHING else len(wrong) > len(WRONG) / 2
    for text in wrong:
        monkeypatch.setenv("WARDROUND_DATA", str(tmp_path))
        monkeypatch.setenv(name, text)
        assert run(command) == 2
        said = capsys.readouterr().err
        assert name in said
        assert "Traceback" not in said
        assert "postgresql://" not in text or text not in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WARDROUND_STREAMS", "3000"),
        ("WARDROUND_TIME_ZONE", "Asia/Shanghai"),
        ("WARDROUND_COLLECT_REFUSE", "169.254.0.0/16, fe80::/10"),
        ("WARDROUND_DATABASE_URL", "postgresql:///wardround?host=/run/x&port=5433"),
        ("WARDROUND_DATABASE_URL", "host=a,b port=5432,5433"),
        ("WARDROUND_HISTORY_URL", "http://wardround:x@127.0.0.1:9000/wardround"),
        ("WARDROUND_ORIGINS", "https://a.hospital,https://b.hospital"),
        ("WARDROUND_SESSION_HOURS", "0.5"),
        ("WARDROUND_STREAMS", ""),
    ],
)
def test_what_can_be_meant_passes(name: str, text: str) -> None:
    assert list(settings.wrong({name: text})) == []


def test_a_setting_that_nobody_reads_is_told_with_what_was_meant() -> None:
    environment = {"WARDROUND_STREMS": "1", "WARDROUND_TEST_DATA": "x", "PATH": "/bin"}
    (said,) = settings.unknown(environment)
    assert said.arguments == {"name": "WARDROUND_STREMS", "near": "WARDROUND_STREAMS"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("up", "--port", "x"), ("up", "--port", "70000"), ("up", "--port", "-1"),
        ("up", "--port", "８０"), ("web", "--listen", "x"), ("web", "--listen", "localhost:"),
        ("web", "--listen", "localhost:99999"), ("history", "--port", "x"),
        ("history", "--port", "70000"), ("history", "--port", "0", "--memory-mb", "no"),
    ],
)  # fmt: skip
def test_a_wrong_port_is_a_sentence(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert re.search("65,?535|1048576", said)


def test_a_wrong_port_of_the_environment_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    assert run("up") == 2
    assert "eighty" in capsys.readouterr().err


def test_a_taken_port_and_one_that_is_not_ours_are_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            doctor.refuse_a_port("127.0.0.1", port)
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1"):
        doctor.refuse_a_port("192.0.2.1", 8420)
    with pytest.raises(PortTaken, match="no-such-host"):
        doctor.refuse_a_port("no-such-host.invalid", 8420)


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff\xfe" * 40, b"two words " * 8])
def test_a_damaged_key_stops_every_process_with_a_sentence(
    damage: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("WARDROUND_SECRET_KEY", raising=False)
    (tmp_path / "secret.key").write_bytes(damage)
    for command in ("up", "web", "work", "collect"):
        assert run(command, "--data", str(tmp_path)) == 2
        said = capsys.readouterr().err
        assert "secret.key" in said
        assert "Traceback" not in said


def test_a_damaged_password_or_account_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    (tmp_path / "history.password").write_bytes(b"\0" * 64)
    with pytest.raises(FileDamaged, match=r"history\.password"):
        _ = folder.history_password
    for damage in (b"{", b"[]", b'{"user_name": "a"}', b"\xff"):
        (tmp_path / "first-account.json").write_bytes(damage)
        with pytest.raises(FileDamaged, match=r"first-account\.json"):
            folder.first_account("admin")
