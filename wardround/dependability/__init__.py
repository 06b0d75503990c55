"""What falls when something fails: support formulas, live state, impact (CFIA), minimal cut sets,
importance and root cause. Arrays and arithmetic.

It must never do I/O beyond a file it is given, and never know Django.

    from wardround.dependability import parse, cut_sets, cfia, what_if, live_state, root_cause

Names are loaded when first used, so importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wardround.dependability.builder import Builder
    from wardround.dependability.cuts import CutSet, CutSets, cut_sets, cut_sets_of, path_sets
    from wardround.dependability.diagram import Budget, resident_bytes
    from wardround.dependability.errors import DependabilityError, NotAList
    from wardround.dependability.explanations import (
        Explanation,
        Step,
        Switch,
        WhatIf,
        explain,
        what_if,
    )
    from wardround.dependability.expressions import Expression, expression, quoted
    from wardround.dependability.importances import Importance, importance
    from wardround.dependability.matrix import Matrix, Totals, cfia
    from wardround.dependability.model import HOT, Input, Model
    from wardround.dependability.openpsa import read_model, read_openpsa
    from wardround.dependability.openpsa_writing import write_openpsa
    from wardround.dependability.protection import protection_lost
    from wardround.dependability.rootcause import Cause, RootCause, Verdict, root_cause
    from wardround.dependability.state import LiveState, State, live_state
    from wardround.dependability.steadystate import Availability, availability
    from wardround.dependability.text import parse
    from wardround.dependability.warming import warm_up

_HOMES = {
    "steadystate": ("Availability", "availability"),
    "builder": ("Builder",),
    "matrix": ("Matrix", "Totals", "cfia"),
    "cuts": ("CutSet", "CutSets", "cut_sets", "cut_sets_of", "path_sets"),
    "diagram": ("Budget", "resident_bytes"),
    "errors": ("DependabilityError", "NotAList"),
    "explanations": ("Explanation", "Step", "Switch", "WhatIf", "explain", "what_if"),
    "expressions": ("Expression", "expression", "quoted"),
    "importances": ("Importance", "importance"),
    "model": ("HOT", "Input", "Model"),
    "openpsa": ("read_model", "read_openpsa"),
    "openpsa_writing": ("write_openpsa",),
    "protection": ("protection_lost",),
    "rootcause": ("Cause", "RootCause", "Verdict", "root_cause"),
    "state": ("LiveState", "State", "live_state"),
    "text": ("parse",),
    "warming": ("warm_up",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022  as in the table above
    "Availability", "availability", "Builder", "Matrix", "Totals", "cfia", "CutSet", "CutSets",
    "cut_sets", "cut_sets_of", "path_sets", "Budget", "DependabilityError", "NotAList",
    "Explanation", "Step",
    "Switch", "WhatIf", "explain", "what_if", "Importance", "importance", "HOT", "Input", "Model",
    "read_model", "read_openpsa", "write_openpsa", "Cause", "RootCause", "Verdict", "root_cause",
    "LiveState", "State", "live_state", "parse", "warm_up", "protection_lost",
    "resident_bytes", "Expression", "expression", "quoted",
]  # fmt: skip


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
