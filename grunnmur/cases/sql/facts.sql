-- One case as its rules see it: codes, ids and dates, never a text. `facts.py` makes two functions of it: one that reads
-- the case with the case's own eyes, for the rules, and one that reads what the caller may see, for what is shown.
select jsonb_build_object(
    'pathway', p.id, 'edition', p.edition_id, 'status', p.status, 'owner', p.author_service_id,
    'contact_person', p.contact_person_id, 'opened_on', p.opened_on, 'version', p.version, 'born_on', c.born_on,
    'cannot_form_views_until', c.cannot_form_views_until,
    'lacks_decision_competence_from', c.lacks_decision_competence_from,
    'carers', coalesce((
        select jsonb_agg(x order by x.at, x.id) from (
            select r.identity as id, 'parent' as kind, r.from_on as "from", r.until_on as until, r.recorded_at as at
            from cases_relatedperson r
            where r.child_id = c.id and r.has_parental_responsibility
              and not exists (select 1 from cases_relatedperson n where n.replaces_id = r.id)
            union all
            select r.identity, 'foster_parent', r.from_on, r.until_on, r.recorded_at from cases_relatedperson r
            where r.child_id = c.id and r.relation = 'foster_parent'
              and not exists (select 1 from cases_relatedperson n where n.replaces_id = r.id)
            union all
            select l.service_id, 'institution', l.from_on, l.until_on, l.recorded_at
            from cases_placement l join directory_service v on v.id = l.service_id and v.kind = 'institution'
            where l.child_id = c.id and not exists (select 1 from cases_placement n where n.replaces_id = l.id)
            union all
            select p.author_service_id, 'child_welfare', c.born_on, null, c.recorded_at
        ) x), '[]'),
    'care', coalesce((
        select jsonb_agg(jsonb_build_object('basis', l.basis, 'from', l.from_on, 'until', l.until_on)
                         order by l.from_on)
        from cases_placement l
        where l.child_id = c.id and not exists (select 1 from cases_placement n where n.replaces_id = l.id)), '[]'),
    'conversations', coalesce((
        select jsonb_agg(jsonb_build_object('with', t.with_whom, 'on', t.held_on) order by t.held_on)
        from cases_conversation t where t.pathway_id = p.id), '[]'),
    'requests', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'service', t.from_service_id, 'on', t.asked_on,
            'answered', exists (select 1 from cases_informationreceived i where i.request_id = t.id))
            order by t.asked_on, t.id)
        from cases_informationrequest t where t.pathway_id = p.id), '[]'),
    'questions', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'sort', t.sort, 'kind', t.kind, 'from', t.author_service_id,
            'to', t.to_service_id, 'asked_on', t.asked_on, 'answer_by', t.answer_by, 'answered_on', a.answered_on,
            'goes', a.goes, 'wants_meeting', a.wants_meeting, 'round', t.round_id) order by t.recorded_at, t.id)
        from cases_question t left join cases_questionanswer a on a.question_id = t.id
        where t.pathway_id = p.id), '[]'),
    'rounds', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'started_on', t.started_on, 'answer_by', t.answer_by,
            'concluded_on', d.concluded_on, 'calls_meeting', d.calls_meeting) order by t.recorded_at, t.id)
        from cases_statusround t left join cases_roundconcluded d on d.round_id = t.id
        where t.pathway_id = p.id), '[]'),
    'assessments', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'outcome', t.outcome, 'on', t.decided_on, 'criteria',
            coalesce((select jsonb_agg(k.criterion order by k.criterion) from cases_assessedcriterion k
                      where k.assessment_id = t.id), '[]')) order by t.recorded_at)
        from cases_assessment t where t.pathway_id = p.id), '[]'),
    'consents', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'purpose', t.purpose, 'recipient', t.recipient_id,
            'kinds', t.kinds, 'from', t.valid_from, 'until', t.valid_until,
            'withdrawn_at', (select w.withdrawn_at from cases_consentwithdrawal w where w.consent_id = t.id),
            'signatures', coalesce((
                select jsonb_agg(jsonb_build_object(
                    'who', coalesce(r.identity::text, s.service_id::text, 'child'),
                    'answer', s.answer, 'on', s.answered_on)
                    order by s.answered_on, s.recorded_at, s.id)
                from cases_consentsignature s left join cases_relatedperson r on r.id = s.related_person_id
                where s.consent_id = t.id), '[]')) order by t.recorded_at, t.id)
        from cases_consent t where t.pathway_id = p.id), '[]'),
    'meetings', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'meeting', t.meeting, 'starts_at', t.starts_at,
            'called_on', (t.recorded_at at time zone 'Europe/Oslo')::date,
            'held_on', (select h.held_on from cases_meetingheld h where h.meeting_id = t.id),
            'off', exists (select 1 from cases_meetingcancelled x where x.meeting_id = t.id)
                   or exists (select 1 from cases_meeting m where m.moved_from_id = t.id),
            'invitations', coalesce((
                select jsonb_agg(jsonb_build_object('service', i.service_id, 'answer', (
                    select y.answer from cases_invitationreply y where y.invitation_id = i.id
                    order by y.recorded_at desc, y.id limit 1)) order by i.service_id)
                from cases_invitation i where i.meeting_id = t.id), '[]')) order by t.starts_at, t.id)
        from cases_meeting t where t.pathway_id = p.id), '[]'),
    -- Times that are asked about no more: a meeting was called, or others are asked about instead.
    'polls_over', coalesce((
        select jsonb_agg(t.id order by t.id) from cases_timepoll t
        where t.pathway_id = p.id and (exists (select 1 from cases_meeting m where m.poll_id = t.id)
                                       or exists (select 1 from cases_timepoll n where n.replaces_id = t.id))), '[]'),
    'tasks', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'service', v.service_id,
            'set_on', (t.recorded_at at time zone 'Europe/Oslo')::date, 'due', v.due_on, 'state', v.state)
            order by t.recorded_at, t.id)
        from cases_task t join lateral (
            select n.service_id, n.due_on, n.state from cases_taskversion n where n.task_id = t.id
            order by n.version desc limit 1) v on true
        where t.pathway_id = p.id), '[]'),
    'mappings', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'area', t.health_area, 'service', t.service_id,
            'asked_on', t.asked_on, 'due_on', t.due_on, 'state', coalesce(s.state, 'asked'),
            'since', coalesce(s.on, t.asked_on), 'conclusion', s.conclusion, 'step', s.id) order by t.recorded_at, t.id)
        from cases_mapping t left join lateral (
            select n.id, n.state, n.on, n.conclusion from cases_mappingstep n where n.mapping_id = t.id
            order by n.recorded_at desc limit 1) s on true
        where t.pathway_id = p.id), '[]'),
    'referrals', coalesce((
        select jsonb_agg(jsonb_build_object('id', t.id, 'area', t.health_area, 'from', t.from_service_id,
            'to', t.to_service_id, 'received_on', t.received_on, 'urgent', t.is_urgent, 'answer', a.answer,
            'answer_id', a.id, 'answered_on', a.answered_on, 'deadline', a.treatment_deadline,
            'followed', exists (select 1 from cases_referral n where n.follows_id = t.id))
            order by t.recorded_at, t.id)
        from cases_referral t left join cases_referralanswer a on a.referral_id = t.id
        where t.pathway_id = p.id), '[]'),
    'closed_on', (select max(t.closed_on) from cases_closure t where t.pathway_id = p.id),
    'closed_at', (select max(t.recorded_at) from cases_closure t where t.pathway_id = p.id),
    'reactivated_on', (select max(t.reactivated_on) from cases_reactivation t where t.pathway_id = p.id),
    'moved_on', (select (max(e.at) at time zone 'Europe/Oslo')::date from log_event e where e.pathway_id = p.id),
    'spells', (
        select jsonb_agg(jsonb_build_object('from', s.at, 'until', (
            select min(t.recorded_at) from (
                select recorded_at from cases_closure where pathway_id = p.id
                union all
                select recorded_at from cases_assessment where pathway_id = p.id and outcome = 'do_not_start'
            ) t where t.recorded_at > s.at)) order by s.at)
        from (select p.recorded_at as at
              union all select r.recorded_at from cases_reactivation r where r.pathway_id = p.id) s),
    -- Rows that are kept from a service, or from somebody in it, and from nobody in the family.
    'withheld', coalesce((
        select jsonb_agg(distinct jsonb_build_array(t.item, coalesce(t.service_id, m.service_id)))
        from cases_restriction t left join directory_membership m
             on m.person_id = t.only_for and coalesce(m.ends_on > (sec.now() at time zone 'Europe/Oslo')::date, true)
        where t.child_id = c.id and t.item is not null and coalesce(t.service_id, m.service_id) is not null
          and t.starts_at <= sec.now() and t.ends_at > sec.now()), '[]'),
    'is_partly_taken', c.id = any (sec.taken())
)
from cases_pathway p join cases_child c on c.id = p.child_id
where p.id = wanted
