import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import uuid
from django.db import migrations, models

from grunnmur.first_tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AccessLog',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('person_id', models.UUIDField(null=True)),
                ('service_id', models.UUIDField(null=True)),
                ('role', models.CharField(max_length=40)),
                ('action', models.CharField(max_length=60)),
                ('children', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('pathway_id', models.UUIDField(null=True)),
                ('asked_id', models.UUIDField(null=True)),
                ('kinds', models.IntegerField(default=0)),
                ('purpose', models.CharField(blank=True, default='', max_length=40)),
                ('ground', models.CharField(blank=True, default='', max_length=80)),
                ('allowed', models.BooleanField()),
                ('reason', models.CharField(max_length=60)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['children'], name='access_by_child'), models.Index(fields=['service_id', '-at'], name='access_by_service'), models.Index(condition=models.Q(('pathway_id__isnull', False)), fields=['pathway_id', '-at'], name='access_by_pathway')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('name', models.CharField(max_length=60)),
                ('child_id', models.UUIDField()),
                ('pathway_id', models.UUIDField(null=True)),
                ('kind', models.IntegerField()),
                ('author_service_id', models.UUIDField()),
                ('person_id', models.UUIDField()),
                ('subject_id', models.UUIDField(null=True)),
                ('data', models.JSONField(default=dict)),
                ('once', models.UUIDField(null=True)),
            ],
            options={
                'ordering': ['at'],
                'indexes': [models.Index(fields=['pathway_id', '-at'], name='event_by_pathway'), models.Index(fields=['child_id', '-at'], name='event_by_child')],
                'constraints': [models.UniqueConstraint(fields=('author_service_id', 'once'), name='event_happens_once')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('pk', models.CompositePrimaryKey('shard', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('seq', models.BigIntegerField()),
                ('row_id', models.UUIDField(unique=True)),
                ('is_event', models.BooleanField()),
                ('code', models.BinaryField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 16)), name='link_in_a_shard'), models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='link_counts_from_one')],
            },
        ),
    ]
