from __future__ import annotations

from django.db import migrations, models

import wardround.access.models


class Migration(migrations.Migration):
    dependencies = (("access", "0001_initial"),)

    operations = (
        migrations.AlterField(
            model_name="account",
            name="language",
            field=models.TextField(default=wardround.access.models.hospital_language),
        ),
    )
