"""What can be wrong with an installation, in plain words and with what to do next."""

from __future__ import annotations

from pathlib import Path

from wardround.kernel.wording import Label, Wording


class SiteError(Exception):
    """Something about this installation; `wording` is the whole message."""

    code = "site"

    def __init__(self, wording: Wording | Label) -> None:
        super().__init__(wording)
        self.wording = wording

    def __str__(self) -> str:
        return self.wording.text()


class FolderInUse(SiteError):
    code = "folder_in_use"


class WrongOwner(SiteError):
    code = "wrong_owner"


class FileDamaged(SiteError):
    code = "file_damaged"


class AnotherKey(SiteError):
    code = "another_key"


class DatabaseFailed(SiteError):
    code = "database_failed"


class BadSetting(SiteError):
    code = "bad_setting"


class PortTaken(SiteError):
    code = "port_taken"


class DiskFull(SiteError):
    code = "disk_full"


class HistoryFailed(SiteError):
    code = "history_failed"


class NotReady(SiteError):
    code = "not_ready"


class NoAnchor(SiteError):
    code = "no_anchor"

    @classmethod
    def at(cls, place: Path) -> NoAnchor:
        return cls(
            Wording(
                "The anchor %(place)s is not a file that can be read. Name a copy of a journal, or"
                " a log that holds its lines.",
                {"place": str(place)},
            )
        )
