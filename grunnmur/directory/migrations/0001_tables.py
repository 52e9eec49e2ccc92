import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.db import migrations, models

from grunnmur.first_tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('municipality', 'Kommune'), ('county', 'Fylkeskommune'), ('health_trust', 'Helseforetak'), ('state', 'Stat'), ('private', 'Privat')], max_length=20)),
                ('org_number', models.CharField(max_length=9, null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Municipality',
            fields=[
                ('number', models.CharField(max_length=4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('county', models.CharField(max_length=80)),
                ('framed_by', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('framed_by__regex', '^(https://[a-z0-9.-]+)?$')), name='framed_by_is_an_origin')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=120, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='directory.person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Responsibility',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('area', models.CharField(choices=[('mental', 'Psykisk helse'), ('somatic', 'Kroppslig helse'), ('dental', 'Tann- og munnhelse'), ('sexual', 'Seksuell helse'), ('substance_use', 'Rus')], max_length=20)),
                ('level', models.CharField(choices=[('open', 'Åpne tilbud'), ('municipal', 'Helsesykepleier, fastlege og andre nær deg'), ('between', 'Kommunens psykiske helsehjelp og rushjelp'), ('specialist', 'Sykehuset og BUP')], max_length=20)),
                ('age_from', models.SmallIntegerField()),
                ('is_responsible', models.BooleanField(default=True)),
                ('decided_by', models.CharField(max_length=160)),
                ('decided_on', models.DateField()),
                ('review_on', models.DateField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.municipality')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='ResponsibilityApproval',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_approved', models.BooleanField()),
                ('approved_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('responsibility', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='approval', to='directory.responsibility')),
            ],
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('child_welfare', 'Barneverntjeneste'), ('gp', 'Fastlege'), ('school_health', 'Helsestasjon og skolehelsetjeneste'), ('municipal_mental_health', 'Kommunens psykiske helsetjeneste'), ('dental', 'Tannhelsetjeneste'), ('camhs', 'Psykisk helsevern for barn og unge (BUP)'), ('paediatric', 'Barneavdeling'), ('fact_youth', 'FACT Ung'), ('institution', 'Barnevernsinstitusjon'), ('foster_home', 'Fosterhjem'), ('health_mapping_team', 'Team for tverrfaglig helsekartlegging'), ('school', 'Skole'), ('kindergarten', 'Barnehage'), ('ppt', 'Pedagogisk-psykologisk tjeneste'), ('nav', 'NAV'), ('substance_use', 'Rustjeneste'), ('chief_physician', 'Kommuneoverlege'), ('county_governor', 'Statsforvalter'), ('research', 'Forskning og evaluering')], max_length=30)),
                ('name', models.CharField(max_length=160)),
                ('org_number', models.CharField(max_length=9, null=True)),
                ('district', models.CharField(blank=True, max_length=6)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('counties', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
                ('opened_on', models.DateField()),
                ('closed_on', models.DateField(null=True)),
                ('is_example', models.BooleanField(default=False)),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='directory.municipality')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='directory.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['municipality', 'kind'], name='service_by_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), ('closed_on__gt', models.F('opened_on')), _connector='OR'), name='service_closes_after_opening'), models.UniqueConstraint(condition=models.Q(('kind', 'child_welfare')), fields=('org_number', 'district'), name='one_child_welfare_per_org_number')],
            },
        ),
        migrations.AddField(
            model_name='responsibility',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.service'),
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('offer', models.UUIDField(db_index=True, default=uuid.uuid4)),
                ('kind', models.CharField(choices=[('school_health', 'Helsesykepleier'), ('municipal_mental_health', 'Psykisk helsehjelp i kommunen'), ('gp', 'Fastlege'), ('camhs', 'Psykisk helsevern for barn og unge (BUP)'), ('paediatric', 'Barneavdeling'), ('fact_youth', 'FACT Ung'), ('substance_use', 'Rushjelp'), ('child_welfare', 'Barnevern'), ('dental', 'Tannklinikk'), ('ppt', 'Pedagogisk-psykologisk tjeneste (PPT)'), ('school', 'Skole'), ('kindergarten', 'Barnehage'), ('nav', 'NAV'), ('family_counselling', 'Familievernkontor'), ('crisis_centre', 'Krisesenter'), ('child_coordinator', 'Barnekoordinator'), ('emergency_care', 'Legevakt'), ('youth_meeting_place', 'Møteplass for unge')], max_length=30)),
                ('level', models.CharField(choices=[('open', 'Åpne tilbud'), ('municipal', 'Helsesykepleier, fastlege og andre nær deg'), ('between', 'Kommunens psykiske helsehjelp og rushjelp'), ('specialist', 'Sykehuset og BUP')], max_length=20)),
                ('name', models.CharField(max_length=160)),
                ('about', models.CharField(blank=True, max_length=600)),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('serves', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), size=None)),
                ('age_from', models.SmallIntegerField(default=0)),
                ('age_to', models.SmallIntegerField(default=25)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('web', models.URLField(blank=True)),
                ('how', models.CharField(blank=True, max_length=300)),
                ('needs_referral', models.BooleanField(default=False)),
                ('opening_hours', models.CharField(blank=True, max_length=160)),
                ('languages', models.CharField(blank=True, max_length=160)),
                ('accessibility', models.CharField(blank=True, max_length=300)),
                ('verified_on', models.DateField(null=True)),
                ('is_example', models.BooleanField(default=False)),
                ('ends_on', models.DateField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('service', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='directory.service')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['serves'], name='offer_by_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('age_from__gte', 0), ('age_to__gte', models.F('age_from')), ('age_to__lte', 25)), name='offer_has_an_age_span'), models.CheckConstraint(condition=models.Q(('serves__len__gt', 0)), name='offer_serves_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('contact_person', 'Kontaktperson i barnevernet'), ('leader', 'Barnevernleder'), ('gp', 'Fastlege'), ('public_health_nurse', 'Helsesykepleier'), ('psychologist', 'Psykolog'), ('nurse', 'Sykepleier'), ('dental_staff', 'Tannhelsepersonell'), ('institution_staff', 'Ansatt i Bufetats institusjon'), ('foster_parent', 'Fosterforelder'), ('school_staff', 'Ansatt i skolen'), ('chief_physician', 'Kommuneoverlege'), ('county_governor_staff', 'Ansatt hos statsforvalteren'), ('evaluator', 'Evaluator'), ('importer', 'Innlesing fra fagsystem')], max_length=30)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('is_administrator', models.BooleanField(default=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='directory.person')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='directory.service')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='membership_does_not_end_before_it_starts'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('person', 'service', 'role'), name='one_open_membership')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_sha256', models.BinaryField(max_length=32, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('role', models.CharField(choices=[('contact_person', 'Kontaktperson i barnevernet'), ('leader', 'Barnevernleder'), ('gp', 'Fastlege'), ('public_health_nurse', 'Helsesykepleier'), ('psychologist', 'Psykolog'), ('nurse', 'Sykepleier'), ('dental_staff', 'Tannhelsepersonell'), ('institution_staff', 'Ansatt i Bufetats institusjon'), ('foster_parent', 'Fosterforelder'), ('school_staff', 'Ansatt i skolen'), ('chief_physician', 'Kommuneoverlege'), ('county_governor_staff', 'Ansatt hos statsforvalteren'), ('evaluator', 'Evaluator'), ('importer', 'Innlesing fra fagsystem')], max_length=30)),
                ('is_administrator', models.BooleanField(default=False)),
                ('ends_on', models.DateField(null=True)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.membership')),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='directory.service')),
            ],
        ),
        migrations.CreateModel(
            name='IntakeRule',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('accepts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('contact_person', 'Kontaktperson i barnevernet'), ('leader', 'Barnevernleder'), ('gp', 'Fastlege'), ('public_health_nurse', 'Helsesykepleier'), ('psychologist', 'Psykolog'), ('nurse', 'Sykepleier'), ('dental_staff', 'Tannhelsepersonell'), ('institution_staff', 'Ansatt i Bufetats institusjon'), ('foster_parent', 'Fosterforelder'), ('school_staff', 'Ansatt i skolen'), ('chief_physician', 'Kommuneoverlege'), ('county_governor_staff', 'Ansatt hos statsforvalteren'), ('evaluator', 'Evaluator'), ('importer', 'Innlesing fra fagsystem')], max_length=30), default=list, size=None)),
                ('parts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('note', models.TextField(blank=True)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intake_rules', to='directory.service')),
            ],
        ),
        migrations.CreateModel(
            name='TaskSet',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('task_set', models.UUIDField()),
                ('version', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('tasks', models.JSONField()),
                ('is_in_use', models.BooleanField(default=True)),
                ('set_at', models.DateTimeField()),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='task_sets', to='directory.service')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('service', 'task_set', 'version'), name='task_set_version_once'), models.CheckConstraint(condition=models.Q(('version__gte', 1), models.Q(('name', ''), _negated=True)), name='task_set_has_a_name'), models.CheckConstraint(condition=models.Q(('tasks', []), _negated=True), name='task_set_has_a_task')],
            },
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=255)),
                ('bound_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='directory.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issuer', 'subject'), name='one_person_per_subject')],
            },
        ),
        migrations.CreateModel(
            name='Unanswered',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('need', models.CharField(blank=True, max_length=40)),
                ('times', models.IntegerField()),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.municipality')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('municipality', 'month', 'need'), name='one_count_a_month'), models.CheckConstraint(condition=models.Q(('need__regex', '^[a-z_]*$')), name='need_is_a_key')],
            },
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('passkey', 'Passnøkkel'), ('totp', 'Engangskode fra app'), ('recovery', 'Gjenopprettingskode')], max_length=10)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('key', models.BinaryField(max_length=1024)),
                ('secret', models.BinaryField(max_length=2048)),
                ('counter', models.BigIntegerField(default=0)),
                ('missed', models.SmallIntegerField(default=0)),
                ('missed_at', models.DateTimeField(null=True)),
                ('added_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factors', to='directory.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['person'], name='factor_of_person')],
            },
        ),
        migrations.AddIndex(
            model_name='responsibility',
            index=models.Index(fields=['municipality', 'recorded_at'], name='responsibility_by_place'),
        ),
    ]
