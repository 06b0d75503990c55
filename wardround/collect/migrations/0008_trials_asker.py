"""A trial knows whose it is. What waits at the moment of the update is asked again by its asker."""

from uuid import UUID

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0007_unfilled")]

    operations = [
        migrations.AddField(
            model_name="trialrow",
            name="asker",
            field=models.UUIDField(default=UUID(int=0)),
            preserve_default=False,
        ),
    ]
