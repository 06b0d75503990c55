from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("access", "0002_language_of_the_hospital"),)

    operations = (
        migrations.AddField(
            model_name="role", name="declared", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="role",
            name="excluded",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
    )
