"""What is refused, in the reader's language: every mistake with its place, every loss counted."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from wardround.kernel.errors import FieldProblem
from wardround.schema.errors import (
    BadDefinitionText,
    BadPack,
    ConsentNeeded,
    DefinitionNeeded,
)
from wardround.schema.types import Change, Dependent, Problem, Words

MOST_PROBLEMS_TOLD = 500


def refuse(problems: Sequence[Problem]) -> BadPack:
    """The error that tells `problems`; each field is `file:line:column path`."""
    return BadPack(problems=told(problems), count=len(problems))


def refuse_retirement(problems: Sequence[Problem]) -> DefinitionNeeded:
    """The same of a definition that others refer to; each field says which."""
    return DefinitionNeeded(problems=told(problems), count=len(problems))


def refuse_text(problems: Sequence[Problem]) -> BadDefinitionText:
    """The same of one definition; places in it count from the first line of its text."""
    return BadDefinitionText(problems=told(problems), count=len(problems))


def told(problems: Sequence[Problem]) -> list[FieldProblem]:
    return [
        FieldProblem(f"{problem.place or ''} {problem.dotted}".strip(), wording(problem))
        for problem in problems[:MOST_PROBLEMS_TOLD]
    ]


def wording(problem: Problem) -> str:
    """The problem in the reader's language, with what was probably meant."""
    details = dict(problem.details)
    for part in ("expected", "wanted"):
        if isinstance(details.get(part), str) and details[part]:
            details[part] = Words(str(details[part]))
    text = Words(problem.message, details).told(_)
    if problem.suggestion:
        text += _("; did you mean “%(suggestion)s”?") % {"suggestion": problem.suggestion}
    return text


def ask_consent(changes: Sequence[Change]) -> ConsentNeeded:
    """The error that counts what would be lost, in all and for each definition."""
    problems = [
        FieldProblem(f"{change.kind} {change.was or change.name}", counted(change.lost))
        for change in changes
    ]
    everything = counted([lost for change in changes for lost in change.lost])
    return ConsentNeeded(problems=problems[:MOST_PROBLEMS_TOLD], what=everything)


def counted(several: Sequence[Dependent]) -> str:
    """`214 items, 3 open tickets`."""
    totals: dict[str, tuple[Dependent, int]] = {}
    for dependent in several:
        last, before = totals.get(dependent.thing, (dependent, 0))
        told = dependent if dependent.count > last.count else last
        totals[dependent.thing] = told, before + dependent.count
    single, several_of = _("%(count)s %(thing)s"), _("%(count)s %(thing)ss")
    parts = [
        (single if count == 1 or told.counted else several_of)
        % {"count": count, "thing": told.label.text()}
        for told, count in totals.values()
    ]
    return _(", ").join(parts)
