"""What stands in the CMDB: layers, item types, and the roles that types play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PrivateAttr

from wardround.schema.capabilities import USUAL, Capability
from wardround.schema.declarations import (
    LABEL_KEY,
    NAME_KEY,
    Declaration,
    FieldName,
    Key,
    LabelField,
    Name,
    Refers,
    TypeName,
    Unique,
    told_as,
)
from wardround.schema.icons import ICONS
from wardround.schema.item_attributes import (
    MOST_ATTRIBUTES,
    WARRANTY,
    WARRANTY_GROUP,
    AttributeGroup,
    Declared,
    ItemAttribute,
)


@told_as(
    {
        "system": ("业务系统", "Business system"),
        "organisation": ("机构", "Organisation"),
        "owner": ("负责人", "Owner"),
        "vendor": ("厂商", "Vendor"),
        "interface": ("接口", "Interface"),
        "network": ("IP 网络", "IP network"),
        "address": ("IP 地址", "IP address"),
        "address-range": ("地址段", "Address range"),
        "address-space": ("地址空间", "Address space"),
        "circuit": ("电路", "Circuit"),
        "document": ("文档", "Document"),
        "zone": ("网络区域", "Network zone"),
        "place": ("场所", "Place"),
        "cluster": ("虚拟化集群", "Virtualisation cluster"),
        "hypervisor": ("虚拟化主机", "Hypervisor"),
        "machine": ("虚拟机", "Virtual machine"),
        "machine-network": ("虚拟交换机", "Virtual switch"),
        "storage": ("存储", "Storage"),
        "cloud": ("云平台集群", "Cloud cluster"),
        "node": ("云平台节点", "Node"),
        "namespace": ("命名空间", "Namespace"),
        "workload": ("工作负载", "Workload"),
        "pod": ("容器组", "Pod"),
        "service": ("云平台服务", "Cloud service"),
    }
)
class ItemRole(StrEnum):
    """What the platform asks a type of item for, so that no room has to know a type by its name."""

    SYSTEM = "system"
    """A business system: what other items serve, scopes are made of and boards show."""
    ORGANISATION = "organisation"
    """Uses systems; a scope may be given over what it uses."""
    OWNER = "owner"
    """May own items, answer for them; where no type has the role, any item may."""
    VENDOR = "vendor"
    """May be named as who supplies an item; where no type has the role, any item may."""
    INTERFACE = "interface"
    """Over which systems exchange data: the interface map is made of these."""
    NETWORK = "network"
    """An IP network: its first attribute of type `network` is its prefix, its addresses are those
    of its gateways, its reference to an address space says in which it counts."""
    ADDRESS = "address"
    """An IP address that is registered: its addresses, its reference to a network names that."""
    ADDRESS_RANGE = "address-range"
    """Addresses that are given to nobody one by one: its first two addresses are its ends."""
    ADDRESS_SPACE = "address-space"
    """Networks and addresses that count for themselves: what overlaps with others does no harm."""
    CIRCUIT = "circuit"
    """A line between two ends, which relations of kinds with `circuit_end` name."""
    DOCUMENT = "document"
    """Files are kept with it, in versions, and searched by what stands in them."""
    ZONE = "zone"
    """A part of the network: the unified view shows what lies in which."""
    PLACE = "place"
    """Where things stand: who takes a room out takes out what names it, to any depth."""
    CLUSTER = "cluster"
    """Of hypervisors: classic virtualisation is drawn of one, with the next four in it."""
    HYPERVISOR = "hypervisor"
    MACHINE = "machine"
    MACHINE_NETWORK = "machine-network"
    STORAGE = "storage"
    CLOUD = "cloud"
    """Of nodes: a cloud is drawn of one, or of a namespace, with the next five in it."""
    NODE = "node"
    NAMESPACE = "namespace"
    WORKLOAD = "workload"
    POD = "pod"
    SERVICE = "service"


@told_as(
    {
        "ownership": ("归属", "Ownership"),
        "business": ("业务", "Business"),
        "application": ("应用", "Application"),
        "system": ("系统", "System"),
        "hardware": ("硬件", "Hardware"),
        "infrastructure": ("基础设施", "Infrastructure"),
    }
)
class View(StrEnum):
    """Lanes of the six-layer view, top to bottom."""

    OWNERSHIP = "ownership"
    BUSINESS = "business"
    APPLICATION = "application"
    SYSTEM = "system"
    HARDWARE = "hardware"
    INFRASTRUCTURE = "infrastructure"


class Layer(Declaration):
    """One of the CMDB's layers; `view` is the lane of the six-layer view it is drawn in."""

    name: Annotated[TypeName, NAME_KEY]
    label: Annotated[LabelField, LABEL_KEY]
    order: Annotated[
        int,
        Field(ge=1),
        Key("次序", "Order", "自上而下的位置，从 1 起。", "Its place from the top, from 1."),
    ]
    view: Annotated[
        View,
        Key(
            "视图行",
            "View",
            "它画在六层视图的哪一行。",
            "The lane of the six-layer view it is drawn in.",
        ),
    ]


class ItemType(Declaration):
    """A type of configuration item. From `queries` it comes with what it inherits."""

    name: Annotated[TypeName, NAME_KEY]
    label: Annotated[LabelField, LABEL_KEY]
    layer: Annotated[
        Name,
        Refers("layer"),
        Key(
            "层",
            "Layer",
            "它的配置项所在的层；可继承。",
            "The layer its items stand in; may be inherited.",
        ),
    ] = ""
    icon: Annotated[
        str,
        Field(json_schema_extra={"enum": sorted(ICONS), "x-icons": True}),
        Key("图标", "Icon", "图标的名称；可继承。", "The name of its icon; may be inherited."),
    ] = ""
    extends: Annotated[
        Name | None,
        Refers("item-type", acyclic=True),
        Key("继承", "Extends", "它继承属性的上级类型。", "The type whose attributes it inherits."),
    ] = None
    abstract: Annotated[
        bool,
        Key(
            "仅供继承",
            "Abstract",
            "为真时没有直接属于它的配置项。",
            "Only there to be extended: no item is of it itself.",
        ),
    ] = False
    attributes: Annotated[
        tuple[ItemAttribute, ...],
        Field(max_length=MOST_ATTRIBUTES),
        Key("属性", "Attributes", "它的配置项有哪些属性。", "What is known of its items."),
    ] = ()
    groups: Annotated[
        tuple[AttributeGroup, ...],
        Key(
            "分组",
            "Groups",
            "表单和详情页按次序显示的属性分组；继承上级类型的分组。",
            "Groups of attributes on forms and pages, in this order; inherited ones come first.",
        ),
    ] = ()
    roles: Annotated[
        tuple[ItemRole, ...],
        Unique(),
        Key(
            "角色",
            "Roles",
            "它的配置项对平台意味着什么；子类型也有同样的角色。",
            "What its items are to the platform; types that extend it have the same roles.",
        ),
    ] = ()
    capabilities: Annotated[
        tuple[Capability, ...],
        Unique(),
        Key(
            "具备",
            "Capabilities",
            "打开哪些能力；没有写明的随上级类型，最上级默认除保修外都有。",
            "What is switched on; what is not said is inherited, from nobody all but the warranty.",
        ),
    ] = ()
    without: Annotated[
        tuple[Capability, ...],
        Unique(),
        Key(
            "不具备",
            "Without",
            "关闭哪些能力；没有写明的随上级类型。",
            "What is switched off; what is not said is inherited.",
        ),
    ] = ()
    identified_by: Annotated[
        tuple[tuple[FieldName, ...], ...],
        Key(
            "识别依据",
            "Identified by",
            "导入没有编号的行时依次用哪些属性找到同一个配置项，例如 [[serial], [name, location]]；"
            "可继承，不写按名称。",
            "By which attributes, in this order, a row without a key finds its item when it is"
            " imported, such as [[serial], [name, location]]; may be inherited, by name if not"
            " given.",
        ),
    ] = ()
    _lineage: tuple[str, ...] = PrivateAttr(default=())
    _alone_in: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def lineage(self) -> tuple[str, ...]:
        """This type and its ancestors, nearest first; empty before it inherits."""
        return self._lineage

    @property
    def alone_in(self) -> Mapping[str, str]:
        """Its unique attributes, each with the farthest ancestor that calls it unique: no two items
        of that type, or of one below it, have the same. Empty before it inherits.
        """
        return self._alone_in

    def attribute(self, name: str) -> ItemAttribute | None:
        known = self.attributes
        if isinstance(known, Declared):
            return known.by_name.get(name)
        return next((each for each in known if each.name == name), None)

    def is_a(self, name: str) -> bool:
        return name == self.name or name in self.lineage

    def can(self, capability: Capability) -> bool:
        """Whether the switch is on; of a type that has not inherited yet, as it says itself."""
        return capability in (self.capabilities if self.lineage else _capable((self,)))

    def inheriting(self, line: Sequence[ItemType]) -> ItemType:
        """The type with what `line` gives it: itself and its ancestors, nearest first."""
        attributes = {own.name: own for kin in reversed(line) for own in kin.attributes}
        groups = {own.name: own for kin in reversed(line) for own in kin.groups}
        capable = _capable(line)
        if Capability.WARRANTY in capable:
            attributes = {each.name: each for each in WARRANTY} | attributes
            groups.setdefault(WARRANTY_GROUP.name, WARRANTY_GROUP)
        whole = self.model_copy(
            update={
                "layer": next((kin.layer for kin in line if kin.layer), ""),
                "icon": next((kin.icon for kin in line if kin.icon), ""),
                "attributes": Declared(attributes.values()),
                "groups": tuple(groups.values()),
                "roles": tuple(sorted({role for kin in line for role in kin.roles})),
                "capabilities": tuple(sorted(capable)),
                "without": tuple(sorted(set(Capability) - capable)),
                "identified_by": _followed(
                    next((kin.identified_by for kin in line if kin.identified_by), ()), attributes
                ),
            }
        )
        whole._lineage = tuple(kin.name for kin in line)  # noqa: SLF001 - a copy of its own kind
        farthest = {own.name: kin.name for kin in line for own in kin.attributes if own.unique}
        whole._alone_in = {  # noqa: SLF001
            name: kin for name, kin in farthest.items() if attributes[name].unique
        }
        return whole


def _followed(
    identifiers: tuple[tuple[str, ...], ...], attributes: Mapping[str, ItemAttribute]
) -> tuple[tuple[str, ...], ...]:
    """What identifies, by the names of now: one that an attribute had until now stands for it."""
    new = {own.renamed_from: own.name for own in attributes.values() if own.renamed_from}
    return tuple(
        tuple(name if name in attributes else new.get(name, name) for name in identifier)
        for identifier in identifiers
    )


def _capable(line: Sequence[ItemType]) -> set[Capability]:
    """What is on: as the nearest of the line says that says anything."""
    found = {*USUAL}
    for kin in reversed(line):
        found = (found | {*kin.capabilities}) - {*kin.without}
    return found


def with_inherited(item_type: ItemType, every: Mapping[str, ItemType]) -> ItemType:
    """The type with its ancestors' attributes before its own, an own one replacing its namesake.

    Unknown parents and cycles end the line; the pack check reports them.
    """
    line = [item_type]
    while (parent := every.get(line[-1].extends or "")) and parent not in line:
        line.append(parent)
    return item_type.inheriting(line)
