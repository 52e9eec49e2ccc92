-- How often and how much (definitions/limits.yaml): a bucket of tokens for each limit and each whom it holds for, and how
-- many different children each person has opened today. None of these tables can be read or written by the runtime role.
create table if not exists sec.limits (
    key text primary key,
    burst int not null check (burst > 0), -- how many a full bucket holds
    every interval not null -- how long it takes to get one back
);

create table if not exists sec.bucket (
    key text not null,
    whom bytea not null, -- a keyed code of whom the limit holds for: no name and no address stands here
    full_at timestamptz not null, -- when the bucket is full again if nothing more is taken: all there is to remember
    primary key (key, whom)
);
create index if not exists bucket_by_full_at on sec.bucket (full_at);

-- When a bucket would be full again after taking so many. Pure: the whole arithmetic of the limits stands here.
create or replace function sec.full_after(full_at timestamptz, at timestamptz, cost int, every interval)
    returns timestamptz language sql immutable set search_path = '' as $$
    select greatest(coalesce(full_at, at), at) + cost * every
$$;

-- Takes from a bucket. Null when there was enough; otherwise nothing is taken, and the answer is when there will be.
-- With `spend` false nothing is taken either way.
create or replace function sec.take(wanted text, holder bytea, cost int, spend boolean, mac bytea) returns timestamptz
    language plpgsql security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'take', wanted, encode(holder, 'hex'), cost, spend), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    return sec.take_here(wanted, holder, cost, spend);
end
$$;

-- The same without a signature, for the functions here: it works with the rights of whoever calls it, so it is of no use
-- to the runtime role.
create or replace function sec.take_here(wanted text, holder bytea, cost int, spend boolean) returns timestamptz
    language plpgsql set search_path = '' as $$
declare
    rule sec.limits;
    at timestamptz := sec.now();
    later timestamptz;
begin
    select * into strict rule from sec.limits l where l.key = wanted;
    if spend then
        if sec.full_after(null, at, cost, rule.every) <= at + rule.burst * rule.every then
            insert into sec.bucket as b (key, whom, full_at)
            values (wanted, holder, sec.full_after(null, at, cost, rule.every))
            on conflict (key, whom) do update set full_at = sec.full_after(b.full_at, at, cost, rule.every)
                where sec.full_after(b.full_at, at, cost, rule.every) <= at + rule.burst * rule.every;
            if found then
                return null;
            end if;
        end if;
    end if;
    select sec.full_after(max(b.full_at), at, cost, rule.every) - rule.burst * rule.every into later
    from sec.bucket b where b.key = wanted and b.whom = holder;
    return case when later > at then later end;
end
$$;

-- Fills a bucket: whoever got the password right has not been guessing.
create or replace function sec.fill(wanted text, holder bytea, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'fill', wanted, encode(holder, 'hex')), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    delete from sec.bucket b where b.key = wanted and b.whom = holder;
end
$$;

-- Forgets the buckets that have filled up again by themselves. In a transaction of its own, and not as somebody takes: to
-- forget one is to hold it until the transaction ends, and two who each held what the other takes from would never end.
create or replace function sec.forget_full_buckets() returns void
    language sql security definer set search_path = '' as $$
    delete from sec.bucket where ctid = any(array(
        select b.ctid from sec.bucket b where b.full_at < sec.now() for update skip locked))
$$;

-- --- different children in a day ---------------------------------------------------------------------------------

create table if not exists sec.opened (
    person uuid not null,
    day date not null,
    child uuid not null,
    primary key (person, day, child)
);
create table if not exists sec.opened_today (
    person uuid primary key,
    day date not null,
    children int not null, -- how many different ones so far
    free_to int not null -- how many before the next asks for a reason
);

-- Counts from the log itself, as a look is written: the database refuses to log, and so to show, a child too many until
-- the log has the person's reason (a row `many_children`). Nothing is counted twice, and only a new child waits for
-- another request of the same person.
create or replace function sec.count_children() returns trigger
    language plpgsql security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
    free int := (select l.burst from sec.limits l where l.key = 'children_a_day');
    now_open int;
    again_at timestamptz;
begin
    if new.action = 'many_children' then
        update sec.opened_today o set free_to = o.children + free where o.person = new.person_id and o.day = today;
        return null;
    end if;
    insert into sec.opened (person, day, child) values (new.person_id, today, new.children[1]) on conflict do nothing;
    if not found then
        return null;
    end if;
    insert into sec.opened_today as o (person, day, children, free_to) values (new.person_id, today, 1, free)
    on conflict (person) do update set
        children = case when o.day = today then o.children + 1 else 1 end,
        free_to = case when o.day = today then o.free_to else free end,
        day = today
    returning o.children, o.free_to into now_open, free;
    if now_open = 1 then
        delete from sec.opened o where o.person = new.person_id and o.day < today;
    end if;
    if now_open > free then
        raise exception 'many children' using errcode = 'GM050';
    end if;
    again_at := sec.take_here('open_service', uuid_send(coalesce(new.service_id, new.person_id)), 1, true);
    if again_at is not null then
        raise exception 'open_service' using errcode = 'GM429', detail = again_at;
    end if;
    return null;
end
$$;
drop trigger if exists counts_children on public.log_accesslog;
create trigger counts_children after insert on public.log_accesslog for each row
    -- Who fetches a research extract opens no child: it is sealed for its receiver.
    when (new.allowed and new.person_id is not null and new.ground <> 'research'
          and (cardinality(new.children) = 1 or new.action = 'many_children'))
    execute function sec.count_children();
