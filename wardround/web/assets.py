"""The built interface: hashed files that a browser may keep for ever, and one page for all else.

Any address that is neither the API's nor a file's is answered by the page, so deep links work.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from wardround.web.middleware import security_headers

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
FOLDER = Path(__file__).resolve().parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg")
_NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Wardround</title>"
    "<p>界面尚未构建：请执行 make ui。<p>The interface is not built yet: run make ui."
).encode()


@dataclass(frozen=True)
class Asset:
    body: bytes
    packed: bytes | None
    kind: str
    etag: str
    cache: str


@lru_cache(maxsize=512)
def _load(path: Path) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind == "text/javascript" or path.suffix == ".js":
        kind = "application/javascript"
    packed = gzip.compress(body, 6, mtime=0) if kind.startswith(_COMPRESSED) else None
    if kind.startswith(("text/", "application/j")):
        kind += "; charset=utf-8"
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return Asset(body, packed, kind, etag, _FOREVER if "assets" in path.parts else "no-cache")


def find(address: str) -> Asset:
    """The file at an address of the interface, or its one page."""
    with contextlib.suppress(ValueError, OSError):  # characters or lengths that no file has
        wanted = (FOLDER / address.lstrip("/")).resolve()
        if wanted.is_relative_to(FOLDER) and wanted.is_file():
            return _load(wanted)
    page = FOLDER / "index.html"
    if page.is_file():
        return _load(page)
    return Asset(_NOT_BUILT, None, "text/html; charset=utf-8", '"none"', "no-store")


async def answer(scope: Mapping[str, Any], send: Send) -> None:
    """Answer one GET or HEAD of the interface."""
    asset = find(scope["path"])
    asked = dict(scope["headers"])
    fresh = asked.get(b"if-none-match", b"").decode("latin-1") == asset.etag
    packed = asset.packed if b"gzip" in asked.get(b"accept-encoding", b"") else None
    body = b"" if fresh else (packed or asset.body)
    headers = {
        "Content-Type": asset.kind,
        "Cache-Control": asset.cache,
        "ETag": asset.etag,
        "Content-Length": str(len(body)),
        "Vary": "Accept-Encoding",
        **security_headers(),
        **({"Content-Encoding": "gzip"} if packed and not fresh else {}),
    }
    pairs = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": pairs})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
