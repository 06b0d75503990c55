"""What is refused, in the reader's language: every mistake with its place, every loss counted."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wardround.kernel.errors import FieldProblem
from wardround.kernel.wording import Wording, is_chinese, listed, reader_language, untranslated
from wardround.schema import dependents, kinds
from wardround.schema.errors import (
    BadDefinitionText,
    BadPack,
    ConsentNeeded,
    DefinitionNeeded,
)
from wardround.schema.types import Change, Dependent, Difference, Problem, Words

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
    for part in ("kind", "of"):
        if isinstance(kind := details.get(part), str):
            details[part] = _kind_in_words(kind)
    text = Words(problem.message, details).told(_)
    if problem.suggestion:
        text += _("; did you mean “%(suggestion)s”?") % {"suggestion": problem.suggestion}
    return text


def _kind_in_words(kind: str) -> str:
    """What a kind is called: in Chinese by its label, in English by its name, which is English."""
    if not is_chinese(reader_language()):
        return kind
    known = kinds.kind_named(kind)
    if known and known.label:
        return known.label.text()
    return _(_OUTSIDE.get(kind, kind))


_OUTSIDE = {
    "item": gettext_noop("item"),
    "account": gettext_noop("account"),
    "permission": gettext_noop("permission"),
    "pack": gettext_noop("pack"),
}
"""Kinds of things that are no definitions, and that definitions name."""


def ask_consent(changes: Sequence[Change]) -> ConsentNeeded:
    """The error that counts what would be lost, in all and for each definition."""
    problems = [
        FieldProblem(f"{change.kind} {change.was or change.name}", counted(change.lost))
        for change in changes
    ]
    everything = counted([lost for change in changes for lost in change.lost])
    return ConsentNeeded(problems=problems[:MOST_PROBLEMS_TOLD], what=everything)


MOST_NAMES_TOLD = 5


def counted(several: Sequence[Dependent]) -> str:
    """`214 items, 3 open tickets, 4 attribute values that no longer fit (note)`."""
    return listed(map(str, counts(several)))


def lost_in_words(difference: Difference) -> str:
    """What a change would take away, counted; empty where that is nothing."""
    return counted([each for change in difference.lost for each in change.lost])


def counts(several: Sequence[Dependent]) -> list[Wording]:
    """Each sort of things with how many of it there are, for any reader."""
    return [
        _with_names(
            Wording(
                _SINGLE if each.count == 1 or each.counted else _SEVERAL,
                {"count": each.count, "thing": each.label},
            ),
            each.names,
        )
        for each in dependents.in_all(several)
    ]


_SINGLE, _SEVERAL = untranslated("%(count)s %(thing)s"), untranslated("%(count)s %(thing)ss")
_WITH_NAMES = untranslated("%(counted)s (%(names)s)")


def _with_names(counted: Wording, names: Sequence[str]) -> Wording:
    """The names in brackets, the first of many."""
    if not names:
        return counted
    more = ["…"] if len(names) > MOST_NAMES_TOLD else []
    return Wording(_WITH_NAMES, {"counted": counted, "names": [*names[:MOST_NAMES_TOLD], *more]})
