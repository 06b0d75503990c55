"""What a page says of its series, held to the reference parser, and what it may hold besides."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as read_text

from wardround.collect.errors import PageRefused
from wardround.collect.exposition import PageParser
from wardround.collect.exposition_comments import kind_of
from wardround.collect.exposition_types import Kind, Page, PageProblem, Series

_ROOT = Path(__file__).parents[2]
CASES = Path(os.environ.get("WARDROUND_SHARED_DATA", _ROOT.parent / "shared" / "data")) / "cases"


def case(name: str) -> bytes:
    if not CASES.is_dir():  # pragma: no cover
        pytest.fail(f"the small inputs are not at {CASES}; set WARDROUND_SHARED_DATA")
    return (CASES / name).read_bytes()


def kinds(page: Page) -> dict[str, Kind]:
    return {series.name: kind_of(series, page.layout) for series in page.layout.series}


def test_family_of_exactly_the_name_decides_first() -> None:
    page = PageParser().parse(case("01_gauge_and_total.prom"))
    assert kinds(page) == {"pool_bytes": Kind.GAUGE, "pool_bytes_total": Kind.COUNTER}


def test_family_of_exactly_the_name_decides_though_it_has_no_type() -> None:
    page = PageParser().parse(b"# TYPE a summary\na_sum 1\n# HELP a_count Not of a.\na_count 1\n")
    assert kinds(page) == {"a_sum": Kind.COUNTER, "a_count": Kind.UNKNOWN}


def test_help_is_unescaped_in_one_pass() -> None:
    families = PageParser().parse(case("02_help_escape.prom")).layout.families
    assert families["share_free"].help == r"Free bytes on D:\new_share"


def test_unit_is_no_word_of_a_text_page() -> None:
    page = PageParser().parse(case("04_unit_in_text_page.prom"))
    assert page.values.tolist() == [900]
    assert (page.layout.families["fan_speed"].unit, page.skipped) == ("", ())


def test_time_of_many_digits_is_refused_where_it_stands() -> None:
    known = PageParser()
    known.parse(b"a 1 5\n")
    too_big = (b"a 1 9223372036854775808\n", b"a 1 -9223372036854775808\n", b"a 1 " + b"9" * 5000)
    for body in (case("06_timestamp_too_big.prom"), *too_big):
        for parser in (PageParser(), known):
            with pytest.raises(PageRefused) as refused:
                parser.parse(body, whole=True)
            assert (refused.value.line, refused.value.column) == (1, 5)
            assert "whole milliseconds" in refused.value.expected


@pytest.mark.parametrize("time", [b"1e300", b"inf", b"nan", b"1_0.5", b"9223372036854775.808"])
def test_time_in_seconds_that_is_none_is_refused(time: bytes) -> None:
    with pytest.raises(PageRefused) as refused:
        PageParser().parse(b"a 1 " + time + b"\n# EOF\n", openmetrics=True)
    assert (refused.value.line, refused.value.column) == (1, 5)


def test_last_line_without_an_end_counts_where_the_transfer_proved_its_own() -> None:
    body = case("07_no_final_newline.prom")
    page = PageParser().parse(body, whole=True)
    assert page.values.tolist() == [1, 2]
    with pytest.raises(PageRefused):
        PageParser().parse(body)


def test_names_in_quotes_have_their_type_and_text() -> None:
    page = PageParser().parse(
        '# HELP "http.\\"时长\\"" A \\"word\\".\n# TYPE "http.\\"时长\\"" counter\n'
        '{"http.\\"时长\\"",code="200"} 7\n'.encode()
    )
    (series,) = page.layout.series
    assert series == Series('http."时长"', (("code", "200"),))
    assert kind_of(series, page.layout) is Kind.COUNTER
    assert page.layout.families[series.name].help == 'A \\"word\\".'


def test_openmetrics_help_may_hold_an_escaped_quote() -> None:
    page = PageParser().parse(b'# HELP a A \\"word\\".\na 1\n# EOF\n', openmetrics=True)
    assert page.layout.families["a"].help == 'A "word".'


NATIVE = b"""# TYPE rpc histogram
rpc{job="x"} {count:24,sum:100,schema:0,zero_threshold:0.001,zero_count:4,positive_spans:[0:2]}
rpc {count:1,sum:2,quantile:[0.5:1]} 5 st@1520430000 # {id="{"} 1 # {id="# {"} 2
rpc_count{job="x"} 24 1520430001 st@1520430000.123
gauge 1
# EOF
"""


def test_native_histograms_are_left_out_and_counted_whatever_their_numbers() -> None:
    parser = PageParser()
    first = parser.parse(NATIVE, openmetrics=True)
    again = parser.parse(NATIVE.replace(b":24", b":25"), openmetrics=True)
    for page in (first, again):
        assert [one.name for one in page.layout.series] == ["rpc_count", "gauge"]
        assert page.times_ms is not None
        assert page.times_ms[0] == 1520430001000
        assert [one.line for one in page.skipped] == [2, 3]
        assert "native histogram" in page.skipped[0].expected
    assert again.layout is first.layout
    changed = NATIVE.replace(b'rpc{job="x"} {count:24', b'rpc{job="x"} 4 # {count="24"} 1 #')
    with pytest.raises(PageRefused):
        parser.parse(changed, openmetrics=True)


@pytest.mark.parametrize(
    ("comment", "part"),
    [
        (b"# TYPE a ganz", "a type"),
        (b"# TYPE a", "a type"),
        (b"# TYPE a gauge\n# TYPE a counter", "one type"),
        (b"# TYPE", "a metric name"),
        (b"# TYPE 9a gauge", "a metric name"),
        (b'# TYPE "a"gauge', "a metric name"),
        (b'# TYPE "a\xff" gauge', "UTF-8"),
    ],
)
@pytest.mark.parametrize("openmetrics", [False, True])
def test_wrong_comment_costs_no_value_and_is_told(
    comment: bytes, part: str, *, openmetrics: bool
) -> None:
    parser = PageParser()
    for _ in range(2):
        page = parser.parse(b"b 1\n" + comment + b"\na 2\n# EOF\n", openmetrics=openmetrics)
        assert page.values.tolist() == [1, 2]
        (told,) = page.skipped
        assert told.line == 2 + comment.count(b"\n")
        assert part in told.expected


@pytest.mark.parametrize(
    "comment",
    [b"#", b"##", b"#TYPE a ganz", b"# TYPES a ganz", b"# EOF", b"# just so", b"# UNIT", b"# \xff"],
)
def test_ordinary_comments_say_nothing(comment: bytes) -> None:
    page = PageParser().parse(comment + b"\na 1\n")
    assert (page.values.tolist(), page.skipped, dict(page.layout.families)) == ([1], (), {})


def test_page_may_begin_with_a_byte_order_mark() -> None:
    page = PageParser().parse(b"\xef\xbb\xbf# TYPE a counter\na 1\n")
    assert kinds(page) == {"a": Kind.COUNTER}


def test_duplicates_of_a_known_page_are_those_of_a_new_one() -> None:
    """Also where times come and go, so that what was two samples is now one twice."""
    pages = [
        b"a 1\nb 1\na 2\n",
        b"a 3\nb 4\na 5\n",
        b"a 3 1000\nb 4\na 5 2000\n",
        b"a 3 1000\nb 4\na 5 1000\n",
        b"a 3\nb 4\na 5\n",
        b"a 1 1000\na 2 2000\n",
        b"a 1\na 2\n",
    ]
    parser = PageParser()
    for body in pages * 2:
        known, new = parser.parse(body), PageParser().parse(body)
        assert known.layout.series == new.layout.series
        assert known.values.tolist() == new.values.tolist()
        assert known.duplicates == new.duplicates
        assert (known.times_ms is None) == (new.times_ms is None)


@pytest.mark.parametrize(
    "number",
    [
        b"\x0c1",
        b"1\x0b",
        b"1\r",
        b"1_0",
        b"\xd9\xa1",
        b"1 2 3",
        b"1" * 70_000,
        b" " * 70_000 + b"1",
    ],
)
def test_known_page_takes_no_number_that_a_new_one_refuses(number: bytes) -> None:
    known, body = PageParser(), b'a 1\nb{x="1"} ' + number + b"\r\n"
    known.parse(b'a 1\nb{x="1"} 2\n')
    known.parse(b'a 1\nb{x="1"} 2\n')
    for parser in (known, PageParser()):
        with pytest.raises(PageRefused):
            parser.parse(body)


@pytest.mark.parametrize("line", [b"\n", b"# x\n", b"# TYPE a x\n"])
def test_page_of_lines_without_end_is_refused_before_it_costs_anything(line: bytes) -> None:
    with pytest.raises(PageRefused) as refused:
        PageParser().parse(line * 1_000_001 + b"a 1\n")
    assert refused.value.problem is PageProblem.TOO_BIG
    assert "lines" in str(refused.value)


@pytest.mark.parametrize("openmetrics", [False, True])
def test_what_is_no_escape_costs_no_page_and_is_read_as_the_reference_does(
    *, openmetrics: bool
) -> None:
    text = 'a{path="C:\\temp\\\\x\\q",b="\\n\\""} 1\n' + "# EOF\n" * openmetrics
    (series,) = PageParser().parse(text.encode(), openmetrics=openmetrics).layout.series
    assert series.labels == (("b", '\n"'), ("path", "C:\\temp\\x\\q"))
    ((family,),) = ([*read_text(text)],) if not openmetrics else (read_openmetrics(text),)  # type: ignore[no-untyped-call]
    assert dict(family.samples[0].labels) == dict(series.labels)


@pytest.mark.parametrize("number", [b"INFINITY", b"+infinity", b"iNf", b"NAN", b"-nan", b"5.e1"])
def test_numbers_may_be_written_in_any_case(number: bytes) -> None:
    known, body = PageParser(), b"a " + number + b"\n"
    known.parse(b"a 1\n")
    for parser in (known, PageParser()):
        assert repr(parser.parse(body).values[0]) == repr(np.float64(float(number)))


_PARTS = {
    "counter": ("",), "gauge": ("",), "summary": ("", "_sum", "_count"), "untyped": ("",),
    "histogram": ("_bucket", "_sum", "_count"), "info": ("",), "stateset": ("",), "unknown": ("",),
    "gaugehistogram": ("",), "": ("",),
}  # fmt: skip
_OPEN_PARTS = {
    "counter": ("_total", "_created"), "gauge": ("",), "info": ("_info",), "stateset": ("",),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "summary": ("", "_sum", "_count", "_created"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"), "unknown": ("",),
}  # fmt: skip
_ENDS = ("", "_total", "_count", "_sum", "_bucket", "_created", "_info", "_gcount", "_gsum")
_LABELS = {"_bucket": 'le="+Inf"', "stateset": '{name}="on"', "summary": 'quantile="0.5"'}
_bases = st.sampled_from(["a", "b", "pool_bytes", "时长.x", "c d"])
_names = st.builds(str.__add__, _bases, st.sampled_from(_ENDS))


@dataclass
class Written:
    """A page and the names of its series, in order."""

    lines: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)

    def sample(self, name: str, labels: str = "") -> None:
        self.series.append(name)
        quoted = _quoted(name)
        inside = ",".join(filter(None, [quoted if quoted != name else "", labels]))
        head = name if quoted == name else ""
        self.lines.append(f"{head}{{{inside}}} 1" if inside else f"{head} 1")


def _quoted(name: str) -> str:
    return name if name.replace("_", "").isascii() and name.isidentifier() else f'"{name}"'


def _written(types: dict[str, str], alone: list[str], parts: dict[str, tuple[str, ...]]) -> Written:
    """Families in groups, as every format asks; what would stand in two of them is left out."""
    page, taken = Written(), set(types)
    for name, kind in types.items():
        page.lines.append(f"# HELP {_quoted(name)} Says TYPE {name} gauge.")
        if kind:
            page.lines.append(f"# TYPE {_quoted(name)} {kind}")
        for part in parts[kind]:
            if part and name + part in taken:
                continue
            taken.add(name + part)
            label = (
                _LABELS["_bucket"] if part == "_bucket" else "" if part else _LABELS.get(kind, "")
            )
            page.sample(name + part, label.format(name=_quoted(name)))
    for name in alone:
        if name not in taken and not any(
            name == family + part for family, kind in types.items() for part in parts[kind]
        ):
            taken.add(name)
            page.sample(name)
    return page


def _of_reference(families: list[Metric]) -> list[Kind]:
    return [_kind(family, one.name) for family in families for one in family.samples]


def _kind(family: Metric, name: str) -> Kind:
    if family.type == "unknown":
        return Kind.UNKNOWN
    part = name.removeprefix(family.name)
    counting = {"counter": ("_total",), "summary": ("_sum", "_count")}
    counting["histogram"] = ("_bucket", "_sum", "_count")
    return Kind.COUNTER if part in counting.get(family.type, ()) else Kind.GAUGE


def _same_kinds(
    page: Written, read: Callable[[str], list[Metric]], *, openmetrics: bool = False
) -> None:
    text = "\n".join(page.lines) + ("\n# EOF\n" if openmetrics else "\n")
    ours = PageParser().parse(text.encode(), openmetrics=openmetrics)
    assert [one.name for one in ours.layout.series] == page.series
    assert not ours.skipped
    found = [kind_of(one, ours.layout) for one in ours.layout.series]
    assert found == _of_reference(read(text))


@given(
    st.dictionaries(_names, st.sampled_from(sorted(_PARTS)), min_size=1, max_size=6),
    st.lists(_names, max_size=4),
)
def test_kinds_of_text_pages_are_the_references(types: dict[str, str], alone: list[str]) -> None:
    page = _written(types, alone, _PARTS)
    _same_kinds(page, lambda text: list(read_text(text)))


@given(
    st.dictionaries(_bases, st.sampled_from(sorted(_OPEN_PARTS)), min_size=1),
    st.lists(st.sampled_from(["z", "z_total", "z_count", "z_sum"]), max_size=4),
)
def test_kinds_of_openmetrics_pages_are_the_references(
    types: dict[str, str], alone: list[str]
) -> None:
    page = _written(types, alone, _OPEN_PARTS)
    read: Callable[[str], list[Metric]] = lambda text: list(read_openmetrics(text))  # type: ignore[no-untyped-call]  # noqa: E731
    _same_kinds(page, read, openmetrics=True)
