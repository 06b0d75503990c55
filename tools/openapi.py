"""Print the API's OpenAPI document, as `/api/v1/openapi.json` answers it."""

from __future__ import annotations

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")


def document() -> str:
    """The document as text with sorted keys, so that a difference is a change of the API."""
    import django  # noqa: PLC0415  # settings first

    django.setup()
    from django.core.serializers.json import DjangoJSONEncoder  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from wardround.web.api import api  # noqa: PLC0415

    with translation.override("en"):
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
        return (
            json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
            + "\n"
        )


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201  # its answer
