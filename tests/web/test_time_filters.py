"""Lists that show when something happened, asked with that moment through their own door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.hospital import HOSPITAL
from tests.test_conventions import long_lists_with_moments
from tests.web.conftest import Installation
from wardround.access.models import Account
from wardround.cmdb import actions as cmdb
from wardround.cmdb import deleting
from wardround.cmdb.types import NewItem
from wardround.collect import actions as collect
from wardround.collect.types import Reason, State, TargetStanding
from wardround.kernel.ids import new_id
from wardround.notify import actions as notify

pytestmark = [pytest.mark.django_db, pytest.mark.servers]

MOMENTS = {
    "/accounts": "last_seen_at",
    "/alerts": "started_at",
    "/audit": "at",
    "/imports": "created_at",
    "/interfaces": "updated_at",
    "/networks": "updated_at",
    "/circuits": "updated_at",
    "/items": "updated_at",
    "/items/{item_id}/changes": "at",
    "/recycle-bin": "deleted_at",
    "/targets": "last_at",
    "/tickets": "opened_at",
    "/tickets/{ticket_id}/timeline": "at",
    "/webhook-deliveries": "made_at",
}


def test_every_such_list_is_tried() -> None:
    assert MOMENTS.keys() == long_lists_with_moments().keys()


@pytest.mark.parametrize(("path", "moment"), MOMENTS.items())
def test_a_list_is_narrowed_to_its_moment(
    installation: Installation, path: str, moment: str
) -> None:
    _happen(installation)

    def rows(**asked: datetime) -> dict[str, datetime]:
        filters = "&".join(f"{name}={quote(at.isoformat())}" for name, at in asked.items())
        address = path.format(**installation.ids)
        answer = installation.send("GET", f"{address}?limit=500&{filters}")
        assert answer.status_code == 200, answer.content
        items = answer.json()["items"]
        return {row["id"]: datetime.fromisoformat(row[moment]) for row in items if row[moment]}

    everything = rows()
    assert everything
    for at in set(everything.values()):
        assert rows(since=at) == {key: then for key, then in everything.items() if then >= at}
        assert rows(until=at) == {key: then for key, then in everything.items() if then < at}
        just_after = at + timedelta(milliseconds=1)  # as exactly as moments are shown
        assert rows(since=at, until=just_after) == {
            key: then for key, then in everything.items() if then == at
        }


def test_what_has_no_such_moment_is_left_out(installation: Installation) -> None:
    newcomer = Account.objects.create(user_name="newcomer", created_at=datetime.now(UTC))

    def ids(query: str) -> set[str]:
        answer = installation.send("GET", f"/accounts?{query}")
        return {row["id"] for row in answer.json()["items"]}

    assert str(newcomer.id) in ids("")
    assert str(newcomer.id) not in ids("until=2200-01-01T00:00:00Z")
    assert str(newcomer.id) not in ids("since=1970-01-01T00:00:00Z")


def _happen(installation: Installation) -> None:
    """A few things at several moments beside what there is."""
    now = datetime.now(UTC)
    for its_type in ("interface", "network-link"):
        cmdb.create_item(HOSPITAL, NewItem(type=its_type, name="申请单接口"), at=now)
    ward = {"network": "10.9.1.0/24"}
    cmdb.create_item(HOSPITAL, NewItem(type="subnet", name="病区", attributes=ward), at=now)
    for days in (1, 2):
        gone = cmdb.create_item(HOSPITAL, NewItem(type="interface", name="误建的接口"), at=now)
        deleting.delete(HOSPITAL, deleting.Wanted((gone.id,)), at=now - timedelta(days=days))
    Account.objects.filter(id=installation.account).update(last_seen_at=now - timedelta(days=9))
    notify.try_now(HOSPITAL, "portal", at=now - timedelta(days=2), defer=lambda: None)
    standing = TargetStanding(installation.target, State.UP, Reason.OK, "", now, 0.1, 5)
    collect.record_standings(new_id(), [standing])
