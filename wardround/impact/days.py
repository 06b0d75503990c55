"""Keeps the matrix of a day, once a day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from wardround.impact import held
from wardround.impact.day_cells import day_cells, is_kept, packed
from wardround.impact.models import MatrixDay


@transaction.atomic
def keep(*, at: datetime) -> None:
    """The matrix of now as that of its day; twice a day, the later one. Drops days whose time is
    over.
    """
    hospital, every = held.cells()
    day = timezone.localdate(at)
    cells = packed(day_cells(hospital.graph, every))
    MatrixDay.objects.update_or_create(day=day, defaults={"made_at": at, "cells": cells})
    days = MatrixDay.objects.values_list("day", flat=True)
    MatrixDay.objects.filter(day__in=[each for each in days if not is_kept(each, day)]).delete()
