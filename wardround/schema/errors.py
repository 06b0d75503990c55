"""What can be wrong with packs, definitions, expressions and values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, NotFound
from wardround.schema.problems import Path, Problem


class DocumentEnds(Exception):
    """Reading on would be of no use, or dangerous."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class UnknownDefinition(NotFound):
    code = "unknown_definition"


class BadPack(BadInput):
    code = "bad_pack"
    message = _("Nothing was imported; mistakes found: %(count)s.")


class UpdateWaits(BadPack):
    """An update of the product's packs that cannot come without taking something from what lives
    here.
    """


class BadDefinitionText(BadInput):
    code = "bad_definition"
    message = _("Nothing was saved; mistakes found: %(count)s.")


class DefinitionNeeded(BadInput):
    code = "definition_needed"
    message = _("It cannot be retired: %(count)s others still need it. Nothing was changed.")


class StaleDefinition(Conflict):
    code = "stale_definition"
    message = _(
        "Somebody else changed this definition meanwhile (it is at version %(version)s). Compare"
        " it with yours and save again."
    )


class BaseVersionMissing(StaleDefinition):
    message = _(
        "There is a definition of this name already (version %(version)s). Say with"
        " “base_version” which version you edited, or choose another name."
    )


class DefinitionGone(StaleDefinition):
    message = _(
        "The definition you edited (version %(version)s) is not there any more: it was retired or"
        " got another name. Save it without “base_version” to bring it back."
    )


class ConsentNeeded(Conflict):
    code = "consent_needed"
    message = _(
        "What these live by would be lost: %(what)s. Say that you consent, or what the definition"
        " is renamed to. Nothing was changed."
    )


class ValueNotWritten(Conflict):
    code = "value_not_written"
    message = _(
        "The text of “%(name)s” is written in a form that is not changed by itself. Open it in the"
        " editor of definitions and change it there. Nothing was changed."
    )


class Unfit(ValueError):
    """A value that its attribute does not take; the text says what would."""


class BadDefinition(ValueError):
    """A body that does not fit its declaration."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class ExpressionError(Exception):
    """What is wrong with an expression, and where: `offset` counts characters from its start."""

    def __init__(
        self,
        source: str,
        offset: int,
        message: str,
        details: Mapping[str, object] = MappingProxyType({}),
        **hints: str,
    ) -> None:
        """`hints` are the found, expected and suggestion of a Problem."""
        self.source = source
        self.offset = min(offset, len(source))
        self.message = message
        self.details = details
        self.hints = hints
        super().__init__(message % details if details else message)

    def caret(self) -> str:
        """The line of the expression with a mark under the place, for a terminal."""
        before = self.source[: self.offset]
        start = before.rfind("\n") + 1
        line = self.source[start:].split("\n", 1)[0]
        return f"{line}\n{' ' * (self.offset - start)}^"

    def problem(self, path: Path) -> Problem:
        """The same as a problem of the definition that holds the expression at `path`."""
        return Problem(
            path,
            self.message,
            self.details,
            found=self.hints.get("found", self.source),
            expected=self.hints.get("expected", ""),
            suggestion=self.hints.get("suggestion", ""),
            offset=self.offset,
        )
