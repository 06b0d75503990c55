r"""The comments of a page that say something of its series: TYPE, HELP and UNIT.

One tokenizer for the text formats 0.0.4 and 1.0.0 and for OpenMetrics 1.0, by each one's own rules:

- a name in quotes (1.0.0 and later) may hold any text, with the escapes `\\`, `\"` and `\n`;
- HELP knows the escapes `\\` and `\n`, in OpenMetrics `\"` too;
- UNIT is a word of OpenMetrics; in a text page it begins an ordinary comment, as does `# EOF`.

What a comment says wrongly is left out and told. It never costs the page its values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from wardround.collect.exposition_types import Family, Kind, PageLayout, Series, Skipped

_COMMENT = re.compile(
    rb"[ \t]*\#[ \t]+(HELP|TYPE|UNIT)(?![^ \t])[ \t]*"
    rb'(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_:][A-Za-z0-9_:]*))?(?![^ \t])[ \t]*(.*)\Z',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN_ESCAPES = {"\\": "\\", "n": "\n"}
_QUOTED_ESCAPES = {**_PLAIN_ESCAPES, '"': '"'}
_TEXT_KINDS = {kind.value: kind for kind in Kind} | {"untyped": Kind.UNKNOWN}
_OPEN_KINDS = {kind.value: kind for kind in Kind}


def read_comment(
    line: bytes, number: int, families: dict[str, Family], *, openmetrics: bool
) -> Skipped | None:
    """Take what a comment says into `families`; what cannot be taken comes back, with its line."""
    found = _COMMENT.match(line)
    if found is None:
        told = _begins_as_one(line, openmetrics=openmetrics)
        return Skipped(number, "a metric name after HELP, TYPE or UNIT") if told else None
    keyword, quoted, plain, rest = found.groups()
    if keyword == b"UNIT" and not openmetrics:
        return None
    taken = _taken(
        keyword, _named(quoted, plain), rest.decode(errors="replace"), families, openmetrics
    )
    if isinstance(taken, str):
        return Skipped(number, taken)
    families[taken.name] = taken
    return None


def _taken(
    keyword: bytes,
    name: str | None,
    text: str,
    families: Mapping[str, Family],
    openmetrics: bool,  # noqa: FBT001
) -> Family | str:
    """The family as it is known now, or what was expected in place of what stands there."""
    if name is None:
        return "a metric name in UTF-8"
    if not name:
        return f"a metric name after {keyword.decode()}"
    return _SAYS[keyword](families.get(name) or Family(name), text, openmetrics)


def _begins_as_one(line: bytes, *, openmetrics: bool) -> bool:
    words = line.split(None, 2)
    keywords = (b"HELP", b"TYPE", b"UNIT") if openmetrics else (b"HELP", b"TYPE")
    return len(words) > 1 and words[0] == b"#" and words[1] in keywords


def _named(quoted: bytes | None, plain: bytes | None) -> str | None:
    if quoted is None:
        return (plain or b"").decode()
    try:
        return _unescaped(quoted.decode(), _QUOTED_ESCAPES)
    except UnicodeDecodeError:
        return None


def _unescaped(text: str, escapes: Mapping[str, str]) -> str:
    """In one pass: an escaped backslash, then an n, is no line break. No escape stays as it is."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: escapes.get(found[1], found[0]), text)


def _help(family: Family, text: str, openmetrics: bool) -> Family:  # noqa: FBT001
    escapes = _QUOTED_ESCAPES if openmetrics else _PLAIN_ESCAPES
    return replace(family, help=_unescaped(text if openmetrics else text.rstrip(" \t"), escapes))


def _unit(family: Family, text: str, openmetrics: bool) -> Family | str:  # noqa: ARG001, FBT001
    if text and not family.name.endswith("_" + text):
        return f"a name that ends in its unit “_{text}”"
    return replace(family, unit=text)


def _type(family: Family, text: str, openmetrics: bool) -> Family | str:  # noqa: FBT001
    kinds = _OPEN_KINDS if openmetrics else _TEXT_KINDS
    kind = kinds.get(text.rstrip(" \t"))
    if kind is None:
        return "a type: " + ", ".join(sorted(kinds))
    if family.typed and family.kind is not kind:
        return f"one type for {family.name}; it was {family.kind.value}"
    return replace(family, kind=kind, typed=True)


_SAYS = {b"HELP": _help, b"TYPE": _type, b"UNIT": _unit}

# What a sample's name adds to its family's, and whether such a sample counts up.
_TEXT_PARTS: Mapping[Kind, Mapping[str, bool]] = {
    Kind.COUNTER: {"": True},
    Kind.HISTOGRAM: {"_bucket": True, "_count": True, "_sum": True},
    Kind.SUMMARY: {"": False, "_count": True, "_sum": True},
}
_OPEN_PARTS: Mapping[Kind, Mapping[str, bool]] = {
    # Many pages leave `_total` away, or have it in the family's name; the type is clear anyhow.
    Kind.COUNTER: {"": True, "_total": True, "_created": False},
    Kind.HISTOGRAM: {"_bucket": True, "_count": True, "_sum": True, "_created": False},
    Kind.GAUGE_HISTOGRAM: {"_bucket": False, "_gcount": False, "_gsum": False},
    Kind.SUMMARY: {"": False, "_count": True, "_sum": True, "_created": False},
    Kind.INFO: {"_info": False, "": False},
}
_ALONE = {"": False}
_SUFFIXES = ("_total", "_bucket", "_count", "_sum", "_created", "_gcount", "_gsum", "_info")


def kind_of(series: Series, layout: PageLayout) -> Kind:
    """Whether a single series counts up (`counter`), is a `gauge`, or was not declared.

    The family of exactly its name decides; only where there is none, the one it is a part of.
    """
    parts = _OPEN_PARTS if layout.openmetrics else _TEXT_PARTS
    exact = layout.families.get(series.name)
    if exact is not None:
        return _kind_of_part(exact, "", parts)
    for suffix in _SUFFIXES:
        if series.name.endswith(suffix):
            family = layout.families.get(series.name.removesuffix(suffix))
            if family is not None:
                return _kind_of_part(family, suffix, parts)
    return Kind.UNKNOWN


def _kind_of_part(family: Family, suffix: str, parts: Mapping[Kind, Mapping[str, bool]]) -> Kind:
    if family.kind is Kind.UNKNOWN:
        return Kind.UNKNOWN
    counts = parts.get(family.kind, _ALONE).get(suffix)
    if counts is None:
        return Kind.UNKNOWN
    return Kind.COUNTER if counts else Kind.GAUGE
