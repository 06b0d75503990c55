from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("schema", "0002_departures")]

    operations = [
        migrations.AddField(
            model_name="departure", name="waits", field=models.JSONField(default=list)
        ),
    ]
