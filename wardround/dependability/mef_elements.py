"""Open-PSA files, read into definitions: what is defined where, nothing looked up yet.

A streaming parser, so size is no limit; of the definition that is being read the elements are kept
as a tree, walked without recursion, so nesting is none either. It must never follow an entity, a
DTD or an inclusion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from wardround.dependability.errors import (
    DependabilityError,
    Place,
    RefusedXml,
    SyntaxProblem,
    TooLarge,
    Unsupported,
)
from wardround.dependability.messages import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CONTAINERS = {"opsa-mef", "define-fault-tree", "define-component", "model-data"}
_SCOPES = {"define-fault-tree", "define-component"}
_SKIPPED = {
    "label", "attributes", "attribute",
    # event trees ask about gates, they do not change one
    "define-event-tree", "define-initiating-event", "define-sequence", "define-rule",
    "define-event-tree-directive", "define-consequence", "define-consequence-group",
}  # fmt: skip
DEFINITIONS = {
    "define-gate", "define-basic-event", "define-house-event", "define-parameter",
    "define-CCF-group",
}  # fmt: skip
_XML_REASONS = {2, 3, 4, 5, 6, 7, 8, 9, 11, 18, 19, 20}


class Element:
    """One element of a definition."""

    __slots__ = ("children", "given", "place", "tag")

    def __init__(self, tag: str, given: dict[str, str], place: Place) -> None:
        self.tag, self.given, self.place = tag, given, place
        self.children: list[Element] = []

    def attribute(self, key: str) -> str:
        value = self.given.get(key, "").strip()
        if not value:
            raise SyntaxProblem("attribute_missing", tag=self.tag, key=key, place=self.place)
        return value

    def inputs_first(self) -> Iterator[Element]:
        """The element and all below it, each after its children."""
        stack = [(self, False)]
        while stack:
            element, ready = stack.pop()
            if ready or not element.children:
                yield element
                continue
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element.children))


@dataclass
class Definition:
    """`scope`: the fault tree and components around it; `private`: only they know its name."""

    element: Element
    name: str
    scope: tuple[str, ...]
    private: bool
    label: str = field(default="")

    @property
    def kind(self) -> str:
        return self.element.tag

    @property
    def place(self) -> Place:
        return self.element.place

    @property
    def path(self) -> str:
        return ".".join((*self.scope, self.name))


class FileReader:
    """Reads one file; the definitions are added to `found`."""

    def __init__(self, found: list[Definition], largest: int, file: str = "") -> None:
        self.found, self.largest, self.file = found, largest, file
        self.scope: list[tuple[str, bool]] = []  # name and whether private
        self.open: list[Element] = []  # of the definition being read
        self.skipping = 0
        self.rooted = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ExternalEntityRefHandler = self._entity
        self.parser.SkippedEntityHandler = self._entity

    def read(self, chunks: Iterable[bytes]) -> None:
        size = 0
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > self.largest:
                    raise too_large(self.file, self.largest, self._here())
                self.parser.Parse(chunk, False)  # noqa: FBT003  positional only
            self.parser.Parse(b"", True)  # noqa: FBT003  positional only
        except expat.ExpatError as error:
            raise self._not_well_formed(error) from None
        except DependabilityError:
            raise
        except (LookupError, ValueError):  # an encoding that Python or the parser does not know
            raise SyntaxProblem("encoding_unknown", place=self._here()) from None

    def _not_well_formed(self, error: expat.ExpatError) -> SyntaxProblem:
        known = error.code in _XML_REASONS
        reason = Term(f"xml {error.code}") if known else Term("xml", str(error.code))
        place = Place(error.lineno, error.offset + 1, file=self.file)
        return SyntaxProblem("not_well_formed", reason=reason, place=place)

    def _here(self) -> Place:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        return Place(line, column, file=self.file)

    def _entity(self, *_: object) -> int:
        raise RefusedXml("entities", place=self._here())

    def _doctype(self, _name: str, system: str | None, public: str | None, internal: int) -> None:
        if system or public or internal:
            raise RefusedXml("doctype", place=self._here())

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if self.skipping or (self.rooted and tag in _SKIPPED):
            self.skipping += 1
        elif not self.rooted:
            self._root(tag)
        elif self.open:
            self._inside(tag, given)
        elif tag in DEFINITIONS:
            self.open = [Element(tag, given, self._here())]
        elif tag in _CONTAINERS:
            if tag in _SCOPES:
                self._enter(tag, given)
        else:
            raise self._refused(tag)

    def _text(self, text: str) -> None:
        """What stands between the elements of a definition would be lost without a word."""
        if self.open and not self.skipping and not text.isspace():
            tag, shown = self.open[-1].tag, text.strip()[:40]
            raise SyntaxProblem("stray_text", text=shown, tag=tag, place=self._here())

    def _root(self, tag: str) -> None:
        self.rooted = True
        if tag != "opsa-mef":
            raise SyntaxProblem("wrong_root", tag=tag, place=self._here())

    def _enter(self, tag: str, given: dict[str, str]) -> None:
        name = Element(tag, given, self._here()).attribute("name")
        outer = self.scope[-1][1] if self.scope else False
        self.scope.append((name, _private(given, outer=outer)))

    def _inside(self, tag: str, given: dict[str, str]) -> None:
        if tag in DEFINITIONS:
            kind, name = self.open[0].tag, self.open[0].given.get("name", "")
            raise SyntaxProblem("misplaced", tag=tag, kind=kind, name=name, place=self._here())
        if "include" in tag:
            raise RefusedXml("inclusion", tag=tag, place=self._here())
        element = Element(tag, given, self._here())
        self.open[-1].children.append(element)
        self.open.append(element)

    def _refused(self, tag: str) -> Exception:
        if "include" in tag:
            return RefusedXml("inclusion", tag=tag, place=self._here())
        return Unsupported("unsupported", tag=tag, place=self._here())

    def _end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif self.open:
            element = self.open.pop()
            if not self.open:
                self._define(element)
        elif tag in _SCOPES:
            self.scope.pop()

    def _define(self, element: Element) -> None:
        private = _private(element.given, outer=self.scope[-1][1] if self.scope else False)
        scope = tuple(name for name, _ in self.scope)
        self.found.append(Definition(element, element.attribute("name"), scope, private))


def _private(given: dict[str, str], *, outer: bool) -> bool:
    role = given.get("role", "").strip()
    return role == "private" if role else outer


def too_large(file: str, largest: int, place: Place | None = None) -> TooLarge:
    return TooLarge("file_too_large", file=file or "XML", size=f"{largest >> 20} MB", place=place)
