-- Who is asking: the database itself derives person, service and role from a secret session token set for one
-- transaction. The table that knows the tokens cannot be read by the runtime role, so nothing can be forged by
-- whoever can run SQL: opening a session takes a keyed code (HMAC-SHA-256) that only the program can make.
create schema if not exists sec;

create table if not exists sec.key (
    only_one boolean primary key default true check (only_one),
    inner_pad bytea not null,
    outer_pad bytea not null
);

create table if not exists sec.session (
    token_sha256 bytea primary key,
    person uuid not null,
    membership uuid not null,
    service uuid not null,
    role text not null,
    opened_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index if not exists session_of_membership on sec.session (membership);

-- The database's one reading of the clock. The tests replace it, so that they can travel in time.
create or replace function sec.now() returns timestamptz
    language sql stable set search_path = '' as 'select now()';

create or replace function sec.is_signed(message text, mac bytea) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sha256(k.outer_pad || sha256(k.inner_pad || convert_to(message, 'UTF8'))) = mac from sec.key k
$$;

create or replace function sec.person() returns uuid
    language sql stable security definer set search_path = '' as $$
    select s.person from sec.session s
    where s.token_sha256 = sha256(convert_to(current_setting('sec.token', true), 'UTF8'))
      and s.ended_at is null and s.expires_at > sec.now()
$$;

create or replace function sec.service() returns uuid
    language sql stable security definer set search_path = '' as $$
    select s.service from sec.session s
    where s.token_sha256 = sha256(convert_to(current_setting('sec.token', true), 'UTF8'))
      and s.ended_at is null and s.expires_at > sec.now()
$$;

-- Everything a request needs to know of who asks, in one call that also binds the token to this transaction.
drop function if exists sec.enter(text);
create function sec.enter(token text)
    returns table (person uuid, person_name text, membership uuid, service uuid, service_name text,
                   service_kind text, municipality text, role text, expires_at timestamptz)
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('sec.token', token, true);
    return query
        select s.person, p.name::text, s.membership, s.service, v.name::text, v.kind::text, v.municipality_id::text,
               s.role, s.expires_at
        from sec.session s
        join public.directory_person p on p.id = s.person
        join public.directory_service v on v.id = s.service
        where s.token_sha256 = sha256(convert_to(token, 'UTF8')) and s.ended_at is null and s.expires_at > sec.now();
end
$$;

-- Opens a session for one membership that holds today. Returns false when it does not.
create or replace function sec.open_session(token_sha256 bytea, membership uuid, hours int, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    if not coalesce(sec.is_signed('open|' || encode(token_sha256, 'hex') || '|' || membership, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    insert into sec.session (token_sha256, person, membership, service, role, opened_at, expires_at)
    select token_sha256, m.person_id, m.id, m.service_id, m.role, sec.now(),
           least(sec.now() + make_interval(hours => hours), m.ends_on::timestamp at time zone 'Europe/Oslo')
    from public.directory_membership m
    where m.id = membership and m.starts_on <= today and (m.ends_on is null or m.ends_on > today);
    return found;
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
