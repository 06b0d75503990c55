"""Any endpoint that serves pages in the Prometheus text format or in OpenMetrics, over HTTP."""

from __future__ import annotations

import ssl
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wardround.collect.drivers.driver import DriverKind, Equipment
from wardround.collect.drivers.failures import reason_of
from wardround.collect.drivers.naming import PageNaming
from wardround.collect.drivers.page_client import Answer, PageClient, basic
from wardround.collect.errors import PageRefused, TargetFailed
from wardround.collect.exposition import MOST_SAMPLES, PageParser
from wardround.collect.types import Collected, Reason, ScrapeGroup, TargetSpec
from wardround.kernel.addresses import without_sign_in

if TYPE_CHECKING:
    from wardround.collect.exposition_types import Page

LARGEST_PAGE = 64 * 1024 * 1024
"""Bytes of a page after unpacking."""
_LARGE = 256 * 1024
"""Pages above this are read in a thread, so that other targets are not kept waiting."""
_HUGE = 4 * 1024 * 1024
"""Pages above this are read one after the other: reading takes up to twenty times their size."""
_ACCEPT = "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1"
_OPENMETRICS = "application/openmetrics-text"
_KNOWN_TYPES = frozenset({"text/plain", _OPENMETRICS, ""})
_SCHEMES = ("http", "https")
_BY_STATUS = {401: Reason.AUTH, 403: Reason.PERMISSION, 407: Reason.AUTH}


class PrometheusDriver:
    """Keeps one connection to its target and the shape of the target's last page."""

    def __init__(self, spec: TargetSpec, equipment: Equipment) -> None:
        self._spec = spec
        self._equipment = equipment
        self._url = page_address(spec.address)
        self._most_bytes = int(spec.parameters.get("most_bytes") or LARGEST_PAGE)
        self._parser = PageParser(
            most_samples=int(spec.parameters.get("most_samples") or MOST_SAMPLES)
        )
        self._naming: dict[str, PageNaming] = {}
        self._client = PageClient(
            self._url, _headers(spec), trust=_trust(self._url, spec), most_bytes=self._most_bytes
        )

    async def collect(self, group: ScrapeGroup) -> Collected:
        answer, openmetrics = await self._fetch()
        try:
            page = await self._read(answer, openmetrics=openmetrics)
        except PageRefused as refused:
            raise TargetFailed(Reason(refused.problem.value), str(refused)) from refused
        naming = self._naming.setdefault(group.name, PageNaming(self._spec, group))
        return naming.apply(page)

    async def close(self) -> None:
        await self._client.close()

    async def _fetch(self) -> tuple[Answer, bool]:
        try:
            answer = await self._client.get()
        except (ConnectionResetError, BrokenPipeError) as error:
            raise TargetFailed(Reason.CUT, _said(error)) from error
        except (OSError, ValueError) as error:  # ValueError: a name that no host can have
            raise TargetFailed(reason_of(error) or Reason.UNREACHABLE, _said(error)) from error
        return answer, _check(answer)

    async def _read(self, answer: Answer, *, openmetrics: bool) -> Page:
        def read() -> Page:
            return self._parser.parse(
                answer.body, openmetrics=openmetrics, whole=answer.proves_its_end
            )

        if len(answer.body) < _LARGE:
            return read()
        if len(answer.body) < _HUGE:
            return await self._equipment.in_thread(read)
        return await self._equipment.in_turn(read)


def page_address(address: str) -> str:
    """`host:port` alone means `http://host:port/metrics`."""
    url = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(url)
        host = parts.hostname  # `http:/10.0.0.1` and `http//10.0.0.1` name a host called http
        known = parts.scheme in _SCHEMES and host and host not in _SCHEMES and parts.port != 0
    except ValueError:  # half a bracket, or a port beyond 65535
        known = False
    if not known or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise TargetFailed(
            Reason.SETTINGS, f"not an address of a page: {without_sign_in(address)!r}"
        )
    return url if parts.path else parts._replace(path="/metrics").geturl()


def _trust(url: str, spec: TargetSpec) -> ssl.SSLContext | None:
    if url.startswith("http:"):
        return None
    return _anybody() if spec.parameters.get("insecure") else _trusted()


@cache
def _anybody() -> ssl.SSLContext:
    """For targets that were told not to check: their certificates prove nothing."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@cache
def _trusted() -> ssl.SSLContext:
    """The machine's certificates, loaded once: that takes tens of milliseconds."""
    return ssl.create_default_context()


def _headers(spec: TargetSpec) -> dict[str, str]:
    headers = {"Accept": _ACCEPT, "User-Agent": "wardround"}
    if token := spec.parameters.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    if user := spec.parameters.get("user"):
        headers["Authorization"] = basic(str(user), str(spec.parameters.get("password") or ""))
    return headers


def _check(answer: Answer) -> bool:
    """Whether the page is OpenMetrics; raises for answers that are no page."""
    if answer.status != HTTPStatus.OK:
        reason = _BY_STATUS.get(answer.status, Reason.ANSWER)
        raise TargetFailed(reason, f"HTTP {answer.status} {answer.phrase}".strip())
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _KNOWN_TYPES:
        expected = f"expected text/plain or {_OPENMETRICS}, found {kind}"
        raise TargetFailed(Reason.CONTENT_TYPE, expected)
    return bool(kind == _OPENMETRICS)


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__


PROMETHEUS = DriverKind("prometheus", PrometheusDriver)
