-- Research extracts (docs/adr/0040-a-research-extract-is-approved-by-two-and-sealed-for-its-receiver.md). No runtime role
-- reads across municipalities or children here: two functions give out what one approved extract is to hold, each to a
-- leader of that municipality alone and signed for by the program.

-- Whether a period is whole half-years that are over long enough for what belongs to them to be written (as with figures).
create or replace function sec.is_research_period(from_day date, until_day date) returns boolean
    language sql stable set search_path = '' as $$
    select coalesce(from_day < until_day
        and extract(day from from_day) = 1 and extract(month from from_day) in (1, 7)
        and extract(day from until_day) = 1 and extract(month from until_day) in (1, 7)
        and until_day + 45 <= (sec.now() at time zone 'Europe/Oslo')::date, false)
$$;

-- Whether the one who asks may propose an extract: a leader, for the own municipality, about a time that is over. That the
-- receiver is to delete it later than today and within ten years is our own choice.
create or replace function sec.may_propose_research(place text, from_day date, until_day date, delete_by date)
    returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads() and sec.is_research_period(from_day, until_day)
        and delete_by > (sec.now() at time zone 'Europe/Oslo')::date
        and delete_by <= (sec.now() at time zone 'Europe/Oslo')::date + 3653, false)
$$;

-- Whether the one who asks may say this of an extract now. Somebody else than the one who proposed it says yes or no, once, and
-- yes only after having just proved who they are; either of them takes it back until it is fetched, and says afterwards that the
-- receiver has deleted it.
create or replace function sec.may_decide_research(wanted uuid, said text) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce((
        select e.municipality_id = sec.leads() and case said
            when 'approved' then sec.is_fresh() and e.recorded_by_id <> sec.person() and s.so_far = '{}'
            when 'refused' then e.recorded_by_id <> sec.person() and s.so_far = '{}'
            when 'withdrawn' then not s.so_far && array['refused', 'withdrawn', 'fetched']
            when 'deleted' then 'fetched' = any (s.so_far) and not 'deleted' = any (s.so_far)
            else false end
        from public.insight_researchextract e
        cross join lateral (select coalesce(array_agg(t.step::text), '{}') as so_far
                            from public.insight_researchstep t where t.extract_id = e.id) s
        where e.id = wanted), false)
$$;

-- Whether the one who asks may fetch an extract now: a leader of the municipality who has just proved who they are, within so
-- many days of the approval, before the receiver is to have deleted it, and once.
create or replace function sec.may_take_research(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce((
        select e.municipality_id = sec.leads() and sec.is_fresh()
           and e.delete_by > (sec.now() at time zone 'Europe/Oslo')::date
           and exists (select 1 from public.insight_researchstep t
                       where t.extract_id = e.id and t.step = 'approved' and t.recorded_at > sec.now() - interval '14 days')
           and not exists (select 1 from public.insight_researchstep t where t.extract_id = e.id and t.step <> 'approved')
        from public.insight_researchextract e where e.id = wanted), false)
$$;

-- The first case of each child in a municipality that was opened in a period, and why it is left out, if it is. A table of the
-- owner's alone: the program has no right to it.
create or replace view sec.research_case as
    select v.municipality_id::text as place, p.id, p.child_id, p.opened_on, c.sex::text as sex,
           make_date(extract(year from p.opened_on)::int, case when extract(month from p.opened_on) < 7 then 1 else 7 end, 1)
               as half,
           extract(year from age(p.opened_on, c.born_on))::int as age,
           case when c.address_protection <> 'none' then 'protected'
                when exists (select 1 from public.cases_restriction r
                             where r.child_id = c.id and r.starts_at <= sec.now() and r.ends_at > sec.now())
                or exists (select 1 from (select distinct on (d.identity) d.access from public.cases_familydecision d
                                          where d.child_id = c.id order by d.identity, d.number desc) last
                           where last.access in ('limited', 'none', 'blocked'))
                    then 'restricted'
                else '' end as left_out
    from public.cases_pathway p
    join public.cases_child c on c.id = p.child_id
    join public.directory_service v on v.id = p.author_service_id;

-- How many children share what others can know of them, and how many are left out and why; for a leader of the municipality.
create or replace function sec.research_counts(from_day date, until_day date, mac bytea)
    returns table (half date, age int, sex text, left_out text, children bigint)
    language plpgsql stable security definer set search_path = '' as $$
begin
    perform sec.must_be_signed(concat_ws('|', 'research_counts', from_day, until_day), mac);
    if sec.leads() is null or not sec.is_research_period(from_day, until_day) then
        raise exception 'not to be counted' using errcode = 'insufficient_privilege';
    end if;
    return query
    with first as (
        select distinct on (k.child_id) k.half, k.age, k.sex, k.left_out
        from sec.research_case k
        where k.place = sec.leads() and k.opened_on >= from_day and k.opened_on < until_day
        order by k.child_id, k.opened_on, k.id
    )
    select f.half, f.age, f.sex, f.left_out, count(*) from first f group by 1, 2, 3, 4;
end
$$;

-- What one extract is to hold, once: a row for each thing, with the code of its child. The code is made with a key that the
-- program makes for this extract and forgets. Which children it is about, for the log, comes as rows of their own («who»),
-- without code, out of the same statement. Dates become half-years and whole weeks before they leave.
create or replace function sec.take_research(wanted uuid, key bytea, mac bytea)
    returns table (part text, code text, facts jsonb)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.insight_researchextract;
begin
    perform sec.must_be_signed(concat_ws('|', 'take_research', wanted, encode(key, 'hex')), mac);
    perform pg_advisory_xact_lock(hashtextextended('research ' || wanted, 0));
    if length(key) < 32 or not sec.may_take_research(wanted) then
        raise exception 'not to be given out' using errcode = 'insufficient_privilege';
    end if;
    select * into e from public.insight_researchextract r where r.id = wanted;
    insert into public.insight_researchstep (id, extract_id, step, why, recorded_at, recorded_by_id)
    values (gen_random_uuid(), wanted, 'fetched', '', sec.now(), sec.person());
    return query
    with first as (
        select distinct on (k.child_id) k.*, substr(encode(sha256(key || uuid_send(k.child_id)), 'hex'), 1, 12) as code
        from sec.research_case k
        where k.place = e.municipality_id and k.opened_on >= e.from_on and k.opened_on < e.until_on
        order by k.child_id, k.opened_on, k.id
    ), ours as (
        select f.* from first f where f.left_out = ''
    ), decided as (
        select distinct on (a.pathway_id) a.pathway_id, a.id, a.decided_on, a.outcome, a.participation
        from public.cases_assessment a join ours o on o.id = a.pathway_id
        order by a.pathway_id, a.decided_on, a.recorded_at
    ), met as (
        select m.pathway_id, min(h.held_on) filter (where m.meeting = 'oppstartsmote') as first_on, count(*) as times
        from public.cases_meeting m join ours o on o.id = m.pathway_id
        join public.cases_meetingheld h on h.meeting_id = m.id group by m.pathway_id
    ), closed as (
        select distinct on (c.pathway_id) c.pathway_id, c.closed_on, c.ground
        from public.cases_closure c join ours o on o.id = c.pathway_id
        order by c.pathway_id, c.recorded_at desc
    ), concluded as (
        select distinct on (s.mapping_id) s.mapping_id, s."on",
               case when s.state = 'concluded' then s.conclusion else s.state end as outcome
        from public.cases_mappingstep s join ours o on o.id = s.pathway_id
        where s.state in ('concluded', 'not_indicated')
        order by s.mapping_id, s.recorded_at desc
    )
    select 'who', null, jsonb_build_object('child', o.child_id) from ours o
    union all
    select 'left_out', null, jsonb_build_object('why', f.left_out, 'children', count(*))
    from first f where f.left_out <> '' group by f.left_out
    union all
    select 'case', o.code, jsonb_build_object(
        'half', o.half, 'age', o.age, 'sex', o.sex, 'outcome', coalesce(d.outcome, ''),
        'participation', coalesce(d.participation, ''), 'weeks_to_decision', sec.weeks(o.opened_on, d.decided_on),
        'weeks_to_first_meeting', sec.weeks(o.opened_on, m.first_on), 'meetings', coalesce(m.times, 0),
        'closing', coalesce(c.ground, ''), 'weeks_to_closing', sec.weeks(o.opened_on, c.closed_on))
    from ours o left join decided d on d.pathway_id = o.id left join met m on m.pathway_id = o.id
    left join closed c on c.pathway_id = o.id
    union all
    select 'criterion', o.code, jsonb_build_object('criterion', a.criterion)
    from ours o join decided d on d.pathway_id = o.id join public.cases_assessedcriterion a on a.assessment_id = d.id
    where 'criterion' = any (e.tables)
    union all
    select 'mapping', o.code, jsonb_build_object(
        'health_area', m.health_area, 'outcome', coalesce(c.outcome, ''),
        'weeks_to_asking', sec.weeks(o.opened_on, m.asked_on), 'weeks_to_outcome', sec.weeks(o.opened_on, c."on"))
    from ours o join public.cases_mapping m on m.pathway_id = o.id left join concluded c on c.mapping_id = m.id
    where 'mapping' = any (e.tables)
    union all
    select 'referral', o.code, jsonb_build_object(
        'health_area', r.health_area, 'answer', coalesce(a.answer, ''), 'reason', coalesce(a.main_reason, ''),
        'weeks_to_receipt', sec.weeks(o.opened_on, r.received_on), 'weeks_to_answer', sec.weeks(r.received_on, a.answered_on))
    from ours o join public.cases_referral r on r.pathway_id = o.id
    left join public.cases_referralanswer a on a.referral_id = r.id
    where 'referral' = any (e.tables)
    union all
    select 'experience', null, jsonb_build_object('month', x.month, 'of', x.of, 'was_heard', x.was_heard,
                                                  'understood', x.understood, 'it_helps', x.it_helps)
    from public.cases_experience x join public.directory_service v on v.id = x.service_id
    where 'experience' = any (e.tables) and v.municipality_id = e.municipality_id
      and x.month >= e.from_on and x.month < e.until_on;
end
$$;

-- Whole weeks from one day to another, none from a later to an earlier; nothing when either is not known.
create or replace function sec.weeks(from_day date, until_day date) returns int
    language sql immutable set search_path = '' as $$
    -- Of `greatest` alone, a null would be none.
    select case when until_day >= from_day then (until_day - from_day) / 7 when until_day < from_day then 0 end
$$;

-- The log says that a child is in an extract by the hand of the one who fetches that extract in the same transaction, and of
-- nobody else: it is what the family is told, and it is not counted among the children that one has opened.
create or replace function sec.must_have_taken_research() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select 1 from public.insight_researchstep t
                   where t.extract_id = new.asked_id and t.step = 'fetched' and t.recorded_at = sec.now()
                     and t.recorded_by_id = sec.person() and t.recorded_by_id = new.person_id) then
        raise exception 'not fetched' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
drop trigger if exists given_to_research on public.log_accesslog;
create trigger given_to_research before insert on public.log_accesslog for each row
    when (new.ground = 'research') execute function sec.must_have_taken_research();
