"""The connection to the history store: the one place that imports its driver.

Where the store is comes from `WARDROUND_HISTORY_URL`; what the driver raises leaves here as an
error of this room. It must never decide what to store or ask.
"""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import clickhouse_connect
import clickhouse_connect.common
import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.httputil import get_pool_manager
from numpy.typing import NDArray
from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import HTTPError, ProtocolError

from wardround.history import blocks, damage, native, refusals
from wardround.history.blocks import Column
from wardround.history.errors import HistoryMisconfigured, HistoryUnavailable
from wardround.history.hot import CELL
from wardround.history.types import DamagedPart
from wardround.kernel.errors import WardroundError

URL = "WARDROUND_HISTORY_URL"
TIMEOUT = "WARDROUND_HISTORY_TIMEOUT"
CONNECT_SECONDS = 2
DEFAULT_SECONDS = 10
PROBE_SECONDS = 1
CONNECTIONS = 16

log = logging.getLogger(__name__)
# What these have to say is raised; a store that is down for an hour must not fill the log.
clickhouse_connect.common.set_setting("max_error_size", 0)  # which part it is stands at the end
logging.getLogger("clickhouse_connect").setLevel(logging.ERROR)
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

# Sent with every statement, so that a connection of the embedded server need not switch.
_SETTINGS = {
    "async_insert": "0",
    "insert_deduplicate": "1",
    "max_partitions_per_insert_block": "1000",
}

# A token stands for one block, whatever its size.
_ONE_BLOCK = {
    "max_insert_threads": "1",
    "max_insert_block_size": "8000000",
    "min_insert_block_size_rows": "8000000",
    "min_insert_block_size_bytes": "0",
}


@dataclass(frozen=True, slots=True)
class Address:
    scheme: str
    host: str
    port: int
    user: str
    password: str
    database: str

    @classmethod
    def parse(cls, url: str) -> "Address":
        try:
            parts = urlsplit(url)
            port = parts.port or (8443 if parts.scheme == "https" else 8123)
        except ValueError:
            raise HistoryMisconfigured from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise HistoryMisconfigured
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            database=parts.path.strip("/") or "wardround",
        )


class Engine:
    """One store, for any number of threads of one process."""

    def __init__(self, url: str, *, seconds: int = DEFAULT_SECONDS) -> None:
        self.address = Address.parse(url)
        self.database = self.address.database
        self._seconds = seconds
        self._client: Client | None = None
        self._embedded: bool | None = None
        self._lock = threading.Lock()
        self._pool = get_pool_manager(maxsize=CONNECTIONS, num_pools=2)

    def command(self, sql: str, *, use_database: bool = True) -> None:
        with self._speaking() as client:
            client.command(sql, use_database=use_database)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """A small result as Python values."""
        with self._speaking() as client:
            return client.query(sql, parameters=dict(parameters or {})).result_rows

    def records(
        self, sql: str, parameters: Mapping[str, Any], layout: np.dtype[np.void]
    ) -> NDArray[np.void]:
        """A large result as a record array, with everything acknowledged before it.

        Every column must be of fixed width. Without the driver, which costs a millisecond.
        """
        given = {f"param_{name}": _as_parameter(value) for name, value in parameters.items()}
        settings = {"database": self.database, "max_execution_time": self._seconds}
        asked = f"{sql}\nFORMAT RowBinary".encode()
        data = self._post("/", asked, settings | given, {"X-Wardround-Settle": "1"})
        return np.frombuffer(data, dtype=layout)

    def columns(self, sql: str) -> dict[str, NDArray[Any]]:
        """A large result by column, with everything acknowledged before it; empty without rows."""
        settings = {"database": self.database, "max_execution_time": self._seconds}
        asked = f"{sql}\nFORMAT Native".encode()
        return native.read(self._post("/", asked, settings, {"X-Wardround-Settle": "1"}))

    def insert_columns(self, table: str, columns: Sequence[Column], *, token: str) -> None:
        """Store columns; returns when the store has them. The same token stores them once."""
        names = tuple(name for name, _, _ in columns)
        with self._speaking() as client:
            client.raw_insert(
                table,
                column_names=names,
                insert_block=b"".join(blocks.native(columns)),
                settings={"insert_deduplication_token": token, **_ONE_BLOCK},
                fmt="Native",
            )

    @property
    def embedded(self) -> bool:
        """Whether it is our own server, which commits in groups and tells about that."""
        if self._embedded is None:
            answer = self._ask("GET", "/wardround", b"", {}, {})
            self._embedded = answer.status == HTTPStatus.OK and answer.data == b"1\n"
        return self._embedded

    def send(self, path: str, body: bytes, **parameters: str) -> bytes:
        """Something that only the embedded server understands."""
        return self._post(path, body, {"database": self.database, **parameters}, {})

    def damaged(self) -> tuple[DamagedPart, ...]:
        """What of it cannot be read, as far as it is known."""
        if self.embedded:
            return damage.parts_of(json.loads(self.send("/damage", b"")))
        return damage.set_aside(self.rows(damage.ASIDE))

    def hot(
        self, series: NDArray[np.uint64], since: int, until: int
    ) -> tuple[NDArray[np.void], bool, int]:
        """What the embedded server has in memory of these series: a `hot.CELL` each for the
        windows from `since` to before `until` (Unix seconds), whether that is all of that time,
        and from when on (Unix seconds) memory has all samples.
        """
        nothing = np.zeros(len(series), CELL), False, until
        if not self.embedded:
            return nothing
        asked = {"database": self.database, "since": since, "until": until}
        answer = self._answered("/hot", series.astype("<u8").tobytes(), asked, {})
        if not answer.data:
            return nothing
        complete = answer.headers.get("X-Wardround-Complete") == "1"
        heard_from = int(answer.headers.get("X-Wardround-From", until))
        return np.frombuffer(answer.data, CELL), complete, heard_from

    def steps(
        self, asks: NDArray[np.void]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]] | None:
        """What the embedded server works out from memory for some asks (`steps.ASK`): how many
        points each has, the moments and values of all; None where it has not all samples.
        """
        answer = self._from_memory("/steps", asks.tobytes())
        if answer is None:
            return None
        counts = np.frombuffer(answer.data, "<i8", len(asks))
        total = int(counts.sum())
        at = np.frombuffer(answer.data, "<i8", total, counts.nbytes)
        return counts, at, np.frombuffer(answer.data, "<f8", total, counts.nbytes + at.nbytes)

    def window(
        self, since: int, until: int, *, after: int, limit: int
    ) -> tuple[blocks.Rows, int] | None:
        """Samples of a time (milliseconds) by series and moment, of whole series past one, some
        `limit` at most, and the last of them (0: there are no more); None where the embedded
        server has not all of them in memory.
        """
        answer = self._from_memory(
            "/window", b"", since=since, until=until, after=after, limit=limit
        )
        if answer is None:
            return None
        return blocks.unpack(answer.data), int(answer.headers["X-Wardround-Last"])

    def _from_memory(self, path: str, body: bytes, **asked_for: int) -> BaseHTTPResponse | None:
        if not self.embedded:
            return None
        asked = {"database": self.database, **asked_for}
        answer = self._answered(path, body, asked, {})
        return answer if answer.headers.get("X-Wardround-Complete") == "1" else None

    def _post(
        self, path: str, body: bytes, parameters: Mapping[str, Any], headers: Mapping[str, str]
    ) -> bytes:
        return bytes(self._answered(path, body, parameters, headers).data)

    def _answered(
        self, path: str, body: bytes, parameters: Mapping[str, Any], headers: Mapping[str, str]
    ) -> BaseHTTPResponse:
        answer = self._ask("POST", path, body, parameters, headers)
        if answer.status != HTTPStatus.OK:
            code = answer.headers.get("X-ClickHouse-Exception-Code", "")
            raise self._meaning(
                int(code) if code.isdigit() else None, answer.data.decode("utf-8", "replace")
            )
        return answer

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes,
        parameters: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> BaseHTTPResponse:
        """One request; once more where the store closed a connection that had been idle."""
        address = self.address
        url = f"{address.scheme}://{address.host}:{address.port}{path}"
        signed = {"X-ClickHouse-User": address.user, "X-ClickHouse-Key": address.password}
        query = f"{url}?{urlencode(parameters)}" if parameters else url
        timeout = Timeout(connect=CONNECT_SECONDS, read=self._seconds)
        ask = partial(
            self._pool.request, method, query, body=body, headers={**signed, **headers},
            timeout=timeout, retries=False,
        )  # fmt: skip
        try:
            return _again_if_closed(ask)
        except HTTPError as error:
            raise HistoryUnavailable(reason=refusals.silence(error)) from error

    def insert_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        token: str = "",
    ) -> None:
        """Store a few rows of Python values, in a table where the same row twice is one, or once
        for a token.

        As JSON lines: the driver's own insert loads pandas, 1.4 s and 60 MB in each process.
        """
        lines = [_JSON.encode(dict(zip(columns, row, strict=True))) for row in rows]
        with self._speaking() as client:
            client.raw_insert(
                table,
                column_names=columns,
                insert_block="\n".join(lines).encode(),
                settings={"insert_deduplication_token": token} if token else None,
                fmt="JSONEachRow",
            )

    def create_database(self, clause: str = "") -> None:
        self.command(
            f"CREATE DATABASE IF NOT EXISTS `{self.database}` {clause}", use_database=False
        )

    def close(self) -> None:
        with self._lock:
            if self._client:
                self._client.close_connections()
            self._client = None

    @contextmanager
    def _speaking(self) -> Iterator[Client]:
        try:
            yield self._connected()
        except ClickHouseError as error:
            raise self._meaning(getattr(error, "code", None), str(error), error) from error

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Client:
        address = self.address
        client = clickhouse_connect.get_client(
            interface=address.scheme,
            host=address.host,
            port=address.port,
            username=address.user,
            password=address.password,
            database="__default__",  # migrate() creates ours; until then it cannot be named
            compress=address.host not in {"127.0.0.1", "localhost", "::1"},
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=self._seconds,
            query_retries=1,
            autogenerate_session_id=False,  # a session would let only one thread speak at a time
            settings=_SETTINGS | {"max_execution_time": str(self._seconds)},
            pool_mgr=self._pool,
            client_name="wardround",
        )
        client.database = self.database
        return client

    def _meaning(
        self, code: int | None, text: str, cause: BaseException | None = None
    ) -> WardroundError:
        code = refusals.code_of(code, text)
        place = damage.place_in(code, text)
        if place is None:
            return refusals.meaning(code, text, cause, seconds=self._seconds)
        with suppress(WardroundError):  # else where it is remains unknown
            for row in self.rows(damage.WHERE, {"part": place}):
                if row[0] in text:
                    return damage.error_of(*row[1:])
        log.error("the history store cannot read a part: %s", text)
        return damage.error_of(place or "?")


def _again_if_closed(ask: Callable[[], BaseHTTPResponse]) -> BaseHTTPResponse:
    """A connection that had been idle may be closed under the first request."""
    try:
        return ask()
    except ProtocolError:
        return ask()


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def _as_parameter(value: object) -> str:
    """As the store reads a parameter: tab-separated text, or an array of quoted text."""
    if isinstance(value, list):
        quoted = (_as_parameter(str(entry)).replace("'", "\\'") for entry in value)
        return "[" + ",".join(f"'{entry}'" for entry in quoted) + "]"
    return str(value).translate(_ESCAPED)


def _as_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_JSON = json.JSONEncoder(ensure_ascii=False, default=_as_json)


_engines: dict[tuple[int, str, int], Engine] = {}
_engines_lock = threading.Lock()


def engine() -> Engine:
    """The store this process is configured for; a forked child gets a connection of its own."""
    return _engine(int(os.environ.get(TIMEOUT, DEFAULT_SECONDS)))


def probe(seconds: int = PROBE_SECONDS, url: str = "") -> Engine:
    """The same store, or that of another address, for a quick look: it gives up after so many
    seconds.
    """
    return _engine(seconds, url)


def _engine(seconds: int, url: str = "") -> Engine:
    url = url or os.environ.get(URL, "")
    key = (os.getpid(), url, seconds)
    with _engines_lock:
        if key not in _engines:
            _engines[key] = Engine(url, seconds=seconds)
        return _engines[key]
