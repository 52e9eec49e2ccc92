-- Whether the one who asks may say this of a task now: a leader in the municipality, as the next version, and nothing done on
-- a day that is ahead in Norway.
create or replace function sec.may_report_task(place text, kind text, wanted text, next_version int, done date)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and (done is null or done <= (sec.now() at time zone 'Europe/Oslo')::date)
        and next_version = 1 + coalesce((select max(t.version) from public.stewardship_taskreport t
                                         where t.municipality_id = place and t.track = kind and t.task = wanted), 0)
$$;

-- Whether the one who asks may say this of a municipality's own task now: a leader there, as the next version, in the step and
-- for the kind of service that it was first said to be in.
create or replace function sec.may_register_own_task(place text, wanted text, next_version int, kind text, part text)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and next_version = 1 + coalesce((select max(t.version) from public.stewardship_owntask t
                                         where t.municipality_id = place and t.task = wanted), 0)
        and not exists (select 1 from public.stewardship_owntask t
                        where t.municipality_id = place and t.task = wanted and (t.track <> kind or t.step <> part))
$$;

-- Whether the one who asks may register a material that is in use now: a leader in the municipality, as the next version, looked
-- over on no day that is ahead in Norway.
create or replace function sec.may_register_material(place text, wanted uuid, next_version int, reviewed date)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and reviewed <= (sec.now() at time zone 'Europe/Oslo')::date
        and next_version = 1 + coalesce((select max(m.version) from public.stewardship_materialinuse m
                                         where m.municipality_id = place and m.material = wanted), 0)
$$;

-- Whether the one who asks may register an evaluation now: for the same, as the next version, done on no day that is ahead.
create or replace function sec.may_register_evaluation(place text, wanted uuid, next_version int, done date)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and (done is null or done <= (sec.now() at time zone 'Europe/Oslo')::date)
        and next_version = 1 + coalesce((select max(e.version) from public.stewardship_evaluation e
                                         where e.municipality_id = place and e.evaluation = wanted), 0)
$$;

-- Whether the one who asks may say this of an employee now: who administers the service, of somebody who works there today,
-- as the next version, of no day ahead; and only what was said can be taken back.
create or replace function sec.may_record_training(place uuid, who uuid, what text, next_version int, done date)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.service() and sec.is_administrator(), false)
        and (done is null or done <= (sec.now() at time zone 'Europe/Oslo')::date)
        and exists (select 1 from public.directory_membership m
                    where m.service_id = place and m.person_id = who
                      and m.starts_on <= (sec.now() at time zone 'Europe/Oslo')::date
                      and (m.ends_on is null or m.ends_on > (sec.now() at time zone 'Europe/Oslo')::date))
        and next_version = 1 + coalesce((select max(r.version) from public.stewardship_trainingrecord r
                                         where r.service_id = place and r.person_id = who and r.material = what), 0)
        and (done is not null or exists (
            select 1 from public.stewardship_trainingrecord r
            where r.service_id = place and r.person_id = who and r.material = what and r.version = next_version - 1
              and r.done_on is not null))
$$;

-- How many municipalities in the whole country have reached each step for each kind of service, for everybody who works here: no
-- municipality is named, and nothing is said while fewer than five say how far they have come. What the plan holds is three
-- lists of the same length. A step is reached when all that is theirs to do in it is done (`steps.step_standing`).
create or replace function sec.steps_in_the_nation(tracks text[], steps int[], tasks text[])
    returns table (track text, step int, reached bigint, places bigint)
    language sql stable security definer set search_path = '' as $$
    with said as (
        select distinct on (t.municipality_id, t.track, t.task) t.municipality_id as place, t.track, t.task, t.answer
        from public.stewardship_taskreport t order by t.municipality_id, t.track, t.task, t.version desc
    ), here as (
        select distinct s.place from said s
    ), stands as (
        select h.place, p.track, p.step, count(*) filter (where s.answer = 'done') as done,
               count(*) filter (where s.answer is distinct from 'not_ours') as theirs
        from unnest(tracks, steps, tasks) p (track, step, task)
        cross join here h
        left join said s on s.place = h.place and s.track = p.track and s.task = p.task
        group by h.place, p.track, p.step
    )
    select n.track, n.step, count(*) filter (where n.done = n.theirs and n.theirs > 0), count(*)
    from stands n
    where sec.person() is not null and (select count(*) from here) >= 5
    group by n.track, n.step
$$;
