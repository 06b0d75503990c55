"""What items of a type can be or have: switches that are inherited, and overridden by a type."""

from __future__ import annotations

from enum import StrEnum

from wardround.schema.declarations import told_as


@told_as(
    {
        "monitored": ("可监控", "Monitored"),
        "addresses": ("有地址", "Has addresses"),
        "documents": ("有文档", "Has documents"),
        "contracts": ("有合同", "Has contracts"),
        "impact": ("参与影响分析", "Takes part in impact"),
        "warranty": ("有保修", "Has a warranty"),
    }
)
class Capability(StrEnum):
    """One switch of a type."""

    MONITORED = "monitored"
    """May be the item of a target."""
    ADDRESSES = "addresses"
    """Relation kinds that say so may lead to and from such items alone; so with the next two."""
    DOCUMENTS = "documents"
    CONTRACTS = "contracts"
    IMPACT = "impact"
    """Failures spread to such items and through them."""
    WARRANTY = "warranty"
    """Brings the attributes of a warranty."""


USUAL = frozenset(set(Capability) - {Capability.WARRANTY})
"""What is on where neither a type nor any that it extends says anything."""
