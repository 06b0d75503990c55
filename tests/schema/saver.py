"""A process that saves one definition again and again, saying each version; to be killed."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")


def main(text: str) -> None:
    django.setup()
    from wardround.kernel import clock  # noqa: PLC0415  # needs loaded apps
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions, queries  # noqa: PLC0415
    from wardround.schema.drafts import DefinitionDraft  # noqa: PLC0415

    actor = system_actor("saver")
    while True:
        version = queries.stored(actor, "item-type", "host").version
        fresh = text.replace("minimum: 0", f"minimum: {version + 1}")
        draft = DefinitionDraft(kind="item-type", name="host", text=fresh)
        actions.save_definition(actor, draft, at=clock.now(), base_version=version)
        sys.stdout.write(f"{version + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
