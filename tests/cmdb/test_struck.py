"""Sources, deleting, merging, pictures at their seams: what is kept of an item goes with it."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.cmdb.imports import counts, lines
from tests.cmdb.test_kept_places import put, told
from tests.cmdb.test_networks import ENTRIES, keep
from tests.cmdb.test_sources import HEAD, SOURCE, load, origins, source
from tests.hospital import ApiClient, client_of
from wardround.cmdb.models import Item, Relation
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db
OWN = [*HEAD, "来源编号"]


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def test_a_restored_item_is_known_to_its_source_still(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    load(admin, "racks", ["h-1", "host", "S1", "R740", "3", "4711"], head=OWN)
    item = Item.objects.get(name="h-1")
    before = admin.get(f"/items/{item.id}/sources").body
    assert before["known_to"][0]["own"] == "4711"
    asked = {"items": [str(item.id)], "trial": True}
    (deletion,) = admin.post("/items/delete", asked).body["items"]
    assert "source-records" in {each["thing"] for each in deletion["effects"]}
    admin.delete(f"/items/{item.id}")
    assert admin.post("/recycle-bin/restore", {"items": [str(item.id)]}).body["restored"] == 1
    assert admin.get(f"/items/{item.id}/sources").body == before
    run = load(admin, "racks", ["renamed", "host", "S1", "R750", "3", "4711"], head=OWN)
    assert counts(run) == (0, 1, 0, 0), lines(admin, run)
    assert run["proposed"] == 0


def test_what_lies_in_the_bin_follows_new_names_of_its_source(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    load(admin, "racks", ["h-1", "host", "S1", "R740", "3", "4711"], head=OWN)
    item = Item.objects.get(name="h-1")
    admin.delete(f"/items/{item.id}")
    text = SOURCE.format(name="dcim", rank=600, more="")
    body = {"text": text, "base_version": 1, "renamed_from": "racks"}
    assert admin.put("/definitions/source/dcim", body).status == 200
    admin.post("/recycle-bin/restore", {"items": [str(item.id)]})
    found = admin.get(f"/items/{item.id}/sources").body
    assert [each["source"] for each in found["known_to"]] == ["dcim"]
    assert {each["source"] for each in found["values"]} == {"dcim"}


def test_the_one_that_stays_is_known_to_the_sources_of_both(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    source(admin, "sheet", 300)
    load(admin, "racks", ["h-1", "host", "S1", "R740", "3", "A1"], head=OWN)
    load(admin, "sheet", ["h-2", "host", "S2", "R740", "3", "B2"], head=OWN)
    stays, gone = (Item.objects.get(name=name).id for name in ("h-1", "h-2"))
    asked = {"stays": str(stays), "gone": [str(gone)], "take": {"attributes.serial": str(gone)}}
    assert admin.post("/items/merge", asked).status == 200
    known = admin.get(f"/items/{stays}/sources").body["known_to"]
    assert {each["source"]: each["own"] for each in known} == {"racks": "A1", "sheet": "B2"}
    assert origins(admin, stays)["attributes.serial"] == "sheet"
    assert origins(admin, stays)["attributes.model"] == "racks"
    run = load(admin, "sheet", ["h-2", "host", "S2", "R740", "3", "B2"], head=OWN)
    assert counts(run)[0] == 0, lines(admin, run)
    assert counts(run)[3] == 0, lines(admin, run)


def test_what_a_source_held_twice_is_not_made_anew_after_merging(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    head = ["名称", "类型", "来源编号"]
    load(admin, "racks", ["h-1", "host", "A1"], ["h-2", "host", "A2"], head=head)
    stays, gone = (Item.objects.get(name=name).id for name in ("h-1", "h-2"))
    admin.post("/items/merge", {"stays": str(stays), "gone": [str(gone)]})
    both = load(admin, "racks", ["h-1", "host", "A1"], ["h-2", "host", "A2"], head=head)
    assert (both["created"], both["refused"]) == (0, 2), lines(admin, both)  # one, in two rows
    run = load(admin, "racks", ["renamed", "host", "A2"], head=head)
    assert counts(run) == (0, 1, 0, 0), lines(admin, run)
    assert Item.objects.get(id=stays).name == "renamed"


def test_who_names_a_deleted_item_names_it_again_as_its_source_said(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    head = ["名称", "类型", "vendor"]
    load(admin, "racks", ["h-1", "host", "v-imaging"], head=head)
    item, vendor = (Item.objects.get(name=name).id for name in ("h-1", "影联"))
    assert origins(admin, item)["vendor"] == "racks"
    admin.delete(f"/items/{vendor}")
    admin.post("/recycle-bin/restore", {"items": [str(vendor)]})
    assert origins(admin, item)["vendor"] == "racks"


def test_places_come_back_and_are_carried(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    pacs, app, other = (hospital[key] for key in ("pacs", "pacs-app-1", "pacs-app-2"))
    put(admin, pacs, app, pacs, x=0.1)
    put(admin, app, pacs, x=0.2)
    admin.post("/items/delete", {"items": [str(pacs), str(app)]})
    admin.post("/recycle-bin/restore", {"items": [str(pacs), str(app)]})
    assert told(admin, pacs) == {str(app): 0.1, str(pacs): 0.1}
    assert told(admin, app) == {str(pacs): 0.2}
    done = admin.post("/items/merge", {"stays": str(other), "gone": [str(app)]})
    assert done.status == 200, done.body
    assert told(admin, pacs) == {str(other): 0.1, str(pacs): 0.1}
    assert told(admin, other) == {str(pacs): 0.2}


# What is out of reach -----------------------------------------------------------------------------


def only(kind: str) -> ApiClient:
    return client_of(
        f"of-{kind}", "administrator", scope=Scope(where=frozenset({f"type = {kind}"}))
    )


def test_who_reaches_by_an_expression_merges_and_deletes_what_strangers_name(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    """Relations of hosts lead out of reach, and a system out of reach names the vendor."""
    stays, gone = hospital["host-2"], hospital["host-1"]
    asked = {"stays": str(stays), "gone": [str(gone)]}
    hosts = only("host")
    for trial in (True, False):
        done = hosts.post("/items/merge", {**asked, "trial": trial})
        assert (done.status, done.body["carried"], done.body["left"]) == (200, [], [])
    ends = Relation.objects.filter(target=stays, kind="runs-on").values_list("source", flat=True)
    assert set(ends) == {hospital["lis"], hospital["pacs-db"]}
    vendors = only("vendor")
    assert vendors.delete(f"/items/{hospital['v-imaging']}").status == 204
    assert admin.get(f"/items/{hospital['pacs']}").body["vendor"] is None


def test_nobody_opens_items_to_himself_by_deleting_what_they_name(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    said = "type = vendor or (type = business-system and not is_set(vendor))"
    scope = Scope(where=frozenset({said}))
    sly, pacs = client_of("sly", "administrator", scope=scope), hospital["pacs"]
    assert sly.get(f"/items/{hospital['lis']}").status == 200
    refused = sly.delete(f"/items/{hospital['v-imaging']}")
    assert (refused.status, refused.body["code"]) == (422, "into_reach")
    assert sly.get(f"/items/{pacs}").status == 404


def test_the_bin_tells_no_relation_to_what_is_out_of_reach(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    """The host serves the laboratory; the radiology's database runs on it, too."""
    lis, host, base = (hospital[key] for key in ("lis", "host-2", "pacs-db"))
    admin.post("/relations", {"kind": "runs-on", "source": str(base), "target": str(host)})
    admin.delete(f"/items/{host}")
    reader = client_of("lab", "administrator", scope=Scope(systems=frozenset({lis})))
    (row,) = reader.get("/recycle-bin", sort="-relations").body["items"]
    assert row["relations"] == 1  # to the system, of three: by it the switch serves it again
    assert admin.get("/recycle-bin").body["items"][0]["relations"] == 3
    admin.delete(f"/items/{base}")
    (back,) = reader.post("/recycle-bin/restore", {"items": [str(host)]}).body["items"]
    assert (back["became"], back["relations"], back["left"]) == ("restored", 2, [])
    admin.post("/recycle-bin/restore", {"items": [str(base)]})
    assert Relation.objects.filter(source=base, target=host).exists()


def test_an_address_is_taken_in_its_network_and_nowhere_else(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    house = keep(hospital, ENTRIES)
    servers, asked = f"/networks/{house['servers']}/addresses", {"attributes": {}}
    for named in ({"subnet": str(house["apart"])}, {"address": "10.9.1.77"}):
        refused = admin.post(servers, {**asked, "attributes": named})
        (problem,) = refused.body["problems"]
        assert (refused.status, problem["field"]) == (422, f"attributes.{next(iter(named))}")
    apart = admin.post(f"/networks/{house['apart']}/addresses", {"address": "10.9.1.2"})
    assert "in use: far!." in apart.body["detail"]  # and by nobody of another space
    nets = only("subnet")
    taken = nets.post(servers, {"address": "10.9.1.2"})
    assert (taken.status, "in use: out of your reach" in taken.body["detail"]) == (409, True)


@pytest.mark.parametrize("path", ["/networks", "/addresses"])
def test_an_address_with_a_zone_is_refused(admin: ApiClient, path: str) -> None:
    refused = admin.get(path, at="fe80::1%eth0")
    assert (refused.status, refused.body["problems"][0]["field"]) == (422, "at")


def test_what_was_deleted_is_no_choice_and_does_not_stand_in_the_way(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    source(admin, "sheet", 300)
    load(admin, "racks", ["h-1", "host", "S1", "R1", ""], ["h-2", "host", "S2", "R1", ""])
    run = load(admin, "sheet", ["h-1", "host", "S1", "R2", ""], ["h-2", "host", "S2", "R2", ""])
    admin.delete(f"/items/{Item.objects.get(name='h-1').id}")
    done = admin.post(f"/imports/{run['id']}/accept", {"rows": []})
    assert (done.status, done.body["proposed"]) == (200, 1)
    assert Item.objects.get(name="h-2").attributes["model"] == "R2"
    assert admin.post(f"/imports/{run['id']}/accept", {"rows": []}).status == 409
    for key in ("twin-1", "twin-2"):
        made = {"type": "host", "key": key, "name": key, "attributes": {"serial": "X7"}}
        assert admin.post("/items", made).status == 201
    asks = load(admin, "racks", ["h", "host", "X7", "R750", ""])
    admin.delete(f"/items/{Item.objects.get(key='twin-2').id}")
    (line,) = lines(admin, asks)
    assert [each["name"] for each in line["choices"]] == ["twin-1"]
