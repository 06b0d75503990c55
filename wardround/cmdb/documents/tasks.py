"""The background work of documents: texts are read one at a time, what nobody holds is removed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from wardround.cmdb.documents import texts
from wardround.kernel import clock
from wardround.kernel.jobs import job

_CUT_OFF = timedelta(minutes=5)
_LOCK = "cmdb.read_content"


@job("cmdb.read_content", lock=_LOCK)
def read_content(content_id: str) -> None:
    """The text of one file."""
    texts.read(UUID(content_id))


def defer(content_id: UUID) -> None:
    """Queue it, in the transaction that is open."""
    read_content.defer(content_id=str(content_id))


@job("cmdb.read_left_contents", every="*/5 * * * *", lock=_LOCK)
def read_left(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Those whose worker died; in turn with the others."""
    for content in texts.left_waiting(clock.now() - _CUT_OFF):
        texts.read(content)


@job("cmdb.forget_contents", every="17 * * * *", lock="cmdb.forget_contents")
def forget_contents(timestamp: int) -> None:  # noqa: ARG001
    """What was purged, piece by piece."""
    while texts.forget():
        pass


@job("cmdb.forget_contents_now", lock="cmdb.forget_contents")
def forget_now() -> None:
    """The same, because something was purged."""
    while texts.forget():
        pass
