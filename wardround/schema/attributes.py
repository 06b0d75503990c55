"""Typed attributes: how a definition declares them, and whether a given value fits one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from wardround.kernel import secrets
from wardround.kernel.errors import FieldProblem
from wardround.schema import units
from wardround.schema.errors import Unfit
from wardround.schema.item_attributes import Declared
from wardround.schema.sealing import MASK, SEALED_ELSEWHERE
from wardround.schema.suggestions import closest
from wardround.schema.types import Attribute, AttributeType, Path, Problem
from wardround.schema.values import normal


def check_attributes(attributes: Sequence[Attribute], *, path: Path) -> Iterator[Problem]:
    """What its declaration cannot see in a list of attributes at `path`."""
    names: dict[str, int] = {}
    for index, attribute in enumerate(attributes):
        where = (*path, index)
        if attribute.name in names:
            message = _("two attributes are called “%(name)s”")
            yield Problem((*where, "name"), message, {"name": attribute.name}, found=attribute.name)
        names.setdefault(attribute.name, index)
        yield from _check_facets(attribute, where)
        yield from _check_default(attribute, where)


_FACETS = (
    ("choices", AttributeType.CHOICE),
    ("unit", AttributeType.NUMBER),
    ("minimum", AttributeType.NUMBER),
    ("maximum", AttributeType.NUMBER),
    ("to", AttributeType.REFERENCE),
)


def _check_facets(attribute: Attribute, path: Path) -> Iterator[Problem]:
    for facet, owner in _FACETS:
        if getattr(attribute, facet) not in (None, ()) and attribute.type is not owner:
            details = {"facet": facet, "type": str(attribute.type), "owner": str(owner)}
            message = _("“%(facet)s” belongs to type %(owner)s, not to %(type)s")
            yield Problem((*path, facet), message, details, found=facet, at_key=True)
    yield from units.unit_problems(attribute.unit, (*path, "unit"))
    if attribute.type is AttributeType.CHOICE and not attribute.choices:
        yield Problem(path, _("a choice needs its “choices”"), expected="choices")
    met: set[str] = set()
    for index, value in enumerate(choice.value for choice in attribute.choices):
        if value in met:
            message = _("the choice “%(value)s” stands here twice")
            yield Problem((*path, "choices", index), message, {"value": value}, found=value)
        met.add(value)
    if (
        attribute.minimum is not None
        and attribute.maximum is not None
        and attribute.minimum > attribute.maximum
    ):
        yield Problem((*path, "minimum"), _("the minimum is above the maximum"))


def _check_default(attribute: Attribute, path: Path) -> Iterator[Problem]:
    if attribute.default is None:
        return
    if attribute.type in (AttributeType.SECRET, AttributeType.REFERENCE):
        message = _("a %(type)s has no default")
        yield Problem((*path, "default"), message, {"type": str(attribute.type)})
        return
    try:
        normal(attribute, attribute.default)
    except Unfit as unfit:
        message = _("the default does not fit: %(why)s")
        yield Problem(
            (*path, "default"), message, {"why": str(unfit)}, found=str(attribute.default)
        )


# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validated:
    """`values` in the form they are stored in, without those that have a problem.

    A value of None means: emptied. Secrets are not sealed yet.
    """

    values: Mapping[str, Any]
    problems: tuple[FieldProblem, ...] = ()


@dataclass(slots=True)
class _Findings:
    prefix: str
    row: int | None
    problems: list[FieldProblem] = field(default_factory=list)

    def add(self, name: str, message: str) -> None:
        self.problems.append(FieldProblem(f"{self.prefix}{name}", message, self.row))


def validated(  # noqa: PLR0913  # all but two are named
    attributes: Sequence[Attribute],
    given: Mapping[str, Any],
    *,
    prefix: str = "attributes.",
    row: int | None = None,
    require: bool = True,
    tokens: bool = False,
) -> Validated:
    """Check `given` values against `attributes`; all that is wrong is told at once.

    Args:
        attributes: what may be given.
        given: attribute name → JSON value; None or "" empties it.
        prefix: put before the name in the problems' field.
        row: number of the row in the input, for the problems.
        require: whether a required attribute that is not given is a problem (it always is one
            when it is given empty).
        tokens: whether what stands for a secret in a text may be given for one.

    """
    by_name, required = _named(attributes), _required(attributes)
    findings, values = _Findings(prefix, row), dict[str, Any]()
    for name, value in given.items():
        if name not in by_name:
            findings.add(name, _unknown_attribute(name, by_name))
            continue
        if secrets.looks_sealed(value):
            if tokens and by_name[name].type is AttributeType.SECRET:
                values[name] = value  # it was measured before it was sealed
            else:
                findings.add(name, gettext(SEALED_ELSEWHERE))
            continue
        try:
            values[name] = normal(by_name[name], value)
        except Unfit as unfit:
            findings.add(name, str(unfit))
    for attribute in required:
        if (require or attribute.name in given) and _absent(attribute, given, values):
            findings.add(attribute.name, gettext("a value is needed"))
    return Validated(values, tuple(findings.problems))


def _named(attributes: Sequence[Attribute]) -> Mapping[str, Attribute]:
    if isinstance(attributes, Declared):
        return attributes.by_name
    return {attribute.name: attribute for attribute in attributes}


def _required(attributes: Sequence[Attribute]) -> Iterable[Attribute]:
    if isinstance(attributes, Declared):
        return attributes.required
    return (attribute for attribute in attributes if attribute.required)


def _absent(attribute: Attribute, given: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Neither there nor refused for another reason already."""
    return attribute.name not in given or values.get(attribute.name, given[attribute.name]) in (
        None,
        "",
    )


def _unknown_attribute(name: str, known: Mapping[str, Attribute]) -> str:
    for attribute in known.values():
        if getattr(attribute, "renamed_from", None) == name:
            text = gettext("this attribute is called “%(name)s” now; write it under that name")
            return text % {"name": attribute.name}
    suggestion = closest(name, known)
    if suggestion:
        text = gettext("there is no such attribute; did you mean “%(suggestion)s”?")
        return text % {"suggestion": suggestion}
    text = gettext("there is no such attribute; known: %(known)s")
    return text % {"known": ", ".join(known) or "–"}


def defaults(attributes: Sequence[Attribute]) -> dict[str, Any]:
    """What stands in attributes that nobody fills in, by name."""
    return {
        attribute.name: attribute.default
        for attribute in attributes
        if attribute.default is not None
    }


# Secrets -----------------------------------------------------------------------------------------


def sealed(
    attributes: Sequence[Attribute], values: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """`values` with their secrets sealed; a mask, or the same secret, keeps what is stored."""
    ready, by_name = dict(values), _named(attributes)
    for name, value in values.items():
        attribute, stored = by_name.get(name), before.get(name)
        if value is None or attribute is None:
            continue
        if attribute.type is AttributeType.SECRET:
            ready[attribute.name] = _kept_or_sealed(value, stored)
        elif value == MASK and secrets.is_sealed(stored):  # a secret until its type changed
            ready[attribute.name] = stored
    return ready


def _kept_or_sealed(value: str, stored: Any) -> Any:
    if isinstance(stored, str) and (value == MASK or secrets.unseal(stored) == value):
        return stored
    return None if value == MASK else secrets.seal(value)


def masked(attributes: Sequence[Attribute], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` as they may be shown. Values of attributes no longer declared are left out.

    What was sealed under a declaration of before stays hidden.
    """
    shown: dict[str, Any] = {}
    for attribute in attributes:
        value = values.get(attribute.name)
        if value is not None:
            hidden = attribute.type is AttributeType.SECRET or secrets.is_sealed(value)
            shown[attribute.name] = MASK if hidden else value
    return shown
