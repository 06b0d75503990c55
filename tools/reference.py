"""Write the reference of every kind of definition and every key, from the declarations.

python -m tools.reference        docs/reference/definitions.md and its Chinese twin
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
FILES = {"en": FOLDER / "definitions.md", "zh": FOLDER / "definitions.zh-CN.md"}
Schema = Mapping[str, Any]

_WORDS = {
    "en": {
        "title": "Definitions",
        "intro": "Every kind of definition that a pack may hold, with every key. Written by "
        "`python -m tools.reference` from the declarations; do not edit it. A key marked "
        "\u2731 must be there.",
        "key": "Key", "type": "Value", "default": "Default", "about": "What it does",
        "pack": "The head of a pack: `pack.yaml`",
        "pack_about": "What a pack says of itself.",
        "label": "text, or {zh, en}", "string": "text", "number": "number",
        "integer": "whole number", "boolean": "true or false", "array": "list of {of}",
        "object": "mapping", "mapping_of": "mapping of names to {of}", "null": "nothing",
        "true": "yes", "false": "no", "any": "anything", "or": " or ", "like": "like `{0}`",
        "at_least": "at least {0}", "more": "more than {0}", "at_most": "at most {0}",
        "longest": "at most {0} characters", "reference": "name of a {0}", "comma": ", ",
        "duration": "duration such as `15s` or `1h30m`", "stop": ": ",
        "several": "{of}, one or a list",
    },
    "zh": {
        "title": "定义",
        "intro": "定义包里可以写的每一种定义及其每个键。由 `python -m tools.reference` "
        "从声明生成，请勿手工修改。标 \u2731 的键必须写。",
        "key": "键", "type": "值", "default": "默认", "about": "作用",
        "pack": "包的首页：`pack.yaml`",
        "pack_about": "包对自己的说明。",
        "label": "文本，或 {zh, en}", "string": "文本", "number": "数字", "integer": "整数",
        "boolean": "true 或 false", "array": "列表，每项为{of}", "object": "映射",
        "mapping_of": "映射，名称对应{of}", "null": "空",
        "true": "是", "false": "否", "any": "任意", "or": "或", "like": "形如 `{0}`",
        "at_least": "至少 {0}",
        "more": "大于 {0}", "at_most": "至多 {0}", "longest": "至多 {0} 个字符",
        "reference": "{0} 的标识", "comma": "，", "duration": "时长，如 `15s`、`1h30m`",
        "stop": "：", "several": "{of}，一个或列表",
    },
}  # fmt: skip
_LIMITS = (
    ("minimum", "at_least"),
    ("exclusiveMinimum", "more"),
    ("maximum", "at_most"),
    ("maxLength", "longest"),
)


@dataclass(frozen=True)
class _Page:
    """One language's reference of one declaration; `schema` is the whole, for its parts."""

    language: str
    schema: Schema
    anchor: str

    def say(self, name: str, *filled: object, **named: object) -> str:
        text: str = _WORDS[self.language][name]
        return text.format(*filled, **named) if filled or named else text

    def tables(self, node: Schema, path: str = "") -> Iterator[str]:
        """The keys of a node, then those of its parts, each part under its path."""
        rows = [self.row(name, inner, node) for name, inner in _properties(node).items()]
        head = (self.say("key"), self.say("type"), self.say("default"), self.say("about"))
        yield f"| {' | '.join(head)} |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
        for name, inner in _properties(node).items():
            for below, suffix in self.parts(inner):
                where = f"{path}{name}{suffix}"
                tables = "\n".join(self.tables(below, f"{where}."))
                yield f"### `{self.anchor}` {where}\n\n{tables}"

    def row(self, name: str, inner: Schema, node: Schema) -> str:
        mark = " \u2731" if name in node.get("required", ()) else ""
        shown = self.default(inner)
        about = inner.get("x-description", {}).get(self.language, "")
        title = inner.get("x-title", {}).get(self.language, "")
        told = f"**{title}**{self.say('stop')}{about}" if title else about
        return f"| `{name}`{mark} | {_cell(self.type(inner))} | {_cell(shown)} | {_cell(told)} |"

    def default(self, inner: Schema) -> str:
        """What holds where the key is not written, in words; nothing where that says nothing."""
        value = inner.get("default")
        if isinstance(value, bool):
            return f"{self.say('true' if value else 'false')} `{json.dumps(value)}`"
        if isinstance(value, list):
            return self.say("comma").join(f"`{entry}`" for entry in value)
        if isinstance(value, int | float):
            return self.amount(value, inner)
        words = {k: w for node in self.alternatives(inner) for k, w in self.words(node).items()}
        return "" if _is_nothing(value) else f"{words.get(value, '')} `{value}`".lstrip()

    def amount(self, value: float, inner: Schema) -> str:
        """A number; zero where none is possible stands for what another key says."""
        ways = [*self.alternatives(inner)]
        if value == 0 and any("exclusiveMinimum" in node for node in ways):
            return ""
        return f"`{value:g}s`" if value and any(map(_is_duration, ways)) else f"`{value:g}`"

    def words(self, node: Schema) -> Mapping[str, str]:
        """What the values of an enumeration are called."""
        return {value: word[self.language] for value, word in node.get("x-words", {}).items()}

    def parts(self, inner: Schema) -> Iterator[tuple[Schema, str]]:
        """Mappings with keys of their own below a key, with what stands after its name."""
        for node in self.alternatives(inner):
            if node.get("type") == "array":
                yield from ((b, f"[]{s}") for b, s in self.parts(node.get("items", {})))
            elif _is_part(node):
                yield node, ""
            elif isinstance(node.get("additionalProperties"), Mapping):
                yield from ((b, f".NAME{s}") for b, s in self.parts(node["additionalProperties"]))

    def type(self, inner: Schema) -> str:
        texts = [*dict.fromkeys(self.plain(node) for node in self.alternatives(inner))]
        if self.say("label") in texts:
            texts = [self.say("label")]
        for text in list(texts):
            many = self.say("array", of=text)
            if many in texts:
                texts = [other for other in texts if other not in (text, many)]
                texts.append(self.say("several", of=text))
        told = self.say("or").join(text for text in texts if text != self.say("null"))
        if kind := inner.get("x-reference"):
            told += f" ({self.say('reference', kind)})"
        return told

    def plain(self, node: Schema) -> str:
        if "const" in node or "enum" in node:
            values = node.get("enum", [node.get("const")])
            words = self.words(node)
            told = (f"`{value}` {words.get(value, '')}".rstrip() for value in values)
            return self.say("comma").join(told)
        if node.get("type") == "array":
            return self.say("array", of=self.type(node.get("items", {})))
        if node.get("type") == "object":
            return self.mapping(node)
        return self.limited(str(node["type"]), node) if "type" in node else self.say("any")

    def mapping(self, node: Schema) -> str:
        if set(_properties(node)) == {"zh", "en"}:
            return self.say("label")
        values = node.get("additionalProperties")
        if isinstance(values, Mapping):
            return self.say("mapping_of", of=self.type(values))
        return self.say("object")

    def limited(self, name: str, node: Schema) -> str:
        """A plain value with its limits."""
        if _is_duration(node):
            return self.say("duration")
        limits = [self.say(word, node[key]) for key, word in _LIMITS if key in node]
        if pattern := node.get("pattern"):
            limits.append(self.say("like", pattern))
        return self.say("comma").join([self.say(name), *limits])

    def alternatives(self, node: Schema) -> Iterator[Schema]:
        while "$ref" in node:
            node = self.schema["$defs"][node["$ref"].rpartition("/")[2]]
        branches = [branch for way in ("anyOf", "oneOf", "allOf") for branch in node.get(way, ())]
        if not branches:
            yield node
        for branch in branches:
            yield from self.alternatives(branch)


def _properties(node: Schema) -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = node.get("properties", {})
    return found


def _is_duration(node: Schema) -> bool:
    return "ms|s|m|h" in node.get("pattern", "")


def _is_nothing(value: object) -> bool:
    """Whether a default says nothing: empty, or a mapping of nothing else."""
    if isinstance(value, Mapping):
        return all(_is_nothing(inner) for inner in value.values())
    return value is None or value in ("", [])


def _is_part(node: Schema) -> bool:
    return bool(_properties(node)) and set(_properties(node)) != {"zh", "en"}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def page(language: str) -> str:
    """The whole reference in one language ("en", "zh")."""
    import django  # noqa: PLC0415  # settings first

    django.setup()
    from wardround.schema import kinds  # noqa: PLC0415
    from wardround.schema.forms import schema_of  # noqa: PLC0415
    from wardround.schema.pack_contents import Head  # noqa: PLC0415

    words = _WORDS[language]
    sections = [f"# {words['title']}\n\n{words['intro']}\n"]
    head = _Page(language, schema_of(Head), "pack.yaml")
    sections += [f"## {words['pack']}\n\n{words['pack_about']}\n", *head.tables(head.schema)]
    for name in kinds.kind_names():
        kind = kinds.kind_named(name)
        if kind is None or kind.label is None or kind.about is None:
            raise LookupError(name)
        shown = _Page(language, schema_of(kind.model), name)
        title, about = getattr(kind.label, language), getattr(kind.about, language)
        sections += [f"## `{name}` {title}\n\n{about}\n", *shown.tables(shown.schema)]
    return "\n".join(sections)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each, file in FILES.items():
        file.write_text(page(each))
