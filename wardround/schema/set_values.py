"""Setting single values of a definition in its text, every other byte of which stays.

A way of writing is tried and read back: what does not come out as meant is not used, whichever form
of YAML the text has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wardround.schema import documents, texts
from wardround.schema.documents import Document, Node
from wardround.schema.types import Path

Value = str | bool


def with_values(text: str, path: Path, values: Mapping[str, Value]) -> str | None:
    """The text with these keys of the mapping at `path`; None where it cannot be written there."""
    for key, value in values.items():
        document = _only(text)
        written = None if document is None else _with_value(document, path, key, value)
        if written is None:
            return None
        text = written
    return text


def _only(text: str) -> Document | None:
    reading = documents.read(text.encode(), "")
    return reading.documents[0] if len(reading.documents) == 1 else None


def _with_value(document: Document, path: Path, key: str, value: Value) -> str | None:
    mapping = document.root.at(path)
    if not isinstance(mapping.value, dict):
        return None
    meant = document.root.plain()
    _plain_at(meant, path)[key] = value
    tried = _in_place if key in mapping.value else _put_in
    for text in tried(document, mapping, key, value):
        found = _only(text)
        if found is not None and found.root.plain() == meant:
            return text
    return None


def _plain_at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _scalar(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else texts.quoted(value)


_WRITTEN = re.compile(r"""[A-Za-z]+|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")
_TO_THE_END = re.compile(r"[^#]*[^#\s]")


def _in_place(document: Document, mapping: Node, key: str, value: Value) -> Iterator[str]:
    node = mapping.value[key][1]
    lines = document.text.split("\n")
    row, start = node.line - document.first_line, node.column - 1
    line = lines[row]
    for form in (_WRITTEN, _TO_THE_END):
        if found := form.match(line, start):
            lines[row] = line[:start] + _scalar(value) + line[found.end() :]
            yield "\n".join(lines)


def _put_in(document: Document, mapping: Node, key: str, value: Value) -> Iterator[str]:
    """Behind the line of the first key, before that of the second, or before it on one line."""
    lines = document.text.split("\n")
    keys = [name for name, _value in mapping.value.values()][:2]
    pair = f"{key}: {_scalar(value)}"
    ending = "\r" if lines[0].endswith("\r") else ""
    fresh = " " * (keys[0].column - 1) + pair + ending
    rows = [keys[0].line + 1, *(name.line for name in keys[1:])]
    for row in (row - document.first_line for row in rows):
        yield "\n".join([*lines[:row], fresh, *lines[row:]])
    for name in keys[1:]:
        row, start = name.line - document.first_line, name.column - 1
        line = f"{lines[row][:start]}{pair}, {lines[row][start:]}"
        yield "\n".join([*lines[:row], line, *lines[row + 1 :]])
