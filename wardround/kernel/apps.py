from __future__ import annotations

from datetime import datetime

from django.apps import AppConfig
from django.conf import settings
from django.utils import timezone, translation

from wardround.kernel import wording


class KernelConfig(AppConfig):
    name = "wardround.kernel"
    label = "kernel"

    def ready(self) -> None:
        from wardround.kernel import tasks, text_lookups  # noqa: F401, PLC0415  # registers its jobs

        text_lookups.register()
        wording.speak_with(wording.Voice(_language, translation.gettext, _moment))


def _language() -> str:
    """The language of the request; outside of one, the hospital's."""
    return translation.get_language() or settings.LANGUAGE_CODE


def _moment(moment: datetime) -> str:
    """In the hospital's zone, which is Django's current one."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
