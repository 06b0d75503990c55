"""Every row of this room."""

from __future__ import annotations

from wardround.impact.day_models import MatrixDay
from wardround.impact.formula_models import FormulaChangeRow, FormulaRow, FormulaToken
from wardround.impact.scenario_models import Scenario

__all__ = ["FormulaChangeRow", "FormulaRow", "FormulaToken", "MatrixDay", "Scenario"]
