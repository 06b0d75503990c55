"""What `wardround pack` says: mistakes and differences, for people or as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wardround.kernel.wording import is_chinese, reader_language, told, untranslated

if TYPE_CHECKING:
    from wardround.schema.types import Change, Difference, Problem


def tell_problems(problems: Sequence[Problem], *, as_json: bool) -> int:
    from wardround.schema.actions import wording  # noqa: PLC0415  # needs Django

    found = [(problem, wording(problem)) for problem in problems]
    if as_json:
        print_json({"problems": [_problem_body(problem, text) for problem, text in found]})
        return 1
    for problem, text in found:
        where = f"{problem.place}: " if problem.place else ""
        sys.stderr.write(
            f"{where}{problem.dotted}: {text}\n" if problem.path else f"{where}{text}\n"
        )
    sys.stderr.write(f"{_mistakes(len(problems))}\n")
    return 1


def _mistakes(count: int) -> str:
    if count == 1:
        return told("1 mistake; nothing was changed")
    return told("%(count)s mistakes; nothing was changed", count=count)


def _problem_body(problem: Problem, text: str) -> dict[str, object]:
    return {
        "file": problem.place.file if problem.place else None,
        "line": problem.place.line if problem.place else None,
        "column": problem.place.column if problem.place else None,
        "path": problem.dotted,
        "message": text,
        "found": problem.found,
        "expected": problem.expected,
        "suggestion": problem.suggestion or None,
    }


def tell_difference(difference: Difference, *, as_json: bool, with_text: bool) -> int:
    """The changes, and what is no mistake and probably not what was meant."""
    from wardround.schema.actions import wording  # noqa: PLC0415  # needs Django

    if as_json:
        changes = [_change_body(change) for change in difference.changes]
        advice = [_problem_body(problem, wording(problem)) for problem in difference.advice]
        print_json(
            {
                "packs": difference.packs,
                "changes": changes,
                "files": difference.files,
                "advice": advice,
            }
        )
        return 0
    for change in difference.changes:
        _tell_change(change, with_text=with_text)
    for problem in difference.advice:
        where = f"{problem.place} {problem.dotted}".strip() if problem.place else problem.dotted
        print_line(told("advice: %(where)s: %(what)s", where=where, what=wording(problem)))
    print_line(_changes(len(difference.changes)))
    return 0


def _tell_change(change: Change, *, with_text: bool) -> None:
    note = "" if change.content else told(" (wording only)")
    name = f"{change.was} → {change.name}" if change.was else change.name
    what = told(_CHANGES[change.change])
    what = what.ljust(8 if what.isascii() else 8 - len(what))  # one of ours is two columns wide
    print_line(f"{what} {_kind(change.kind)} {name} [{change.pack}/{change.file}]{note}")
    if change.dependents:
        used_by = told("used by %(things)s", things=counted_of([change], lost=False))
        print_line(f"         {used_by}")
    if change.lost:
        print_line(f"         {told('takes away from %(things)s', things=counted_of([change]))}")
    if with_text and change.diff:
        print_line(change.diff)


_CHANGES = {
    "added": untranslated("added"),
    "changed": untranslated("changed"),
    "removed": untranslated("removed"),
    "renamed": untranslated("renamed"),
}


def _kind(name: str) -> str:
    """What a kind is called: in Chinese by its label, in English by its name, which is English."""
    from wardround.schema.queries import kind_label  # noqa: PLC0415  # needs Django

    label = kind_label(name)
    return label.text() if label and is_chinese(reader_language()) else name


def _changes(count: int) -> str:
    match count:
        case 0:
            return told("nothing changes")
        case 1:
            return told("1 change")
        case _:
            return told("%(count)s changes", count=count)


def _change_body(change: Change) -> dict[str, object]:
    return {
        "change": str(change.change),
        "pack": change.pack,
        "kind": change.kind,
        "name": change.name,
        "was": change.was or None,
        "file": change.file,
        "content": change.content,
        "diff": change.diff,
        "dependents": {each.thing: each.count for each in change.dependents},
        "lost": {each.thing: each.count for each in change.lost},
    }


def counted_of(changes: Sequence[Change], *, lost: bool = True) -> str:
    """`214 items, 3 open tickets`, in the terminal's language."""
    from wardround.schema.refusals import counted  # noqa: PLC0415  # needs Django

    return counted(
        [each for change in changes for each in (change.lost if lost else change.dependents)]
    )


def language() -> str:
    """The terminal's language; where it asks for none, that of the hospital's settings."""
    from django.conf import settings  # noqa: PLC0415  # needs loaded apps

    asked = next((said for name in _ASKING if (said := os.environ.get(name))), "")
    known = {"zh": "zh-hans", "en": "en"}
    return known.get(asked[:2].lower(), str(settings.LANGUAGE_CODE))


_ASKING = ("LC_ALL", "LC_MESSAGES", "LANG")


def complain(text: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"error": text})
    else:
        sys.stderr.write(f"{text}\n")


def print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def print_json(body: object) -> None:
    print_line(json.dumps(body, ensure_ascii=False))
