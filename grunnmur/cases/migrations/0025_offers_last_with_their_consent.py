import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0024_newest_line_of_a_mapping'),
    ]

    operations = [
        # An offer from before this rests on nothing that is known, so it is over.
        migrations.AddField(
            model_name='move',
            name='expires_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
    ]
