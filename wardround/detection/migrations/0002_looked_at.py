from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('detection', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='standing',
            name='looked_at',
            field=models.FloatField(default=float('-inf')),
        ),
    ]
