"""People acknowledge, silence and close alerts; every act has its line."""

import django.db.models.deletion
import wardround.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ActLine',
            fields=[
                ('id', models.UUIDField(default=wardround.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('kind', models.TextField()),
                ('actor', models.UUIDField(null=True)),
                ('actor_name', models.TextField(default='')),
                ('text', models.TextField(default='')),
                ('until', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'alerts_act',
            },
        ),
        migrations.CreateModel(
            name='Silence',
            fields=[
                ('id', models.UUIDField(default=wardround.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('fingerprint', models.UUIDField()),
                ('by', models.UUIDField()),
                ('by_name', models.TextField()),
                ('reason', models.TextField()),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'alerts_silence',
            },
        ),
        migrations.AddField(
            model_name='alert',
            name='acknowledged_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='acknowledged_by',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='acknowledged_name',
            field=models.TextField(db_default=''),
        ),
        migrations.AddField(
            model_name='alert',
            name='acknowledged_note',
            field=models.TextField(db_default=''),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['fingerprint', '-started_at'], name='alerts_alert_trouble'),
        ),
        migrations.AddField(
            model_name='actline',
            name='alert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='alerts.alert'),
        ),
        migrations.AddConstraint(
            model_name='silence',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('fingerprint',), name='alerts_silence_in_force_once'),
        ),
        migrations.AddConstraint(
            model_name='silence',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='alerts_silence_has_an_end'),
        ),
    ]
