from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_attachments'),
    ]

    operations = [
        # Not held against what is there: a demo that was begun before may have such lines.
        AddConstraintNotValid(
            model_name='mappingline',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 2), ('sort', 'matters'), _negated=True), name='what_matters_is_not_for_everybody'),
        ),
    ]
