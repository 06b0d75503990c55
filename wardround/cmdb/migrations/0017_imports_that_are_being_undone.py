from __future__ import annotations

from django.db import migrations, models

_STATES = ("waiting", "reading", "checked", "writing", "done", "failed", "undoing", "undone")


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0014_item_texts"),)

    operations = (
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(max_length=10, choices=[(state, state) for state in _STATES]),
        ),
    )
