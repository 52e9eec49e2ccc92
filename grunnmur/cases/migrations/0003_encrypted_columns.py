"""Columns that hold sealed values instead of text. Nothing was released before this, so there is nothing to carry over."""

import django.contrib.postgres.indexes
from django.db import migrations, models

ONLY_AN_EMPTY_DATABASE = """
do $$ begin
    if exists (select 1 from cases_child) then
        raise exception 'This database is from before columns were encrypted. Begin with an empty one (the demo: --fresh).';
    end if;
end $$
"""
SEALED = (
    ('child', 'national_id', {'null': True}),
    ('ownwords', 'words', {}),
    ('relatedperson', 'phone', {}),
    ('meeting', 'place', {}),
)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_who_sees_what'),
    ]

    operations = [
        migrations.RunSQL(ONLY_AN_EMPTY_DATABASE, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name='child', name='child_once_per_owner'),
        migrations.RemoveIndex(model_name='child', name='child_by_national_id'),
        *(migrations.RemoveField(model_name=model, name=column) for model, column, _options in SEALED),
        *(
            migrations.AddField(
                model_name=model, name=column, field=models.BinaryField(**options), preserve_default=False
            )
            for model, column, options in SEALED
        ),
        migrations.AddField(model_name='child', name='national_key', field=models.BinaryField(null=True)),
        migrations.AddConstraint(
            model_name='child',
            constraint=models.UniqueConstraint(
                fields=('author_service', 'national_key'), name='child_once_per_owner'
            ),
        ),
        migrations.AddIndex(
            model_name='child',
            index=django.contrib.postgres.indexes.HashIndex(fields=['national_key'], name='child_by_national_key'),
        ),
    ]
