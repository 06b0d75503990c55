"""A trial may be of a target that is not saved yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0008_trials_asker")]

    operations = [
        migrations.AddField(
            model_name="trialrow", name="draft", field=models.TextField(default="")
        ),
    ]
