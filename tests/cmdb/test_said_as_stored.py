"""That what is said as it is stored is not measured again changes nothing of what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wardround.cmdb import preparation
from wardround.cmdb.drafts import ItemDraft, Prepared, Stored, Target
from wardround.cmdb.types import UNSET, ItemEdit
from wardround.kernel import secrets
from wardround.kernel.errors import FieldProblem
from wardround.schema.types import AttributeType, ItemAttribute, ItemType, Label, with_inherited

OTHER = UUID(int=7)
KINDS = {
    "serial": AttributeType.TEXT,
    "units": AttributeType.NUMBER,
    "spare": AttributeType.BOOLEAN,
    "bought": AttributeType.DATE,
    "room": AttributeType.REFERENCE,
    "pin": AttributeType.SECRET,
}
HOST = ItemType(
    name="host",
    label=Label("主机", "Host"),
    attributes=tuple(
        ItemAttribute(name=name, label=Label(name, name), type=kind) for name, kind in KINDS.items()
    ),
)
TYPES = {"host": with_inherited(HOST, {"host": HOST})}
GOOD: dict[str, list[Any]] = {
    "serial": ["A1", "B 2"],
    "units": [1, 2.5, 0],
    "spare": [True, False],
    "bought": ["2026-01-31"],
    "room": [str(OTHER)],
}
SAID: dict[str, list[Any]] = {
    name: [*values, None, "", 1, True, "Ａ1", " B 2 ", "x", 1.0] for name, values in GOOD.items()
}


def values(of: dict[str, list[Any]], more: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={**{name: st.sampled_from(each) for name, each in of.items()}, **more}
    )


stored = values(GOOD, {})
said = values(SAID, {"pin": st.just("1234"), "unknown": st.just("x")})
names = st.sampled_from(["CT", "ＣＴ", " CT ", "", UNSET])


@st.composite
def edits(draw: st.DrawFn) -> tuple[Stored, ItemEdit]:
    """An item, and what is said of it: often what is stored of it."""
    held, told = draw(stored), draw(said)
    whole = {**told, **held} if draw(st.booleans()) else told
    retired = draw(st.booleans())
    before = Stored(UUID(int=1), "ct", "host", "CT", attributes=held, retired=retired)
    return before, ItemEdit(name=draw(names), attributes=whole)


def become(before: Stored, edit: ItemEdit) -> tuple[Prepared | None, list[FieldProblem]]:
    draft = ItemDraft(before.id, before.key, before.type, edit, before, row=1)
    work = preparation.checked(draft, TYPES, ["host"])
    if work.problems:
        return None, sorted(work.problems, key=lambda each: each.field)
    targets = {str(OTHER): Target(OTHER, "host")}
    if any(text not in targets for _where, text, _admitted in work.named()):
        return None, []
    return preparation.prepared(work, TYPES, targets), []


def readable(found: tuple[Prepared | None, list[FieldProblem]]) -> object:
    """The same secret sealed twice is not the same text."""
    made, problems = found
    if made is None:
        return problems
    opened = {
        name: secrets.unseal(value) if secrets.is_sealed(value) else value
        for name, value in made.after.attributes.items()
    }
    kinds = {name: type(value) for name, value in opened.items()}
    return replace(made, after=replace(made.after, attributes=opened)), kinds


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits())
def test_the_long_way_comes_to_the_same(
    monkeypatch: pytest.MonkeyPatch, drawn: tuple[Stored, ItemEdit]
) -> None:
    before, edit = drawn
    short = become(before, edit)
    with monkeypatch.context() as patched:
        patched.setattr(preparation, "_stays", lambda *_given: {})
        patched.setattr(preparation, "_nothing_new", lambda *_given: False)
        assert readable(become(before, edit)) == readable(short)


def test_what_is_sealed_is_no_secret_that_somebody_says() -> None:
    """Taken for the secret, it would be sealed once more and the secret lost."""
    sealed = secrets.seal("1234")
    before = Stored(UUID(int=1), "ct", "host", "CT", attributes={"pin": sealed})
    _made, problems = become(before, ItemEdit(attributes={"pin": sealed, "serial": "new"}))
    assert [each.field for each in problems] == ["attributes.pin"]
