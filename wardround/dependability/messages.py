"""The templates of what the engine answers and refuses, by key.

The engine itself only hands out keys and arguments; here they become wordings of the kernel, and
those become words in the reader's language from the catalogue in `locale/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from unicodedata import east_asian_width

from wardround.dependability.figures import written
from wardround.kernel.wording import CHINESE, ENGLISH, Wording, untranslated


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

    @property
    def wording(self) -> Wording:
        return worded(self.key, self.given)

    def __str__(self) -> str:
        return self.wording.text(ENGLISH)

    @property
    def zh(self) -> str:
        return self.wording.text(CHINESE)

    @property
    def text(self) -> str:
        """In the language of the terminal."""
        return self.wording.text()


_TEXTS = {
    # models and questions
    "cycle": untranslated("These support each other in a circle: %(circle)s. Remove one relation."),
    "unknown_item": untranslated("There is no item “%(name)s” in the model. Check the spelling."),
    "not_a_list": untranslated(
        "A list of names is meant here, not the text “%(text)s”. Write [“%(text)s”]."
    ),
    "not_a_name": untranslated(
        "A name is meant here, not %(text)s. Ask about one after the other."
    ),
    "not_an_input": untranslated(
        "An input is Input(node, minutes) with the number of a node, not %(text)s."
    ),
    "memory_too_small": untranslated(
        "A budget of %(asked)s MB is less than the program itself takes; ask for %(least)s MB "
        "or more"
    ),
    "not_a_text": untranslated(
        "The text of a model is meant here, not %(kind)s. Decode it, or use read_model(path)."
    ),
    "not_bytes": untranslated(
        "The bytes of a file are meant here, not the text “%(text)s”. Use read_model(path)."
    ),
    "not_an_order": untranslated("Sets are listed by “size” or “probability”, not by %(text)s."),
    "work_not_counted": untranslated("The work allowed is a number from 1 on: %(value)s"),
    "budget_not_counted": untranslated(
        "Seconds and megabytes of a budget are numbers from 0 on: %(value)s"
    ),
    "order_not_whole": untranslated("The greatest order is a whole number from 0 on: %(value)s"),
    "no_such_node": untranslated("There is no node %(node)s in the model; it has %(count)s."),
    "no_top": untranslated("The model defines nothing that could be asked about"),
    "no_such_top": untranslated("Which top? There are %(count)s: %(names)s. Name one with --top."),
    "missing_probability": untranslated(
        "%(count)s items have no probability: %(names)s. Give each a probability, or a "
        "failure and a repair rate."
    ),
    "incomplete": untranslated(
        "Importance needs all minimal cut sets of “%(name)s”, and these ended early. "
        "Raise the budget, or leave --max-order out."
    ),
    "undefined": untranslated(
        "“%(name)s” is used but not defined. Define every name once, or correct the spelling"
    ),
    "undefined_many": untranslated(
        "“%(name)s” and %(more)s more names are used but not defined. Define every name "
        "once, or correct the spelling"
    ),
    "defined_twice": untranslated("“%(name)s” is defined twice. Keep one definition"),
    "too_deep": untranslated(
        "The formula is nested more than %(most)s deep. Take parentheses out that are not needed"
    ),
    "no_inputs": untranslated("%(whose)s has no inputs. Give it at least one"),
    "impossible_vote": untranslated(
        "%(whose)s asks for %(need)s of %(count)s; it must be 1 to %(count)s"
    ),
    "switch_minutes": untranslated("%(whose)s: a switch takes 0 minutes or more, not %(minutes)s"),
    "number_0_1": untranslated("The %(kind)s of “%(name)s” must be between 0 and 1: %(value)s"),
    "number_0": untranslated("The %(kind)s of “%(name)s” must be 0 or more: %(value)s"),
    "number_of_gate": untranslated(
        "“%(name)s” is a gate, which cannot fail itself: leave its %(kind)s out, or leave "
        "out “gate”"
    ),
    # the text form
    "unexpected_character": untranslated("Unexpected character %(character)r"),
    "wide_character": untranslated(
        "“%(character)s” cannot stand here; put a name that holds it in double quotes"
    ),
    "quote_not_closed": untranslated(
        "Nothing stands in these quotes, or they do not end on this line"
    ),
    "not_a_time": untranslated("“%(text)s” is not a time; write for example 15min"),
    "expected": untranslated("Expected %(expected)s, found %(found)s"),
    "not_a_number": untranslated("“%(text)s” is not a number"),
    "not_closed": untranslated("This “(” is not closed; found %(found)s"),
    "empty_parentheses": untranslated("There is nothing between these parentheses"),
    "vote_of_nothing": untranslated("k of n without anything to choose from"),
    "vote_out_of_range": untranslated(
        "%(need)s of %(count)s is impossible; it must be 1 to %(count)s"
    ),
    "encoding_unknown": untranslated("The file's encoding cannot be read; save it as UTF-8"),
    "not_utf8": untranslated("%(file)s is not UTF-8 at byte %(byte)s; save it as UTF-8"),
    "file_too_large": untranslated("%(file)s is larger than %(size)s"),
    "mixed_forms": untranslated(
        "%(file)s is in the text form; several files read together must all be Open-PSA"
    ),
    # Open-PSA
    "entities": untranslated("Entities and external references are refused"),
    "doctype": untranslated("A document type with declarations is refused"),
    "wrong_root": untranslated("The root is <%(tag)s>, not <opsa-mef>"),
    "inclusion": untranslated("<%(tag)s>: inclusions are refused"),
    "unsupported": untranslated("<%(tag)s> is not supported"),
    "unsupported_in": untranslated("<%(tag)s> in <%(kind)s name=%(name)r> is not supported"),
    "misplaced": untranslated("<%(tag)s> inside <%(kind)s name=%(name)r>"),
    "attribute_missing": untranslated("<%(tag)s> needs the attribute %(key)r"),
    "not_whole": untranslated("%(key)s=%(text)r is not a whole number"),
    "not_a_truth": untranslated("<%(tag)s> needs value='true' or 'false'"),
    "value_not_a_number": untranslated("“%(name)s”: %(text)r is not a number"),
    "value_out_of_reach": untranslated("“%(name)s”: <%(tag)s> of these values is no number"),
    "operator_empty": untranslated("<%(tag)s> in gate “%(name)s” has no inputs"),
    "operator_arguments": untranslated("<%(tag)s> in “%(name)s” takes %(expected)s, not %(count)s"),
    "stray_text": untranslated(
        "“%(text)s” in <%(tag)s> stands in no element; write <float value='…'/>, or leave it out"
    ),
    "gate_empty": untranslated("Gate “%(name)s” has no formula"),
    "gate_twice": untranslated("Gate “%(name)s” has more than one formula"),
    "value_twice": untranslated("“%(name)s” has more than one value. Keep one"),
    "parameter_twice": untranslated("Parameter “%(name)s” is defined twice"),
    "parameter_valueless": untranslated("Parameter “%(name)s” has no value"),
    "not_well_formed": untranslated("Not well-formed XML or cut off: %(reason)s"),
    "group_members": untranslated("CCF group “%(name)s” needs two or more members, each once"),
    "group_distribution": untranslated("CCF group “%(name)s” needs one distribution"),
    "group_levels": untranslated(
        "The factors of CCF group “%(name)s” (%(model)s) must have the levels %(expected)s"
    ),
    "factor_0_1": untranslated(
        "The factors of CCF group “%(name)s” must be between 0 and 1, not %(value)s"
    ),
    "group_sum": untranslated("The factors of CCF group “%(name)s” must sum to 1, not %(total)g"),
    "factors_zero": untranslated("The factors of CCF group “%(name)s” must not all be 0"),
    "range_empty": untranslated(
        "%(whose)s asks for %(low)s to %(high)s of %(count)s; it must be 0 ≤ min ≤ max ≤ %(count)s"
    ),
    "group_model": untranslated(
        "The model %(model)r of CCF group “%(name)s” is not supported; there are "
        "beta-factor, MGL, alpha-factor and phi-factor"
    ),
    "group_too_large": untranslated(
        "CCF group “%(name)s” would become %(count)s events; give it fewer members or levels"
    ),
    "hull_too_large": untranslated(
        "Gate “%(name)s” holds not or xor, and its monotone hull takes too many steps; write "
        "it with and, or and atleast"
    ),
    "workbook_over_model": untranslated(
        "%(file)s is the model; name another file for the workbook"
    ),
    # steps of a proof
    "step_failed": untranslated("%(node)s failed"),
    "step_down": untranslated("%(node)s is down: needs %(need)s of %(inputs)s, without %(down)s"),
    # progress
    "progress_reading": untranslated("%(megabytes)s MB read"),
    "compiling": untranslated(
        "Compiling to machine code, once, at the first use; this takes about half a minute …"
    ),
    "progress_module": untranslated("module %(number)s of %(count)s: %(gates)s gates"),
    "progress_minimal": untranslated("%(nodes)s nodes (%(order)s); minimal sets"),
    "progress_race": untranslated("%(orders)s variable orders, none done within %(limit)s nodes"),
    "progress_order": untranslated("complete up to order %(order)s: %(count)s cut sets"),
}

_TERMS = {
    "line_end": untranslated("the end of the line"),
    "token": untranslated("“%(text)s”"),
    "name": untranslated("a name"),
    "first_name": untranslated("a name at the start of the line"),
    "operator": untranslated("an operator or the end of the line"),
    "name_or_open": untranslated("a name or “(”"),
    "number": untranslated("a number"),
    "whole_number": untranslated("a whole number before “of”"),
    "time_mark": untranslated("“[time]” after “cold”"),
    "one_of": untranslated("one of %(text)s"),
    "formula": untranslated("A formula"),
    "item": untranslated("“%(text)s”"),
    "probability": untranslated("probability"),
    "failure_rate": untranslated("failure_rate"),
    "repair_rate": untranslated("repair_rate"),
    "cold": untranslated("%(text)s (cold)"),
    "cold_gate_number": untranslated("gate #%(text)s (cold)"),
    "gate_number": untranslated("gate #%(text)s"),
    "xml 3": untranslated("no element found"),
    "xml 2": untranslated("syntax error"),
    "xml 4": untranslated("not well-formed (invalid token)"),
    "xml 5": untranslated("unclosed token"),
    "xml 6": untranslated("partial character"),
    "xml 7": untranslated("mismatched tag"),
    "xml 8": untranslated("duplicate attribute"),
    "xml 9": untranslated("junk after document element"),
    "xml 11": untranslated("undefined entity"),
    "xml 18": untranslated("unknown encoding"),
    "xml 19": untranslated("encoding specified in XML declaration is incorrect"),
    "xml 20": untranslated("unclosed CDATA section"),
    "xml": untranslated("parser error %(text)s"),
}


def worded(key: str, given: Mapping[str, object]) -> Wording:
    """The message with what fills it; of lists only the first `most` names are shown."""
    most = given.get("most")
    return Wording(_TEXTS[key], {name: _filling(value, most) for name, value in given.items()})


def term(given: Term) -> Wording:
    if given.key == "order":
        return Wording(given.text)
    return Wording(_TERMS[given.key], {"text": given.text})


def _filling(value: object, most: object) -> object:
    match value:
        case Term():
            return term(value)
        case int():
            return written(value)
        case tuple():
            return _names([_filling(each, None) for each in value], most)
        case _:
            return value


def _names(words: list[object], most: object) -> object:
    if isinstance(most, int) and len(words) > most:
        return Wording("%(names)s …", {"names": words[:most]})
    return words


def placed(message: Wording, place: Place | None) -> Wording:
    """The message, where it stands, and the source with a caret under the place."""
    if place is None:
        whole = message.template.endswith(".")
        return message if whole else Wording("%(text)s.", {"text": message})
    where = {"text": message, "line": place.line, "column": place.column, "source": _shown(place)}
    if not place.file:
        return Wording("%(text)s (line %(line)s, column %(column)s)%(source)s", where)
    return Wording(
        "%(text)s (%(file)s: line %(line)s, column %(column)s)%(source)s",
        {**where, "file": place.file},
    )


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
