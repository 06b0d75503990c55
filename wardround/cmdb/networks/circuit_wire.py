"""Circuits as the API shows and takes them."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import UUID

from wardround.cmdb.items import Condition, ItemFilters
from wardround.cmdb.networks.circuits import Circuit, CircuitFilters, ContractState
from wardround.cmdb.wire import ItemOut, ItemQuery
from wardround.kernel.wire import Answer, ReachedRef, Several


class CircuitQuery(ItemQuery):
    """As items are filtered, and by where they end and under which contract they are."""

    end: list[UUID] = Several
    """Items at either end."""
    contract_state: list[ContractState] = Several
    incomplete: bool = False
    """Those alone of which fewer than two ends are known."""

    def among(self, items: ItemFilters) -> CircuitFilters:
        return CircuitFilters(
            items=items,
            ends=tuple(self.end),
            contracts=tuple(self.contract_state),
            incomplete=self.incomplete,
        )


class CircuitEndOut(Answer):
    item: ReachedRef
    condition: Condition | None
    """None where it is out of the reader's reach."""


class CircuitOut(ItemOut):
    ends: list[CircuitEndOut]
    contract_ends_on: date | None
    contract_state: ContractState | None
    """None where there is no contract, it has no end, or the reader may not see it."""

    @classmethod
    def of(cls, circuit: Circuit) -> Self:
        item = ItemOut.model_validate(circuit.item)
        return cls(
            **{name: getattr(item, name) for name in ItemOut.model_fields},
            ends=[CircuitEndOut.model_validate(end) for end in circuit.ends],
            contract_ends_on=circuit.contract_ends_on,
            contract_state=circuit.contract_state,
        )
