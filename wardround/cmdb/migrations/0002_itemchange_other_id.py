from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="itemchange",
            name="other_id",
            field=models.UUIDField(null=True),
        ),
    )
