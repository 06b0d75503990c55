from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("access", "0003_declared_roles"),)

    operations = (
        migrations.AddField(
            model_name="roleassignment", name="where", field=models.TextField(default="")
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="where_lost",
            field=models.BooleanField(default=False),
        ),
    )
