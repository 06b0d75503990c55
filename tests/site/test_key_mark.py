"""A process with another key than the one that secrets are sealed with does not start."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

from wardround.kernel.models import AuditRecord
from wardround.site import key_mark, prepare
from wardround.site.errors import AnotherKey

OTHER = "b" * 64


@pytest.mark.django_db
def test_the_first_key_leaves_its_mark_and_another_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS site_key")
        key_mark.look(cursor, OTHER, lost=False)  # nothing is known yet
        assert key_mark.leave(cursor, "a" * 64, lost=False) is False
        key_mark.look(cursor, "a" * 64, lost=False)
        for refused in (key_mark.look, key_mark.leave):
            with pytest.raises(AnotherKey, match="WARDROUND_KEY_LOST"):
                refused(cursor, OTHER, lost=False)
        key_mark.look(cursor, "a" * 64, lost=False)
        assert key_mark.leave(cursor, OTHER, lost=True) is True
        assert key_mark.leave(cursor, OTHER, lost=True) is False
        with pytest.raises(AnotherKey):
            key_mark.look(cursor, "a" * 64, lost=False)
        cursor.execute("SELECT mark FROM site_key")
        assert [OTHER not in row[0] for row in cursor.fetchall()] == [True]


@pytest.mark.django_db
def test_every_process_looks_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "_prepared", prepare._fingerprint)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS site_key")
        key_mark.leave(cursor, OTHER, lost=False)
    with pytest.raises(AnotherKey):
        prepare.ensure()
    assert not AuditRecord.objects.filter(action="installation.new_key").exists()
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's transaction lives in it
    monkeypatch.setenv(key_mark.LOST, "yes")
    prepare.ensure()
    monkeypatch.delenv(key_mark.LOST)
    prepare.ensure()
    assert AuditRecord.objects.filter(action="installation.new_key").count() == 1
    with connection.cursor() as cursor:
        key_mark.look(cursor, settings.SECRET_KEY, lost=False)
