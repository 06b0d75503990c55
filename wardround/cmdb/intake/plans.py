"""Which column of a table says what of an item: guessed from its heads, said by a person, kept.

Pure. A target is `key`, `name`, `attributes.serial`, `relation.runs-on`, `reverse.runs-on`, or of
a table of relations `from`, `to`, `kind`; an empty one: the column says nothing.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

from wardround.cmdb.import_types import TableWish
from wardround.cmdb.intake.tables import Cell, Line, Table
from wardround.kernel.typed_text import compatible
from wardround.schema.types import ItemType, Label, RelationKind

_HEADS_WITHIN = 25
"""The head is looked for in so many rows that hold something."""
_NEAR = 0.8
_SAME_HEADS = 0.7
"""A table is the one of which so many of its heads are, whatever it is called."""
_TOO_SHORT = 2
_ALIKE, _MOST_LIKE = 0.7, 6
_MOST_GUESSES = 200
"""So many heads are compared with every word that is like them; there are people who send a whole
sheet's 16,384.
"""
_MOST_TYPES = 200
"""Different words of a column of types; where there are more it is none."""
RELATION_DETAILS = ("group", "need", "standby", "switch_minutes")
ITEM_TARGETS = ("key", "own", "name", "type", "importance", "owner", "vendor")
RELATION_TARGETS = ("from", "to", "kind", *RELATION_DETAILS)

_WORDS: Mapping[str, Sequence[str]] = {
    "key": ("key", "编号", "配置项编号", "编码", "ci id", "item key", "标识", "唯一标识"),
    "own": ("source id", "来源编号", "来源中的编号"),
    "name": ("name", "名称", "配置项名称", "设备名称", "主机名", "hostname", "item name"),
    "type": ("type", "类型", "配置项类型", "item type", "ci type"),
    "importance": ("importance", "重要性", "重要性等级", "class of importance"),
    "owner": ("owner", "负责人", "责任人", "管理员"),
    "vendor": ("vendor", "厂商", "维保厂商", "supplier"),
}
_REASONS = ("Why it was refused", "拒绝原因")
"""The column of an error file that says nothing of an item."""
_RELATION_WORDS: Mapping[str, Sequence[str]] = {
    "from": ("from", "起点", "源", "起点编号", "source", "源配置项", "起点配置项"),
    "to": ("to", "终点", "目标", "终点编号", "target", "目标配置项", "终点配置项"),
    "kind": ("kind", "relation", "关系", "关系类型", "relation kind"),
    "group": ("group", "冗余组"),
    "need": ("need", "至少需要", "needed of the group", "组内至少"),
    "standby": ("standby", "备用方式", "备用"),
    "switch_minutes": ("switch minutes", "minutes to switch", "切换时间", "切换分钟"),
}


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What one column says. `near`: guessed of a head that is only like a word."""

    head: str
    to: str = ""
    near: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How one table is read; `head` is the row of its heads, 0 where none was found."""

    table: str
    type: str = ""
    head: int = 0
    columns: tuple[ColumnPlan, ...] = ()
    rows: int = 0
    """That hold something, below the head."""
    types: Mapping[str, str] = field(default_factory=dict)
    """By folded text of the column of types, the type."""

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(column.to for column in self.columns if column.to)

    @property
    def of_relations(self) -> bool:
        return {"from", "to"} <= {*self.targets}


Wishes = Mapping[str, TableWish]
"""By table; `*` for every other."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What heads may mean."""

    types: Mapping[str, ItemType]
    kinds: Mapping[str, RelationKind]

    def type_named(self, text: str) -> str:
        """The type that is called so, by its name or a label; empty where none is."""
        wanted = folded(text)
        for name, known in self.types.items():
            if wanted in {folded(name), *map(folded, _both(known.label))}:
                return name
        return ""

    def types_like(self, text: str) -> list[str]:
        """What types are called that somebody may mean who writes this."""
        wanted = folded(text)
        usable = [known for known in self.types.values() if not known.abstract]
        words = {known.label.text(): folded(known.label.text()) for known in usable}
        near = difflib.get_close_matches(wanted, [*words.values()], n=3, cutoff=_ALIKE)
        return [
            label
            for label, word in words.items()
            if word in near or (word and (word in wanted or wanted in word))
        ][:_MOST_LIKE]

    def kind_named(self, text: str) -> tuple[str, bool]:
        """The kind of relation that is called so, and whether from its other end."""
        wanted = folded(text)
        for name, kind in self.kinds.items():
            if wanted in {folded(name), *map(folded, _both(kind.label))}:
                return name, False
        for name, kind in self.kinds.items():
            if wanted in map(folded, _both(kind.reverse_label)):
                return name, True
        return "", False

    def words(self, types: Iterable[ItemType]) -> dict[str, str]:
        """By folded word, what it means of items of these types; what is said first stays."""
        found: dict[str, str] = {}
        for word, target in self._said(types):
            found.setdefault(folded(word), target)
        return found

    def _said(self, types: Iterable[ItemType]) -> Iterator[tuple[str, str]]:
        yield from ((word, target) for target in ITEM_TARGETS for word in _WORDS[target][:2])
        several = [attribute for known in types for attribute in known.attributes]
        yield from ((each.name, f"attributes.{each.name}") for each in several)
        for each in several:
            yield from ((word, f"attributes.{each.name}") for word in _both(each.label))
        yield from ((word, target) for target, words in _WORDS.items() for word in words)
        yield from ((word, "") for word in _REASONS)
        for name, kind in self.kinds.items():
            yield from ((word, f"relation.{name}") for word in (*_both(kind.label), name))
        for name, kind in self.kinds.items():
            yield from ((word, f"reverse.{name}") for word in _both(kind.reverse_label))


def _both(label: Label) -> tuple[str, str]:
    return label.zh, label.en


_BESIDE = re.compile(r"\(.*?\)|[*:\s_\-/]")


def folded(text: str) -> str:
    """A head as it is compared: in one form, without units in brackets, marks and blanks."""
    whole = compatible(text).casefold()
    return _BESIDE.sub("", whole) or whole.strip()


def plan(
    table: Table, vocabulary: Vocabulary, *, type_name: str = "", wishes: Wishes | None = None
) -> TablePlan:
    """How a table is to be read: as it is said, else as it is guessed."""
    said = wish_for(table, wishes or {}) or TableWish()
    own = said.type if said.type is not None else ""
    its_type = own or type_name or vocabulary.type_named(table.name)
    known = vocabulary.types.get(its_type)
    types = [known] if known else list(vocabulary.types.values())
    words, relation_words = vocabulary.words(types), _relation_words()
    head = _head(table, {**words, **relation_words}, said)
    if head is None:
        return TablePlan(table.name, its_type)
    heads = _whole_heads(table, head)
    by_word = {folded(text): name for text, name in said.types.items()}
    columns = _columns(heads, words, relation_words, said)
    if not known and (there := _types_there(table, head, columns, vocabulary, by_word)):
        columns = _columns(heads, vocabulary.words(there), relation_words, said)
    rows = sum(line.number > head.number for line in table.filled)
    return TablePlan(table.name, its_type, head.number, columns, rows, by_word)


def _types_there(
    table: Table,
    head: Line,
    columns: Iterable[ColumnPlan],
    vocabulary: Vocabulary,
    by_word: Mapping[str, str],
) -> list[ItemType]:
    """The types that the column of types names: what a head means is what it means of these."""
    place = next((column.place for column in columns if column.to == "type"), None)
    if place is None:
        return []
    texts: dict[str, None] = {}
    for line in table.filled:
        if line.number > head.number and place < len(line.cells):
            texts.setdefault(_text(line.cells[place]), None)
        if len(texts) > _MOST_TYPES:
            return []
    names = (by_word.get(folded(text)) or vocabulary.type_named(text) for text in texts if text)
    return [vocabulary.types[name] for name in dict.fromkeys(names) if name in vocabulary.types]


def wish_for(table: Table, wishes: Wishes) -> TableWish | None:
    """Of this very table, of the first pattern that it fits, of every other; else of the one whose
    heads it has: files are called otherwise when they are sent a month later.
    """
    if table.name in wishes:
        return wishes[table.name]
    name = table.name.casefold()
    fitting = (wish for of, wish in wishes.items() if fnmatchcase(name, of.casefold()))
    return next(fitting, None) or _by_heads(table, wishes)


def _by_heads(table: Table, wishes: Wishes) -> TableWish | None:
    best, most = None, 1
    lines = [[*filter(None, map(folded, heads_of(line)))] for line in _first(table)]
    for wish in wishes.values():
        known = {*map(folded, wish.columns)}
        for heads in lines:
            same = sum(head in known for head in heads)
            if same > most and same >= _SAME_HEADS * len(heads):
                best, most = wish, same
    return best


def _first(table: Table) -> Iterator[Line]:
    return islice(table.filled, _HEADS_WITHIN)


def _relation_words() -> dict[str, str]:
    return {folded(word): to for to, words in _RELATION_WORDS.items() for word in words}


def _head(table: Table, words: Mapping[str, str], said: TableWish) -> Line | None:
    """The row, of the first ones, in which most cells are words that are known."""
    best, most = None, 0
    alike = {*map(folded, said.columns)}
    for line in _first(table):
        heads = heads_of(line)
        known = len({words[folded(head)] for head in heads if folded(head) in words})
        known += 2 * sum(folded(head) in alike for head in heads if head)
        if known > most:
            best, most = line, known
    return best


def heads_of(line: Line) -> list[str]:
    """The heads; of several alike, the later ones with their number."""
    found: list[str] = []
    counts: Counter[str] = Counter()
    for cell in line.cells:
        text = " ".join(_text(cell).split())
        counts[text] += 1
        found.append(f"{text}#{counts[text]}" if text and counts[text] > 1 else text)
    return found


def _whole_heads(table: Table, head: Line) -> list[str]:
    """The heads, and for a column that has values below it and no head its place, such as `#5`:
    what is read of it, or not, is said as of any other.
    """
    heads = heads_of(head)
    filled: set[int] = set()
    for line in table.filled:
        if line.number > head.number:
            filled.update(place for place in _beside(heads, line) if place not in filled)
    places = range(max([len(heads) - 1, *filled]) + 1)
    whole = [heads[place] if place < len(heads) else "" for place in places]
    return [
        text or (f"#{place + 1}" if place in filled else "") for place, text in enumerate(whole)
    ]


def _beside(heads: Sequence[str], line: Line) -> Iterator[int]:
    """The places of values above which no head stands."""
    for place, cell in enumerate(line.cells):
        headless = place >= len(heads) or not heads[place]
        if headless and cell is not None and (not isinstance(cell, str) or cell.strip()):
            yield place


def _text(cell: Cell) -> str:
    return compatible(cell).strip() if isinstance(cell, str) else ""


def _columns(
    heads: Sequence[str],
    words: Mapping[str, str],
    relation_words: Mapping[str, str],
    said: TableWish,
) -> tuple[ColumnPlan, ...]:
    ends = {relation_words.get(folded(text)) for text in heads}
    known = {**words, **relation_words} if {"from", "to"} <= ends else dict(words)
    found: list[ColumnPlan] = []
    alike = {folded(text): to for text, to in said.columns.items()}
    wanted = {text: alike[folded(text)] for text in heads if text and folded(text) in alike}
    wanted |= {text: said.columns[text] for text in heads if text in said.columns}
    taken = {to for to in wanted.values() if to}
    guesses = 0
    for place, text in enumerate(heads):
        if not text:
            continue
        if text in wanted:
            found.append(ColumnPlan(text, wanted[text], place=place))
            continue
        word = folded(text)
        guesses += word not in known
        to, near = _guessed(word, known, near=guesses <= _MOST_GUESSES)
        if to in taken and not to.startswith(("relation.", "reverse.")):
            to, near = "", False
        taken.add(to)
        found.append(ColumnPlan(text, to, near, place))
    return tuple(found)


def _guessed(word: str, known: Mapping[str, str], *, near: bool) -> tuple[str, bool]:
    if word in known or not near or len(word) <= _TOO_SHORT:
        return known.get(word, ""), False
    alike = difflib.get_close_matches(word, known, n=1, cutoff=_NEAR)
    return (known[alike[0]], True) if alike else ("", False)


# Kept --------------------------------------------------------------------------------------------


def wishes_of(body: Mapping[str, Any]) -> dict[str, TableWish]:
    """Wishes as they are kept: {table: {type, columns: {head: target}}}."""
    return {
        table: TableWish(
            said.get("type"), dict(said.get("columns", {})), dict(said.get("types", {}))
        )
        for table, said in body.items()
    }


def as_body(wishes: Wishes) -> dict[str, Any]:
    return {
        table: {"type": said.type, "columns": dict(said.columns), "types": dict(said.types)}
        for table, said in wishes.items()
    }
