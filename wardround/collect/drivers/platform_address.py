"""The platform's own database as a target: its address is known, so nobody has to enter it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

PLATFORM = "platform"
"""The address that stands for the platform itself."""


def platform_database() -> dict[str, Any]:
    """Connection settings of the database that the platform runs on."""
    database = settings.DATABASES["default"]
    names = {
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
        "dbname": "NAME",
    }
    return {key: database[name] for key, name in names.items() if database.get(name)}
