from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0007_intake_rules"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="municipality",
            constraint=models.CheckConstraint(
                condition=models.Q(("framed_by__regex", "^(https://[a-z0-9.-]+)?$")), name="framed_by_is_an_origin"
            ),
        ),
    ]
