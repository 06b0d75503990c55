"""Who may own an item and who may supply it: items of types with that role, and nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import translation

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import ItemEntry, ItemsDefinition, NewItem
from wardround.kernel.errors import BadInput
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.sources import Source

HEAD = b'pack: ward\nversion: "1"\nlabel: X\nrequires: [base]\n'
ITEMS = """\
kind: items
name: robots
items:
  - {{key: robot-1, type: host, name: 一号机器人, owner: {owner}, vendor: {vendor}}}
  - {{key: nurse, type: person, name: 护士}}
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-of-people", "administrator")


def owner_of(key: str) -> str | None:
    return models.Item.objects.filter(key=key).values_list("owner__key", flat=True)[0]


OWNERS = "This must be one of: Organisation, Person, Post, Vendor; it is a Host."
VENDORS = "This must be one of: Vendor; it is a Person."


def test_an_edit_and_a_new_item_are_refused_by_field(admin: ApiClient) -> None:
    host = models.Item.objects.get(key="host-1")
    wrong = {"version": host.version, "owner": "host-2", "vendor": "zhou"}
    refused = admin.patch(f"/items/{host.id}", wrong)
    assert refused.status == 422
    told = {each["field"]: each["message"] for each in refused.body["problems"]}
    assert told == {"owner": OWNERS, "vendor": VENDORS}
    made = admin.post("/items", {"type": "host", "name": "H", "owner": "host-2"})
    assert [each["message"] for each in made.body["problems"]] == [OWNERS]
    right = {"version": host.version, "owner": "v-imaging", "vendor": "v-imaging"}
    assert admin.patch(f"/items/{host.id}", right).status == 200


def test_a_definition_is_refused_in_the_same_words_at_its_place(admin: ApiClient) -> None:
    text = ITEMS.format(owner="robot-1", vendor="nurse")
    told = admin.post("/definitions/items/robots/check", {"text": text}).body["problems"]
    assert {each["path"]: (each["line"], each["message"]) for each in told} == {
        "items[0].owner": (4, OWNERS),
        "items[0].vendor": (4, VENDORS),
    }
    stored_only = ITEMS.format(owner="host-1", vendor="zhou")  # known to the database alone
    files = {"pack.yaml": HEAD, "items.yaml": stored_only.encode()}
    with translation.override("en"), pytest.raises(BadInput) as refused:
        schema.import_packs(PLATFORM, [Source("ward", files)], at=AT)
    assert [problem.message for problem in refused.value.problems] == [OWNERS, VENDORS]
    sound = {"text": ITEMS.format(owner="nurse", vendor="v-imaging")}
    assert admin.put("/definitions/items/robots", sound).status == 200
    assert owner_of("robot-1") == "nurse"


def test_subtypes_may_too(admin: ApiClient) -> None:
    text = "kind: item-type\nname: matron\nlabel: Matron\nextends: person\n"
    assert admin.put("/definitions/item-type/matron", {"text": text}).status == 200
    actions.create_item(PLATFORM, NewItem(type="matron", name="护士长", key="matron"), at=AT)
    made = admin.post("/items", {"type": "host", "name": "H", "owner": "matron"})
    assert made.status == 201, made.body


def test_who_stands_there_already_stays(admin: ApiClient) -> None:
    """An update of the product does not make an edit fail, or a pack that came before it."""
    host, other = models.Item.objects.get(key="host-1"), models.Item.objects.get(key="host-2")
    models.Item.objects.filter(id=host.id).update(owner=other)
    same = {"version": host.version, "name": "主机", "owner": str(other.id)}
    assert admin.patch(f"/items/{host.id}", same).status == 200
    entry = ItemEntry(key="robot-1", type="host", name="一号机器人")
    actions.import_items(PLATFORM, [ItemsDefinition(name="robots", items=(entry,))], at=AT)
    models.Item.objects.filter(key="robot-1").update(owner=other)
    again = entry.model_copy(update={"owner": "host-2", "name": "机器人"})
    actions.import_items(PLATFORM, [ItemsDefinition(name="robots", items=(again,))], at=AT)
    assert models.Item.objects.get(key="robot-1").name == "机器人"
    other_host = entry.model_copy(update={"owner": "host-1"})
    with pytest.raises(BadInput):
        actions.import_items(PLATFORM, [ItemsDefinition(name="robots", items=(other_host,))], at=AT)


def test_where_no_type_has_the_role_any_item_may(db: None) -> None:
    """A hospital with types of its own that say nothing of it goes on as before."""
    layer = "kind: layer\nname: all\nlabel: All\norder: 1\nview: hardware\n"
    thing = "kind: item-type\nname: thing\nlabel: Thing\nlayer: all\n"
    for kind, name, text in (("layer", "all", layer), ("item-type", "thing", thing)):
        draft = DefinitionDraft(kind=kind, name=name, text=text)
        schema.save_definition(PLATFORM, draft, at=AT)
    actions.create_item(PLATFORM, NewItem(type="thing", name="A", key="a"), at=AT)
    new = NewItem(type="thing", name="B", key="b", owner="a", vendor="a")
    actions.create_item(PLATFORM, new, at=AT)
    assert owner_of("b") == "a"
