"""Since when a target is asked what it is asked, and with which settings it has worked.

A target that is down and has been since its first try has never worked; of every other that was
ever collected it is assumed that it has, so that no outage is lost.
"""

from django.db import migrations, models
from django.db.models import F

_WORKED = """
UPDATE collect_target_state s
SET worked_as = t.asked_at
FROM collect_target t
WHERE t.id = s.target_id AND s.last_at IS NOT NULL
  AND NOT (s.state = 'down' AND t.version = 1
           AND s.since < t.created_at + make_interval(secs => t.interval_s))
"""


def _asked_since_created(apps, schema_editor):
    apps.get_model("collect", "TargetRow").objects.update(asked_at=F("created_at"))
    schema_editor.execute(_WORKED)


class Migration(migrations.Migration):
    dependencies = [("collect", "0009_trials_draft")]

    operations = [
        migrations.AddField(
            model_name="targetrow", name="asked_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="targetstaterow", name="worked_as", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(_asked_since_created, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="targetrow", name="asked_at", field=models.DateTimeField()
        ),
    ]
