"""What the matrix was on a day: kept so that it can be compared with."""

from __future__ import annotations

from django.db import models


class MatrixDay(models.Model):
    """Every X and M of one day, packed as `day_cells` says: a few bytes a cell."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    cells = models.BinaryField()

    class Meta:
        app_label = "impact"
        db_table = "impact_matrix_day"

    def __str__(self) -> str:
        return self.day.isoformat()
