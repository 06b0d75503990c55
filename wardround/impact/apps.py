from __future__ import annotations

from django.apps import AppConfig


class ImpactConfig(AppConfig):
    name = "wardround.impact"
    label = "impact"
