"""What can be wrong with an installation, in plain words and with what to do next.

These are raised before Django is set up, so they carry both languages themselves.
"""

from __future__ import annotations

import os


def speaks_chinese() -> bool:
    """The terminal's language: Chinese unless the environment clearly asks for English."""
    asked = (
        os.environ.get("WARDROUND_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    )
    return not (asked or "").lower().startswith("en")


class SiteError(Exception):
    """Something about this installation; `zh` and `en` are the whole message."""

    code = "site"

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return self.zh if speaks_chinese() else self.en


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
