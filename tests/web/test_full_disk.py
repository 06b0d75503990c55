"""A full disk is called that: in health, in the answer to whoever wanted to keep something, and by
doctor.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.db import OperationalError

from tests.hospital import ApiClient
from wardround.kernel.disk import LEAST, Room
from wardround.site import doctor
from wardround.site.folder import DataFolder
from wardround.web import health, problems
from wardround.web.errors import DatabaseUnavailable, DiskFull


def set_free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    for module in (health, problems):
        monkeypatch.setattr(module, "room_at", lambda place: Room(place, free))


@pytest.fixture
def installed(settings: LazySettings, tmp_path: Path) -> Path:
    settings.INSTALLED, settings.DATA_FOLDER = True, tmp_path
    return tmp_path


@pytest.mark.parametrize(
    ("free", "said"),
    [(0, "disk is full"), (LEAST - 1, "199 MB"), (5 * 2**30, "5.0 GB")],
)
def test_health_tells_the_disk(
    api: ApiClient,
    installed: Path,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    said: str,
) -> None:
    set_free(monkeypatch, free)
    (part,) = [one for one in api.get("/health").body["parts"] if one["name"] == "disk"]
    assert part["ok"] is (free >= LEAST)
    assert said in part["text"]


def test_a_database_that_is_down_for_a_full_disk_is_told_with_it(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_free(monkeypatch, 0)
    monkeypatch.setattr(health, "parameters", lambda _: {"host": "/nowhere", "dbname": "x"})
    found = health.health_now()
    assert [(part.name, part.ok) for part in found.parts] == [("database", False), ("disk", False)]
    assert found.status == "down"


def test_who_wanted_to_keep_something_learns_why_it_was_not(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_free(monkeypatch, 5 * 2**30)
    other = OperationalError("the connection is gone")
    assert isinstance(problems.database_refusal(other), DatabaseUnavailable)
    full = OperationalError("no space")
    full.__cause__ = psycopg.errors.DiskFull("could not extend file")
    assert isinstance(problems.database_refusal(full), DiskFull)
    set_free(monkeypatch, 0)
    assert isinstance(problems.database_refusal(other), DiskFull)


def test_doctor_calls_it_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path)
    folder.prepare()
    usage = type("Usage", (), {"free": 0})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    (found,) = [one for one in doctor.examine(folder) if one.name == "disk"]
    assert found.health is doctor.Health.FAULT
    assert "is full" in found.wording.template  # type: ignore[union-attr]
