"""Who changes definitions must see all that they hold: what is lost is counted over all of it."""

from __future__ import annotations

import pytest

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven, TokenDraft
from wardround.cmdb import queries as cmdb
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE, Scope
from wardround.schema import actions as schema
from wardround.schema.sources import Source

HEAD = b'pack: hidden\nversion: "1"\nlabel: {zh: x, en: x}\nrequires: [base]\n'
THINGS = b"""\
kind: items
name: hidden-things
items:
  - {key: seen, type: business-system, name: Seen}
  - {key: hidden-host, type: host, name: Hidden}
"""
GUESS = "kind: items\nname: x\nitems:\n  - {key: x, type: host, name: x, owner: hidden-hots}\n"


@pytest.fixture
def editor(db: None) -> ApiClient:
    """Of definitions everywhere, and a reader of one system."""
    schema.import_shipped(HOSPITAL, at=clock.now(), names=("base",))
    files = {"pack.yaml": HEAD, "things.yaml": THINGS}
    schema.import_packs(HOSPITAL, [Source("hidden", files)], at=clock.now())
    may = frozenset({"schema.read", "schema.edit", "schema.import"})
    access.create_role(HOSPITAL, RoleDraft("definer", "定义", "Definer", may))
    system = cmdb.items_by_key(["seen"])["seen"].id
    given = (
        RoleGiven("definer", EVERYWHERE),
        RoleGiven("reader", Scope(systems=frozenset({system}))),
    )
    draft = AccountDraft(user_name="editor", roles=given)
    account = access.create_account(HOSPITAL, draft, at=clock.now())
    return ApiClient(
        access.issue_token(HOSPITAL, account.id, TokenDraft("t"), at=clock.now()).secret
    )


def test_nothing_of_what_he_does_not_see_is_told_or_changed(editor: ApiClient) -> None:
    lost = editor.delete("/packs/hidden")
    guessed = editor.post("/definitions/items/x/check", {"text": GUESS})
    retired = editor.delete("/definitions/item-type/host")
    dry = editor.post("/definitions/item-type/host/check-retirement")
    for answer in (lost, guessed, retired, dry):
        assert (answer.status, answer.body["code"]) == (403, "forbidden")
        assert "cmdb.read" in answer.body["detail"]
        assert "hidden" not in str(answer.body)


def test_no_count_tells_of_what_he_does_not_see(editor: ApiClient) -> None:
    told = editor.get("/definitions/item-type/host/dependents").body
    assert (told["things"], told["complete"]) == ([], False)
    everybody = client_of("everybody", "administrator")
    whole = everybody.get("/definitions/item-type/host/dependents").body
    assert [each["count"] for each in whole["things"]] == [1]


NAMING = """\
kind: items
name: {name}
items:
  - {{key: {name}, type: probe, name: Of PACS, {naming}}}
relations:
  - {{kind: runs-on, from: seen, to: {name}}}
"""
PROBE = """\
kind: item-type
name: probe
label: Probe
extends: host
attributes:
  - {name: peer, label: Peer, type: reference}
  - {name: note, label: Note, type: text}
"""


def test_a_definition_that_names_what_a_reader_may_not_know_is_not_his(editor: ApiClient) -> None:
    """As who owns an item, supplies it, or is pointed to by it; the item itself he sees."""
    naming = {
        "plain": "attributes: {note: of the ward}",
        "owned": "owner: hidden-vendor",
        "supplied": "vendor: hidden-vendor",
        "pointing": "attributes: {peer: hidden-host}",
        "telling": "attributes: {note: hidden-host}",
    }
    texts = [
        PROBE,
        "kind: items\nname: v\nitems:\n  - {key: hidden-vendor, type: vendor, name: V}\n",
    ]
    texts += [NAMING.format(name=name, naming=what) for name, what in naming.items()]
    head = HEAD.replace(b"pack: hidden", b"pack: probes").replace(b"[base]", b"[base, hidden]")
    files = {f"{place}.yaml": text.encode() for place, text in enumerate(texts)}
    files["pack.yaml"] = head
    schema.import_packs(HOSPITAL, [Source("probes", files)], at=clock.now())
    shown = {each["name"] for each in editor.get("/definitions", kind="items").body["items"]}
    assert shown == {"plain", "telling"}
    assert editor.get("/definitions/items/owned").status == 404
