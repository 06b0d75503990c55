from __future__ import annotations

from django.db import migrations, models

_STATES = ("waiting", "reading", "checked", "writing", "done", "failed", "undoing", "undone")


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0016_why_things_changed"),)

    operations = (
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(max_length=10, choices=[(state, state) for state in _STATES]),
        ),
    )
