"""The two forms of a model, and everything wrong that can stand in them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from tests.dependability.small_models import models, up
from wardround.dependability import (
    HOT,
    Builder,
    Input,
    Model,
    cut_sets,
    importance,
    parse,
    read_model,
    read_openpsa,
    write_openpsa,
)
from wardround.dependability.errors import (
    BadNumber,
    CyclicModel,
    DependabilityError,
    DuplicateName,
    EmptyGate,
    ImpossibleVote,
    NoSuchTop,
    PlacedError,
    RefusedXml,
    SyntaxProblem,
    TooLarge,
    UndefinedName,
    Unsupported,
)
from wardround.dependability.messages import Notice, Term, term
from wardround.dependability.orders import variable_orders
from wardround.dependability.tree import failures_of
from wardround.kernel.wording import CHINESE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def test_the_text_form_reads_as_written() -> None:
    model = parse("pacs = app and 2 of (web1, web2, web3) and (db1 hot db2 cold[15min] db3)")
    need, inputs = model.need, model.inputs_of(model.node("pacs"))
    assert int(need[model.node("pacs")]) == len(inputs) == 3
    app, web, db = (each.node for each in inputs)
    assert app == model.node("app")
    assert (int(need[web]), [model.label(i.node) for i in model.inputs_of(web)]) == (
        2,
        ["web1", "web2", "web3"],
    )
    assert model.inputs_of(db) == [
        Input(model.node("db1"), HOT),
        Input(model.node("db2"), HOT),
        Input(model.node("db3"), 15.0),
    ]


def test_attributes_gates_constants_names_and_times() -> None:
    model = parse(
        """# estate
        gate 存储 = "san 1" cold[2h] nas   # a gate cannot fail itself
        gate spare = always_up
        "san 1": p=0.25
        nas: failure_rate=0.001, repair_rate=0.25
        items x, y; gate both = x and y and 存储 and spare
        top both"""
    )
    assert model.inputs_of(model.node("存储"))[1].minutes == 120.0
    assert not model.fallible[model.node("存储")]
    assert model.unavailability[model.node("san 1")] == 0.25
    assert model.unavailability[model.node("nas")] == pytest.approx(0.001 / 0.251)
    assert model.tops == (model.node("both"),)


@pytest.mark.parametrize(
    ("text", "error", "line", "column"),
    [
        ("a = b and", SyntaxProblem, 1, 10),
        ("a = (b", SyntaxProblem, 1, 5),
        ("a = b\nc = ()", EmptyGate, 2, 5),
        ("a = 3 of (b, c)", ImpossibleVote, 1, 5),
        ("a = 0 of (b)", ImpossibleVote, 1, 5),
        ("a = 2 of ()", EmptyGate, 1, 10),
        ("a = b\na = c", DuplicateName, 2, 1),
        ("a = b cold[5x] c", BadNumber, 1, 12),
        ("a = b c", SyntaxProblem, 1, 7),
        ("a: p=1.5", BadNumber, 1, 4),
        ("a: p=-0.1", BadNumber, 1, 4),
        ("a: p=x", BadNumber, 1, 6),
        ("a: colour=1", SyntaxProblem, 1, 4),
        ("items a\nb = a and c", UndefinedName, 2, 11),
        ("= b", SyntaxProblem, 1, 1),
        ("a = b)", SyntaxProblem, 1, 6),
        ("a = x of (b)", SyntaxProblem, 1, 5),
        ("影像 ＝ （存储 ａｎｄ", SyntaxProblem, 1, 13),
        ("a = b、c", SyntaxProblem, 1, 6),
        ("a = 「b」", SyntaxProblem, 1, 5),
        ("a = b。", SyntaxProblem, 1, 6),
        ("a = b ｃｏｌｄ［５ｘ］ c", BadNumber, 1, 12),
        ("a = b cold c", SyntaxProblem, 1, 12),
        ("a = (b ｃｏｌｄ c)", SyntaxProblem, 1, 13),
        ('a = "b c', SyntaxProblem, 1, 5),
        ('a = ""', SyntaxProblem, 1, 5),
        ("a = “b c", SyntaxProblem, 1, 5),
    ],
)
def test_mistakes_are_pointed_at(
    text: str, error: type[PlacedError], line: int, column: int
) -> None:
    with pytest.raises(error) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pacs = app and （db1 or db2）", "pacs = app and (db1 or db2)"),
        ("s＝２ ｏｆ （a，b，ｃｏｌｄ［１５ｍｉｎ］ c）", "s=2 of (a,b,cold[15min] c)"),
        ("ｇａｔｅ s＝a ｏｒ b；a：ｐ＝０．２５＃ （", "gate s=a or b;a:p=0.25"),
        ("ｉｔｅｍｓ a，“b （1）”\nｔｏｐ s\ns = a ｈｏｔ ＂b （1）＂",
         'items a,"b （1）"\ntop s\ns = a hot "b （1）"'),
        ("s = 服务器１ and ＡＢ", "s = 服务器1 and ＡＢ"),
        ('s = "ａｎｄ" and b', 's = "ａｎｄ" and b'),
    ],
)  # fmt: skip
def test_a_chinese_keyboard_types_the_same_model(typed: str, meant: str) -> None:
    found, wanted = parse(typed), parse(meant)
    assert (found.names, found.tops) == (wanted.names, wanted.tops)
    assert (found.need == wanted.need).all()
    assert (found.inputs == wanted.inputs).all()
    assert (found.minutes == wanted.minutes).all()
    assert found.probability.tolist() == pytest.approx(wanted.probability.tolist(), nan_ok=True)


def test_a_circle_is_named() -> None:
    with pytest.raises(CyclicModel, match="b → c → a → b"):
        parse("a = b\nb = c\nc = a")
    xml = _mef("<define-gate name='a'><or><gate name='b'/></or></define-gate>"
               "<define-gate name='b'><or><gate name='a'/></or></define-gate>")  # fmt: skip
    with pytest.raises(CyclicModel, match="→"):
        read_openpsa(xml)
    with pytest.raises(CyclicModel):
        parse("a = a")


def _mef(body: str, data: str = "") -> bytes:
    return (
        f"<opsa-mef><define-fault-tree name='t'>{body}</define-fault-tree>"
        f"<model-data>{data}</model-data></opsa-mef>"
    ).encode()


GATE = "<define-gate name='g'>{}</define-gate>"
EVENT = "<define-basic-event name='{}'/>"


@pytest.mark.parametrize(
    ("xml", "error"),
    [
        (_mef(GATE.format("<or><basic-event name='x'/></or>")), UndefinedName),
        (_mef(GATE.format("")), EmptyGate),
        (_mef(GATE.format("<and></and>")), EmptyGate),
        (_mef(GATE.format("<not><gate name='x'/></not>")), UndefinedName),
        (_mef(GATE.format("<or><gate name=''/></or>")), SyntaxProblem),
        (
            _mef(
                GATE.format("<atleast min='3'><basic-event name='x'/></atleast>"), EVENT.format("x")
            ),
            ImpossibleVote,
        ),
        (
            _mef(
                GATE.format("<atleast min='0'><basic-event name='x'/></atleast>"), EVENT.format("x")
            ),
            ImpossibleVote,
        ),
        (
            _mef(
                GATE.format("<atleast min='two'><basic-event name='x'/></atleast>"),
                EVENT.format("x"),
            ),
            BadNumber,
        ),
        (_mef("", EVENT.format("x") * 2), DuplicateName),
        (
            _mef("", "<define-basic-event name='x'><float value='1.5'/></define-basic-event>"),
            BadNumber,
        ),
        (
            _mef("", "<define-basic-event name='x'><float value='?'/></define-basic-event>"),
            BadNumber,
        ),
        (
            _mef("", "<define-basic-event name='x'><exponential/></define-basic-event>"),
            Unsupported,
        ),
        (b"<opsa-mef><define-fault-tree name='t'>", SyntaxProblem),
        (b"<html/>", SyntaxProblem),
        (b"", SyntaxProblem),
        (b"<!DOCTYPE x [<!ENTITY a 'aaa'>]><opsa-mef>&a;</opsa-mef>", RefusedXml),
        (b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><opsa-mef/>", RefusedXml),
        (b"<opsa-mef><xi:include href='x'/></opsa-mef>", RefusedXml),
    ],
)
def test_bad_mef_gets_its_error(xml: bytes, error: type[DependabilityError]) -> None:
    with pytest.raises(error) as caught:
        read_openpsa(xml)
    assert caught.value.code == error.code


def test_house_events_constants_parameters_and_nesting() -> None:
    model = read_openpsa(
        _mef(
            "<define-gate name='g'><or><and><basic-event name='x'/><house-event name='on'/></and>"
            "<and><event name='y'/><constant value='false'/></and></or></define-gate>",
            "<define-basic-event name='x'><parameter name='p'/></define-basic-event>"
            "<define-basic-event name='y'><int value='1'/></define-basic-event>"
            "<define-parameter name='p'><float value='0.2'/></define-parameter>"
            "<define-house-event name='on'><constant value='true'/></define-house-event>",
        )
    )
    answer = cut_sets(model)
    assert [each.items for each in answer.sets()] == [("x",)]
    assert answer.probability == pytest.approx(0.2)


@given(models())
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read_back_the_same(model: Model) -> None:
    again = read_openpsa("".join(write_openpsa(model)).encode())
    written, read = cut_sets(model), cut_sets(again, "top")
    assert written.by_order == read.by_order
    assert written.probability == pytest.approx(read.probability, abs=1e-12)
    assert up(again, frozenset())[again.node("top")] == up(model, frozenset())[model.node("top")]


@pytest.mark.parametrize(
    "text", ["a = b\nc = (d", "a = b\nb = a", "<opsa-mef>\n<what/></opsa-mef>"]
)
def test_a_mistake_names_its_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "estate"
    path.write_text(text)
    with pytest.raises(DependabilityError) as caught:
        read_model(path)
    assert f"({path}: line " in str(caught.value)
    assert f"（{path} 第 " in caught.value.zh


def test_a_file_too_large_or_not_text_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    large.write_bytes(b"<opsa-mef>" + b" " * 3_000_000)
    with pytest.raises(TooLarge):
        read_model(large, largest=1 << 20)
    binary = tmp_path / "binary.txt"
    binary.write_bytes(b"a = \xff\xfe")
    with pytest.raises(SyntaxProblem, match="UTF-8"):
        read_model(binary)


def test_nesting_of_100_000_levels_is_read() -> None:
    depth = 100_000
    deep = "<or><basic-event name='b'/>" * depth + "</or>" * depth
    model = read_openpsa(_mef(GATE.format(deep), EVENT.format("b")))
    assert cut_sets(model).count == 1


def _too_large(folder: Path) -> None:
    path = folder / "large.txt"
    path.write_text("a = b" * 100)
    read_model(path, largest=10)


def _not_text(folder: Path) -> None:
    path = folder / "binary.txt"
    path.write_bytes(b"a = \xff")
    read_model(path)


def _house(body: str) -> bytes:
    return _mef("", f"<define-house-event name='h'>{body}</define-house-event>")


_PARAMETER = "<define-parameter name='p'><float value='1'/></define-parameter>"
_NEEDS_P = "<define-basic-event name='x'><parameter name='p'/></define-basic-event>"


def test_every_mistake_is_said_in_both_languages(tmp_path: Path) -> None:
    texts = (
        "a = b and", "a = (b", "a = (b c", "a = b\nc = ()", "a = 3 of (b, c)", "a = 2 of ()",
        "a = 2 of b", "a = x of (b)", "a = b cold c", 'a = "b', "a = b\na = c",
        "a = b cold[5x] c", "a = b c", "a: p=1.5",
        "a: failure_rate=-1", "a: p=x", "a: p 1", "a: colour=1", "items a\nb = a and c",
        "items a\nb = c and d", "= b", "gate a b", "a = [", "a = a",
    )  # fmt: skip
    files = (
        b"", b"<html/>", b"<opsa-mef>", b"<opsa-mef></x>",
        b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><opsa-mef/>",
        b"<!DOCTYPE x [<!ENTITY a 'aaa'>]><opsa-mef>&a;</opsa-mef>",
        b"<opsa-mef><xi:include href='x'/></opsa-mef>", b"<opsa-mef><what/></opsa-mef>",
        _mef(GATE.format("")), _mef(GATE.format("<and></and>")), _mef(GATE.format("<not/>")),
        _mef(GATE.format("<or><gate name=''/></or>")), _mef(GATE.format(EVENT.format("x"))),
        _mef(GATE.format("<or><gate name='x'/></or>")),
        _mef(GATE.format("<gate name='x'/><gate name='y'/>")),
        _mef(GATE.format("<atleast min='two'/>")), _mef(GATE.format("<or>stray</or>")),
        _mef(GATE.format("<cardinality min='2' max='1'><gate name='x'/></cardinality>")),
        _mef(GATE.format("<atleast min='3'><gate name='x'/></atleast>")),
        _house("<constant value='?'/>"), _house("<float/>"), _house("<float value='?'/>"),
        _mef("", _PARAMETER * 2), _mef("", _NEEDS_P),
        _mef("", _NEEDS_P + "<define-parameter name='p'/>"),
    )  # fmt: skip
    low = Builder()
    two = parse("a = b\nc = b")
    questions: list[Callable[[], object]] = [
        *(partial(parse, text) for text in texts),
        *(partial(read_openpsa, xml) for xml in files),
        partial(read_openpsa, b"<opsa-mef>", largest=1),
        partial(_too_large, tmp_path),
        partial(_not_text, tmp_path),
        partial(low.gate, 1, ()),
        partial(low.gate, 2, (Input(0),)),
        partial(low.gate, 1, (Input(0, -5.0),)),
        partial(low.define, "named", fallible=False),
        partial(cut_sets, two),
        partial(cut_sets, two, "nobody"),
        partial(importance, cut_sets(two, "a")),
        partial(importance, cut_sets(parse("s = a and b"), "s", max_order=0)),
    ]
    said = [_refusal(question) for question in questions]
    for error in said:
        assert re.search("[一-鿿]", error.zh), error
        assert not re.search("[一-鿿]", str(error)), error
    bases = {PlacedError, DependabilityError}
    assert {type(error) for error in said} == set(_kinds(DependabilityError)) - bases


def _refusal(question: Callable[[], object]) -> DependabilityError:
    with pytest.raises(DependabilityError) as caught:
        question()
    return caught.value


def _kinds(error: type[DependabilityError]) -> Iterator[type[DependabilityError]]:
    yield error
    for each in error.__subclasses__():
        yield from _kinds(each)


def test_every_variable_order_has_a_chinese_name() -> None:
    tree = failures_of(parse("gate top = a and 2 of (b, c, d)"), [0])
    for name, _ in variable_orders(tree):
        assert re.search("[一-鿿]", term(Term("order", name)).text(CHINESE)), name


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\ufeffpacs = a and b", "pacs = a and b"),
        ("pacs\u00a0= a\u2009and b", "pacs = a and b"),
        ("a：ｐ＝１ｅ－３", "a: p=1e-3"),
        ("a：failure_rate＝２Ｅ－４，repair_rate＝．５", "a: failure_rate=2E-4 repair_rate=.5"),
    ],
)
def test_what_copying_and_keyboards_put_in_is_read(text: str, plain: str) -> None:
    found, wanted = parse(text), parse(plain)
    assert list(found.names) == list(wanted.names)
    assert np.array_equal(found.unavailability, wanted.unavailability, equal_nan=True)


def test_progress_of_the_text_form_rises_to_its_size(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("".join(f"item{n} = item{n + 1} and other{n}\n" for n in range(60_000)))
    told: list[Notice] = []
    read_model(path, progress=told.append)
    megabytes = [int(notice.given["megabytes"]) for notice in told]
    assert len(told) > 5
    assert megabytes == sorted(megabytes)
    assert megabytes[-1] == path.stat().st_size >> 20


def test_a_name_in_quotes_is_never_a_word_of_the_language() -> None:
    model = parse(
        """
        gate "top" = "hot" and 1 of ("of", "2", "(")
        "items" = "=" or "always_up"
        "hot": p=0.1
        top "top"
        """
    )
    assert {each.items for each in cut_sets(model, "top").sets()} == {
        ("hot",),
        ("of", "2", "("),
    }
    assert {each.items for each in cut_sets(model, "items").sets()} == {
        ("items",),
        ("=", "always_up"),
    }


@pytest.mark.parametrize("encoding", ["GBK", "klingon"])
def test_an_encoding_that_cannot_be_read_is_said(encoding: str) -> None:
    xml = f"<?xml version='1.0' encoding='{encoding}'?><opsa-mef/>".encode()
    with pytest.raises(SyntaxProblem, match="UTF-8") as caught:
        read_openpsa(xml)
    assert "UTF-8" in caught.value.zh


def test_an_empty_model_has_nothing_to_ask_about() -> None:
    for model in (parse("# nothing"), read_openpsa(b"<opsa-mef/>")):
        with pytest.raises(NoSuchTop, match="nothing") as caught:
            cut_sets(model)
        assert "没有定义" in caught.value.zh


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a = b\nb: p=0.1 p=0.2", 2, "more than one value"),
        ("a = b\nb: p=0.1\nb: p=0.3", 3, "more than one value"),
        ("gate a = b\na: p=0.5\ntop a", 2, "cannot fail itself"),
        ("a = b\ntop zz", 2, "“zz” is used but not defined"),
        ("x = y\na = b\nb = c\nc = a", 2, "support each other in a circle"),
        ("a = b\nb: p=1_0e-3", 2, "not a number"),
        (f"a = {'9' * 5_000} of (b)", 1, "whole number"),
    ],
)
def test_slips_are_pointed_at(text: str, line: int, said: str) -> None:
    with pytest.raises(DependabilityError, match=said) as refused:
        parse(text)
    assert refused.value.place is not None
    assert refused.value.place.line == line


def test_items_may_come_after_their_figures_and_tops_before_their_formula() -> None:
    model = parse("e0: p=0.1\nitems e0, b\ntop a\na = e0 and b")
    assert model.probability[model.node("e0")] == 0.1
    with pytest.raises(DuplicateName):
        parse("e0: p=0.1\nitems e0, e0")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<define-basic-event name='x'>0.1</define-basic-event>", "“0.1” in <define-basic-event>"),
        ("<define-basic-event name='x'><float value='0.1_0'/></define-basic-event>", "0.1_0"),
        ("<define-basic-event name='x'><float value='０.１'/></define-basic-event>", "０.１"),
        ("<define-basic-event name='x'><int value='0.5'/></define-basic-event>", "0.5"),
        (
            _NEEDS_P
            + "<define-parameter name='p'><parameter name='q'/></define-parameter>"
            + "<define-parameter name='q'><parameter name='p'/></define-parameter>",
            "circle",
        ),
    ],
)
def test_figures_of_open_psa_that_are_none_are_pointed_at(body: str, said: str) -> None:
    with pytest.raises(DependabilityError, match=said) as refused:
        read_openpsa(_mef(GATE.format("<or><event name='x'/></or>"), body))
    assert refused.value.place is not None


def test_a_circle_of_gates_is_placed() -> None:
    gates = "".join(
        f"<define-gate name='{name}'><or><gate name='{below}'/></or></define-gate>"
        for name, below in (("h", "k"), ("k", "h"))
    )
    with pytest.raises(DependabilityError, match="circle") as refused:
        read_openpsa(_mef(gates))
    assert refused.value.place is not None
