-- Puts one reminder in the post, by every way that its receiver has; says 1, or 0 when it has been sent before. `about` is whose
-- case it is, and `thing` what in it; with `silent`, it is a silence when nobody has opened it by then.
-- Runs as whoever calls it, so it is of no use to the runtime role.
create or replace function sec.send_reminder(only_once text, about uuid, of_kind int, thing uuid, sender uuid, by_person uuid,
                                             to_service uuid, to_person uuid, expires interval, silent interval) returns int
    language plpgsql set search_path = '' as $$
declare
    made uuid;
begin
    insert into public.post_message (id, sort, subject, kind, item, author_service_id, recorded_by_id, recorded_at,
                                     to_service_id, to_person_id, once, wants_answer, expires_at, silent_from)
    values (gen_random_uuid(), 'reminder', about, of_kind, thing, sender, by_person, sec.now(), to_service, to_person,
            only_once, false, sec.now() + expires, sec.now() + silent)
    on conflict do nothing returning id into made;
    if made is null then
        return 0;
    end if;
    perform sec.send_by_every_way(made, to_service, to_person);
    return 1;
end
$$;

-- Reminds of the tasks of a plan that are due in a window, once for each version of a task and each `which`: the service that
-- has the task, or the owner where somebody around the child has it, who is never sent anything from here; or, of what
-- has waited too long, those who lead the owner. In the name of the contact person. Run by `grunnmur work`, which is told
-- how many and nothing else; who would not see the task is sent nothing.
create or replace function sec.remind_of_tasks(which text, due_from date, due_until date, to_leader boolean,
                                               silent interval, expires interval, most int) returns int
    language plpgsql security definer set search_path = '' as $$
declare
    one record;
    reminded int := 0;
begin
    perform sec.must_work('reminders');
    for one in
        select v.task_id, v.pathway_id, v.kind, p.author_service_id as owner, p.contact_person_id as by_person,
               r.service, r.person,
               concat_ws(':', 'task', v.task_id, v.version, which, r.person) as once
        from public.cases_taskversion v
        join public.cases_pathway p on p.id = v.pathway_id and p.status = 'under_way'
        cross join lateral (
            select coalesce(v.service_id, p.author_service_id) as service, null::uuid as person where not to_leader
            union all
            select distinct m.service_id, m.person_id from public.directory_membership m
            where to_leader and m.service_id = p.author_service_id and m.role = 'leader'
              and m.starts_on <= (sec.now() at time zone 'Europe/Oslo')::date
              and (m.ends_on is null or m.ends_on > (sec.now() at time zone 'Europe/Oslo')::date)) r
        where v.due_on between due_from and due_until and v.state in ('agreed', 'under_way')
          and not exists (select 1 from public.cases_taskversion n
                          where n.task_id = v.task_id and n.version > v.version)
          and not exists (select 1 from public.post_message m
                          where m.author_service_id = p.author_service_id
                            and m.once = concat_ws(':', 'task', v.task_id, v.version, which, r.person))
          -- Nobody is reminded of what they were told within a day: our own choice.
          and v.recorded_at < sec.now() - interval '1 day'
          and sec.may_receive(v.pathway_id, v.kind, v.task_id, r.service, r.person)
        order by v.due_on, v.task_id limit most
    loop
        reminded := reminded + sec.send_reminder(one.once, one.pathway_id, one.kind, one.task_id, one.owner, one.by_person,
                                                 one.service, one.person, expires, silent);
    end loop;
    return reminded;
end
$$;

-- Reminds of what is decided about sight and must be looked at anew in a window of days: the contact person, or, of what has
-- waited too long and where nobody is contact person, those who lead the owner. Once for each child, day and window, however
-- much was decided for the same day. Of a no to a colleague who still sees the case nothing is sent, for the colleague sees
-- what is: that no stands in the lists, which leave it out for whom it is about. It is no silence if nobody opens it; it stands
-- in the lists too. Run by `grunnmur work`, which is told how many and nothing else.
create or replace function sec.remind_of_reviews(which text, due_from date, due_until date, to_leader boolean,
                                                 expires interval, most int) returns int
    language plpgsql security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
    one record;
    reminded int := 0;
begin
    perform sec.must_work('reminders');
    for one in
        select distinct d.child, d.owner, d.review_on, coalesce(p.id, d.child) as subject, r.person,
               concat_ws(':', 'review', d.child, d.review_on, which, r.person) as once
        from (
            select t.child_id as child, t.owner_service_id as owner, t.review_on, t.starts_at as decided_at
            from public.cases_restriction t
            where t.review_on between due_from and due_until and t.ends_at = '9999-01-01 00:00:00+00'
              and ((t.item is null and (t.kinds & 1) <> 0) or not exists (
                  select 1 from public.directory_membership m
                  where m.person_id = t.only_for and m.service_id = t.owner_service_id))
            union all
            select f.child_id, f.owner_service_id, f.review_on, f.decided_at
            from public.cases_familydecision f
            where f.review_on between due_from and due_until and f.replaced_at is null) d
        left join lateral (
            select c.id, c.contact_person_id from public.cases_pathway c where c.child_id = d.child
            order by c.status in ('under_assessment', 'under_way') desc, c.opened_on desc limit 1) p on true
        cross join lateral (
            select p.contact_person_id as person where not to_leader and p.id is not null
            union all
            select m.person_id from public.directory_membership m
            where (to_leader or p.id is null) and m.service_id = d.owner and m.role = 'leader'
              and m.starts_on <= today and (m.ends_on is null or m.ends_on > today)) r
        -- Nobody is reminded of what was decided within a day: our own choice.
        where d.decided_at < sec.now() - interval '1 day'
          and not exists (select 1 from public.post_message m where m.author_service_id = d.owner
                            and m.once = concat_ws(':', 'review', d.child, d.review_on, which, r.person))
          and sec.may_receive(coalesce(p.id, d.child), 4, d.child, d.owner, r.person)
        order by d.review_on, d.child limit most
    loop
        reminded := reminded + sec.send_reminder(one.once, one.subject, 4, one.child, one.owner, one.person, one.owner,
                                                 one.person, expires, null);
    end loop;
    return reminded;
end
$$;

-- Reminds each of those who read a protected address that it was decided to be so until a day in a window: once for each day,
-- window and reader. What is sent is of the kind that they alone see, so that nobody else finds it among what was sent. It is no
-- silence if nobody opens it: it stands in their lists, and in the leader's. Run by `grunnmur work`, which is told how many and
-- nothing else.
create or replace function sec.remind_of_protections(which text, due_from date, due_until date, expires interval,
                                                     most int) returns int
    language plpgsql security definer set search_path = '' as $$
declare
    one record;
    reminded int := 0;
begin
    perform sec.must_work('reminders');
    for one in
        select d.child_id as child, d.owner_service_id as owner, a.only_for as person,
               concat_ws(':', 'protection', d.child_id, d.until, which, a.only_for) as once
        from public.cases_protectiondecision d
        join public.cases_participation a on a.child_id = d.child_id and a.basis = 'appointed'
             and a.service_id = d.owner_service_id and a.starts_at <= sec.now() and a.ends_at > sec.now()
        where d.until between due_from and due_until and d.ends_at = '9999-01-01 00:00:00+00'
          -- Nobody is reminded of what was written within a day: our own choice.
          and d.starts_at < sec.now() - interval '1 day'
          and not exists (select 1 from public.post_message m where m.author_service_id = d.owner_service_id
                            and m.once = concat_ws(':', 'protection', d.child_id, d.until, which, a.only_for))
          and sec.may_receive(d.child_id, 512, d.child_id, d.owner_service_id, a.only_for)
        order by d.until, d.child_id, a.only_for limit most
    loop
        reminded := reminded + sec.send_reminder(one.once, one.child, 512, one.child, one.owner, one.person, one.owner,
                                                 one.person, expires, null);
    end loop;
    return reminded;
end
$$;

-- Asks each service that owns an offer under «Hvor kan jeg få hjelp?» to look it over, when one of its offers has not been
-- confirmed for so many months, or never; at most once in as many months, however many offers. The message is about the
-- service itself, in the name of one who leads it, or else of one who works there; of a service where nobody does, none is
-- sent. Run by `grunnmur work`, which is told how many and nothing else.
create or replace function sec.ask_owners(today date, months int, expires interval, most int) returns int
    language plpgsql security definer set search_path = '' as $$
declare
    one record;
    asked int := 0;
begin
    perform sec.must_work('reminders');
    for one in
        select o.service_id as service, w.person_id as by_person
        from (select distinct on (n.offer) n.service_id, n.ends_on, n.verified_on
              from public.directory_offer n order by n.offer, n.recorded_at desc) o
        join public.directory_service v on v.id = o.service_id and (v.closed_on is null or v.closed_on > today)
        cross join lateral (
            select m.person_id from public.directory_membership m
            where m.service_id = o.service_id and m.starts_on <= today and (m.ends_on is null or m.ends_on > today)
            order by m.role = 'leader' desc, m.starts_on, m.person_id limit 1) w
        where (o.ends_on is null or o.ends_on > today)
          and (o.verified_on is null or o.verified_on <= today - make_interval(months => months))
          and not exists (select 1 from public.post_message m
                          where m.author_service_id = o.service_id and m.subject = o.service_id
                            and m.recorded_at > sec.now() - make_interval(months => months))
        group by o.service_id, w.person_id order by min(o.verified_on) nulls first, o.service_id limit most
    loop
        asked := asked + sec.send_reminder(concat_ws(':', 'offers', today), one.service, 0, one.service, one.service, one.by_person,
                                           one.service, null, expires, null);
    end loop;
    return asked;
end
$$;

-- When the service of the one who asks was last asked to look its offers over, and whether the word has left by mail or SMS.
create or replace function sec.asked_to_look_over() returns table (at timestamptz, has_left boolean)
    language sql stable security definer set search_path = '' as $$
    select m.recorded_at, exists (select 1 from public.post_fact f where f.message_id = m.id and f.fact = 'handed_over')
    from public.post_message m
    where m.subject = sec.service() and m.to_service_id = sec.service()
    order by m.recorded_at desc limit 1
$$;
