from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("log", "0002_chain")]

    operations = [
        migrations.AlterField(
            model_name="accesslog",
            name="ground",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
