"""Answers go out as short as the reader takes them, and Chinese as Chinese."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.hospital import ApiClient, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> ApiClient:
    return client_of("王医生", "reader", language="zh-CN")


def _asked(api: ApiClient, takes: str) -> tuple[dict[str, str], bytes]:
    headers = {**api._headers, "Accept-Encoding": takes}
    answer = api._client.get("/api/v1/definition-kinds", headers=headers)
    assert answer.status_code == 200
    return dict(answer.headers), answer.content


@pytest.mark.parametrize("takes", ["gzip", "br, GZIP;q=0.5", "*"])
def test_a_long_answer_is_compressed_for_who_takes_it(reader: ApiClient, takes: str) -> None:
    plain_headers, plain = _asked(reader, "")
    headers, packed = _asked(reader, takes)
    assert headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in headers["Vary"]
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain)
    assert "Content-Encoding" not in plain_headers
    assert "Accept-Encoding" in plain_headers["Vary"]


@pytest.mark.parametrize("takes", ["br", "gzip;q=0", "identity"])
def test_and_not_for_who_does_not(reader: ApiClient, takes: str) -> None:
    headers, body = _asked(reader, takes)
    assert "Content-Encoding" not in headers
    json.loads(body)


def test_chinese_is_written_as_chinese(reader: ApiClient) -> None:
    _, body = _asked(reader, "")
    assert "配置项类型" in body.decode()
    assert b"\\u" not in body


def test_a_short_answer_stays_as_it_is(reader: ApiClient) -> None:
    headers = {**reader._headers, "Accept-Encoding": "gzip"}
    answer = reader._client.get("/api/v1/no-such-thing", headers=headers)
    assert "Content-Encoding" not in answer.headers
