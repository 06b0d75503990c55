"""ClickHouse's HTTP protocol, as much of it as its Python client speaks.

`POST /?query=…&setting=…` with the statement (and the data of an INSERT) as the body, `GET` with
the statement in the address, `/ping`; sign-in by header, by basic authentication or by parameter;
an error answers with the engine's text and its code in `X-ClickHouse-Exception-Code`.
Beside it, what ClickHouse has not: `/wardround` says so, `POST /samples?database=…&token=…` takes
samples into the group commit (`&digest=…` stands for their content; 409 for other content under a
token that went through), `/closing?until=…` announces that windows are being rolled up,
`/hot?since=…&until=…` answers for the series named and `/steps` for the values by step asked for,
both from memory, `/window?since=…&until=…` for all series, `/figures` tells how commits do,
`/damage?database=…` which parts cannot be read,
and a request with the header `X-Wardround-Settle` waits until everything acknowledged before it
can be read.
It must never interpret a statement: that is the engine's business.
"""

import base64
import binascii
import hmac
import json
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import xxhash

from wardround.history.blocks import Rows, pack
from wardround.history.commit_log import DIGEST_BYTES, Record
from wardround.history.committer import Committer
from wardround.history.engine_codes import BAD_ARGUMENTS, INSERT_WAS_DEDUPLICATED
from wardround.history.errors import EngineError, RequestRefused
from wardround.history.steps import ASK
from wardround.history.store import Answer, Statement, Store

MAX_BODY = 64 * 1024 * 1024
MAX_CONNECTIONS = 128
IDLE_SECONDS = 300
USER = "wardround"

# Parameters of the address that are not settings.
_TRANSPORT = frozenset({
    "query", "database", "default_format", "user", "password", "role", "quota_key",
    "session_id", "session_timeout", "session_check", "close_session", "query_id", "stacktrace",
    "compress", "decompress", "enable_http_compression", "client_protocol_version",
    "wait_end_of_query", "buffer_size", "send_progress_in_http_headers",
    "http_headers_progress_interval_ms",
})  # fmt: skip
_AUTHENTICATION_FAILED = 516
_STATUS = {
    _AUTHENTICATION_FAILED: 403, 202: 503, 60: 404, 81: 404, 62: 400, 36: 400, 47: 400,
    INSERT_WAS_DEDUPLICATED: 409,
}  # fmt: skip
_OPEN = {"/ping": b"Ok.\n", "/wardround": b"1\n"}
_COMPLETE = {"X-Wardround-Complete": "1"}
_ANSWERING = (b"SELECT", b"WITH", b"SHOW", b"DESC", b"EXISTS", b"EXPLAIN")


class HistoryHTTPServer(ThreadingHTTPServer):
    """One thread a connection; `drain` lets the requests that run finish."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, port: int, store: Store, committer: Committer, password: str) -> None:
        self.store = store
        self.committer = committer
        self.password = password.encode()
        self._running = 0
        self._connections = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._settled = threading.Condition()
        super().__init__(("127.0.0.1", port), _Request)

    def server_bind(self) -> None:
        # HTTPServer's own asks the resolver for the machine's name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._connections.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)  # the client sees a closed connection and tries again

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is told on standard error."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Counts a request as running from its first byte read to its last byte sent."""
        with self._settled:
            self._running += 1
        try:
            yield
        finally:
            with self._settled:
                self._running -= 1
                self._settled.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait until no request runs; False if some still do."""
        with self._settled:
            return self._settled.wait_for(lambda: self._running == 0, timeout=seconds)


class _Request(BaseHTTPRequestHandler):
    server: HistoryHTTPServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024  # head and body leave in one write; 48 ms a query otherwise
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        with self.server.working():
            open_to_all = _OPEN.get(self.path)
            if open_to_all is not None:
                self._reply(200, open_to_all)
            else:
                self._signed()
            self.wfile.flush()

    do_POST = do_GET  # noqa: N815  the name is the base class's rule

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing: statements and addresses can hold what nobody should read in a log."""

    def _signed(self) -> None:
        try:
            body = self._body()
            address = urlsplit(self.path)
            parameters = dict(parse_qsl(address.query, keep_blank_values=True))
            self._authenticate(parameters)
            own = self._OWN.get(address.path)
            if own is None:
                self._statement(parameters, body)
            else:
                self._reply(200, *own(self, parameters, body))
        except RequestRefused as refused:
            self._fail(refused.status, refused.code, refused.text)
        except EngineError as error:
            self._fail(_STATUS.get(error.code, 500), error.code, error.message)

    def _take_samples(self, parameters: dict[str, str], body: bytes) -> tuple[bytes]:
        database, token = parameters.get("database", ""), parameters.get("token", "")
        if not database or not token:
            raise RequestRefused(400, 36, "Code: 36. A database and a token are needed.")
        record = Record(database, token, body, _digest(parameters, body))
        return (str(self.server.committer.append(record)).encode(),)

    def _closing(self, parameters: dict[str, str], _: bytes) -> tuple[bytes]:
        self.server.committer.closing(_whole(parameters, "until"))
        return (b"",)

    def _figures(self, _: dict[str, str], __: bytes) -> tuple[bytes]:
        mended = {"mended_parts": self.server.store.mended}
        return (json.dumps(self.server.committer.figures() | mended).encode(),)

    def _damage(self, parameters: dict[str, str], _: bytes) -> tuple[bytes]:
        """The parts that cannot be read, as `damage.parts_of` takes them."""
        store = self.server.store
        return (store.damage.tell(parameters.get("database", ""), store.ask),)

    def _hot(self, parameters: dict[str, str], body: bytes) -> tuple[bytes, dict[str, str]]:
        """The cells of the series whose numbers are the body."""
        hot = self.server.committer.memory.hot(parameters.get("database", ""))
        if hot is None or len(body) % 8:
            return b"", {}
        cells, complete, since = hot.cells(np.frombuffer(body, "<u8"), *_span(parameters))
        return cells.tobytes(), {"X-Wardround-From": str(since)} | (_COMPLETE if complete else {})

    def _steps(self, parameters: dict[str, str], body: bytes) -> tuple[bytes, dict[str, str]]:
        """How many points each ask of the body has, their moments, their values."""
        recent = self.server.committer.memory.recent(parameters.get("database", ""))
        if recent is None or len(body) % ASK.itemsize:
            return b"", {}
        found = recent.steps(np.frombuffer(body, ASK))
        if found is None:
            return b"", {}
        counts, points = found
        return b"".join(column.tobytes() for column in (counts, *points)), _COMPLETE

    def _window(self, parameters: dict[str, str], _: bytes) -> tuple[bytes, dict[str, str]]:
        """Samples of a time by series and moment as they came, some whole series at a time."""
        recent = self.server.committer.memory.recent(parameters.get("database", ""))
        after = _whole(parameters, "after", most=2**64 - 1)
        limit = _whole(parameters, "limit", 1_000_000)
        found = recent and recent.window(*_span(parameters), after=after, limit=limit)
        if not found:
            return b"", {}
        samples, last = found
        return pack(Rows(*samples)), _COMPLETE | {"X-Wardround-Last": str(last)}

    _OWN: ClassVar[dict[str, Callable[..., tuple[bytes] | tuple[bytes, dict[str, str]]]]] = {
        "/samples": _take_samples,
        "/closing": _closing,
        "/figures": _figures,
        "/damage": _damage,
        "/hot": _hot,
        "/steps": _steps,
        "/window": _window,
    }

    def _statement(self, parameters: dict[str, str], body: bytes) -> None:
        if "X-Wardround-Settle" in self.headers:
            self.server.committer.settle()
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            parameters, body = parameters | _fields(kind, body), b""
        statement = _statement_of(parameters, body)
        self._answer(statement, self.server.store.run(statement))

    def _body(self) -> bytes:
        if "Content-Encoding" in self.headers:
            raise self._refuse(415, 36, "Send the body without compression: this is one machine.")
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        try:
            length = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            raise self._refuse(400, 36, "Content-Length is not a number.") from None
        if not 0 <= length <= MAX_BODY:
            raise self._refuse(413, 36, f"The body may have {MAX_BODY} bytes; send less at once.")
        return self.rfile.read(length)

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        total = 0
        while True:
            line = self.rfile.readline(64).split(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError:
                raise self._refuse(400, 36, "A chunk without a size.") from None
            total += size
            if total > MAX_BODY:
                raise self._refuse(413, 36, f"The body may have {MAX_BODY} bytes.")
            part = self.rfile.read(size + 2)[:size]
            if not size:
                return b"".join(parts)
            parts.append(part)

    def _refuse(self, status: int, code: int, text: str) -> RequestRefused:
        """The body was not read: nothing more can be understood on this connection."""
        self.close_connection = True
        return RequestRefused(status, code, text)

    def _authenticate(self, parameters: dict[str, str]) -> None:
        user, password = self._credentials(parameters)
        known = hmac.compare_digest(password.encode(), self.server.password)
        if not (known and user == USER):
            raise RequestRefused(
                403,
                _AUTHENTICATION_FAILED,
                "Code: 516. Wrong user or password. (AUTHENTICATION_FAILED)",
            )

    def _credentials(self, parameters: dict[str, str]) -> tuple[str, str]:
        if "X-ClickHouse-Key" in self.headers:
            return self.headers.get("X-ClickHouse-User", ""), self.headers["X-ClickHouse-Key"]
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return parameters.get("user", ""), parameters.get("password", "")
        try:
            user, _, password = base64.b64decode(token).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return user, password

    def _answer(self, statement: Statement, answer: Answer) -> None:
        headers = {"X-ClickHouse-Summary": json.dumps({"written_rows": str(answer.written_rows)})}
        if statement.text.lstrip()[:8].upper().startswith(_ANSWERING):
            headers["X-ClickHouse-Format"] = statement.default_format
        self._reply(200, answer.body, headers)

    def _fail(self, status: int, code: int, text: str) -> None:
        body = text.encode("utf-8", "replace") + b"\n"
        self._reply(status, body, {"X-ClickHouse-Exception-Code": str(code)})

    def _reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _digest(parameters: dict[str, str], body: bytes) -> bytes:
    """What stands for the content of a batch: as its writer says, or of its rows as they came."""
    text = parameters.get("digest")
    if text is None:
        return xxhash.xxh3_128_digest(body)
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != DIGEST_BYTES:
        raise RequestRefused(400, BAD_ARGUMENTS, "Code: 36. digest is no 16 bytes in hexadecimal.")
    return digest


def _span(parameters: dict[str, str]) -> tuple[int, int]:
    return _whole(parameters, "since"), _whole(parameters, "until")


def _whole(
    parameters: dict[str, str], name: str, default: int = 0, *, most: int = 2**63 - 1
) -> int:
    """A parameter that is a whole number of 64 bits."""
    text = parameters.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        number = most + 1
    if not -most <= number <= most:
        raise RequestRefused(400, BAD_ARGUMENTS, f"Code: 36. {name} is no whole number.")
    return number


def _fields(kind: str, body: bytes) -> dict[str, str]:
    """A statement and its parameters as a form, as the client sends what is long (4 kB)."""
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    form = message_from_bytes(head + body)
    return {
        str(part.get_param("name", header="content-disposition")): bytes(
            part.get_payload(decode=True) or b""
        ).decode("utf-8", "replace")
        for part in form.walk()
        if not part.is_multipart()
    }


def _statement_of(parameters: dict[str, str], body: bytes) -> Statement:
    text = parameters.get("query", "").encode()
    return Statement(
        text=text + b"\n" + body if text and body else text or body,
        database=parameters.get("database", ""),
        default_format=parameters.get("default_format", "TabSeparated"),
        settings={
            name: value
            for name, value in parameters.items()
            if name not in _TRANSPORT and not name.startswith("param_")
        },
        parameters={
            name.removeprefix("param_"): value
            for name, value in parameters.items()
            if name.startswith("param_")
        },
    )
