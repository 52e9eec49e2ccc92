import django.db.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_joining")]

    operations = [
        migrations.RemoveConstraint(model_name="membership", name="membership_ends_after_start"),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", django.db.models.F("starts_on")), _connector="OR"
                ),
                name="membership_does_not_end_before_it_starts",
            ),
        ),
    ]
