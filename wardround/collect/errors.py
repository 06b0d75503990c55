"""What can go wrong with targets, in words for the reader; with a scrape; and with the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, NotFound, TooMany, Unavailable

if TYPE_CHECKING:
    from wardround.collect.exposition_types import PageProblem
    from wardround.collect.types import Reason


class UnknownTarget(NotFound):
    code = "unknown_target"
    message = _(
        "There is no such target, or you may not see it. Look for it in the list of targets, or"
        " ask an administrator how far you may see."
    )


class UnknownTable(NotFound):
    code = "unknown_table"
    message = _("Nothing collects a table “%(name)s” of this item.")


class BadTarget(BadInput):
    code = "bad_target"
    message = _("The target has a mistake; see the fields named. Nothing was changed.")


class TargetTwice(Conflict):
    code = "target_twice"
    message = _("The item already has a target of this template and name. Choose another name.")


class TargetChanged(Conflict):
    code = "target_changed"
    message = _("Somebody else changed this target meanwhile. Reload it and try again.")


class TooManyTrials(TooMany):
    code = "too_many_trials"
    message = _(
        "%(limit)s targets are being tried at the moment, that is as many as may be. Try again in a"
        " few seconds."
    )


class TooManyOwnTrials(TooMany):
    code = "too_many_own_trials"
    message = _(
        "You are having %(limit)s targets tried already, that is as many as one person may. Wait"
        " for a result, then try again."
    )


class TrialNotReached(TooMany):
    code = "trial_not_reached"
    message = _(
        "The collectors have been busy with other trials for %(seconds)g s; this one was not begun."
        " Try again in a minute."
    )


class NoCollectorTries(Unavailable):
    code = "no_collector_tries"
    message = _(
        "No collector has taken the trial within %(seconds)g s. See the page of the platform's"
        " state whether one runs; if none does, its log says why."
    )


class TrialBroken(Unavailable):
    code = "trial_broken"
    message = _("The collector ended before it had a result. Try again in a few seconds.")


class NothingCame(Exception):
    """The connection ended before the first byte of an answer."""


class PageRefused(Exception):
    """A page that cannot be taken; nothing of it is used."""

    def __init__(
        self,
        problem: PageProblem,
        *,
        expected: str,
        found: str = "",
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(problem, expected)
        self.problem = problem
        self.expected = expected
        self.found = found
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else "page"
        if self.column:
            place += f", column {self.column}"
        found = f", found “{self.found}”" if self.found else ""
        return f"{place}: expected {self.expected}{found}"


class SpoolFailed(Exception):
    """The disk did not take a scrape; its samples are lost to history and counted."""


class SpoolInUse(Exception):
    """Another process writes into this folder."""


class TargetFailed(Exception):
    """A driver could not collect; `detail` is for people and names no secret."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)
