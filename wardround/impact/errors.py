"""What can go wrong in impact, in words for the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, Forbidden, NotFound, Unavailable


class UnknownSystem(NotFound):
    code = "unknown_system"
    message = _("This is no business system. Choose one from the list of systems.")


class UnknownItems(NotFound):
    code = "unknown_items"
    message = _(
        "%(count)s of the items are not there, or out of your reach. Choose them from the list."
    )


class TooManyTakenOut(BadInput):
    code = "too_many_taken_out"
    message = _(
        "These are more than %(most)s items, and no more are taken out at once. Narrow the sets."
    )


class NothingTakenOut(BadInput):
    code = "nothing_taken_out"
    message = _("Nothing is taken out. Name items, or sets of them.")


class UnknownScenario(NotFound):
    code = "unknown_scenario"
    message = _(
        "There is no such scenario: it was deleted, or its owner does not share it. Look for it in"
        " the list of scenarios."
    )


class NotYourScenario(Forbidden):
    code = "not_your_scenario"
    message = _(
        "Only its owner %(owner)s may change or delete this scenario. Save it under another name"
        " to have one of your own."
    )


class StaleScenario(Conflict):
    code = "stale_scenario"
    message = _(
        "This scenario was changed meanwhile (it is at version %(version)s). Reload it, and save"
        " again."
    )


class NameTaken(Conflict):
    code = "scenario_name_taken"
    message = _("You have a scenario of this name already. Choose another name.")


class TooManyScenarios(BadInput):
    code = "too_many_scenarios"
    message = _("You have %(most)s scenarios already. Delete one first.")


class TooManyCells(BadInput):
    code = "too_many_cells"
    message = _(
        "The matrix has %(count)s cells here, and %(most)s are shown at once. Choose business"
        " systems or layers."
    )


class TooBusy(Unavailable):
    code = "too_busy"
    message = _(
        "Other questions about failures are being worked on. Wait a few seconds and try again."
    )


class TreeOutOfReach(Forbidden):
    code = "tree_out_of_reach"
    message = _(
        "A part of this fault tree is out of your reach, so it cannot be given as a file. Ask"
        " somebody who sees all of it."
    )


class UnreadableTree(BadInput):
    code = "unreadable_tree"
    message = _("This cannot be read as a fault tree. %(why)s")


class TreeTooLarge(BadInput):
    status = 413
    code = "tree_too_large"
    message = _("The file is larger than %(most)s MB. Send the part that is asked about.")


class StaleFormula(Conflict):
    code = "stale_formula"
    message = _(
        "%(who)s changed this formula meanwhile, at %(when)s; it is at version %(version)s and"
        " says: %(text)s. Load it, and put your change to it."
    )


class BadFormula(BadInput):
    code = "bad_formula"
    message = _("This is no formula that can be kept: %(why)s")


class HiddenInFormula(Forbidden):
    code = "hidden_in_formula"
    message = _(
        "The formula names items that are out of your reach, so that you can read it and not change"
        " it. Ask somebody who sees all of them."
    )


class NoFormula(NotFound):
    code = "no_formula"
    message = _("This item has no formula: it goes by its relations. There is nothing to drop.")
