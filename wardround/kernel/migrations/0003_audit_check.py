"""What walking the whole audit chain found last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_audit_stamps")]

    operations = [
        migrations.CreateModel(
            name="AuditCheckRow",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("found", models.TextField()),
                ("mark", models.BinaryField()),
            ],
            options={"db_table": "kernel_audit_check"},
        ),
    ]
