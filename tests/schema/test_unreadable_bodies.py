"""What lies in a definition's row may be anything after half a restore or a repair by hand: it is
listed, told by its name, saved anew and retired, and takes nothing else down.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.kernel import clock
from wardround.schema import actions, cache, queries
from wardround.schema.models import Definition, Revision

pytestmark = pytest.mark.django_db

BODIES = ["cut off", "null", "[" * 5000, '{"states": [7], "groups": [{"rules": {}}]}',
          '{"states": "x", "groups": null, "label": [7]}']  # fmt: skip
KINDS = {"layer": "hardware", "item-type": "host", "ticket-type": "incident",
         "alert-rules": "linux-machine", "monitor-template": "linux-machine"}  # fmt: skip


@pytest.fixture
def admin() -> ApiClient:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service", "monitors"])
    return client_of("keeper", "administrator")


def spoil(kind: str, name: str, body: str) -> None:
    assert Definition.objects.filter(kind=kind, name=name).update(body=body)
    Revision.objects.update(token=uuid4())
    cache.changed()


def test_it_is_listed_told_and_mended(admin: ApiClient) -> None:
    for kind, name in KINDS.items():
        whole = Definition.objects.get(kind=kind, name=name)
        listed = len(admin.get("/definitions").body["items"])
        for body in BODIES:
            spoil(kind, name, body)
            goes_on(admin, kind, name)
            assert len(admin.get("/definitions").body["items"]) == listed
        text = whole.text + "# mended\n"
        asked = {"text": text, "base_version": whole.version, "consent": True}
        assert admin.put(f"/definitions/{kind}/{name}", asked).status == 200
        assert f"{kind}/{name}" not in queries.unread()


def goes_on(admin: ApiClient, kind: str, name: str) -> None:
    of_it = f"/definitions/{kind}/{name}"
    for path in ("/audit", "/tickets", "/alerts", of_it, f"{of_it}/versions"):
        assert admin.get(path).status == 200, path
    assert f"{kind}/{name}" in queries.unread()
