"""Pages over real HTTP: what is read, and how each way of going wrong is named."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.collect.pages import Exporter, exporter
from tests.collect.scrapes import ITEM
from tests.collect.targets import target, values
from wardround.collect.drivers.driver import Equipment
from wardround.collect.runner import check_once
from wardround.collect.scrape import TargetScrape
from wardround.collect.spool import Spool
from wardround.collect.spool_reader import SpoolReader
from wardround.collect.types import CollectedBatch, Naming, Reason, TargetSpec
from wardround.history.types import Kind
from wardround.kernel import clock
from wardround.schema.declarations import FrozenMapping

PAGE = b"""# TYPE http_requests_total counter
http_requests_total{code="200"} 7
# TYPE temperature_celsius gauge
temperature_celsius{room="",rack="a"} 21.5
up 1
"""


def _wanted(one: Exporter) -> dict[str, object]:
    names = (
        "body",
        "status",
        "content_type",
        "headers",
        "promised",
        "unsized",
        "silent",
        "endless",
    )
    return {name: getattr(one, name) for name in names}


def check(one: Exporter, **parameters: Any) -> CollectedBatch:
    async def once() -> CollectedBatch:
        async with exporter(**_wanted(one)) as running:
            return await check_once(target("prometheus", running.address, timeout=2, **parameters))

    return asyncio.run(once())


def test_what_a_template_declares_and_a_page_does_not_give_is_told() -> None:
    """As soon as the page changes; while it does not answer, what was known before."""

    async def course() -> list[tuple[str, ...]]:
        body = b"weblogic_threads 64\nweblogic_heap_used_ratio 0.4\n"
        with ThreadPoolExecutor(1) as threads:
            return await told_of(body, Equipment(threads, threads))

    async def told_of(body: bytes, equipment: Equipment) -> list[tuple[str, ...]]:
        async with exporter(body=body) as running:
            spec = target("sim-middleware", running.address, timeout=2)
            scrape = TargetScrape(spec, equipment, clock=clock.now)
            told = []
            for page in (body, b"weblogic_threads 64\n", b"weblogic_threads 65\n", b"broken"):
                running.body = page
                told.append((await scrape.take(spec.template.groups)).unfilled)
            await scrape.close()
        return told

    first, second, third, broken = asyncio.run(course())
    declared = {metric.name for metric in target("sim-middleware").template.metrics}
    assert set(first) == declared - {"weblogic_threads", "weblogic_heap_used_ratio"}
    assert set(second) == declared - {"weblogic_threads"} == set(third)
    assert broken == third
    assert check(Exporter(body=PAGE)).unfilled == ()  # a template that declares nothing


def test_page_becomes_series_of_the_item() -> None:
    batch = check(Exporter(body=PAGE))
    assert (batch.up, batch.reason) == (True, Reason.OK)
    got = values(batch)
    assert got["http_requests_total{code=200}"] == 7
    assert got["temperature_celsius{rack=a}"] == 21.5
    assert got["exported_up"] == 1  # the page's own `up` is not ours
    assert got["up"] == 1
    assert got["scrape_samples"] == 3
    by_metric = {key.metric: key for key in batch.keys}
    assert by_metric["http_requests_total"].kind is Kind.COUNTER
    assert by_metric["temperature_celsius"].unit == "celsius"
    assert by_metric["up"].kind is Kind.STATE
    assert {key.item for key in batch.keys} == {ITEM}


def test_gzip_and_openmetrics() -> None:
    body = gzip.compress(b"# TYPE a counter\na_total 3 1700000000.5\n# EOF\n", mtime=0)
    page = Exporter(
        body=body,
        content_type="application/openmetrics-text; version=1.0.0",
        headers=["Content-Encoding: gzip"],
    )
    batch = check(page)
    assert values(batch)["a_total"] == 3
    assert batch.times_ms is not None
    assert batch.times_ms[0] == 1700000000500


@pytest.mark.parametrize(
    ("page", "reason", "part"),
    [
        (Exporter(status="401 Unauthorized"), Reason.AUTH, "401"),
        (Exporter(status="403 Forbidden"), Reason.PERMISSION, "403"),
        (Exporter(status="500 Internal Server Error"), Reason.ANSWER, "500"),
        (Exporter(status="302 Found"), Reason.ANSWER, "302"),
        (Exporter(content_type="text/html"), Reason.CONTENT_TYPE, "text/html"),
        (Exporter(promised=5000), Reason.CUT, ""),
        (Exporter(body=b"load 1\nload_of_nothi"), Reason.FORMAT, "line 2"),
        (Exporter(body=b"load 1\nload_of_nothi", unsized=True), Reason.CUT, "line 2"),
        (Exporter(body=b"load 1\nload_of_nothing 1", unsized=True), Reason.CUT, "line 2"),
        (Exporter(body=b"load{a=} 1\n"), Reason.FORMAT, "line 1, column 8"),
        (Exporter(body=b'load{a="x} 1\n'), Reason.FORMAT, "a closing quote"),
        (Exporter(body=b"\xff\xfe 1\n"), Reason.FORMAT, "metric name"),
        (Exporter(body=b'a{b="\xff"} 1\n'), Reason.ENCODING, "UTF-8"),
        (Exporter(body=b""), Reason.CUT, "at least one line"),
        (Exporter(headers=["Content-Encoding: gzip"]), Reason.CUT, ""),
        (Exporter(silent=True), Reason.TIMEOUT, "2 s"),
    ],
)
def test_wrong_pages_have_a_reason(page: Exporter, reason: Reason, part: str) -> None:
    batch = check(page)
    assert (batch.up, batch.reason) == (False, reason)
    assert part in batch.detail
    assert values(batch)["up"] == 0
    assert values(batch)["scrape_samples"] == 0


def test_endless_page_is_left_at_its_limit() -> None:
    batch = check(Exporter(endless=True), most_bytes=1_000_000)
    assert (batch.reason, batch.detail) == (Reason.TOO_BIG, "more than 1000000 bytes")


def test_too_many_samples() -> None:
    body = b"".join(b"a%d 1\n" % one for one in range(50))
    assert check(Exporter(body=body), most_samples=49).reason is Reason.TOO_BIG


def test_duplicates_keep_the_rest_and_are_told() -> None:
    batch = check(Exporter(body=b"a 1\na 2\nb 3\n"))
    assert batch.up
    assert values(batch)["a"] == 1
    assert values(batch)["b"] == 3
    assert values(batch)["scrape_duplicates"] == 1
    assert "1 duplicate series; the first is a on line 2" in batch.detail


@pytest.mark.parametrize("packed", [False, True])
def test_last_line_without_an_end_is_read_where_the_whole_page_came(*, packed: bool) -> None:
    body = gzip.compress(b"a 1\nb 2") if packed else b"a 1\nb 2"
    headers = ["Content-Encoding: gzip"] if packed else []
    batch = check(Exporter(body=body, headers=headers, unsized=packed))
    assert (values(batch)["a"], values(batch)["b"]) == (1, 2)


def test_what_no_series_holds_is_left_out_counted_and_told() -> None:
    body = b"# TYPE rpc histogram\nrpc {count:4,sum:2}\n# TYPE a Gauge\na 1\n"
    batch = check(Exporter(body=body))
    assert batch.up
    assert (values(batch)["a"], values(batch)["scrape_skipped_lines"]) == (1, 2)
    assert batch.detail.startswith("2 lines left out; the first is line 2: expected one number")


def test_nothing_listens_and_no_such_name() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    assert asyncio.run(check_once(target("prometheus", address))).reason is Reason.REFUSED
    unknown = target("prometheus", "no-such-host.invalid:9100")
    assert asyncio.run(check_once(unknown)).reason is Reason.DNS
    assert asyncio.run(check_once(target("prometheus", "ftp://x"))).reason is Reason.SETTINGS


def test_signs_in_with_what_the_target_has() -> None:
    async def heads() -> tuple[str, str]:
        async with exporter() as running:
            await check_once(target("prometheus", running.address, token="t0k"))
            await check_once(target("prometheus", running.address, user="u", password="p"))
            return running.requests[0], running.requests[1]

    token, basic = asyncio.run(heads())
    assert "authorization: bearer t0k" in token.lower()
    assert "authorization: basic dtpw" in basic.lower()


def _scrape(spec: TargetSpec) -> TargetScrape:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    threads = ThreadPoolExecutor(2)
    return TargetScrape(spec, Equipment(threads, threads), clock=clock.now)


def test_one_connection_and_one_layout_for_many_scrapes() -> None:
    async def scrapes() -> tuple[list[CollectedBatch], int]:
        async with exporter() as running:
            scrape = _scrape(target("prometheus", running.address))
            batches = []
            for number in range(5):
                running.body = b"load %d\nother 1\n" % number
                batches.append(await scrape.take(scrape.spec.template.groups))
            await scrape.close()
            return batches, running.connections

    batches, connections = asyncio.run(scrapes())
    assert connections == 1
    assert [values(batch)["load"] for batch in batches] == [0, 1, 2, 3, 4]
    assert len({id(batch.layout) for batch in batches}) == 1


def test_recovers_after_the_exporter_was_away() -> None:
    async def story() -> list[Reason]:
        async with exporter() as running:
            scrape = _scrape(target("prometheus", running.address, timeout=1))
            reasons = [(await scrape.take(scrape.spec.template.groups)).reason]
            running.promised = 999
            reasons.append((await scrape.take(scrape.spec.template.groups)).reason)
            running.promised = None
            reasons.append((await scrape.take(scrape.spec.template.groups)).reason)
            await scrape.close()
            return reasons

    assert asyncio.run(story()) == [Reason.OK, Reason.CUT, Reason.OK]


async def _answers(*answers: bytes) -> tuple[list[CollectedBatch], int]:
    """Scrapes of a server that sends these very bytes, one a request, and closes after `END`."""
    waiting, connections = list(answers), 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while waiting and await reader.readuntil(b"\r\n\r\n"):
            answer = waiting.pop(0)
            writer.write(answer.removesuffix(b"END"))
            await writer.drain()
            if answer.endswith(b"END"):
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    scrape = _scrape(target("prometheus", f"127.0.0.1:{port}", timeout=2))
    groups = scrape.spec.template.groups
    batches = [await scrape.take(groups) for _ in answers]
    await scrape.close()
    server.close()
    return batches, connections


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def test_every_framing_of_a_page() -> None:
    chunked = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n7\r\nload 1\n\r\n4\r\nb 2\n\r\n0\r\n\r\n"
    after = b"HTTP/1.1 100 Continue\r\n\r\n" + _HEAD + b"Content-Length: 7\r\n\r\nload 3\n"
    to_the_end = _HEAD + b"\r\nload 4\nEND"
    batches, connections = asyncio.run(_answers(chunked, after, to_the_end, chunked))
    assert [one.detail for one in batches] == [""] * 4
    assert [values(one)["load"] for one in batches] == [1, 3, 4, 1]
    assert connections == 2


def test_connection_closed_while_idle_is_no_failure() -> None:
    page = _HEAD + b"Content-Length: 7\r\n\r\nload 1\nEND"
    batches, connections = asyncio.run(_answers(page, page, page))
    assert [one.reason for one in batches] == [Reason.OK] * 3
    assert connections == 3


@pytest.mark.parametrize(
    ("answer", "reason", "part"),
    [
        (b"END", Reason.CUT, "without an answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\nEND", Reason.CUT, "no HTTP"),
        (_HEAD + b"Transfer-Encoding: chunked\r\n\r\n7\r\nloadEND", Reason.CUT, "before the end"),
        (_HEAD + b"Content-Encoding: br\r\n\r\nxxEND", Reason.CONTENT_TYPE, "packed as br"),
        (
            _HEAD
            + b"Content-Encoding: gzip\r\n\r\n"
            + gzip.compress(b"load 1\n", mtime=0)[:-9]
            + b"END",
            Reason.CUT,
            "too early",
        ),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\nEND", Reason.TOO_BIG, "head"),
        (
            b"HTTP/1.1 503 Busy\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
            Reason.ANSWER,
            "503 Busy",
        ),
    ],
)
def test_wrong_answers_have_a_reason(answer: bytes, reason: Reason, part: str) -> None:
    ((batch,), _) = asyncio.run(_answers(answer))
    assert batch.reason is reason
    assert part in batch.detail


def _certificate(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    both = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    )
    (folder / "pem").write_bytes(both)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "pem")
    return context


def test_certificates_are_checked_unless_told_otherwise(tmp_path: Path) -> None:
    async def story() -> list[CollectedBatch]:
        one = Exporter()
        server = await asyncio.start_server(one.serve, "127.0.0.1", 0, ssl=_certificate(tmp_path))
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/metrics"
        checked = await check_once(target("prometheus", url))
        trusting = await check_once(target("prometheus", url, insecure=True))
        server.close()
        return [checked, trusting]

    checked, trusting = asyncio.run(story())
    assert checked.reason is Reason.TLS
    assert "self-signed" in checked.detail.lower()
    assert (trusting.up, values(trusting)["load"]) == (True, 1)


def test_packed_bomb_is_left_at_the_limit() -> None:
    page = Exporter(
        body=gzip.compress(b"load 1\n" * 3_000_000, mtime=0), headers=["Content-Encoding: gzip"]
    )
    assert check(page, most_bytes=100_000).reason is Reason.TOO_BIG


def test_naming_keeps_drops_renames_and_finds_items() -> None:
    other = UUID(int=77)
    naming = Naming(
        keep=("wanted_.*", "temperature"),
        drop=("wanted_not",),
        rename=FrozenMapping({"temperature": "node_temperature_celsius"}),
        drop_labels=("instance",),
        item_label="item",
    )
    body = (
        b'wanted_a{instance="x",item="host-2"} 1\nwanted_not 2\nunwanted 3\ntemperature 4\n'
        b'wanted_b{item="nobody"} 5\nwanted_c{instance="x"} 6\nwanted_c{instance="y"} 7\n'
    )

    async def once() -> CollectedBatch:
        async with exporter(body=body) as running:
            spec = target("prometheus", running.address)
            template = spec.template.model_copy(update={"naming": naming})
            return await check_once(
                replace(spec, template=template, items_by_key={"host-2": other})
            )

    batch = asyncio.run(once())
    own = {(key.metric, key.labels, key.item) for key in batch.keys[:4]}
    assert own == {
        ("wanted_a", (), other),
        ("node_temperature_celsius", (), ITEM),
        ("wanted_b", (("item", "nobody"),), ITEM),
        ("wanted_c", (), ITEM),
    }
    assert values(batch)["scrape_duplicates"] == 1
    assert values(batch)["wanted_c"] == 6


def test_targets_that_share_an_item_keep_their_series_apart() -> None:
    async def once(*, alone: bool) -> CollectedBatch:
        async with exporter() as running:
            spec = target("prometheus", running.address)
            return await check_once(replace(spec, alone=alone))

    assert asyncio.run(once(alone=True)).keys[0].labels == ()
    assert asyncio.run(once(alone=False)).keys[0].labels == (("target", "prometheus here"),)


def test_a_sample_whose_own_time_did_not_move_is_stored_once(tmp_path: Path) -> None:
    """Pushed values stay on their page until the next push: scrape after scrape the same."""
    pages = (b"pushed 5 1700000000000\n", b"pushed 5 1700000000000\nother 1 1700000000000\n",
             b"pushed 5 1700000000000\n", b"pushed 6 1700000060000\n")  # fmt: skip

    async def scrapes() -> None:
        async with exporter() as running:
            scrape = _scrape(target("prometheus", running.address))
            for page in pages:
                running.body = page + b"load 1\n"
                await spool.accept(await scrape.take(scrape.spec.template.groups))
            await scrape.close()

    spool = Spool.open(tmp_path)
    asyncio.run(scrapes())
    group = SpoolReader(spool).next_group()
    assert group is not None
    metrics = [group.batch.keys[index].metric for index in group.batch.series_index]
    told = list(zip(metrics, group.batch.at.tolist(), group.batch.value.tolist(), strict=True))
    pushed = [one for one in told if one[0] in {"pushed", "other"}]
    assert pushed == [
        ("pushed", 1_700_000_000_000, 5.0),
        ("other", 1_700_000_000_000, 1.0),
        ("pushed", 1_700_000_060_000, 6.0),
    ]
    assert metrics.count("load") == metrics.count("up") == len(pages)
    assert spool.figures.accepted_samples == len(told)
    spool.close()
