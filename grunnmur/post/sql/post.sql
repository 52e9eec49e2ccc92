-- The work of `grunnmur work`, and no more of it than a worker needs. A worker's session sees no row of any child, case or
-- message; it calls these functions, and is told a channel and a sealed address. What the message is about it is never told.

create or replace function sec.must_be_signed(message text, mac bytea) returns void
    language plpgsql stable security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed(message, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
end
$$;

-- The ways to reach a service, or one person acting for it, now: by id and channel, never what the addresses are. A
-- service that has given no address of its own is reached through its people, at most ten. Runs as whoever calls it.
create or replace function sec.addresses_now(wanted uuid, who uuid) returns table (address uuid, channel text)
    language sql stable set search_path = '' as $$
    with now_here as (
        select a.id, a.channel::text, a.person_id, a.set_at from public.post_address a
        where a.service_id = wanted and a.message_id is null and a.ended_at is null
          and (a.person_id is null or exists (
              select 1 from public.directory_membership m
              where m.person_id = a.person_id and m.service_id = wanted
                and m.starts_on <= (sec.now() at time zone 'Europe/Oslo')::date
                and (m.ends_on is null or m.ends_on > (sec.now() at time zone 'Europe/Oslo')::date))))
    (select n.id, n.channel from now_here n where who is not null and n.person_id = who)
    union all
    (select n.id, n.channel from now_here n where n.person_id is null
       and not exists (select 1 from now_here o where who is not null and o.person_id = who))
    union all
    (select n.id, n.channel from now_here n where who is null and n.person_id is not null
       and not exists (select 1 from now_here o where o.person_id is null) order by n.set_at, n.id limit 10)
$$;

-- Puts what the database itself writes on its way: to every address that the service, or the one person, has now, and in the
-- inbox. Runs as whoever calls it, so it is of no use to the runtime role.
create or replace function sec.send_by_every_way(message uuid, service uuid, who uuid) returns void
    language sql set search_path = '' as $$
    insert into public.post_delivery (id, message_id, channel, address_id, made_at, attempts, due_at)
    select gen_random_uuid(), message, a.channel, a.address, sec.now(), 0, sec.now() from sec.addresses_now(service, who) a
    union all select gen_random_uuid(), message, 'inbox', null, sec.now(), 0, null
$$;

-- The same for whoever writes for a service.
create or replace function sec.addresses_of(wanted uuid, who uuid) returns table (address uuid, channel text)
    language sql stable security definer set search_path = '' as $$
    select a.address, a.channel from sec.addresses_now(wanted, who) a where sec.writes_for() is not null
$$;

-- What a fact does to the silence that its message would become: of what did not arrive the sender is told at once, and
-- what is opened is given until its answer is due, where a day is set for it that is still to come. A code that was not sent
-- because another was asked for does nothing.
create or replace function sec.settle_message() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update public.post_message m
    set silent_from = case when new.fact = 'closed'
                             or (new.fact in ('failed', 'uncertain') and new.code <> 'no_longer_sees')
                           then least(m.silent_from, new.at)
                           when new.fact = 'opened' and m.wants_answer then greatest(m.silent_from, m.answer_by) end
    where m.id = new.message_id and m.silent_from is not null;
    return null;
end
$$;
drop trigger if exists settles_message on public.post_fact;
create trigger settles_message after insert on public.post_fact
    for each row when (new.fact in ('opened', 'answered', 'recalled', 'over', 'reminded', 'failed', 'uncertain', 'closed')
                       and new.code <> 'replaced')
    execute function sec.settle_message();

-- What has happened is never changed and never removed, but with the child's whole record (`sec.erase_child`).
create or replace function sec.only_added_to() returns trigger
    language plpgsql set search_path = '' as $$
begin
    raise exception '% is only added to', tg_table_name;
end
$$;
drop trigger if exists only_added_to on public.post_fact;
create trigger only_added_to before update on public.post_fact for each row execute function sec.only_added_to();

-- A worker says that it lives; the first time also that it has begun, and the last that it ends.
create or replace function sec.worker_lives(ends boolean) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid := sec.must_work('post');
begin
    insert into public.post_worker (id, started_at, seen_at, ended_at, sent)
    values (me, sec.now(), sec.now(), case when ends then sec.now() end, 0)
    on conflict (id) do update set seen_at = excluded.seen_at, ended_at = excluded.ended_at;
    delete from public.post_worker w where w.seen_at < sec.now() - interval '30 days';
end
$$;

-- Takes what is due, the oldest first; of several workers each gets its own, and none waits for another. Whether it may
-- be sent at all is asked when it is about to be (`sec.hand_over`).
create or replace function sec.claim_deliveries(most int)
    returns table (delivery uuid, channel text, address uuid, sealed bytea, attempt int, link uuid, of_itself boolean,
                  gathering uuid)
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid := sec.must_work('post');
begin
    return query
        with due as (
            select d.id from public.post_delivery d
            where d.due_at <= sec.now() and d.claimed_at is null
            order by d.due_at limit most for update skip locked),
        mine as (
            update public.post_delivery d
            set claimed_by = me, claimed_at = sec.now(), attempts = d.attempts + 1
            from due where d.id = due.id
            returning d.id, d.channel, d.address_id, d.attempts, d.due_at, d.message_id)
        select m.id, m.channel::text, m.address_id, a.address, m.attempts::int, l.id, coalesce(s.subject = s.to_service_id, false),
               case when s.sort = 'gathering' and s.to_service_id is null then s.id end
        from mine m join public.post_address a on a.id = m.address_id
        join public.post_message s on s.id = m.message_id
        left join public.post_link l on l.message_id = m.message_id order by m.due_at, m.id;
end
$$;

-- Why a delivery must not be sent now; nothing when it may.
create or replace function sec.why_not_send(wanted uuid) returns text
    language sql stable set search_path = '' as $$
    select case
        when m.expires_at <= sec.now() then 'expired'
        when d.channel = 'code' and c.ended_at is not null then 'replaced'
        when d.channel = 'code' and c.expires_at <= sec.now() then 'expired'
        when a.ended_at is not null then 'address_ended'
        when coalesce(a.person_id, m.to_person_id) is not null and not exists (
            select 1 from public.directory_membership s
            where s.person_id = coalesce(a.person_id, m.to_person_id) and s.service_id = m.to_service_id
              and s.starts_on <= today.on and (s.ends_on is null or s.ends_on > today.on)) then 'receiver_left'
        when exists (select 1 from public.directory_service v
                     where v.id = m.to_service_id and v.closed_on <= today.on) then 'receiver_left'
        when not sec.may_receive(m.subject, m.kind, m.item, coalesce(m.to_service_id, m.author_service_id),
                                 coalesce(a.person_id, m.to_person_id)) then 'no_longer_sees'
        end
    from public.post_delivery d
    join public.post_message m on m.id = d.message_id
    join public.post_address a on a.id = d.address_id
    left join public.post_linkcode c on c.delivery_id = d.id
    cross join lateral (select (sec.now() at time zone 'Europe/Oslo')::date as on) today
    where d.id = wanted
$$;

-- The last question before the text leaves. True: it is written that it may have left, and this worker sends it now.
-- False: it must not be sent, for a reason that is written down, or somebody else has it.
create or replace function sec.hand_over(wanted uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid := sec.must_work('post');
    mine record;
    why text;
begin
    select d.message_id, d.attempts into mine from public.post_delivery d
    where d.id = wanted and d.claimed_by = me and d.claimed_at is not null for update;
    if not found then
        return false;
    end if;
    update public.post_worker w set seen_at = sec.now() where w.id = me;
    if exists (select 1 from public.post_fact f where f.message_id = mine.message_id
                                                    and f.fact in ('recalled', 'over', 'closed')) then
        update public.post_delivery d set due_at = null, claimed_at = null where d.id = wanted;
        return false;
    end if;
    why := sec.why_not_send(wanted);
    if why is not null then
        perform sec.write_down(wanted, 'failed', why, null);
        return false;
    end if;
    insert into public.post_fact (id, message_id, delivery_id, attempt, fact, code, at)
    values (gen_random_uuid(), mine.message_id, wanted, mine.attempts, 'handing_over', '', sec.now());
    return true;
end
$$;

-- One fact of a delivery's attempt, and what the queue has to know of it. Runs as whoever calls it.
create or replace function sec.write_down(wanted uuid, what text, why text, again timestamptz) returns void
    language sql set search_path = '' as $$
    insert into public.post_fact (id, message_id, delivery_id, attempt, fact, code, at)
    select gen_random_uuid(), d.message_id, d.id, d.attempts, what, why, sec.now()
    from public.post_delivery d where d.id = wanted
    on conflict do nothing;
    update public.post_delivery d set due_at = again, claimed_at = null where d.id = wanted;
$$;

-- What became of an attempt. A worker that was taken for dead, and was not, may still say that the text was taken.
create or replace function sec.note_delivery(wanted uuid, what text, why text, again timestamptz)
    returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid := sec.must_work('post');
begin
    if what not in ('put_off', 'handed_over', 'failed', 'uncertain') then
        raise exception 'not for a worker' using errcode = 'insufficient_privilege';
    end if;
    perform 1 from public.post_delivery d where d.id = wanted and d.claimed_by = me
        and (d.claimed_at is not null or what = 'handed_over') for update;
    if not found then
        return false;
    end if;
    perform sec.write_down(wanted, what, why, again);
    update public.post_worker w set seen_at = sec.now(), sent = w.sent + (what = 'handed_over')::int where w.id = me;
    return true;
end
$$;

-- What a worker that has ended or died had in its hands: what certainly did not leave is tried again, and of what may have left
-- nobody can know; it is shown to a person and never sent by itself. Gives how many of each.
create or replace function sec.bury_workers(seconds int) returns table (again int, uncertain int)
    language plpgsql security definer set search_path = '' as $$
declare
    left_behind record;
begin
    perform sec.must_work('post');
    again := 0;
    uncertain := 0;
    for left_behind in
        select d.id, exists (select 1 from public.post_fact f where f.message_id = d.message_id and f.delivery_id = d.id
                             and f.attempt = d.attempts and f.fact = 'handing_over') as may_have_left
        from public.post_delivery d
        where d.due_at is not null and d.claimed_at is not null
          and (exists (select 1 from public.post_worker w where w.id = d.claimed_by and w.ended_at is not null)
               or (d.claimed_at < sec.now() - make_interval(secs => seconds)
                   and not exists (select 1 from public.post_worker w where w.id = d.claimed_by
                                   and w.seen_at > sec.now() - make_interval(secs => seconds))))
        order by d.claimed_at limit 1000 for update of d skip locked
    loop
        if left_behind.may_have_left then
            perform sec.write_down(left_behind.id, 'uncertain', 'died', null);
            uncertain := uncertain + 1;
        else
            update public.post_delivery d set claimed_at = null where d.id = left_behind.id;
            again := again + 1;
        end if;
    end loop;
    return next;
end
$$;

-- What the receiver's own server says afterwards: that it has it, or that it came back. False when nothing was handed
-- over under that name, or it is known already.
create or replace function sec.note_return(wanted uuid, what text, why text) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_work('post');
    if what not in ('delivered', 'failed') then
        raise exception 'not for a return' using errcode = 'insufficient_privilege';
    end if;
    perform 1 from public.post_delivery d join public.post_fact f on f.delivery_id = d.id and f.message_id = d.message_id
    where d.id = wanted and f.attempt = d.attempts and f.fact in ('handed_over', 'uncertain')
      and not exists (select 1 from public.post_fact o where o.message_id = d.message_id and o.delivery_id = d.id
                      and o.attempt = d.attempts and o.fact = what)
    for update of d;
    if not found then
        return false;
    end if;
    perform sec.write_down(wanted, what, why, null);
    return true;
end
$$;

-- How many people in a service can log in and read today. Runs as whoever calls it.
create or replace function sec.readers_of(wanted uuid) returns int
    language sql stable set search_path = '' as $$
    select count(distinct m.person_id)::int from public.directory_membership m
    where m.service_id = wanted and m.role <> 'importer'
      and m.starts_on <= (sec.now() at time zone 'Europe/Oslo')::date
      and (m.ends_on is null or m.ends_on > (sec.now() at time zone 'Europe/Oslo')::date)
      and (exists (select 1 from public.directory_account a where a.person_id = m.person_id and a.is_active)
           or exists (select 1 from public.directory_subject s where s.person_id = m.person_id))
$$;

-- The same for the service of the one who asks.
create or replace function sec.count_readers() returns int
    language sql stable security definer set search_path = '' as $$
    select sec.readers_of(sec.service())
$$;

-- What an operator is told: numbers, and no person, service or case. Of the last thirty days, each delivery is counted once
-- by the fact that counts of it (`post/state.py`), apart from the queue, so that what is in neither shows as lost.
create or replace function sec.post_numbers(worker_seconds int, least_readers int, mac bytea) returns jsonb
    language plpgsql stable security definer set search_path = '' as $$
declare
    answer jsonb;
begin
    perform sec.must_be_signed(concat_ws('|', 'numbers', worker_seconds, least_readers), mac);
    with sent as (
        select d.id, d.channel, d.due_at,
               (select f.fact from public.post_fact f where f.message_id = d.message_id and f.delivery_id = d.id
                order by f.attempt desc, array_position(array['handing_over', 'put_off', 'uncertain', 'handed_over',
                                                              'delivered', 'failed'], f.fact::text) desc limit 1) as fact,
               exists (select 1 from public.post_fact f where f.message_id = d.message_id and f.delivery_id is null
                       and f.fact in ('recalled', 'over', 'closed')) as recalled
        from public.post_delivery d where d.made_at > sec.now() - interval '30 days'),
    counted as (
        select case when s.channel = 'inbox' or s.fact in ('handed_over', 'delivered') then 'delivered'
                    when s.due_at is not null then 'waiting'
                    when s.fact in ('failed', 'uncertain') then s.fact::text
                    when s.recalled then 'recalled' else 'lost' end as outcome
        from sent s),
    queue as (
        select count(*) as waiting, count(*) filter (where d.due_at <= sec.now()) as due,
               count(*) filter (where d.claimed_at is not null) as claimed,
               extract(epoch from sec.now() - min(d.made_at))::bigint as oldest
        from public.post_delivery d where d.due_at is not null)
    select jsonb_build_object(
        'outcomes', coalesce((select jsonb_object_agg(c.outcome, c.number)
                              from (select outcome, count(*) as number from counted group by 1) c), '{}'),
        'sent', (select count(*) from sent),
        'waiting', q.waiting, 'due', q.due, 'claimed', q.claimed, 'oldest_seconds', coalesce(q.oldest, 0),
        'workers', coalesce((
            select jsonb_agg(jsonb_build_object('seen_seconds', extract(epoch from sec.now() - w.seen_at)::bigint,
                                                'started', w.started_at, 'sent', w.sent,
                                                'lives', w.seen_at > sec.now() - make_interval(secs => worker_seconds))
                             order by w.seen_at desc)
            from (select * from public.post_worker w where w.ended_at is null order by w.seen_at desc limit 20) w), '[]'),
        'few_readers', (
            select count(*) from (
                select distinct m.to_service_id as service from public.post_message m
                where m.to_service_id is not null and m.silent_from is not null) s
            where sec.readers_of(s.service) < least_readers))
    into answer from queue q;
    return answer;
end
$$;
