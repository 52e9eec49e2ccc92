-- Who is asking: the database itself derives person, service and role from a secret session token set for one
-- transaction. The table that knows the tokens cannot be read by the runtime role, so nothing can be forged by
-- whoever can run SQL: opening a session takes a keyed code (HMAC-SHA-256) that only the program can make.
create schema if not exists sec;

create table if not exists sec.key (
    only_one boolean primary key default true check (only_one),
    inner_pad bytea not null,
    outer_pad bytea not null
);

-- What a session in a role is opened for, and the kinds of information that it can see at the most: written by
-- `grunnmur migrate` from `definitions/access.yaml`.
create table if not exists sec.ceiling (
    role text primary key,
    purpose text not null,
    kinds int not null
);

-- A session is a member's (person, membership, service, role), somebody's in a family (party, and the log_in that it came in
-- by), that of one who answers by a link (party is the link; for_person answers for_service in as_role), or that of one of the
-- machine's own workers, which sees no kind of information. It lives for hours, so bringing the tables up
-- to date makes the table anew, and everybody logs in again.
drop table if exists sec.session cascade;
create table sec.session (
    token_sha256 bytea primary key,
    person uuid,
    membership uuid,
    service uuid,
    role text,
    party uuid,
    log_in uuid,
    for_person uuid,
    for_service uuid,
    as_role text,
    worker uuid,
    purpose text not null,
    kinds int not null,
    id uuid not null default gen_random_uuid(), -- names it to its owner; opens nothing
    opened_at timestamptz not null,
    seen_at timestamptz not null default now(), -- the last request, to the half minute
    idle interval not null default '15 minutes', -- how long it lasts without a request
    expires_at timestamptz not null,
    ended_at timestamptz,
    strong_at timestamptz, -- when its owner last proved who they are, as strongly as they can
    check (num_nonnulls(person, membership, service, role) = case when party is null and worker is null then 4 else 0 end),
    check (worker is null or (party is null and kinds = 0)),
    check (num_nonnulls(for_person, for_service, as_role) in (0, case when party is null then 0 else 3 end))
);
create index session_of_membership on sec.session (membership);
create index session_of_person on sec.session (person);
create index session_of_log_in on sec.session (log_in) where log_in is not null;

-- The database's one reading of the clock. The tests replace it, so that they can travel in time. Its body is read when it is
-- made, so it needs no search path of its own, and stands in each plan as if it were written there.
create or replace function sec.now() returns timestamptz language sql stable return pg_catalog.now();

-- The session whose token this transaction holds, while it lasts: not ended, not too old, not left alone too long.
create or replace view sec.live as
    select s.* from sec.session s
    where s.token_sha256 = sha256(convert_to(current_setting('sec.token', true), 'UTF8'))
      and s.ended_at is null and s.expires_at > sec.now() and s.seen_at > sec.now() - s.idle;

create or replace function sec.is_signed(message text, mac bytea) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sha256(k.outer_pad || sha256(k.inner_pad || convert_to(message, 'UTF8'))) = mac from sec.key k
$$;

-- Who asks is asked in nearly every statement. PL/pgSQL keeps its plan from one statement to the next; a function in SQL that
-- cannot stand in the caller's plan is planned anew in each.
create or replace function sec.person() returns uuid
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (select s.person from sec.live s);
end
$$;

create or replace function sec.service() returns uuid
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (select s.service from sec.live s);
end
$$;

-- In whose name the one who asks writes: the member's own, or theirs who answers by a link. Sight is another matter: who
-- answers by a link sees as the link (`sec.self`), for no service.
create or replace function sec.writer() returns uuid
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (select coalesce(s.person, s.for_person) from sec.live s);
end
$$;

create or replace function sec.writes_for() returns uuid
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (select coalesce(s.service, s.for_service) from sec.live s);
end
$$;

-- Whether the one who asks has proved who they are within the last five minutes, as strongly as they can.
create or replace function sec.is_fresh() returns boolean
    language plpgsql stable security definer set search_path = '' as $$
begin
    return coalesce((select s.strong_at > sec.now() - interval '5 minutes' from sec.live s), false);
end
$$;

-- The one person who asks: a member, or somebody in a family.
create or replace function sec.self() returns uuid
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (select coalesce(s.person, s.party) from sec.live s);
end
$$;

-- The kinds of information that the session can see on any ground: none without one.
create or replace function sec.kinds() returns int
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (select s.kinds from sec.live s);
end
$$;

-- What the session was opened for.
create or replace function sec.purpose() returns text
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (select s.purpose from sec.live s);
end
$$;

-- Notes that the session of this transaction is in use. Two requests at once do not wait for each other to note it, and a
-- standby, where nothing can be written, notes nothing.
create or replace function sec.note_use() returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not pg_is_in_recovery() then
        update sec.session u set seen_at = sec.now() where u.token_sha256 = (
            select s.token_sha256 from sec.live s where s.seen_at < sec.now() - interval '30 seconds'
            for update skip locked);
    end if;
end
$$;

-- Everything a request needs to know of who asks, in one call that also binds the token to this transaction and notes
-- that the session is in use.
create or replace function sec.enter(token text)
    returns table (person uuid, person_name text, membership uuid, service uuid, service_name text,
                   service_kind text, municipality text, role text, expires_at timestamptz, is_fresh boolean,
                   purpose text, kinds int)
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('sec.token', token, true);
    perform sec.note_use();
    return query
        select s.person, p.name::text, s.membership, s.service, v.name::text, v.kind::text, v.municipality_id::text,
               s.role, s.expires_at, sec.is_fresh(), s.purpose, s.kinds
        from sec.live s
        join public.directory_person p on p.id = s.person
        join public.directory_service v on v.id = s.service;
end
$$;

-- Opens a session for one membership that holds today. Returns false when it does not. `strong` says that the person
-- has just proved who they are with the strongest that they have.
create or replace function sec.open_session(token_sha256 bytea, membership uuid, lasts interval, idle interval,
                                            strong boolean, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'open', encode(token_sha256, 'hex'), membership, strong), mac), false)
    then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    insert into sec.session (token_sha256, person, membership, service, role, purpose, kinds, opened_at, seen_at,
                             expires_at, idle, strong_at)
    select token_sha256, m.person_id, m.id, m.service_id, m.role, c.purpose, c.kinds, sec.now(), sec.now(),
           least(sec.now() + lasts, m.ends_on::timestamp at time zone 'Europe/Oslo'), idle,
           case when strong then sec.now() end
    from public.directory_membership m join sec.ceiling c on c.role = m.role
    where m.id = membership and m.starts_on <= today and (m.ends_on is null or m.ends_on > today);
    if not found then
        return false;
    end if;
    -- Logged in at once in no more places than one person is (`sessions_at_once`); the oldest ends.
    update sec.session u set ended_at = sec.now()
    where u.token_sha256 in (
        select s.token_sha256 from sec.session s
        where s.person = (select m.person_id from public.directory_membership m where m.id = open_session.membership)
          and s.ended_at is null and s.expires_at > sec.now() and s.seen_at > sec.now() - s.idle
        order by s.token_sha256 = open_session.token_sha256 desc, s.opened_at desc, s.seen_at desc
        offset coalesce((select l.burst from sec.limits l where l.key = 'sessions_at_once'), 1000));
    return true;
end
$$;

-- Gives the one who asks another password, and ends their sessions everywhere else. Returns false for those who have none.
create or replace function sec.change_password(new_password text, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    mine sec.session := (select s from sec.live l join sec.session s using (token_sha256));
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'password', mine.person, new_password), mac), false)
       or not sec.is_fresh() then
        raise exception 'not signed, or not just confirmed' using errcode = 'insufficient_privilege';
    end if;
    update public.directory_account a set password = new_password where a.person_id = mine.person and a.is_active;
    if not found then
        return false;
    end if;
    perform sec.end_my_other_sessions();
    return true;
end
$$;

-- The one who asks has proved anew who they are: the session goes on under a new token, and the old one is no good.
create or replace function sec.confirm(new_sha256 bytea, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    mine bytea := (select s.token_sha256 from sec.live s);
begin
    if not coalesce(sec.is_signed('confirm|' || encode(mine, 'hex') || '|' || encode(new_sha256, 'hex'), mac), false)
    then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    update sec.session u set strong_at = sec.now(), token_sha256 = new_sha256 where u.token_sha256 = mine;
end
$$;

-- From here on the one who asks acts in another of their memberships: a session with a new token takes over, with what
-- is left of the time, and the old one ends. Returns false when the membership is not theirs, or does not hold today.
create or replace function sec.switch_session(new_sha256 bytea, wanted uuid, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    mine sec.session := (select s from sec.live l join sec.session s using (token_sha256));
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'switch', encode(new_sha256, 'hex'), wanted), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    insert into sec.session (token_sha256, person, membership, service, role, purpose, kinds, opened_at, seen_at,
                             expires_at, idle, strong_at)
    select new_sha256, m.person_id, m.id, m.service_id, m.role, c.purpose, c.kinds, mine.opened_at, sec.now(),
           least(mine.expires_at, m.ends_on::timestamp at time zone 'Europe/Oslo'), mine.idle, mine.strong_at
    from public.directory_membership m join sec.ceiling c on c.role = m.role
    where m.id = wanted and m.person_id = mine.person
      and m.starts_on <= today and (m.ends_on is null or m.ends_on > today);
    if found then
        update sec.session u set ended_at = sec.now() where u.token_sha256 = mine.token_sha256;
        return true;
    end if;
    return false;
end
$$;

-- Where the one who asks is logged in now, this session first.
create or replace function sec.my_sessions()
    returns table (id uuid, service_name text, role text, opened_at timestamptz, seen_at timestamptz, is_this boolean)
    language sql stable security definer set search_path = '' as $$
    select s.id, v.name::text, s.role, s.opened_at, s.seen_at, s.token_sha256 = mine.token_sha256
    from sec.live mine
    join sec.session s on s.person = mine.person
    join public.directory_service v on v.id = s.service
    where s.ended_at is null and s.expires_at > sec.now() and s.seen_at > sec.now() - s.idle
    order by s.token_sha256 = mine.token_sha256 desc, s.seen_at desc
$$;

-- Ends one of one's own sessions. Returns false when there is none such.
create or replace function sec.end_my_session(wanted uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update sec.session u set ended_at = sec.now()
    where u.id = wanted and u.person = sec.person() and u.ended_at is null;
    return found;
end
$$;

-- Ends all of one's own sessions but this.
create or replace function sec.end_my_other_sessions() returns void
    language plpgsql security definer set search_path = '' as $$
declare
    mine sec.session := (select s from sec.live l join sec.session s using (token_sha256));
begin
    update sec.session u set ended_at = sec.now()
    where u.person = mine.person and u.token_sha256 <> mine.token_sha256 and u.ended_at is null;
end
$$;

-- A membership that ends takes its sessions with it, and so does an account that is closed, whoever ended it and by
-- whatever way: no later statement of those sessions sees anything.
create or replace function sec.end_with_membership() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update sec.session u set expires_at = least(u.expires_at, new.ends_on::timestamp at time zone 'Europe/Oslo')
    where u.membership = new.id and u.ended_at is null;
    return null;
end
$$;
drop trigger if exists ends_sessions on public.directory_membership;
create trigger ends_sessions after update of ends_on on public.directory_membership
    for each row when (new.ends_on is not null) execute function sec.end_with_membership();

create or replace function sec.end_with_account() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update sec.session u set ended_at = sec.now() where u.person = new.person_id and u.ended_at is null;
    return null;
end
$$;
drop trigger if exists ends_sessions on public.directory_account;
create trigger ends_sessions after update of is_active on public.directory_account
    for each row when (not new.is_active) execute function sec.end_with_account();

-- Opens a session for somebody in a family, by the identity that the child welfare service knows them by.
create or replace function sec.open_family_session(token_sha256 bytea, party uuid, hours int, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed('family|' || encode(token_sha256, 'hex') || '|' || party, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    insert into sec.session (token_sha256, party, purpose, kinds, opened_at, seen_at, expires_at)
    select token_sha256, party, c.purpose, c.kinds, sec.now(), sec.now(), sec.now() + make_interval(hours => hours)
    from sec.ceiling c where c.role = 'family';
end
$$;

-- Binds the token of somebody in a family to this transaction, and says who it is.
create or replace function sec.enter_family(token text) returns table (party uuid, kinds int, expires_at timestamptz)
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('sec.token', token, true);
    return query
        select s.party, s.kinds, s.expires_at from sec.live s where s.party is not null;
end
$$;

-- One of the machine's own workers begins a piece of work in this transaction: it is nobody who works anywhere, sees no row, and
-- may do what the functions for its purpose do. Gives the token that the transaction had before.
create or replace function sec.begin_work(token text, worker uuid, purpose text, mac bytea) returns text
    language plpgsql security definer set search_path = '' as $$
declare
    before text := current_setting('sec.token', true);
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'work', encode(sha256(convert_to(token, 'UTF8')), 'hex'), worker, purpose),
                                  mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    insert into sec.session (token_sha256, worker, purpose, kinds, opened_at, seen_at, expires_at)
    values (sha256(convert_to(token, 'UTF8')), worker, purpose, 0, sec.now(), sec.now(), sec.now() + interval '1 hour');
    perform set_config('sec.token', token, true);
    return before;
end
$$;

-- The piece of work is done, and nothing is left of its session.
create or replace function sec.end_work(before text) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    delete from sec.session s where s.token_sha256 = (select l.token_sha256 from sec.live l where l.worker is not null);
    perform set_config('sec.token', before, true);
end
$$;

-- The worker that asks. Refuses everybody else, and a worker that is at work for something else.
create or replace function sec.must_work(wanted text) returns uuid
    language plpgsql stable security definer set search_path = '' as $$
declare
    mine uuid := (select s.worker from sec.live s where s.purpose = wanted);
begin
    if mine is null then
        raise exception 'not a worker of this' using errcode = 'insufficient_privilege';
    end if;
    return mine;
end
$$;

create or replace function sec.end_session(token text) returns void
    language sql security definer set search_path = '' as $$
    update sec.session set ended_at = sec.now()
    where token_sha256 = sha256(convert_to(token, 'UTF8')) and ended_at is null
$$;

-- The one row of an account by its user name, for checking a password before any session exists.
create or replace function sec.find_account(wanted text, mac bytea)
    returns table (account uuid, person uuid, password text)
    language plpgsql stable security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed('account|' || wanted, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    return query select a.id, a.person_id, a.password::text from public.directory_account a
                 where a.username = wanted and a.is_active;
end
$$;

-- The memberships that a person can act in today.
create or replace function sec.memberships_of(wanted uuid, mac bytea)
    returns table (membership uuid, service_name text, role text)
    language plpgsql stable security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    if not coalesce(sec.is_signed('memberships|' || wanted, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    return query
        select m.id, v.name::text, m.role::text
        from public.directory_membership m join public.directory_service v on v.id = m.service_id
        where m.person_id = wanted and m.starts_on <= today and (m.ends_on is null or m.ends_on > today)
        order by v.name;
end
$$;
