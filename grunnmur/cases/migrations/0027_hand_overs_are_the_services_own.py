from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0026_the_family_comes_in'),
    ]

    operations = [
        # Not held against what is there: a demo that was begun before may have such rows.
        AddConstraintNotValid(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 4)), name='what_colleagues_ask_is_the_services_own'),
        ),
        AddConstraintNotValid(
            model_name='handoveranswer',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 4)), name='what_colleagues_answer_is_the_services_own'),
        ),
    ]
