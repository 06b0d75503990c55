"""Changing one definition in a file and leaving every other byte of it as it is."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from wardround.schema import documents
from wardround.schema.documents import Document, Node, plain_scalar
from wardround.schema.types import Path

Key = tuple[str, str]


def key_of(document: Document) -> Key | None:
    """Kind and name that a document gives itself."""
    body = document.root.plain()
    if not isinstance(body, dict):
        return None
    return str(body.get("kind")), str(body.get("name"))


def find(data: bytes, key: Key) -> Document | None:
    """The document of a definition in a file."""
    return next(
        (document for document in documents.read(data, "").documents if key_of(document) == key),
        None,
    )


def replaced(data: bytes, document: Document, text: str) -> bytes:
    """The file with another text in the place of a document."""
    return with_span(data, (document.start, document.end), text)


Span = tuple[int, int]
"""The characters of a file, a byte order mark not counted, between which a document stands."""


def span_of(data: bytes, key: Key, text: str) -> Span | None:
    """Where the document of a definition stands, which was stored with this text.

    It is read only where the text is not to be found, or stands there twice.
    """
    whole = data.decode("utf-8-sig")
    if text and whole.count(text) == 1:
        start = whole.index(text)
        return start, start + len(text)
    found = find(data, key)
    return (found.start, found.end) if found else None


def with_span(data: bytes, span: Span, text: str) -> bytes:
    """The file with another text between these characters."""
    whole = data.decode("utf-8-sig")
    after = whole[span[1] :]
    text = _behind(text) if whole[: span[0]].strip() else text
    return _encoded(data, whole[: span[0]] + closed(text, after) + after)


def behind_others(document: Document) -> Document:
    """The document where another one stands before it in its file: what begins it there is the
    `---` between them. Remarks before its own one stay.
    """
    head, said = document.text[: document.head], document.text[document.head :]
    remarks = [line for line in head.splitlines(keepends=True) if line.lstrip().startswith("#")]
    first_line = document.first_line + head.count("\n") - len(remarks)
    return replace(document, text="".join(remarks) + said, first_line=first_line, head=0)


def _behind(text: str) -> str:
    """The same of a text, as it is stored."""
    if not _BEGINS_ITSELF.search(text):
        return text
    found = documents.read(text.encode(), "").documents
    return behind_others(found[0]).text if found else text


_BEGINS_ITSELF = re.compile(r"^(---|%)", re.MULTILINE)


def line_at(data: bytes, start: int) -> int:
    """The line of the file in which a character stands, from 1."""
    return data.decode("utf-8-sig").count("\n", 0, start) + 1


def without(data: bytes, key: Key) -> bytes | None:
    """The file without a definition and one of the lines that divide it from others.

    None where nothing is left.
    """
    found = documents.read(data, "").documents
    places = [place for place, document in enumerate(found) if key_of(document) == key]
    if not places:
        return data
    if len(found) == 1:
        return None
    place, whole = places[0], data.decode("utf-8-sig")
    if place + 1 < len(found):
        start, end = found[place].start, found[place + 1].start
    else:
        start, end = found[place - 1].end, found[place].end
    return _encoded(data, whole[:start] + whole[end:])


def appended(data: bytes | None, text: str) -> bytes:
    """The file with one more document at its end."""
    if not data or not data.strip():
        return closed(text).encode()
    whole = data.decode("utf-8-sig")
    return _encoded(data, closed(whole) + "---\n" + closed(_behind(text)))


def closed(text: str, after: str = "") -> str:
    """The text with an end of its last line, where anything could follow it."""
    return text if text.endswith("\n") or (after and not after.strip()) else text + "\n"


def _encoded(like: bytes, text: str) -> bytes:
    mark = codecs.BOM_UTF8 if like.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


# Names in texts ----------------------------------------------------------------------------------


def renamed(document: Document, paths: Sequence[Path], old: str, new: str) -> str:
    """The document's text with a name it refers to replaced at these paths.

    A path leads to the name or to a list with it. What is written in another way (an alias) stays.
    """
    return with_names(document, {old: paths}, {old: new})


def with_names(
    document: Document, places: Mapping[str, Sequence[Path]], new: Mapping[str, str]
) -> str:
    """The document's text with several names replaced, each at its paths by its new one."""
    found = {
        (node.line, node.column, old)
        for old, paths in places.items()
        for path in paths
        for node in _leaves(document.root.at(path))
        if node.value == old
    }
    lines = document.text.split("\n")
    for line, column, old in sorted(found, reverse=True):
        row = line - document.first_line
        lines[row] = _written_anew(lines[row], column - 1, old, new[old])
    return "\n".join(lines)


def with_keys(document: Document, keys: Sequence[tuple[Path, str]]) -> str:
    """The document's text with keys replaced: each by its path, and what it is to be called."""
    places = {
        (node.line, node.column, str(node.value)): new
        for path, new in keys
        if (node := document.root.at(path, key=True)).value == path[-1]
    }
    lines = document.text.split("\n")
    for (line, column, old), new in sorted(places.items(), reverse=True):
        row = line - document.first_line
        lines[row] = _written_anew(lines[row], column - 1, old, new)
    return "\n".join(lines)


def _leaves(node: Node) -> Sequence[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _written_anew(line: str, start: int, old: str, new: str) -> str:
    for quote, fresh in (("", scalar(new)), ("'", _singlequoted(new)), ('"', quoted(new))):
        written = f"{quote}{old}{quote}"
        if line.startswith(written, start):
            return line[:start] + fresh + line[start + len(written) :]
    return line


def scalar(text: str) -> str:
    """A name as a plain scalar, in quotes where it would be read as something else, in a list or a
    mapping on one line too.
    """
    plain = plain_scalar(text) == text and not _IN_FLOW.intersection(text)
    return text if plain else quoted(text)


_IN_FLOW = frozenset('{}[],:#"')


_NEVER_AS_IT_IS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What YAML ends a line at or refuses, and JSON takes as it is."""


def quoted(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return _NEVER_AS_IT_IS.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _singlequoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# Bodies as texts ---------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Writes what `documents.read` reads back as it was: YAML 1.2 words, no aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    lines = text.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    if len(lines) > 1 and all(line == line.strip() for line in lines) and lines[0]:
        return "|"
    return None if plain_scalar(text) == text else '"'


_Dumper.add_representer(str, _represent_text)


def written(kind: str, body: Mapping[str, Any]) -> str:
    """A body as the text of a definition."""
    whole = {"kind": kind, **{key: value for key, value in body.items() if key != "kind"}}
    text: str = yaml.dump(
        whole,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
        default_flow_style=None,
    )
    return text
