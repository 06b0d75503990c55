"""What can be wrong with a rule's expression, written or judged."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, NotFound


class UnknownRule(NotFound):
    code = "unknown_rule"


class SwitchReasonMissing(BadInput):
    code = "switch_reason_missing"
    message = _("Say why it is switched: whoever wonders later finds it with the rule.")


class BadExpression(ValueError):
    """An expression that cannot be used; `position` counts characters from 0."""

    def __init__(self, text: str, position: int, template: str, **details: object) -> None:
        super().__init__(template)
        self.text = text
        self.position = position
        self.template = template
        self.details = details

    @property
    def message(self) -> str:
        """What is wrong and where, in the reader's language."""
        what = gettext(self.template) % self.details
        where = gettext("at character %(number)d") % {"number": self.position + 1}
        return f"{what} ({where}: {self._excerpt()})"

    def _excerpt(self) -> str:
        """Show the place with a mark in front of it."""
        start, end = max(0, self.position - 30), self.position + 20
        before, after = self.text[start : self.position], self.text[self.position : end]
        return f"{before}▶{after}".replace("\n", " ")

    def __str__(self) -> str:
        return self.message


class TooCostly(Exception):
    """A rule would cost more than one may, and is not judged."""


class TooManySlots(TooCostly):
    """An expression would make more values of one target than a rule may."""


class TooMuchKept(TooCostly):
    """Windows would take more memory than all may have together."""


class NotTakenError(Exception):
    """A rule from elsewhere cannot be taken in; it has what is to be told, as templates."""

    def __init__(self, template: str, advice: str = "", part: str = "", **details: object) -> None:
        super().__init__(template)
        self.template = template
        self.advice = advice
        self.part = part
        self.details = details
