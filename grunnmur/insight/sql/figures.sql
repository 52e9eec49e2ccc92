-- What is counted in one half-year, by municipality and county, with all sums, and the children that each number is about:
-- no key of a child, of a case or of a person is given out. Children with a protected address are in none of them. Run by
-- `grunnmur work` when the half-year is over and what belonged to it can be written; and never again once
-- its figures are frozen. The days that deadlines end on are counted by the program, which knows the holidays: `received`
-- are the days of receipt whose 10 working days end in the half-year, `assessed` the days of assessment whose 65 do, each
-- with its last day. What each indicator is, `definitions/indicators.yaml` says.
create or replace function sec.insight_counts(from_day date, until_day date, received date[], received_due date[],
                                              assessed date[], assessed_due date[])
    returns table (indicator text, county text, place text, category text, times bigint, children bigint)
    language plpgsql stable security definer set search_path = '' as $$
begin
    perform sec.must_work('figures');
    perform sec.must_be_countable(from_day, until_day);
    return query
    with ours as (
        select p.id, p.child_id, p.opened_on, p.author_service_id as service, c.born_on
        from public.cases_pathway p
        join public.cases_child c on c.id = p.child_id and c.address_protection = 'none'
    ), answered as (
        select distinct on (s.consent_id, s.signatory_kind, s.related_person_id, s.service_id) s.consent_id, s.answer, s.note
        from public.cases_consentsignature s
        join public.cases_consent q on q.id = s.consent_id and q.asked_on >= from_day and q.asked_on < until_day
        order by s.consent_id, s.signatory_kind, s.related_person_id, s.service_id, s.recorded_at desc
    ), asked as (
        select q.id, q.pathway_id, count(*) filter (where a.answer = 'yes') as yes,
               count(*) filter (where a.answer = 'no') as no, count(*) filter (where a.answer = 'not_asked') as waits,
               exists (select 1 from public.cases_consentwithdrawal w where w.consent_id = q.id) as withdrawn,
               q.help_offered <> '' or coalesce(bool_or(a.answer = 'no' and a.note <> ''), false) as offered
        from public.cases_consent q left join answered a on a.consent_id = q.id
        where q.asked_on >= from_day and q.asked_on < until_day
        group by q.id, q.pathway_id
    ), decided as (
        select a.pathway_id, min(a.decided_on) as first_on, min(a.decided_on) filter (where a.outcome = 'start') as start_on
        from public.cases_assessment a group by a.pathway_id
    ), met as (
        select m.pathway_id, min(h.held_on) as first_on
        from public.cases_meeting m join public.cases_meetingheld h on h.meeting_id = m.id
        where m.meeting = 'oppstartsmote' group by m.pathway_id
    ), ended as (
        select distinct on (s.mapping_id) s.mapping_id, s.pathway_id, s.state, s.conclusion, s."on"
        from public.cases_mappingstep s where s.state in ('concluded', 'not_indicated')
        order by s.mapping_id, s.recorded_at desc
    ), queued as (
        select m.id, m.pathway_id, m.asked_on, e."on" as done_on,
               min(s."on") filter (where s.state in ('accepted', 'under_way', 'concluded')) as begun_on
        from public.cases_mapping m
        left join public.cases_mappingstep s on s.mapping_id = m.id
        left join ended e on e.mapping_id = m.id
        where m.service_id is not null group by m.id, e."on"
    ), mapped as (
        select e.pathway_id, min(e."on") as first_on from ended e where e.state = 'concluded' group by e.pathway_id
    ), reviewed as (
        -- Every status meeting held: the first since the first mapping, and the first of all.
        select m.pathway_id, min(h.held_on) as first_on, min(h.held_on) filter (where h.held_on >= d.first_on) as since_on
        from public.cases_meeting m join public.cases_meetingheld h on h.meeting_id = m.id
        left join mapped d on d.pathway_id = m.pathway_id
        where m.meeting = 'statusmote' group by m.pathway_id
    ), helpers as (
        -- The kinds of services in the groups that are counted (`indicators.Helper`).
        select v.id, case when v.kind in ('gp', 'school_health', 'dental', 'camhs', 'paediatric', 'child_welfare') then v.kind
                          when v.kind in ('municipal_mental_health', 'substance_use', 'fact_youth') then 'municipal'
                          else 'other' end as kind
        from public.directory_service v
    ), facts (what, service, kind, child) as (
        select 'vurdert', p.service, a.outcome::text, p.child_id
        from public.cases_assessment a join ours p on p.id = a.pathway_id
        where a.decided_on >= from_day and a.decided_on < until_day
        union all
        select 'startgrunner', p.service, k.criterion::text, p.child_id
        from public.cases_assessment a
        join public.cases_assessedcriterion k on k.assessment_id = a.id
        join ours p on p.id = a.pathway_id
        where a.outcome = 'start' and a.decided_on >= from_day and a.decided_on < until_day
        union all
        select 'ikke-startet', p.service,
               case when bool_or(o.observation = 'worry_sign') then 'worry_sign'
                    when bool_or(o.observation = 'risk_factor') then 'risk_factor' else 'neither' end, p.child_id
        from public.cases_assessment a join ours p on p.id = a.pathway_id
        left join public.cases_observation o on o.pathway_id = a.pathway_id and o.seen_on <= a.decided_on
        where a.outcome = 'do_not_start' and a.decided_on >= from_day and a.decided_on < until_day
        group by a.id, p.service, p.child_id
        union all
        select 'tid-til-avgjorelse', p.service,
               case when d.first_on is null then 'not_yet' when d.first_on - p.opened_on <= 14 then 'within_14'
                    when d.first_on - p.opened_on <= 42 then 'within_42' else 'later' end, p.child_id
        from ours p left join decided d on d.pathway_id = p.id
        where p.opened_on >= from_day and p.opened_on < until_day
        union all
        select 'tid-til-oppstartsmote', p.service,
               case when m.first_on - d.start_on <= 28 then 'within_28' when m.first_on - d.start_on <= 56 then 'within_56'
                    else 'later' end, p.child_id
        from met m join decided d on d.pathway_id = m.pathway_id and d.start_on is not null
        join ours p on p.id = m.pathway_id
        where m.first_on >= from_day and m.first_on < until_day
        union all
        select 'tid-til-kartlegging', p.service,
               case when m.first_on is null or m.first_on > d.first_on then 'before'
                    when d.first_on - m.first_on <= 42 then 'within_42' when d.first_on - m.first_on <= 84 then 'within_84'
                    else 'later' end, p.child_id
        from mapped d join ours p on p.id = d.pathway_id left join met m on m.pathway_id = d.pathway_id
        where d.first_on >= from_day and d.first_on < until_day
        union all
        select 'tid-til-statusmote', p.service,
               case when r.since_on - d.first_on <= 42 then 'within_42' when r.since_on - d.first_on <= 84 then 'within_84'
                    else 'later' end, p.child_id
        from reviewed r join mapped d on d.pathway_id = r.pathway_id join ours p on p.id = r.pathway_id
        where r.since_on >= from_day and r.since_on < until_day
        union all
        select 'tid-til-avslutning', p.service,
               case when r.first_on is null or r.first_on > c.closed_on then 'without'
                    when c.closed_on - r.first_on <= 90 then 'within_90' when c.closed_on - r.first_on <= 180 then 'within_180'
                    else 'later' end, p.child_id
        from public.cases_closure c join ours p on p.id = c.pathway_id left join reviewed r on r.pathway_id = c.pathway_id
        where c.closed_on >= from_day and c.closed_on < until_day
        union all
        select 'hele-forlopet', p.service,
               case when c.closed_on - d.start_on <= 180 then 'within_180' when c.closed_on - d.start_on <= 365 then 'within_365'
                    else 'later' end, p.child_id
        from public.cases_closure c join ours p on p.id = c.pathway_id
        join decided d on d.pathway_id = c.pathway_id and d.start_on <= c.closed_on
        where c.closed_on >= from_day and c.closed_on < until_day
        union all
        select 'medvirkning', p.service, t.participation::text, p.child_id
        from (select a.pathway_id, a.participation, a.decided_on as on_day from public.cases_assessment a
              union all
              select h.pathway_id, h.participation, h.held_on from public.cases_meetingheld h
              union all
              select m.pathway_id, m.participation, m.asked_on from public.cases_mapping m
              union all
              select e.pathway_id, e.participation, e.closed_on from public.cases_closure e
              union all
              select c.pathway_id, c.participation, c.held_on from public.cases_conversation c) t
        join ours p on p.id = t.pathway_id
        where t.participation <> '' and t.on_day >= from_day and t.on_day < until_day
        union all
        select 'helse-i-samtaler', p.service, case when c.health_areas <> '{}' then 'health' else 'other' end, p.child_id
        from public.cases_conversation c join ours p on p.id = c.pathway_id
        where c.held_on >= from_day and c.held_on < until_day
        union all
        select 'samtykker', p.service,
               case when q.withdrawn then 'withdrawn' when q.no > 0 and q.yes > 0 then 'partly' when q.no > 0 then 'refused'
                    when q.yes > 0 and q.waits = 0 then 'given' else 'waiting' end, p.child_id
        from asked q join ours p on p.id = q.pathway_id
        union all
        select 'nei-og-hjelp', p.service, case when q.offered then 'offered' else 'not_written' end, p.child_id
        from asked q join ours p on p.id = q.pathway_id
        where q.no > 0 and not q.withdrawn
        union all
        select 'kartlegging-bedt-om', p.service, m.health_area::text, p.child_id
        from public.cases_mapping m join ours p on p.id = m.pathway_id
        where m.service_id is not null and m.asked_on >= from_day and m.asked_on < until_day
        union all
        select 'hvem-kartlegger', p.service, k.kind, p.child_id
        from public.cases_mapping m join ours p on p.id = m.pathway_id join helpers k on k.id = m.service_id
        where m.asked_on >= from_day and m.asked_on < until_day
        union all
        select 'kartlegging-utfall', p.service,
               case when e.state = 'concluded' then e.conclusion::text else 'not_indicated' end, p.child_id
        from ended e join ours p on p.id = e.pathway_id
        where e."on" >= from_day and e."on" < until_day
        union all
        select t.what, p.service, t.kind, p.child_id
        from public.cases_referral r
        join ours p on p.id = r.pathway_id
        join helpers f on f.id = r.from_service_id
        join helpers k on k.id = r.to_service_id
        left join public.cases_referralanswer a on a.referral_id = r.id
        cross join lateral (values ('henvisninger-sendt', coalesce(a.answer::text, 'unanswered')), ('hvem-henviser', f.kind),
                                   ('hvem-far-henvisninger', k.kind)) t (what, kind)
        where r.sent_on >= from_day and r.sent_on < until_day
        union all
        -- The squares of the map of who is responsible (`definitions/responsibility.yaml`); the oldest is the last.
        select 'avslag-etter-alder', p.service,
               r.health_area || '_' || (select max(b.first) from unnest(array[0, 6, 13, 18]) b (first)
                                        where b.first <= greatest(extract(year from age(r.sent_on, p.born_on)), 0)),
               p.child_id
        from public.cases_referral r
        join public.cases_referralanswer a on a.referral_id = r.id and a.answer = 'rejected'
        join ours p on p.id = r.pathway_id
        where r.sent_on >= from_day and r.sent_on < until_day
        union all
        -- Counted when 42 days are over, so that whether it had begun or ended by then is known of each.
        select 'kartlegging-begynt', p.service,
               case when m.begun_on - m.asked_on <= 14 then 'within_14' when m.begun_on - m.asked_on <= 42 then 'within_42'
                    else 'not_yet' end, p.child_id
        from queued m join ours p on p.id = m.pathway_id
        where m.asked_on + 42 >= from_day and m.asked_on + 42 < until_day
          and (m.begun_on is not null or m.done_on is null or m.done_on - m.asked_on > 42)
        union all
        select 'kartlegging-ferdig', p.service,
               case when m.done_on - m.begun_on <= 14 then 'within_14' when m.done_on - m.begun_on <= 42 then 'within_42'
                    else 'not_yet' end, p.child_id
        from queued m join ours p on p.id = m.pathway_id
        where m.begun_on + 42 >= from_day and m.begun_on + 42 < until_day
        union all
        select 'svar-pa-henvisning', p.service,
               case when a.answer in ('right_granted', 'returned') then a.answer::text
                    else coalesce(nullif(a.main_reason::text, ''), 'other') end, p.child_id
        from public.cases_referralanswer a join ours p on p.id = a.pathway_id
        where a.answered_on >= from_day and a.answered_on < until_day
        union all
        select 'svar-innen-10-dager', p.service,
               case when a.answered_on is null then 'unanswered' when a.answered_on <= d.due then 'in_time' else 'late' end,
               p.child_id
        from public.cases_referral r
        join unnest(received, received_due) d (received_on, due) on d.received_on = r.received_on
        left join public.cases_referralanswer a on a.referral_id = r.id
        join ours p on p.id = r.pathway_id
        union all
        select 'oppstart-innen-65-dager', p.service,
               case when a.treatment_starts_on is null then 'not_set' when a.treatment_starts_on <= d.due then 'in_time'
                    else 'late' end, p.child_id
        from public.cases_referralanswer a
        join unnest(assessed, assessed_due) d (assessed_on, due) on d.assessed_on = a.answered_on
        join public.cases_referral r on r.id = a.referral_id and r.health_area in ('mental', 'substance_use')
        join ours p on p.id = a.pathway_id
        where a.answer = 'right_granted'
        union all
        select 'moter', p.service,
               case when h.id is not null then 'held' when x.id is not null then 'cancelled' else 'not_written' end, p.child_id
        from public.cases_meeting m
        left join public.cases_meetingheld h on h.meeting_id = m.id
        left join public.cases_meetingcancelled x on x.meeting_id = m.id
        join ours p on p.id = m.pathway_id
        where m.starts_at >= from_day::timestamp at time zone 'Europe/Oslo'
          and m.starts_at < until_day::timestamp at time zone 'Europe/Oslo'
          and not exists (select 1 from public.cases_meeting n where n.moved_from_id = m.id)
        union all
        select 'oppmote', p.service,
               case when i.service_id = any (h.services_present) then 'came' when r.answer = 'writes' then 'wrote'
                    else 'absent' end, p.child_id
        from public.cases_meetingheld h
        join public.cases_invitation i on i.meeting_id = h.meeting_id
        left join lateral (select l.answer from public.cases_invitationreply l where l.invitation_id = i.id
                           order by l.recorded_at desc limit 1) r on true
        join ours p on p.id = h.pathway_id
        where h.held_on >= from_day and h.held_on < until_day
        union all
        select 'hvem-kom', p.service, k.kind, p.child_id
        from public.cases_meetingheld h
        join ours p on p.id = h.pathway_id
        cross join lateral (select 'child' where h.child_present
                            union
                            select case when r.relation in ('mother', 'father', 'co_mother') then 'parent'
                                        when r.relation = 'foster_parent' then r.relation else 'around' end
                            from public.cases_relatedperson r where r.id = any (h.people_present)
                            union
                            select k.kind from helpers k where k.id = any (h.services_present)) k (kind)
        where h.held_on >= from_day and h.held_on < until_day
        union all
        select 'sporsmal', p.service,
               case when a.answered_on is null then 'unanswered' when a.answered_on <= q.answer_by then 'in_time'
                    else 'late' end, p.child_id
        from public.cases_question q left join public.cases_questionanswer a on a.question_id = q.id
        join ours p on p.id = q.pathway_id
        where q.answer_by >= from_day and q.answer_by < until_day
        union all
        select 'avsluttet', p.service,
               case when c.ground in ('no_further_need', 'agreed_with_health') then c.ground::text else 'other' end, p.child_id
        from public.cases_closure c join ours p on p.id = c.pathway_id
        where c.closed_on >= from_day and c.closed_on < until_day
        union all
        select 'hvem-tar-over', p.service, coalesce(k.kind, 'person'), p.child_id
        from public.cases_carrieson o join public.cases_closure c on c.id = o.closure_id
        join ours p on p.id = o.pathway_id
        left join helpers k on k.id = o.service_id
        where c.closed_on >= from_day and c.closed_on < until_day
        union all
        select 'tatt-opp-igjen', p.service,
               case when exists (select 1 from public.cases_closure c
                                 where c.pathway_id = r.pathway_id and c.recorded_at < r.recorded_at)
                    then 'closed' else 'not_started' end, p.child_id
        from public.cases_reactivation r join ours p on p.id = r.pathway_id
        where r.reactivated_on >= from_day and r.reactivated_on < until_day
        union all
        -- Without who answered: each answer counts as a child of its own.
        select case when e.of = 'child' then 'barnet-ble-hort' when e.of = 'parent' then 'foreldre-forsto'
                    when k.kind = 'child_welfare' then 'barnevernet-ser-nytte' else 'helsetjenestene-ser-nytte' end,
               e.service_id,
               case when t.grade >= 4 then 'yes' when t.grade = 3 then 'partly' else 'no' end, e.id
        from public.cases_experience e
        join helpers k on k.id = e.service_id
        cross join lateral (select case e.of when 'child' then e.was_heard when 'parent' then e.understood
                                             else e.it_helps end as grade) t
        where e.month >= from_day and e.month < until_day and (e.of <> 'staff' or k.kind <> 'other')
    )
    select f.what::text, m.county::text, coalesce(m.number, '')::text, coalesce(f.kind, '')::text, count(*),
           count(distinct f.child)
    from facts f
    join public.directory_service v on v.id = f.service
    join public.directory_municipality m on m.number = v.municipality_id
    group by grouping sets ((f.what, m.county, m.number, f.kind), (f.what, m.county, m.number),
                            (f.what, m.county, f.kind), (f.what, m.county));
end
$$;

-- Refuses a half-year that is none, that is too young for all that belongs to it to be written, or whose figures stand.
create or replace function sec.must_be_countable(from_day date, until_day date) returns void
    language plpgsql stable security definer set search_path = '' as $$
begin
    if extract(day from from_day) <> 1 or extract(month from from_day) not in (1, 7)
       or until_day <> from_day + interval '6 months'
       or until_day + 45 > (sec.now() at time zone 'Europe/Oslo')::date
       or exists (select 1 from public.insight_period p where p.from_on = from_day) then
        raise exception 'not a half-year to count' using errcode = 'insufficient_privilege';
    end if;
end
$$;

-- Keeps the figures of a half-year, once and for all, as they may be shown: `said` holds "indicators", a list of what was
-- counted, and "figures", a list of [indicator, county, place or null, category, times or null when hidden]. Where it was
-- counted are the municipalities that had a child welfare service of their own in the half-year.
create or replace function sec.freeze_figures(from_day date, until_day date, said text) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_work('figures');
    perform sec.must_be_countable(from_day, until_day);
    insert into public.insight_period (from_on, until_on, frozen_at, indicators, places)
    select from_day, until_day, sec.now(), array(select jsonb_array_elements_text(said::jsonb -> 'indicators')),
           array(select distinct v.municipality_id from public.directory_service v
                 where v.kind = 'child_welfare' and v.municipality_id is not null and v.opened_on < until_day
                   and (v.closed_on is null or v.closed_on > from_day) order by 1);
    insert into public.insight_figure (period_id, indicator, county, municipality_id, category, times)
    select from_day, f ->> 0, f ->> 1, f ->> 2, f ->> 3, (f ->> 4)::int
    from jsonb_array_elements(said::jsonb -> 'figures') f;
end
$$;

-- The counties whose sums the one who asks sees: those of the county governor that they work for.
create or replace function sec.watched_counties() returns text[]
    language sql stable security definer set search_path = '' as $$
    select coalesce((select v.counties::text[] from sec.live s join public.directory_service v on v.id = s.service
                     where s.role = 'county_governor_staff' and v.kind = 'county_governor'), '{}')
$$;
