"""What can be wrong with an installation, in plain words and with what to do next.

These are raised before Django is set up, so they carry both languages themselves.
"""

from __future__ import annotations

from wardround.kernel.language import spoken


class SiteError(Exception):
    """Something about this installation; `zh` and `en` are the whole message."""

    code = "site"

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return spoken(zh=self.zh, en=self.en)


class FolderInUse(SiteError):
    code = "folder_in_use"


class WrongOwner(SiteError):
    code = "wrong_owner"


class DatabaseFailed(SiteError):
    code = "database_failed"


class PortTaken(SiteError):
    code = "port_taken"


class DiskFull(SiteError):
    code = "disk_full"


class HistoryFailed(SiteError):
    code = "history_failed"
