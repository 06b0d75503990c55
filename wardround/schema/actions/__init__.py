"""Changing definitions: whole packs, or one definition alone.

Each change is checked as a whole, told as a difference with what would lose what it lives by, and
written in one transaction.
"""

from __future__ import annotations

from wardround.schema.actions.packs import check_packs, check_removal, import_packs, remove_pack
from wardround.schema.actions.shipped import check_update, import_shipped, take_update
from wardround.schema.actions.single import (
    check_definition,
    check_retirement,
    draft_with,
    retire_definition,
    save_definition,
)
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.errors import BadPack, ConsentNeeded, DefinitionNeeded, StaleDefinition
from wardround.schema.refusals import lost_in_words, refuse, wording

__all__ = [
    "BadPack",
    "ConsentNeeded",
    "DefinitionDraft",
    "DefinitionNeeded",
    "StaleDefinition",
    "check_definition",
    "check_packs",
    "check_removal",
    "check_retirement",
    "check_update",
    "draft_with",
    "import_packs",
    "import_shipped",
    "lost_in_words",
    "refuse",
    "remove_pack",
    "retire_definition",
    "save_definition",
    "take_update",
    "wording",
]
