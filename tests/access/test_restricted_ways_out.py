"""Every way out of the platform, by readers who see an item and not one of its attributes.

The ways are those of `test_every_way_out`. What the attribute holds is marked, and told in every
place that there is: the item, its history, a file that was sent, a definition. Nobody who may not
see it finds the mark anywhere, and every answer is the same, byte for byte, after the value has
become another: no order, count, cursor or message tells of it either.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import transaction

from tests.access import test_every_way_out as ways
from tests.access.hidden import NOW, Hospital, furnish
from tests.history.conftest import _migrated, history_url
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven, TokenDraft
from wardround.cmdb import actions, import_queries, models
from wardround.cmdb import import_actions as imports
from wardround.cmdb.import_types import NewImport
from wardround.cmdb.types import ItemEdit
from wardround.kernel import clock
from wardround.kernel.permissions import permissions
from wardround.kernel.types import EVERYWHERE, Scope
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.models import Definition
from wardround.schema.sources import Source

__all__ = ["_migrated", "history_url"]  # the one history store of the run

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.once]
MARK = "Keptapart"
NEEDLE = MARK[:-1].lower()
OTHER = "Elsewhere"
HEAD = b'pack: apart\nversion: "1"\nlabel: Apart\nrequires: [base]\n'
TOLD = f"""\
kind: items
name: apart
items:
  - {{key: apart-host, type: host, name: 另一服务器, attributes: {{badge: {MARK}-3}}}}
"""
BADGE = (
    "  - {name: badge, label: {zh: 标记, en: Badge}, type: text, list: true, filter: true,"
    " search: true, unique: true, seen_by: [engineer]}\n"
)


@pytest.fixture(scope="module")
def hospital(
    django_db_setup: None, django_db_blocker: Any, history_url: str, _migrated: None
) -> Iterator[Hospital]:
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock():
        environment.setenv("WARDROUND_HISTORY_URL", history_url)
        environment.setattr(ways, "NEEDLE", NEEDLE)
        with transaction.atomic():
            found = furnish()
            restrict(found)
            yield found
            transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(hospital: Hospital) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def restrict(hospital: Hospital) -> None:
    """An attribute of hosts that engineers see, with values in every place that tells of any."""
    row = Definition.objects.get(kind="item-type", name="device", current=True)
    text = row.text.replace("attributes:\n", f"attributes:\n{BADGE}", 1)
    draft = DefinitionDraft(kind="item-type", name="device", text=text)
    schema.save_definition(HOSPITAL, draft, at=NOW, base_version=row.version, consent=True)
    for number in (1, 2):
        host = models.Item.objects.get(id=hospital.seen["lis-host"])
        edit = ItemEdit(attributes={"badge": f"{MARK}-{number}"})
        actions.update_item(HOSPITAL, host.id, edit, version=host.version, at=NOW)
    files = {"pack.yaml": HEAD, "apart.yaml": TOLD.encode()}
    schema.import_packs(HOSPITAL, [Source("apart", files)], at=NOW)
    hospital.hidden["item"].append(models.Item.objects.get(key="apart-host").id)
    lines = f"lis-host,检验服务器,B,{MARK}-4\nnew,新,Z,{MARK}-5\n"
    data = f"key,name,importance,badge\n{lines}".encode()
    file = NewImport("apart.csv", data, type="host", dry_run=False)
    run = imports.take_in(HOSPITAL, file, at=NOW, defer=lambda _id: None)
    imports.work(run.id, at=NOW)
    done = import_queries.get(HOSPITAL, run.id)
    assert (done.changed, done.refused) == (1, 1), done
    hospital.hidden["import"].insert(0, run.id)


@pytest.fixture(scope="module")
def readers(hospital: Hospital) -> dict[str, ApiClient]:
    elsewhere = Scope(where=frozenset({'key = "core-switch" or key = "lis"'}))
    access.create_role(HOSPITAL, _mighty())
    return {
        "sees all but that": client_of("mighty", "all-but-that"),
        "engineer elsewhere": _with("elsewhere", director=EVERYWHERE, engineer=elsewhere),
    }


def _mighty() -> RoleDraft:
    return RoleDraft(name="all-but-that", permissions=frozenset(map(str, permissions())))


def _with(user_name: str, **scopes: Scope) -> ApiClient:
    given = tuple(RoleGiven(role, scope) for role, scope in scopes.items())
    draft = AccountDraft(user_name=user_name, roles=given)
    account = access.create_account(HOSPITAL, draft, at=clock.now())
    token = access.issue_token(HOSPITAL, account.id, TokenDraft("tests"), at=clock.now())
    return ApiClient(token.secret, "en")


def questions() -> Iterator[str]:
    """What the walk does not know to ask: filters, sorts and expressions by the attribute."""
    for path in ("/api/v1/items", "/api/v1/interfaces"):
        for asked in (
            *({"attribute.badge": value} for value in (f"{MARK}-2", OTHER, "")),
            *({"sort": f"{sign}attribute.badge", "limit": "2"} for sign in ("", "-")),
            *({"where": f"{condition}"} for condition in (
                f'badge = "{MARK}-2"', f'contains(badge, "{NEEDLE}")', "is_set(badge)",
                "not is_set(badge)", 'badge < "L"', 'badge != "x" and type = host',
                "len(badge) > 9", 'coalesce(badge, "none") = "none"',
            )),
            {"columns": "key,attributes.badge", "format": "xlsx"},
        ):  # fmt: skip
            yield f"{path}?{urlencode(asked)}"


def walked(reader: ApiClient, hospital: Hospital) -> Iterator[tuple[str, int, bytes]]:
    yield from ways.walk(reader, hospital)
    for asked in questions():
        yield asked, *ways.ask(reader, asked)


def told(asked: str, content: bytes) -> bool:
    """Whether an answer says more than the question did."""
    return MARK not in asked and MARK.lower().encode() in content.lower()


def test_who_may_see_it_finds_it_everywhere(hospital: Hospital) -> None:
    """Else the others could not find it for the wrong reason."""
    everybody = client_of("of-everything", "administrator")
    marked = set()
    for path, operation in ways.GETS.items():
        for address in itertools.islice(ways.addresses(path, hospital), 60):
            query = next(ways.queries(operation, hospital))
            _status, content = ways.ask(everybody, f"{address}?{urlencode(query)}")
            if told("", content):
                marked.add(path.removeprefix("/api/v1"))
    assert marked >= {
        "/items", "/items/{item_id}", "/items/{item_id}/changes", "/definitions/{kind}/{name}",
        "/definitions/{kind}/{name}/versions", "/imports/{import_id}/rows",
        "/imports/{import_id}/errors.xlsx",
    }, marked  # fmt: skip


@pytest.mark.parametrize("who", ["sees all but that", "engineer elsewhere"])
def test_nobody_else_finds_it_anywhere(
    hospital: Hospital, readers: dict[str, ApiClient], who: str
) -> None:
    found = []
    for asked, status, content in walked(readers[who], hospital):
        assert status < 500, (asked, content)
        if told(asked, content):
            found.append((asked, content[:300]))
    assert found == []


def test_no_answer_is_another_when_the_value_is(
    hospital: Hospital, readers: dict[str, ApiClient]
) -> None:
    reader = readers["sees all but that"]
    lists = [path for path in ways.GETS if path.endswith(("/items", "/interfaces", "/search"))]
    asked = [*questions()]
    for path in lists:
        asked += [f"{path}?{urlencode(query)}" for query in ways.queries(ways.GETS[path], hospital)]
    with transaction.atomic():
        before = {each: ways.scrubbed(ways.ask(reader, each)[1]) for each in asked}
        assert len(before) > 40
        _become(hospital, OTHER)
        after = {each: ways.scrubbed(ways.ask(reader, each)[1]) for each in asked}
        transaction.set_rollback(True)
    assert [each for each in asked if before[each] != after[each]] == []


def _become(hospital: Hospital, value: str) -> None:
    """The values are others, as if they had always been; one is gone."""
    host: UUID = hospital.seen["lis-host"]
    for row in models.Item.objects.filter(attributes__has_key="badge"):
        row.attributes = {**row.attributes, "badge": f"{value}-{row.key}"}
        if row.id == host:
            del row.attributes["badge"]
        models.Item.objects.filter(id=row.id).update(attributes=row.attributes)
