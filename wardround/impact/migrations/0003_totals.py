from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("impact", "0002_scenario")]

    operations = [
        migrations.CreateModel(
            name="MatrixDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("cells", models.BinaryField()),
            ],
            options={"db_table": "impact_matrix_day"},
        ),
    ]
