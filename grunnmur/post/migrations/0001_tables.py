import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.db import migrations, models

from grunnmur.first_tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
        ('directory', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('sent', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('inbox', 'I Grunnmur'), ('mail', 'E-post'), ('sms', 'SMS'), ('code', 'Kode på SMS')], max_length=5)),
                ('address', models.BinaryField()),
                ('set_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('service', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.service')),
                ('set_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('inbox', 'I Grunnmur'), ('mail', 'E-post'), ('sms', 'SMS'), ('code', 'Kode på SMS')], max_length=5)),
                ('made_at', models.DateTimeField()),
                ('attempts', models.SmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('claimed_by', models.UUIDField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('address', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='post.address')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sort', models.CharField(choices=[('question', 'Spørsmål'), ('invitation', 'Innkalling'), ('referral', 'Henvisning'), ('minutes', 'Referat'), ('passport', 'Pass for videre hjelp'), ('reminder', 'Påminnelse'), ('notice', 'Beskjed'), ('gathering', 'Innkalling til samling')], max_length=12)),
                ('subject', models.UUIDField()),
                ('kind', models.IntegerField()),
                ('item', models.UUIDField()),
                ('recorded_at', models.DateTimeField()),
                ('once', models.CharField(max_length=160)),
                ('wants_answer', models.BooleanField()),
                ('answer_by', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('silent_from', models.DateTimeField(null=True)),
                ('author_service', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.service')),
                ('follows', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='post.message')),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('to_person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('to_service', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.service')),
            ],
            options={
                'indexes': [models.Index(fields=['author_service', '-recorded_at', 'id'], name='message_sent'), models.Index(condition=models.Q(('silent_from__isnull', False)), fields=['author_service', 'silent_from', 'id'], name='message_silent'), models.Index(condition=models.Q(('silent_from__isnull', False), ('wants_answer', True)), fields=['to_service', 'answer_by', 'id'], name='message_to_answer'), django.contrib.postgres.indexes.HashIndex(fields=['subject'], name='message_by_subject'), django.contrib.postgres.indexes.HashIndex(fields=['item'], name='message_by_item')],
                'constraints': [models.UniqueConstraint(fields=('author_service', 'once'), name='sent_once'), models.CheckConstraint(condition=models.Q(('to_person__isnull', True), ('to_service__isnull', False), _connector='OR'), name='a_person_acts_for_a_service'), models.CheckConstraint(condition=models.Q(('once', ''), _negated=True), name='sent_once_says_what'), models.CheckConstraint(condition=models.Q(models.Q(('sort', 'gathering'), _negated=True), ('kind', 0), _connector='OR'), name='gathering_tells_of_no_case')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('role', models.CharField(choices=[('contact_person', 'Kontaktperson i barnevernet'), ('leader', 'Barnevernleder'), ('gp', 'Fastlege'), ('public_health_nurse', 'Helsesykepleier'), ('psychologist', 'Psykolog'), ('nurse', 'Sykepleier'), ('dental_staff', 'Tannhelsepersonell'), ('institution_staff', 'Ansatt i Bufetats institusjon'), ('foster_parent', 'Fosterforelder'), ('school_staff', 'Ansatt i skolen'), ('chief_physician', 'Kommuneoverlege'), ('county_governor_staff', 'Ansatt hos statsforvalteren'), ('evaluator', 'Evaluator'), ('importer', 'Innlesing fra fagsystem')], max_length=30)),
                ('proof', models.CharField(choices=[('hpr', 'HPR-nummer'), ('national_id', 'Fødselsnummer'), ('code', 'Kode på SMS')], max_length=12)),
                ('proof_code', models.BinaryField(max_length=16)),
                ('confirmed', models.CharField(blank=True, choices=[('spoken', 'Jeg har snakket med personen på dette nummeret'), ('in_person', 'Jeg fikk nummeret av personen ansikt til ansikt'), ('directory', 'Tjenesten oppgir nummeret selv, og jeg har slått det opp')], max_length=10)),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='link', to='post.message')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_link_is_for_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('proof', 'code'), ('proof_code', b''), models.Q(('confirmed', ''), _negated=True)), models.Q(models.Q(('proof', 'code'), _negated=True), models.Q(('proof_code', b''), _negated=True), ('confirmed', '')), _connector='OR'), name='a_link_has_one_proof')],
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('attempt', models.SmallIntegerField(default=0)),
                ('fact', models.CharField(choices=[('handing_over', 'Overleveres'), ('put_off', 'Prøves igjen'), ('uncertain', 'Usikkert om den kom fram'), ('handed_over', 'Overlevert'), ('delivered', 'Kom fram'), ('failed', 'Kom ikke fram'), ('opened', 'Åpnet'), ('answered', 'Besvart'), ('reminded', 'Påminnet'), ('recalled', 'Trukket tilbake'), ('over', 'Ikke lenger aktuelt'), ('closed', 'Stengt')], max_length=12)),
                ('code', models.CharField(blank=True, choices=[('wrong_address', 'Adressen finnes ikke.'), ('refused', 'Mottakerens system tok ikke imot den.'), ('bounced', 'Den kom i retur.'), ('server_down', 'Systemet vi sender gjennom, svarte ikke.'), ('try_later', 'Mottakerens system ba oss prøve igjen senere.'), ('not_set_up', 'Denne måten å sende på er ikke satt opp.'), ('gave_up', 'Den er prøvd så mange ganger som den skal.'), ('expired', 'Den rakk ikke fram før den gikk ut på dato.'), ('replaced', 'Det ble bedt om en ny kode.'), ('address_ended', 'Adressen ble tatt bort før den ble sendt.'), ('receiver_left', 'Mottakeren er ikke lenger i tjenesten.'), ('no_longer_sees', 'Mottakeren ser ikke lenger saken.'), ('died', 'Programmet stoppet mens den ble sendt.'), ('line_broke', 'Forbindelsen ble brutt før noen svarte.')], max_length=20)),
                ('at', models.DateTimeField()),
                ('delivery', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='post.delivery')),
                ('recorded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='post.message')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('message', 'delivery', 'attempt', 'fact'), name='happens_once', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('fact', 'handed_over')), fields=('delivery',), name='handed_over_once')],
            },
        ),
        migrations.CreateModel(
            name='LinkCode',
            fields=[
                ('delivery', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='post.delivery')),
                ('keyed', models.BinaryField(max_length=32)),
                ('expires_at', models.DateTimeField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='post.link')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.HashIndex(fields=['link'], name='code_by_link')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='message',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='post.message'),
        ),
        migrations.AddField(
            model_name='address',
            name='message',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='post.message'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['made_at'], name='delivery_made'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('channel', 'code'), _negated=True), fields=('message', 'channel', 'address'), name='one_way_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('address__isnull', True), ('channel', 'inbox'), ('due_at__isnull', True)), models.Q(models.Q(('channel', 'inbox'), _negated=True), ('address__isnull', False)), _connector='OR'), name='what_is_sent_has_an_address'),
        ),
        migrations.AddIndex(
            model_name='address',
            index=django.contrib.postgres.indexes.HashIndex(fields=['message'], name='address_by_message'),
        ),
        migrations.AddConstraint(
            model_name='address',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'inbox'), _negated=True), name='an_inbox_needs_no_address'),
        ),
        migrations.AddConstraint(
            model_name='address',
            constraint=models.CheckConstraint(condition=models.Q(('person__isnull', True), ('message__isnull', True), _connector='OR'), name='an_outsider_is_nobody_here'),
        ),
        migrations.AddConstraint(
            model_name='address',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('message__isnull', True)), fields=('service', 'person', 'channel'), name='one_address_for_each_way', nulls_distinct=False),
        ),
    ]
