"""The texts of what the engine answers and refuses, by key, in Chinese and English.

The engine itself only hands out keys and arguments; here they become words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple
from unicodedata import east_asian_width

from wardround.kernel.language import spoken

Language = Literal["zh", "en"]


class Place:
    """A position in a text, both counted from 1; `source` is the line itself and `file` the name of
    the file, where they are known.
    """

    def __init__(self, line: int, column: int, source: str = "", file: str = "") -> None:
        self.line, self.column, self.source, self.file = line, column, source, file


class Term(NamedTuple):
    """A word among the arguments that differs between the languages."""

    key: str
    text: str = ""


class Notice(NamedTuple):
    """What a long computation says on its way: a key with arguments."""

    key: str
    given: Mapping[str, object]

    def __str__(self) -> str:
        return said(self.key, self.given, "en")

    @property
    def zh(self) -> str:
        return said(self.key, self.given, "zh")

    @property
    def text(self) -> str:
        """In the language of the terminal."""
        return spoken(zh=self.zh, en=str(self))


_TEXTS: dict[str, tuple[str, str]] = {
    # models and questions
    "cycle": (
        "以下各项互相支撑，形成环路：{circle}。请去掉其中一条支撑关系。",
        "These support each other in a circle: {circle}. Remove one relation.",
    ),
    "unknown_item": (
        "模型中没有配置项“{name}”。请检查名称的写法。",
        "There is no item “{name}” in the model. Check the spelling.",
    ),
    "not_a_list": (
        "这里要的是名称的列表，却给了一段文字“{text}”。请写成 [“{text}”]。",
        "A list of names is meant here, not the text “{text}”. Write [“{text}”].",
    ),
    "no_such_top": (
        "要分析哪个顶事件？共有 {count} 个：{names}。请用 --top 指定一个。",
        "Which top? There are {count}: {names}. Name one with --top.",
    ),
    "missing_probability": (
        "{count} 个配置项没有概率：{names}。请逐项填写概率，或填写失效率和修复率。",
        (
            "{count} items have no probability: {names}. "
            "Give each a probability, or a failure and a repair rate."
        ),
    ),
    "undefined": (
        "“{name}”用到了却没有定义；请给每个名称写一次定义，或改正写法",
        "“{name}” is used but not defined. Define every name once, or correct the spelling",
    ),
    "undefined_many": (
        "“{name}”等 {count} 个名称用到了却没有定义；请给每个名称写一次定义，或改正写法",
        (
            "“{name}” and {more} more names are used but not defined. Define every name once, "
            "or correct the spelling"
        ),
    ),
    "defined_twice": (
        "“{name}”定义了两次；请只保留一处",
        "“{name}” is defined twice. Keep one definition",
    ),
    "no_inputs": (
        "{whose}没有输入；请至少写一个",
        "{whose} has no inputs. Give it at least one",
    ),
    "impossible_vote": (
        "{whose}要求 {count} 个输入中有 {need} 个，个数应在 1 到 {count} 之间",
        "{whose} asks for {need} of {count}; it must be 1 to {count}",
    ),
    "switch_minutes": (
        "{whose}：切换时间应不小于 0 分钟，不能是 {minutes}",
        "{whose}: a switch takes 0 minutes or more, not {minutes}",
    ),
    "number_0_1": (
        "“{name}”的{kind}应在 0 到 1 之间，不能是 {value}",
        "The {kind} of “{name}” must be between 0 and 1: {value}",
    ),
    "number_0": (
        "“{name}”的{kind}应不小于 0，不能是 {value}",
        "The {kind} of “{name}” must be 0 or more: {value}",
    ),
    # the text form
    "unexpected_character": (
        "这里不能出现字符 {character!r}",
        "Unexpected character {character!r}",
    ),
    "wide_character": (
        "这里不能出现“{character}”；名称里要用到它时，请给名称加上双引号",
        "“{character}” cannot stand here; put a name that holds it in double quotes",
    ),
    "not_a_time": (
        "“{text}”不是时间；请写成例如 15min",
        "“{text}” is not a time; write for example 15min",
    ),
    "expected": ("这里应为{expected}，却是{found}", "Expected {expected}, found {found}"),
    "not_a_number": ("“{text}”不是数字", "“{text}” is not a number"),
    "not_closed": (
        "这个“(”没有闭合，遇到的是{found}",
        "This “(” is not closed; found {found}",
    ),
    "empty_parentheses": ("这对括号里是空的", "There is nothing between these parentheses"),
    "vote_of_nothing": (
        "“k of (…)”的括号里没有可选的输入",
        "k of n without anything to choose from",
    ),
    "vote_out_of_range": (
        "{count} 个输入中取 {need} 个不可能，个数应在 1 到 {count} 之间",
        "{need} of {count} is impossible; it must be 1 to {count}",
    ),
    "not_utf8": (
        "文件 {file} 的第 {byte} 字节不是 UTF-8 编码；请另存为 UTF-8",
        "{file} is not UTF-8 at byte {byte}",
    ),
    "file_too_large": (
        "文件 {file} 超过 {size}；请拆成较小的模型",
        "{file} is larger than {size}",
    ),
    "mixed_forms": (
        "{file} 是文字形式；几个文件一起读时都应是 Open-PSA",
        "{file} is in the text form; several files read together must all be Open-PSA",
    ),
    # Open-PSA
    "entities": (
        "不接受实体和外部引用；请删去后重试",
        "Entities and external references are refused",
    ),
    "doctype": (
        "不接受带声明的文档类型（DOCTYPE）；请删去后重试",
        "A document type with declarations is refused",
    ),
    "wrong_root": ("根元素是 <{tag}>，应为 <opsa-mef>", "The root is <{tag}>, not <opsa-mef>"),
    "inclusion": ("<{tag}>：不接受包含其他文件", "<{tag}>: inclusions are refused"),
    "unsupported": ("不支持 <{tag}>", "<{tag}> is not supported"),
    "unsupported_in": (
        "<{kind} name={name!r}> 中不支持 <{tag}>",
        "<{tag}> in <{kind} name={name!r}> is not supported",
    ),
    "misplaced": (
        "<{tag}> 不能写在 <{kind} name={name!r}> 里面",
        "<{tag}> inside <{kind} name={name!r}>",
    ),
    "attribute_missing": ("<{tag}> 缺少属性 {key!r}", "<{tag}> needs the attribute {key!r}"),
    "not_whole": ("{key}={text!r} 不是整数", "{key}={text!r} is not a whole number"),
    "not_a_truth": (
        "<{tag}> 的 value 应为 'true' 或 'false'",
        "<{tag}> needs value='true' or 'false'",
    ),
    "value_not_a_number": (
        "“{name}”：{text!r} 不是数字",
        "“{name}”: {text!r} is not a number",
    ),
    "value_out_of_reach": (
        "“{name}”：<{tag}> 算不出数来",
        "“{name}”: <{tag}> of these values is no number",
    ),
    "operator_empty": (
        "门“{name}”中的 <{tag}> 没有输入",
        "<{tag}> in gate “{name}” has no inputs",
    ),
    "operator_arguments": (
        "“{name}”中的 <{tag}> 要{expected}个，却有 {count} 个",
        "<{tag}> in “{name}” takes {expected}, not {count}",
    ),
    "gate_empty": ("门“{name}”没有公式", "Gate “{name}” has no formula"),
    "gate_twice": (
        "门“{name}”有不止一个公式；请用 and 或 or 合成一个",
        "Gate “{name}” has more than one formula",
    ),
    "value_twice": (
        "“{name}”有不止一个值；请只保留一个",
        "“{name}” has more than one value. Keep one",
    ),
    "parameter_twice": (
        "参数“{name}”定义了两次；请只保留一处",
        "Parameter “{name}” is defined twice",
    ),
    "parameter_valueless": (
        "参数“{name}”没有值；请用 define-parameter 给出",
        "Parameter “{name}” has no value",
    ),
    "not_well_formed": (
        "XML 格式不正确，或文件不完整：{reason}",
        "Not well-formed XML or cut off: {reason}",
    ),
    "group_members": (
        "共因组“{name}”应有至少 2 个、各不相同的成员",
        "CCF group “{name}” needs two or more members, each once",
    ),
    "group_distribution": (
        "共因组“{name}”应有一个 distribution",
        "CCF group “{name}” needs one distribution",
    ),
    "group_levels": (
        "共因组“{name}”（{model}）的 factor 应依次是 {expected} 级",
        "The factors of CCF group “{name}” ({model}) must have the levels {expected}",
    ),
    "factor_0_1": (
        "共因组“{name}”的 factor 应在 0 到 1 之间，不能是 {value}",
        "The factors of CCF group “{name}” must be between 0 and 1, not {value}",
    ),
    "group_sum": (
        "共因组“{name}”的各 factor 之和应为 1，不是 {total:g}",
        "The factors of CCF group “{name}” must sum to 1, not {total:g}",
    ),
    "group_model": (
        "共因组“{name}”的模型 {model!r} 不支持；可用 beta-factor、MGL、alpha-factor、phi-factor",
        (
            "The model {model!r} of CCF group “{name}” is not supported; there are beta-factor, "
            "MGL, alpha-factor and phi-factor"
        ),
    ),
    "group_too_large": (
        "共因组“{name}”会展开成 {count} 个事件，太多了；请减少成员或级数",
        "CCF group “{name}” would become {count} events; give it fewer members or levels",
    ),
    "hull_too_large": (
        "门“{name}”含有 not 或 xor，其单调外壳在规定的步数内算不出来；请改写成 and、or 和 atleast",
        (
            "Gate “{name}” holds not or xor, and its monotone hull takes too many steps; "
            "write it with and, or and atleast"
        ),
    ),
    "sheet_too_large": (
        (
            "{items} × {services} 格放不进一张工作表（最多 {rows} 行、{columns} 列）。"
            "请用 --services 少选一些服务。"
        ),
        (
            "{items} × {services} cells do not fit a sheet of {rows} rows and {columns} columns. "
            "Choose fewer --services."
        ),
    ),
    # steps of a proof
    "step_failed": ("{node} 自身故障", "{node} failed"),
    "step_down": (
        "{node} 不可用：{inputs} 个输入中需要 {need} 个，缺少 {down}",
        "{node} is down: needs {need} of {inputs}, without {down}",
    ),
    # progress
    "progress_reading": ("已读 {megabytes} MB", "{megabytes} MB read"),
    "progress_module": (
        "第 {number} 个模块，共 {count} 个：{gates} 个门",
        "module {number} of {count}: {gates} gates",
    ),
    "progress_minimal": (
        "{nodes:,} 个节点（{order}）；正在求最小集",
        "{nodes:,} nodes ({order}); minimal sets",
    ),
    "progress_race": (
        "{orders} 种变量顺序，{limit:,} 个节点以内都没有完成",
        "{orders} variable orders, none done within {limit:,} nodes",
    ),
    "progress_order": (
        "{order} 阶以内已齐全：{count:,} 个割集",
        "complete up to order {order}: {count:,} cut sets",
    ),
}

_TERMS: dict[str, tuple[str, str]] = {
    "line_end": ("行尾", "the end of the line"),
    "token": ("“{text}”", "“{text}”"),
    "name": ("名称", "a name"),
    "first_name": ("行首的名称", "a name at the start of the line"),
    "operator": ("运算符或行尾", "an operator or the end of the line"),
    "name_or_open": ("名称或“(”", "a name or “(”"),
    "number": ("数字", "a number"),
    "whole_number": ("“of”前的整数", "a whole number before “of”"),
    "time_mark": ("“cold”后的“[时间]”", "“[time]” after “cold”"),
    "one_of": (" {text} 之一", "one of {text}"),
    "formula": ("公式", "A formula"),
    "item": ("“{text}”", "“{text}”"),
    "probability": ("概率", "probability"),
    "failure_rate": ("失效率", "failure_rate"),
    "repair_rate": ("修复率", "repair_rate"),
    "cold": ("{text}（冷备）", "{text} (cold)"),
    "cold_gate_number": ("门 #{text}（冷备）", "gate #{text} (cold)"),
    "gate_number": ("门 #{text}", "gate #{text}"),
    "xml 3": ("没有任何元素，或元素没有结束", "no element found"),
    "xml 2": ("语法错误", "syntax error"),
    "xml 4": ("有不合法的字符", "not well-formed (invalid token)"),
    "xml 5": ("标签没有写完", "unclosed token"),
    "xml 6": ("字符不完整", "partial character"),
    "xml 7": ("结束标签与开始标签不一致", "mismatched tag"),
    "xml 8": ("属性重复", "duplicate attribute"),
    "xml 9": ("根元素之后还有内容", "junk after document element"),
    "xml 11": ("用到了未定义的实体", "undefined entity"),
    "xml 18": ("不认识的编码", "unknown encoding"),
    "xml 19": ("实际编码与声明不符", "encoding specified in XML declaration is incorrect"),
    "xml 20": ("CDATA 段没有结束", "unclosed CDATA section"),
    "xml": ("解析器错误 {text}", "parser error {text}"),
}

ORDER_NAMES_ZH = {
    "heavy flow first": "流量大者优先",
    "as written": "书写顺序",
    "deep first": "深者优先",
    "light first": "轻者优先",
    "shallow first": "浅者优先",
    "reversed": "逆书写顺序",
    "shared first": "共用者优先",
    "shared last": "共用者最后",
    "by flow": "流量排序",
}


def said(key: str, given: Mapping[str, object], language: Language) -> str:
    """The message with its arguments filled in."""
    text = _TEXTS[key][language == "en"]
    most = given.get("most")
    words = {name: _word(value, language, most) for name, value in given.items()}
    return text.format(**words)


def term(key: str, language: Language, text: str = "") -> str:
    if key == "order":
        return text if language == "en" else ORDER_NAMES_ZH[text]
    return _TERMS[key][language == "en"].format(text=text)


def _word(value: object, language: Language, most: object) -> object:
    if isinstance(value, Term):
        return term(value.key, language, value.text)
    if not isinstance(value, tuple):
        return value
    words = [str(_word(each, language, None)) for each in value]
    more = isinstance(most, int) and len(words) > most
    shown = words[:most] if isinstance(most, int) else words
    if language == "zh":
        return "、".join(shown) + " 等" * more
    return ", ".join(shown) + " …" * more


def placed(key: str, given: Mapping[str, object], place: Place | None, language: Language) -> str:
    """The message, where it stands, and the source with a caret under the place."""
    text = said(key, given, language)
    if place is None:
        return text if text.endswith(("。", ".")) or language == "en" else f"{text}。"
    file = f"{place.file}: " if place.file and language == "en" else ""
    if language == "zh":
        where = f"{place.file} " if place.file else ""
        return f"{text}（{where}第 {place.line} 行第 {place.column} 列）。{_shown(place)}"
    return f"{text} ({file}line {place.line}, column {place.column}){_shown(place)}"


def _shown(place: Place) -> str:
    if not place.source:
        return ""
    start = max(0, place.column - 41)
    gap = "".join(map(_blank, place.source[start : place.column - 1]))
    return f"\n  {place.source[start : start + 80]}\n  {gap}^"


def _blank(character: str) -> str:
    """As wide as the character: a Chinese one takes two cells, and the caret must stay under it."""
    if character == "\t":
        return character
    return "\u3000" if east_asian_width(character) in "WF" else " "
