"""Pages as exporters send them, and pages no exporter should send."""

from __future__ import annotations

import math
import string
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as read_text

from wardround.collect import exposition
from wardround.collect.errors import PageRefused
from wardround.collect.exposition import PageParser
from wardround.collect.exposition_comments import kind_of
from wardround.collect.exposition_types import NO_TIME, Kind, PageProblem, Series

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = rb"""# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE\""} 1.458e9

metric_without_timestamp_and_labels 12.47

something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.99"} NaN
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
"""


def read(body: bytes, *, openmetrics: bool = False) -> dict[tuple[Series, int | None], float]:
    page = PageParser().parse(body, openmetrics=openmetrics)
    times = [None] * len(page.values) if page.times_ms is None else page.times_ms.tolist()
    keys = [
        (series, None if at == NO_TIME else at)
        for series, at in zip(page.layout.series, times, strict=True)
    ]
    return dict(zip(keys, page.values.tolist(), strict=True))


def test_whole_text_format() -> None:
    got = read(PAGE)
    path = Series(
        "msdos_file_access_time_seconds",
        (("error", 'Cannot find file:\n"FILE"'), ("path", "C:\\DIR\\FILE.TXT")),
    )
    assert got[path, None] == 1.458e9
    assert got[Series("metric_without_timestamp_and_labels"), None] == 12.47
    weird = Series("something_weird", (("problem", "division by zero"),))
    assert got[weird, -3982045] == math.inf
    post = Series("http_requests_total", (("code", "400"), ("method", "post")))
    assert got[post, 1395066363000] == 3
    assert math.isnan(got[Series("rpc_duration_seconds", (("quantile", "0.99"),)), None])
    assert len(got) == 12


def test_kinds_follow_the_declared_types() -> None:
    layout = PageParser().parse(PAGE).layout
    kinds = {series.name: kind_of(series, layout) for series in layout.series}
    assert kinds["http_requests_total"] is Kind.COUNTER
    assert kinds["http_request_duration_seconds_bucket"] is Kind.COUNTER
    assert kinds["rpc_duration_seconds_sum"] is Kind.COUNTER
    assert kinds["rpc_duration_seconds"] is Kind.GAUGE
    assert kinds["something_weird"] is Kind.UNKNOWN


OPENMETRICS = b"""# TYPE acme_http_router_request_seconds summary
# UNIT acme_http_router_request_seconds seconds
# HELP acme_http_router_request_seconds Latency though all of ACME's HTTP request router.
acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32
acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283.0
acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325.0
# TYPE foo histogram
foo_bucket{le="0.01"} 0 1520879607.789 # {} 0.004
foo_bucket{le="+Inf"} 17 1520879607.789 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789
foo_count 17 1520879607.789
foo_sum 324789.3 1520879607.789
# TYPE state stateset
state{state="on"} 1
# EOF
"""


def test_openmetrics_with_exemplars_units_and_times_in_seconds() -> None:
    page = PageParser().parse(OPENMETRICS, openmetrics=True)
    assert page.layout.families["acme_http_router_request_seconds"].unit == "seconds"
    got = read(OPENMETRICS, openmetrics=True)
    assert got[Series("foo_bucket", (("le", "+Inf"),)), 1520879607789] == 17
    assert got[Series("foo_bucket", (("le", "0.01"),)), 1520879607789] == 0


def test_names_in_quotes() -> None:
    got = read('{"http.server.时长","service.name"="his"} 1\n'.encode())
    assert got == {(Series("http.server.时长", (("service.name", "his"),)), None): 1}


@pytest.mark.parametrize(
    ("body", "problem", "line", "part"),
    [
        (b"", PageProblem.CUT, None, "at least one line"),
        (b"a 1\nb 2", PageProblem.CUT, 2, "line end"),
        (b"a 1\nb\n", PageProblem.FORMAT, 2, "a space, then the value"),
        (b"a one\n", PageProblem.FORMAT, 1, "a number"),
        (b"a 1_0\n", PageProblem.FORMAT, 1, "a number"),
        (b"a 1 2 3\n", PageProblem.FORMAT, 1, "at most one time stamp"),
        (b"a 1 2.5\n", PageProblem.FORMAT, 1, "whole milliseconds"),
        (b'a{b="c} 1\n', PageProblem.FORMAT, 1, "closing quote"),
        (b'a{b="c" d="e"} 1\n', PageProblem.FORMAT, 1, "“,” or “}”"),
        (b'a{b="c",b="d"} 1\n', PageProblem.FORMAT, 1, "each label once"),
        (b"a{b=c} 1\n", PageProblem.FORMAT, 1, "a label"),
        (b"9a 1\n", PageProblem.FORMAT, 1, "a metric name"),
        (b'a{b="\xff"} 1\n', PageProblem.ENCODING, 1, "UTF-8"),
        (b"a \0\n", PageProblem.ENCODING, 1, "not binary"),
        (b"a 1 1_000\n", PageProblem.FORMAT, 1, "whole milliseconds"),
        (b"{count:24,sum:1} 3\n", PageProblem.FORMAT, 1, "a label"),
        (b"<html><body>Sign in</body></html>\n", PageProblem.FORMAT, 1, "a metric name"),
        (b"a" * 70_000 + b" 1\n", PageProblem.TOO_BIG, 1, "bytes a line"),
    ],
)
def test_bad_page_names_line_and_expectation(
    body: bytes, problem: PageProblem, line: int | None, part: str
) -> None:
    with pytest.raises(PageRefused) as refused:
        PageParser().parse(body)
    assert (refused.value.problem, refused.value.line) == (problem, line)
    assert part in refused.value.expected


def test_openmetrics_without_its_end_was_cut() -> None:
    with pytest.raises(PageRefused) as refused:
        PageParser().parse(OPENMETRICS.removesuffix(b"# EOF\n"), openmetrics=True)
    assert refused.value.problem is PageProblem.CUT


def test_too_many_samples() -> None:
    body = b"".join(b"a%d 1\n" % one for one in range(11))
    with pytest.raises(PageRefused, match="at most 10 samples"):
        PageParser(most_samples=10).parse(body)


def test_page_of_too_many_labels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes memory as a series does; a page of few samples may have many."""
    monkeypatch.setattr(exposition, "MOST_SAMPLES", 10)
    wide = ",".join(f'l{number}=""' for number in range(50))
    lines = [f'a{{{wide},n="{number}"}} 1\n' for number in range(2)]
    assert len(PageParser(most_samples=3).parse(lines[0].encode()).values) == 1
    with pytest.raises(PageRefused) as refused:
        PageParser(most_samples=3).parse("".join(lines).encode())
    assert (refused.value.problem, refused.value.line) == (PageProblem.TOO_BIG, 2)
    assert "100 labels" in refused.value.expected
    assert len(PageParser(most_samples=11).parse("".join(lines).encode()).values) == 2


def test_first_of_duplicates_counts_and_the_rest_are_named() -> None:
    page = PageParser().parse(b'a{x="1",y="2"} 1\nb 5\na{y="2",x="1"} 2\n')
    assert page.values.tolist() == [1, 5]
    assert [(one.series.name, one.line) for one in page.duplicates] == [("a", 3)]


def test_same_series_at_two_times_is_no_duplicate() -> None:
    parser = PageParser()
    for _ in range(2):
        page = parser.parse(b"a 1 1000\na 2 2000\n")
        assert not page.duplicates
        assert page.values.tolist() == [1, 2]
    assert len(parser.parse(b"a 1 1000\na 2 1000\n").duplicates) == 1


def test_layout_is_the_same_object_while_the_page_keeps_its_shape() -> None:
    parser = PageParser()
    first = parser.parse(b'# TYPE a gauge\na 1\nb{c="d"} 2\n')
    second = parser.parse(b'# TYPE a gauge\na NaN\nb{c="d"} -Inf\n')
    third = parser.parse(b'# TYPE a gauge\na 1\nb{c="e"} 2\n')
    assert first.layout is second.layout
    assert second.values[1] == -math.inf
    assert third.layout is not second.layout


@pytest.mark.parametrize("tail", [b"1_0", b"x", b"", b"1 2 3", b'{b="c"} 1 1 1', b"1 # {"])
def test_known_beginning_does_not_excuse_a_bad_end(tail: bytes) -> None:
    parser = PageParser()
    parser.parse(b"a 1\nb 1\n")
    with pytest.raises(PageRefused) as refused:
        parser.parse(b"a 1\nb " + tail + b"\n")
    assert refused.value.line == 2


_names = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", fullmatch=True).filter(
    lambda name: not name.endswith(("_total", "_created", "_info", "_bucket", "_count", "_sum"))
)
_label_names = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,6}", fullmatch=True)
_texts = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n"), max_size=12
) | st.text(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", ""), max_size=6)
_numbers = st.floats(allow_nan=True, allow_infinity=True) | st.integers(-10, 10).map(float)
_samples = st.dictionaries(
    st.tuples(
        _names,
        st.dictionaries(_label_names, _texts, max_size=3).map(lambda d: tuple(sorted(d.items()))),
    ),
    st.tuples(_numbers, st.none() | st.integers(0, 2**41)),
    min_size=1,
    max_size=6,
)
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, int | None]]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _written(samples: Samples) -> bytes:
    lines = []
    for (name, labels), (value, at) in samples.items():
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
        number = {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, repr(value)).replace("nan", "NaN")
        lines.append(
            name
            + (f"{{{inside}}}" if inside else "")
            + f" {number}"
            + ("" if at is None else f" {at}")
        )
    return ("\n".join(lines) + "\n").encode()


def _same(ours: Iterable[float], theirs: Iterable[float]) -> bool:
    pairs = list(zip(ours, theirs, strict=True))
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


@given(_samples, _samples)
def test_reads_what_was_written_and_what_the_reference_reads(
    first: Samples, second: Samples
) -> None:
    """Three pages through one parser: the second takes the fast way, the third partly."""
    parser = PageParser()
    numbered: Samples = {key: (float(i), None) for i, key in enumerate(first)}
    for samples in (first, first, numbered, {**first, **second}):
        body = _written(samples)
        page = parser.parse(body)
        assert [(s.name, s.labels) for s in page.layout.series] == list(samples)
        assert _same(page.values.tolist(), [value for value, _ in samples.values()])
        times = page.times_ms.tolist() if page.times_ms is not None else [NO_TIME] * len(samples)
        assert times == [NO_TIME if at is None else at for _, at in samples.values()]


@given(_samples)
def test_agrees_with_prometheus_client(samples: Samples) -> None:
    body = _written(samples)
    theirs = {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in read_text(body.decode())
        for one in family.samples
    }
    ours = {(s.name, s.labels): v for (s, _), v in read(body).items()}
    assert ours.keys() == theirs.keys()
    assert _same(ours.values(), [theirs[key] for key in ours])


def test_agrees_with_prometheus_client_on_openmetrics() -> None:
    theirs = {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in read_openmetrics(OPENMETRICS.decode())  # type: ignore[no-untyped-call]
        for one in family.samples
    }
    assert {
        (s.name, s.labels): v for (s, _), v in read(OPENMETRICS, openmetrics=True).items()
    } == theirs


@given(st.binary(max_size=200))
def test_rubbish_is_refused_or_read_but_never_crashes(body: bytes) -> None:
    parser = PageParser()
    for openmetrics in (False, True):
        with suppress(PageRefused):
            parser.parse(body, openmetrics=openmetrics)


@given(st.integers(0, len(PAGE) - 1))
def test_cut_page_never_gives_a_wrong_value(length: int) -> None:
    """A page cut inside a line is refused; cut between lines it is a shorter page."""
    try:
        got = read(PAGE[:length])
    except PageRefused:
        return
    whole = read(PAGE)
    assert PAGE[length - 1 : length] == b"\n"
    assert all(_same([value], [whole[key]]) for key, value in got.items())
