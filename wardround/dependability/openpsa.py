"""Open-PSA Model Exchange Format (open-psa.github.io/mef), read: fault trees in failures.

Read by a streaming parser, so size and nesting are no limit. A gate there says what must fail; here
its dual says what must be up. Read: define-gate with and, or, atleast, nested formulas, gate,
basic-event, house-event and event references, house events and constants, probabilities as float,
int or parameter, labels (ignored), several fault trees and components in one file, several roots.

It must never follow an entity, a DTD or an inclusion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat
from xml.parsers.expat import errors

from wardround.dependability.builder import Builder
from wardround.dependability.errors import (
    BadNumber,
    DuplicateName,
    EmptyGate,
    ImpossibleVote,
    Place,
    RefusedXml,
    SyntaxProblem,
    TooLarge,
    Unsupported,
)
from wardround.dependability.model import Input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from wardround.dependability.model import Model

LARGEST_FILE = 1 << 30
_CHUNK = 1 << 20
_OPERATORS = {"and", "or", "atleast"}
_REFERENCES = {"gate", "basic-event", "house-event", "event"}
_NUMBERS = {"float": "value", "int": "value", "parameter": "name"}
_CONTAINERS = {"opsa-mef", "define-fault-tree", "define-component", "model-data"}
_SKIPPED = {"label", "attributes", "attribute"}
_REASONS_ZH = {
    errors.XML_ERROR_NO_ELEMENTS: "没有任何元素，或元素没有结束",
    errors.XML_ERROR_SYNTAX: "语法错误",
    errors.XML_ERROR_INVALID_TOKEN: "有不合法的字符",
    errors.XML_ERROR_UNCLOSED_TOKEN: "标签没有写完",
    errors.XML_ERROR_PARTIAL_CHAR: "字符不完整",
    errors.XML_ERROR_TAG_MISMATCH: "结束标签与开始标签不一致",
    errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "属性重复",
    errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "根元素之后还有内容",
    errors.XML_ERROR_UNDEFINED_ENTITY: "用到了未定义的实体",
    errors.XML_ERROR_UNKNOWN_ENCODING: "不认识的编码",
    errors.XML_ERROR_INCORRECT_ENCODING: "实际编码与声明不符",
    errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "CDATA 段没有结束",
}
_DEFINITIONS = {"define-gate", "define-basic-event", "define-house-event", "define-parameter"}


def read_openpsa(source: bytes | BinaryIO, *, largest: int = LARGEST_FILE) -> Model:
    """Read a model from MEF bytes, or from a file opened in binary mode."""
    return _Reader(largest).read([source] if isinstance(source, bytes) else _chunks(source))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


class _Formula:
    """An operator that is open, with the inputs found so far."""

    __slots__ = ("inputs", "kind", "least", "place")

    def __init__(self, kind: str, least: int, place: Place) -> None:
        self.kind, self.least, self.place = kind, least, place
        self.inputs: list[Input] = []


class _Reader:
    def __init__(self, largest: int) -> None:
        self.builder = Builder()
        self.largest = largest
        self.open: list[_Formula] = []  # of the definition being read; [0] is the definition itself
        self.kind = ""
        self.name = ""
        self.at = Place(0, 0)
        self.value: float | str | None = None
        self.skipping = 0
        self.roots_seen = False
        self.parameters: dict[str, float | str | None] = {}
        self.waiting: list[tuple[int, str, Place]] = []  # probabilities that name a parameter
        self.given: set[tuple[str, str]] = set()
        self.parser = self._parser()

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ExternalEntityRefHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        return parser

    def read(self, chunks: Iterable[bytes]) -> Model:
        size = 0
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > self.largest:
                    raise _too_large("", self.largest, self._here())
                self.parser.Parse(chunk, False)  # noqa: FBT003  positional only
            self.parser.Parse(b"", True)  # noqa: FBT003  positional only
        except expat.ExpatError as error:
            raise _not_well_formed(error) from None
        for node, parameter, place in self.waiting:
            self.builder.number("probability", node, self._parameter(parameter, place), place)
        return self.builder.model()

    def _here(self) -> Place:
        return Place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _entity(self, *_: object) -> int:
        raise RefusedXml(
            zh="不接受实体和外部引用；请删去后重试",
            en="Entities and external references are refused",
            place=self._here(),
        )

    def _doctype(self, _name: str, system: str | None, public: str | None, internal: int) -> None:
        if system or public or internal:
            raise RefusedXml(
                zh="不接受带声明的文档类型（DOCTYPE）；请删去后重试",
                en="A document type with declarations is refused",
                place=self._here(),
            )

    # -- elements

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if not self.roots_seen:
            self._root(tag)
        elif self.kind == "define-house-event" and tag == "constant":
            self.value = 1.0 if self._truth(given) else 0.0
        else:
            self._inside(tag, given)

    def _root(self, tag: str) -> None:
        self.roots_seen = True
        if tag != "opsa-mef":
            raise SyntaxProblem(
                zh=f"根元素是 <{tag}>，应为 <opsa-mef>",
                en=f"The root is <{tag}>, not <opsa-mef>",
                place=self._here(),
            )

    def _inside(self, tag: str, given: dict[str, str]) -> None:
        if self.skipping or tag in _SKIPPED:
            self.skipping += 1
        elif tag in _DEFINITIONS:
            self._define(tag, given)
        elif tag in _CONTAINERS and not self.kind:
            return
        elif self.kind == "define-gate":
            self._formula(tag, given)
        elif self.kind and tag in _NUMBERS:
            self._number(tag, given)
        else:
            raise self._refused(tag)

    def _refused(self, tag: str) -> Exception:
        if "include" in tag:
            return RefusedXml(
                zh=f"<{tag}>：不接受包含其他文件",
                en=f"<{tag}>: inclusions are refused",
                place=self._here(),
            )
        inside = f"<{self.kind} name={self.name!r}>"
        return Unsupported(
            zh=f"{f'{inside} 中' if self.kind else ''}不支持 <{tag}>",
            en=f"<{tag}>{f' in {inside}' if self.kind else ''} is not supported",
            place=self._here(),
        )

    def _define(self, tag: str, given: dict[str, str]) -> None:
        if self.kind:
            inside = f"<{self.kind} name={self.name!r}>"
            raise SyntaxProblem(
                zh=f"<{tag}> 不能写在 {inside} 里面",
                en=f"<{tag}> inside {inside}",
                place=self._here(),
            )
        self.kind, self.name = tag, self._attribute(tag, given, "name")
        self.at, self.value = self._here(), None
        self.open = [_Formula("definition", 1, self.at)] if tag == "define-gate" else []

    def _attribute(self, tag: str, given: dict[str, str], key: str) -> str:
        value = given.get(key, "").strip()
        if not value:
            raise SyntaxProblem(
                zh=f"<{tag}> 缺少属性 {key!r}",
                en=f"<{tag}> needs the attribute {key!r}",
                place=self._here(),
            )
        return value

    def _formula(self, tag: str, given: dict[str, str]) -> None:
        if tag in _OPERATORS:
            least = self._least(given) if tag == "atleast" else 1
            self.open.append(_Formula(tag, least, self._here()))
        elif tag in _REFERENCES:
            node = self.builder.reference(self._attribute(tag, given, "name"), self._later())
            self.open[-1].inputs.append(Input(node))
        elif tag == "constant":
            self.open[-1].inputs.append(Input(self._constant(failed=self._truth(given))))
        else:
            raise Unsupported(
                zh=f"门“{self.name}”中有 <{tag}>；只能用 and、or 和 atleast，"
                "这样修复才不会让任何服务变差",
                en=f"<{tag}> in gate “{self.name}”: only and, or and atleast keep a model "
                "in which repair never harms",
                place=self._here(),
            )

    def _least(self, given: dict[str, str]) -> int:
        text = self._attribute("atleast", given, "min")
        try:
            return int(text)
        except ValueError:
            raise BadNumber(
                zh=f"min={text!r} 不是整数",
                en=f"min={text!r} is not a whole number",
                place=self._here(),
            ) from None

    def _later(self) -> Callable[[], Place]:
        here = self._here()
        return lambda: here

    def _truth(self, given: dict[str, str]) -> bool:
        value = given.get("value", "").strip().lower()
        if value not in {"true", "false"}:
            raise SyntaxProblem(
                zh="<constant> 的 value 应为 'true' 或 'false'",
                en="<constant> needs value='true' or 'false'",
                place=self._here(),
            )
        return value == "true"

    def _constant(self, *, failed: bool) -> int:
        name = "always down" if failed else "always up"
        if not self.builder.declared(name):
            return self.builder.constant(name, up=not failed)
        return self.builder.reference(name)

    def _number(self, tag: str, given: dict[str, str]) -> None:
        text = self._attribute(tag, given, _NUMBERS[tag])
        if tag == "parameter":
            self.value = text
            return
        try:
            self.value = float(text)
        except ValueError:
            raise BadNumber(
                zh=f"“{self.name}”：{text!r} 不是数字",
                en=f"“{self.name}”: {text!r} is not a number",
                place=self._here(),
            ) from None

    def _end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif tag == self.kind:
            self._finish()
            self.kind = self.name = ""
        elif tag in _OPERATORS and len(self.open) > 1:
            formula = self.open.pop()
            self.open[-1].inputs.append(Input(self._close(formula)))

    def _close(self, formula: _Formula) -> int:
        return self.builder.gate(self._need(formula), formula.inputs, place=formula.place)

    def _need(self, formula: _Formula) -> int:
        count = len(formula.inputs)
        if not count:
            raise EmptyGate(
                zh=f"门“{self.name}”中的 <{formula.kind}> 没有输入",
                en=f"<{formula.kind}> in gate “{self.name}” has no inputs",
                place=formula.place,
            )
        if formula.kind == "atleast" and not 1 <= formula.least <= count:
            raise ImpossibleVote(
                zh=f"门“{self.name}”要求 {count} 个输入中有 {formula.least} 个，"
                f"个数应在 1 到 {count} 之间",
                en=f"Gate “{self.name}” asks for {formula.least} of {count}; "
                f"it must be 1 to {count}",
                place=formula.place,
            )
        fail = {"and": count, "or": 1}.get(formula.kind, formula.least)
        return count - fail + 1

    def _finish(self) -> None:
        builder = self.builder
        if self.kind == "define-parameter":
            if self.name in self.parameters:
                raise DuplicateName(
                    zh=f"参数“{self.name}”定义了两次；请只保留一处",
                    en=f"Parameter “{self.name}” is defined twice",
                    place=self.at,
                )
            self.parameters[self.name] = self.value
        elif self.kind == "define-house-event":
            builder.constant(self.name, up=not self.value, place=self.at)
        elif self.kind == "define-basic-event":
            self._basic_event()
        else:
            self._gate()

    def _gate(self) -> None:
        inputs = self.open[0].inputs
        if not inputs:
            raise EmptyGate(
                zh=f"门“{self.name}”没有公式",
                en=f"Gate “{self.name}” has no formula",
                place=self.at,
            )
        if len(inputs) > 1:
            raise SyntaxProblem(
                zh=f"门“{self.name}”有不止一个公式；请用 and 或 or 合成一个",
                en=f"Gate “{self.name}” has more than one formula",
                place=self.at,
            )
        need, below = self.builder.unwrapped(inputs[0])
        self.builder.define(self.name, need=need, inputs=below, fallible=False, place=self.at)

    def _basic_event(self) -> None:
        node = self.builder.define(self.name, place=self.at)
        if isinstance(self.value, str):
            self.waiting.append((node, self.value, self.at))
        elif self.value is not None:
            self.builder.number("probability", node, self.value, self.at)

    def _parameter(self, name: str, place: Place) -> float:
        seen: set[str] = set()
        value: float | str | None = name
        while isinstance(value, str):
            if value in seen or value not in self.parameters:
                raise _valueless(value, place)
            seen.add(value)
            value = self.parameters[value]
        if value is None:
            raise _valueless(name, place)
        return value


def _valueless(parameter: str, place: Place) -> BadNumber:
    return BadNumber(
        zh=f"参数“{parameter}”没有值；请用 define-parameter 给出",
        en=f"Parameter “{parameter}” has no value",
        place=place,
    )


def _not_well_formed(error: expat.ExpatError) -> SyntaxProblem:
    reason = expat.ErrorString(error.code)
    return SyntaxProblem(
        zh=f"XML 格式不正确，或文件不完整：{_REASONS_ZH.get(reason, reason)}",
        en=f"Not well-formed XML or cut off: {reason}",
        place=Place(error.lineno, error.offset + 1),
    )


def _too_large(name: str, largest: int, place: Place | None = None) -> TooLarge:
    size = f"{largest >> 20} MB"
    return TooLarge(
        zh=f"文件{f' {name} ' if name else ''}超过 {size}；请拆成较小的模型",
        en=f"{name or 'The file'} is larger than {size}",
        place=place,
    )


def read_model(path: Path, *, strict: bool = False, largest: int = LARGEST_FILE) -> Model:
    """Read a file in either form: Open-PSA when it begins like XML, else the compact text form."""
    from wardround.dependability.text import parse  # noqa: PLC0415  loaded on demand

    with path.open("rb") as stream:
        head = stream.read(256).lstrip(b"\xef\xbb\xbf \t\r\n")
        stream.seek(0)
        if head.startswith(b"<"):
            return read_openpsa(stream, largest=largest)
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise _too_large(path.name, largest)
    try:
        return parse(data.decode("utf-8-sig"), strict=strict)
    except UnicodeDecodeError as error:
        raise SyntaxProblem(
            zh=f"文件 {path.name} 的第 {error.start} 字节不是 UTF-8 编码；请另存为 UTF-8",
            en=f"{path.name} is not UTF-8 at byte {error.start}",
        ) from None


__all__ = ["LARGEST_FILE", "read_model", "read_openpsa"]
