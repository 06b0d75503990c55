"""How the audit chain is told to people: what an act is called, what it was done to, what it says.

A line keeps codes and ids, which stay true whatever becomes of the names. Each room declares how
its own become words (`declare`), and what things are called is asked when somebody reads, within
his reach. What no room declares any more is told as it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wardround.kernel.audit_rules import AuditLine
from wardround.kernel.types import Actor, Named, system_actor
from wardround.kernel.wording import Label, Wording, untranslated

Said = Label | Wording | str
Names = Callable[[Actor, Collection[str]], Mapping[str, Said]]
"""What the things of a kind with these ids are called, those that the reader may know of; one
question for any number.
"""
Lookup = Callable[[str, object], Said]
"""What the thing of a kind with an id is called."""


@dataclass(frozen=True)
class Subject:
    """A kind of thing that lines are about, or name in a detail."""

    kind: str
    label: Said
    names: Names | None = None


def _plain(value: Any, _called: Lookup, _line: AuditLine) -> object:
    return said(value)


@dataclass(frozen=True)
class Detail:
    """What a line keeps under one name: how it is called, and how its value is said.

    A value that says nothing to people (the id of a session) has no label and is not told.
    """

    label: str = ""
    say: Callable[[Any, Lookup, AuditLine], object] = _plain


@dataclass(frozen=True)
class ToldDetail:
    """One thing that a line says."""

    label: Said
    text: Said


@dataclass(frozen=True)
class Doer:
    """Who did it."""

    id: UUID
    name: Said


@dataclass(frozen=True)
class Told:
    """A line in words. `there`: the subject is still there and may be looked at by this reader."""

    line: AuditLine
    doer: Doer
    act: Said
    kind: Said
    subject: Said
    there: bool
    details: tuple[ToldDetail, ...]


@dataclass(frozen=True)
class _Act:
    label: str
    details: Mapping[str, Detail]


@dataclass
class _Vocabulary:
    acts: dict[str, _Act] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    lookups: dict[str, Names] = field(default_factory=dict)
    parts: dict[UUID, str] = field(default_factory=dict)
    families: list[Callable[[], Iterable[Subject]]] = field(default_factory=list)

    def every_subject(self) -> dict[str, Subject]:
        told = {subject.kind: subject for family in self.families for subject in family()}
        return told | self.subjects


_known = _Vocabulary()


def declare(
    acts: Mapping[str, str],
    subjects: Iterable[Subject] = (),
    details: Mapping[str, Detail] | None = None,
    lookups: Mapping[str, Names] | None = None,
    parts: Mapping[str, str] | None = None,
) -> None:
    """Declare a room's acts with what they are called, and the details that their lines may have.

    `lookups` are further questions that a detail may ask by an id; `parts` are the parts of the
    platform that act in this room, by the name of their actor.
    """
    _known.acts |= {name: _Act(label, details or {}) for name, label in acts.items()}
    _known.subjects |= {subject.kind: subject for subject in subjects}
    _known.lookups |= lookups or {}
    _known.parts |= {system_actor(name).id: label for name, label in (parts or {}).items()}


def declare_family(subjects: Callable[[], Iterable[Subject]]) -> None:
    """Declare kinds of subjects that are known only once every room has started."""
    _known.families.append(subjects)


def acts() -> Mapping[str, Wording]:
    """Every act there is, with what it is called."""
    return {name: Wording(act.label) for name, act in sorted(_known.acts.items())}


def subjects() -> Mapping[str, Said]:
    """Every kind of thing that lines are about, with what it is called."""
    return {kind: subject.label for kind, subject in sorted(_known.every_subject().items())}


def actor_name(actor: Named) -> Said:
    """What an actor is called; parts of the platform have a name in each language."""
    label = _known.parts.get(actor.id)
    return Wording(label) if label else actor.name


def is_part(name: str) -> bool:
    """Whether a part of the platform that a room has declared acts under this name."""
    return system_actor(name).id in _known.parts


def of(kind: str) -> Callable[[Any, Lookup, AuditLine], object]:
    """Says an id, or each of several, by what the thing of this kind is called."""

    def say(value: Any, called: Lookup, _line: AuditLine) -> object:
        if isinstance(value, list):
            return [called(kind, each) for each in value] or _NONE
        return called(kind, value) if value else _NONE

    return say


_NONE, _SEVERAL = "–", "%(several)s"
_YES, _NO = Wording(untranslated("yes")), Wording(untranslated("no"))
_GONE = Wording(untranslated("no longer there"))


def said(value: object) -> Said:  # noqa: PLR0911  # a table of types
    """A plain value for people."""
    if value is None or value in ("", [], {}):
        return _NONE
    match value:
        case bool():
            return _YES if value else _NO
        case datetime():
            return Wording(_SEVERAL, {"several": value})
        case Label() | Wording() | str():
            return value
        case list() | tuple():
            return Wording(_SEVERAL, {"several": [said(each) for each in value]})
        case Mapping():
            pairs = [f"{name}: {said(each)}" for name, each in value.items()]
            return Wording(_SEVERAL, {"several": pairs})
        case _:
            return str(value)


def ids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are ids."""
    return [UUID(text) for text in texts if _is_id(text)]


def moment(value: Any, _called: Lookup, _line: AuditLine) -> object:
    """Says a moment as lines keep it."""
    return datetime.fromisoformat(value)


# Telling -----------------------------------------------------------------------------------------


def told(actor: Actor, lines: Sequence[AuditLine]) -> list[Told]:
    """The lines in words for this reader: one question for each kind of thing that they name."""
    wanted: dict[str, set[str]] = defaultdict(set)

    def want(kind: str, id_: object) -> Said:
        wanted[kind].add(str(id_))
        return ""

    for line in lines:
        want(line.subject_kind, line.subject_id)
        list(_details(line, want))
    kinds = _known.every_subject()
    questions = {kind: subject.names for kind, subject in kinds.items() if subject.names}
    questions |= _known.lookups
    names = {kind: questions[kind](actor, ids) for kind, ids in wanted.items() if kind in questions}

    def called(kind: str, id_: object) -> Said:
        known = names.get(kind, {})
        return known.get(str(id_), _GONE if _is_id(str(id_)) else str(id_))

    return [
        _told(line, kinds.get(line.subject_kind), names.get(line.subject_kind, {}), called)
        for line in lines
    ]


def named(actor: Actor, kinds: Mapping[str, str]) -> dict[str, Said]:
    """What things are called by id, given the kind of each, for this reader."""
    known = _known.every_subject()
    wanted: dict[str, set[str]] = defaultdict(set)
    for id_, kind in kinds.items():
        wanted[kind].add(id_)
    found = {
        id_: name
        for kind, ids_ in wanted.items()
        if (subject := known.get(kind)) and subject.names
        for id_, name in subject.names(actor, ids_).items()
    }
    return {id_: found.get(id_, _GONE if _is_id(id_) else id_) for id_ in kinds}


def _told(line: AuditLine, kind: Subject | None, names: Mapping[str, Said], called: Lookup) -> Told:
    act, name = _known.acts.get(line.action), names.get(line.subject_id)
    return Told(
        line=line,
        doer=Doer(line.actor_id, actor_name(line.actor)),
        act=Wording(act.label) if act else line.action,
        kind=kind.label if kind else line.subject_kind,
        subject=name if name is not None else _kept_name(line),
        there=name is not None,
        details=tuple(_details(line, called)),
    )


def _kept_name(line: AuditLine) -> Said:
    """What the line itself calls its subject, where nobody else does any more."""
    detail = line.detail if isinstance(line.detail, Mapping) else {}
    for name in ("number", "name", "user_name"):
        if isinstance(kept := detail.get(name), str):
            return kept
    return "" if _is_id(line.subject_id) or line.subject_id in _MANY else line.subject_id


_MANY = frozenset({"several", "open", "pack"})
"""What stands in place of an id where a line is about many things."""


def _details(line: AuditLine, called: Lookup) -> Iterator[ToldDetail]:
    act = _known.acts.get(line.action)
    declared = act.details if act else {}
    kept = line.detail if isinstance(line.detail, Mapping) else {}
    for name, value in kept.items():
        detail = declared.get(name)
        if detail is None:
            yield ToldDetail(name, said(value))
        elif detail.label and value not in (None, "", []):
            yield ToldDetail(Wording(detail.label), said(detail.say(value, called, line)))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
