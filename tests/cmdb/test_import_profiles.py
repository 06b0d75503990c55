"""Files as NetBox and iTop export them, by the shipped mappings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.imports import counts, lines, sent, workbook, worked
from tests.hospital import ApiClient, client_of
from wardround.cmdb.models import Item, Relation

pytestmark = pytest.mark.django_db

SITES = """ID,Name,Status,Facility,Region,Group,Tenant,Description
1,DM-Akron,Active,Akron 2,Ohio,—,Dunder-Mifflin,—
"""
RACKS = """ID,Name,Site,Location,Status,Facility ID,Tenant,Role,Type,Height,Devices,Space,Power
7,Comms closet,DM-Akron,—,Active,,Dunder-Mifflin,—,—,12U,6,33.3,0
"""
CLUSTERS = """ID,Name,Type,Group,Status,Tenant,Site,Devices,VMs
3,DO-AMS3,DigitalOcean,EMEA,Active,—,—,0,1
"""
DEVICES = """ID,Name,Role,Manufacturer,Type,Serial number,Asset tag,Site,Location,Rack,Position,\
IP Address
1,dmi01-akron-pdu01,PDU,APC,AP7901,,,DM-Akron,—,Comms closet,1,
2,dmi01-akron-rtr01,Router,Cisco,ISR 1111-8P,JF1,A-7,DM-Akron,—,Comms closet,5,10.112.128.1/17
3,dmi01-akron-x,Something else,Dell,R640,JF2,,DM-Akron,—,,,2001:db8::5/64
"""
MACHINES = """ID,Name,Status,Site,Cluster,Role,Tenant,VCPUs,Memory (MB),Disk (GB),IP Address
9,vm-01,Active,—,DO-AMS3,Application,—,2.00,4096,64,10.1.0.9/24
"""
ADDRESSES = """ID,IP Address,VRF,Status,Role,Tenant,Assigned,DNS name,Description
1,10.112.128.1/17,Global,Active,—,—,True,,
2,10.112.128.2/17,Global,Active,—,—,False,,
"""
PREFIXES = """ID,Prefix,Prefix (Flat),Status,Children,VRF,Utilization,Tenant,Site,VLAN
1,•10.112.0.0/15,10.112.0.0/15,Container,16,Global,12,—,—,—
"""
FILES = {"sites": SITES, "racks": RACKS, "clusters": CLUSTERS, "devices": DEVICES,
         "virtual machines": MACHINES, "IP addresses": ADDRESSES, "prefixes": PREFIXES}  # fmt: skip


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def taken(client: ApiClient, name: str, data: bytes, profile: str) -> Any:
    answer = sent(client, name, data, profile=profile)
    assert answer.status == 201, answer.body
    return worked(client, answer.body["id"])


def test_what_netbox_exports_becomes_items_of_its_source_and_twice_is_once(
    admin: ApiClient,
) -> None:
    for again in (False, True):
        for table, text in FILES.items():
            run = taken(admin, f"netbox_{table}.csv", text.encode(), "netbox")
            rows = len(text.splitlines()) - 1
            wanted = (0, 0, rows, 0) if again else (rows, 0, 0, 0)
            assert counts(run) == wanted, (table, [each["problems"] for each in lines(admin, run)])
            assert run["source"] == "netbox"
    router = Item.objects.get(name="dmi01-akron-rtr01")
    site = Item.objects.get(name="DM-Akron")
    assert router.type == "router"
    assert router.attributes == {
        "serial": "JF1", "asset_number": "A-7", "manufacturer": "Cisco", "model": "ISR 1111-8P",
        "location": str(site.id), "rack": "Comms closet", "rack_unit": 5,
        "management_address": "10.112.128.1",
    }  # fmt: skip
    types = dict(Item.objects.filter(name__startswith="dmi01").values_list("name", "type"))
    assert (types["dmi01-akron-pdu01"], types["dmi01-akron-x"]) == ("power", "host")
    assert Item.objects.get(name="vm-01").attributes["memory"] == 4096 * 2**20
    assert Relation.objects.filter(kind="hosted-on", source__name="vm-01").exists()
    assert Item.objects.get(name="Comms closet").attributes["units"] == 12
    assert Item.objects.get(name="10.112.128.2").type == "ip-address"
    assert Item.objects.get(name="10.112.0.0/15").type == "subnet"


def test_a_file_that_is_called_otherwise_is_known_by_its_heads(admin: ApiClient) -> None:
    """Browsers and people rename what they download; a guess instead would be another import."""
    taken(admin, "netbox_sites.csv", SITES.encode(), "netbox")
    run = taken(admin, "设备 2026.csv", DEVICES.encode(), "netbox")
    assert counts(run) == (3, 0, 0, 0), lines(admin, run)
    assert Item.objects.get(name="dmi01-akron-rtr01").type == "router"
    kept = {"tables": {"盘点 1 月": {"type": "host", "columns": {"机器": "name", "序号": "key"}}}}
    assert admin.put("/import-profiles/yearly", kept).status == 200
    run = taken(admin, "盘点 2 月.csv", "序号,机器\nn-1,甲\n".encode(), "yearly")
    assert counts(run) == (1, 0, 0, 0), lines(admin, run)


def test_a_file_that_a_mapping_does_not_know_is_refused_as_one(admin: ApiClient) -> None:
    run = taken(admin, "list.csv", b"key,name,type\nn-1,A,host\n", "netbox")
    assert (run["state"], run["created"]) == ("failed", 0)
    assert "netbox_devices*" in run["why"]
    assert not Item.objects.filter(key="n-1").exists()


SERVERS: list[list[Any]] = [
    ["id", "Name", "Location name", "Rack name", "Brand name", "Model name", "Serial number",
     "Asset number", "Management IP", "Purchase date"],
    [1, "Server1", "Grenoble", "R-1", "Dell", "R640", "SN-77", "AS-1", "10.0.0.3", "2020-05-01"],
]  # fmt: skip


def test_what_itop_exports_by_labels_and_by_codes(admin: ApiClient) -> None:
    grenoble: list[list[Any]] = [["id", "Name"], [4, "Grenoble"]]
    places = workbook({"Sheet1": grenoble})
    assert counts(taken(admin, "export.xlsx", places, "itop-location")) == (1, 0, 0, 0)
    run = taken(admin, "export.xlsx", workbook({"Sheet1": SERVERS}), "itop-server")
    assert counts(run) == (1, 0, 0, 0), lines(admin, run)
    text = "id,name,serialnumber,osfamily_name\n1,Server1-renamed,SN-77,Linux\n"
    run = taken(admin, "export.csv", text.encode(), "itop-server")
    assert counts(run) == (0, 1, 0, 0), lines(admin, run)
    server = Item.objects.get(name="Server1-renamed")
    assert server.attributes["bought_on"] == "2020-05-01"
    devices = workbook({"Sheet1": [["id", "Name", "Network type name"], [11, "fw", "Firewall"],
                                   [12, "sw", "Hub"]]})  # fmt: skip
    assert counts(taken(admin, "export.xlsx", devices, "itop-network-device")) == (2, 0, 0, 0)
    assert {row.name: row.type for row in Item.objects.filter(name__in=["fw", "sw"])} == {
        "fw": "firewall", "sw": "switch",
    }  # fmt: skip


def test_shipped_mappings_are_listed_beside_kept_ones(admin: ApiClient) -> None:
    kept = admin.put("/import-profiles/netbox", {"tables": {}, "source": "netbox"})
    assert kept.status == 200, kept.body
    found = {each["name"]: each for each in admin.get("/import-profiles").body["items"]}
    assert found["netbox"]["changed_by"]
    assert found["itop-server"]["label"] == "iTop Server"
    assert admin.delete("/import-profiles/netbox").status == 204


def test_what_itop_exports_in_chinese(admin: ApiClient) -> None:
    """Its labels are those of whoever exports; the second 名称 is that of the place."""
    rows: list[list[Any]] = [
        ["id (主键)", "名称", "名称", "机架名称", "品牌名称", "型号名称", "序列号", "资产编号",
         "管理IP", "采购日期", "过保日期", "类型", "网络设备类型名称", "状态"],
        [31, "急诊接入", "门诊楼", "R-1", "华为", "S5735", "SN-78", "AS-2", "10.0.0.4",
         "2020-05-01", "2027-05-01", "网络设备", "交换机", "生产"],
        [32, "出口防火墙", "门诊楼", "R-1", "华为", "USG", "SN-79", "AS-3", "10.0.0.5",
         "2020-05-01", "", "网络设备", "Firewall", "生产"],
    ]  # fmt: skip
    run = taken(admin, "export.xlsx", workbook({"Sheet1": rows}), "itop-network-device")
    assert counts(run) == (2, 0, 0, 0), lines(admin, run)
    switch, firewall = Item.objects.get(name="急诊接入"), Item.objects.get(name="出口防火墙")
    assert (switch.type, firewall.type) == ("switch", "firewall")
    assert switch.attributes == {
        "serial": "SN-78", "asset_number": "AS-2", "manufacturer": "华为", "model": "S5735",
        "rack": "R-1", "management_address": "10.0.0.4", "bought_on": "2020-05-01",
        "warranty_ends_on": "2027-05-01",
    }  # fmt: skip
    again = taken(admin, "export.xlsx", workbook({"Sheet1": rows}), "itop-network-device")
    assert counts(again) == (0, 0, 2, 0), lines(admin, again)
