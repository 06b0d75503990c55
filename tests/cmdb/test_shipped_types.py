"""What the base pack ships: every kind of thing that requirements A1, A2 and A4 name, as data that
a hospital can list, narrow and find.
"""

from __future__ import annotations

import pytest

from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, ItemType

WANTED = """
organisation campus department team external-organisation person post vendor contract document
technology location machine-room rack network-zone business-process business-system it-service
application sub-application microservice process licence certificate database database-cluster
middleware application-server web-server message-queue cache exchange-platform interface
server-system operating-system server-cluster virtual-machine hypervisor cluster resource-pool
virtual-switch datastore cloud-cluster node namespace workload pod cloud-service host chassis
storage storage-volume backup-device switch san-switch router firewall load-balancer network-link
subnet ip-address
""".split()  # noqa: SIM905  # read as words


@pytest.fixture
def shipped(base: None) -> dict[str, ItemType]:
    return dict(schema.item_types())


def test_every_kind_of_thing_that_is_required_ships(shipped: dict[str, ItemType]) -> None:
    missing = [name for name in WANTED if name not in shipped or shipped[name].abstract]
    assert missing == []


def test_every_layer_has_types(shipped: dict[str, ItemType]) -> None:
    used = {its_type.layer for its_type in shipped.values() if not its_type.abstract}
    assert used == {layer.name for layer in schema.layers()}


def test_every_choice_and_label_is_told_in_both_languages(shipped: dict[str, ItemType]) -> None:
    labels = [
        (name, label)
        for name, its_type in shipped.items()
        for label in (
            its_type.label,
            *(attribute.label for attribute in its_type.attributes),
            *(choice.label for each in its_type.attributes for choice in each.choices),
        )
    ]
    assert [(name, label) for name, label in labels if not (label.zh and label.en)] == []


def test_lists_of_every_type_show_something_of_its_own(shipped: dict[str, ItemType]) -> None:
    bare = [
        name
        for name, its_type in shipped.items()
        if its_type.attributes and not any(attribute.list for attribute in its_type.attributes)
    ]
    assert bare == []


def test_every_choice_narrows_lists(shipped: dict[str, ItemType]) -> None:
    assert [
        (name, attribute.name)
        for name, its_type in shipped.items()
        for attribute in its_type.attributes
        if attribute.type is AttributeType.CHOICE and not attribute.filter
    ] == []
