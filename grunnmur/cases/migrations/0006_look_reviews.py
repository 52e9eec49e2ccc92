import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_rights'),
        ('directory', '0003_joining'),
    ]

    operations = [
        migrations.CreateModel(
            name='LookReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('child_id', models.UUIDField(null=True)),
                ('note', models.TextField()),
                ('reviewed_at', models.DateTimeField()),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('reviewed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('service', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.service')),
            ],
            options={
                'indexes': [models.Index(fields=['service', 'day'], name='look_review_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person', models.F('reviewed_by')), _negated=True), name='another_reviews_ones_looks'), models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='look_reviewed_with_a_note')],
            },
        ),
    ]
