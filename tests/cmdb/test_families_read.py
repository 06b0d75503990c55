"""That fewer items are read where no row could mean another changes nothing of what rows are found
to be about.
"""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from wardround.cmdb.intake.identity import Identification, Known, family, open_families
from wardround.cmdb.intake.lines import Said
from wardround.cmdb.intake.tables import Line
from wardround.schema.types import AttributeType, ItemAttribute, ItemType, Label, with_inherited

SERIAL, ROOM = (
    ItemAttribute(name=name, label=Label(name, name), type=AttributeType.TEXT)
    for name in ("serial", "room")
)


def kind(name: str, *identifiers: tuple[str, ...], root: str = "") -> ItemType:
    return ItemType(
        name=name,
        label=Label(name, name),
        attributes=() if root else (SERIAL, ROOM),
        identified_by=identifiers,
        extends=root or None,
    )


OWN = {
    each.name: each
    for each in (
        kind("device", ("serial",)),
        kind("scanner", ("serial",), ("name", "room"), root="device"),
        kind("printer", ("room", "serial"), ("serial",), root="device"),
        kind("room", ("name",)),
        kind("paper"),
    )
}
TYPES = {name: with_inherited(each, OWN) for name, each in OWN.items()}
KEYS = [f"k{number}" for number in range(5)]
NAMES, SERIALS = st.sampled_from(["CT 1", "ct-1.hospital.local", "MR"]), ["A 1", "ａ-1", "B2", "无"]
VALUES = st.fixed_dictionaries(
    {}, optional={"serial": st.sampled_from(SERIALS), "room": st.sampled_from(["1F", "2F"])}
)
STORED = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from([*TYPES]), NAMES, VALUES),
    max_size=5,
    unique_by=lambda each: each[0],
)
SENT = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([*KEYS, "new"])),
        st.sampled_from([*TYPES]),
        st.one_of(st.none(), NAMES),
        VALUES,
        st.booleans(),
    ),
    max_size=4,
)


def lines_of(sent: list[tuple[str | None, str, str | None, dict[str, str], bool]]) -> list[Said]:
    found = []
    for number, (key, type_name, name, values, clears) in enumerate(sent, start=1):
        columns = {column: said for column, said in (("key", key), ("name", name)) if said}
        held = {"serial": None, **values} if clears else values
        line = Line(number + 1, [])
        found.append(Said(number, "t", line, type=type_name, columns=columns, attributes={**held}))
    return found


def told_of(stock: list[Known], lines: list[Said]) -> object:
    found = Identification(stock, TYPES).find(lines)
    return [(found.get(line.number), line.problems, line.about, line.doubtful) for line in lines]


@settings(max_examples=400, deadline=None)
@given(stored=STORED, sent=SENT, repeats=st.booleans())
def test_what_rows_are_about_does_not_depend_on_how_much_was_read(
    stored: list[tuple[str, str, str, dict[str, str]]],
    sent: list[tuple[str | None, str, str | None, dict[str, str], bool]],
    repeats: bool,  # noqa: FBT001  # drawn
) -> None:
    stock = [
        Known(UUID(int=number), key, type_name, name, values)
        for number, (key, type_name, name, values) in enumerate(stored, start=1)
    ]
    if repeats:  # a load that was sent before
        sent = [*sent[:1], *((k.key, k.type, k.name, {**k.values}, False) for k in stock)]
    keys = {key for key, *_rest in sent if key}
    named = {known.key: known for known in stock if known.key in keys}
    wanted = open_families(lines_of(sent), named, TYPES)
    fewer = [known for known in stock if known.key in named or family(TYPES[known.type]) in wanted]
    assert told_of(fewer, lines_of(sent)) == told_of(stock, lines_of(sent))


def test_a_load_that_says_nothing_new_reads_its_own_items_alone() -> None:
    stock = {
        key: Known(UUID(int=number), key, "scanner", f"CT {number}", {"serial": f"A {number}"})
        for number, key in enumerate(KEYS)
    }
    same = lines_of(
        [(k, "scanner", each.name, {**each.values}, False) for k, each in stock.items()]
    )
    assert open_families(same, stock, TYPES) == set()
    same[0].attributes["serial"] = "B2"
    assert open_families(same, stock, TYPES) == {"device"}
    assert open_families(lines_of([("new", "room", "1F", {}, False)]), stock, TYPES) == {"room"}
