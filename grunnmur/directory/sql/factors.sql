-- What a person proves with, beside the password, that it is them. It is asked for before anyone is known, so only the
-- program, which signs each call, reads and writes it.
create or replace function sec.factors_of(wanted uuid, mac bytea)
    returns table (id uuid, kind text, name text, key bytea, secret bytea, added_at timestamptz, used_at timestamptz)
    language plpgsql stable security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed('factors|' || wanted, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    return query
        select f.id, f.kind::text, f.name::text, f.key, f.secret, f.added_at, f.used_at
        from public.directory_factor f where f.person_id = wanted and f.ended_at is null order by f.added_at, f.id;
end
$$;

create or replace function sec.add_factor(new_id uuid, owner uuid, kind text, name text, key bytea, secret bytea,
                                          counter bigint, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'add_factor', new_id, owner), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    insert into public.directory_factor (id, person_id, kind, name, key, secret, counter, missed, added_at)
    values (new_id, owner, kind, name, key, secret, counter, 0, sec.now());
end
$$;

-- Uses a factor once. Returns false when it has ended, or was used with this number or a higher one before: of two who
-- use the same code at once, one gets in.
create or replace function sec.use_factor(wanted uuid, number bigint, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'use_factor', wanted, number), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    update public.directory_factor f set counter = number, used_at = sec.now()
    where f.id = wanted and f.counter < number and f.ended_at is null;
    if not found then
        return false;
    end if;
    update public.directory_factor f set missed = 0
    from public.directory_factor used where used.id = wanted and f.person_id = used.person_id and f.missed > 0;
    return true;
end
$$;

-- Counts one try at a person's factors. Returns false when there have been five wrong ones within a quarter of an hour;
-- trying meanwhile makes it last no longer.
create or replace function sec.try_factors(owner uuid, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    since timestamptz := sec.now() - interval '15 minutes';
begin
    if not coalesce(sec.is_signed('try_factors|' || owner, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    update public.directory_factor f
    set missed = case when f.missed_at > since then least(f.missed + 1, 6) else 1 end,
        missed_at = case when f.missed >= 5 and f.missed_at > since then f.missed_at else sec.now() end
    where f.person_id = owner and f.ended_at is null;
    return not exists (select 1 from public.directory_factor f
                       where f.person_id = owner and f.ended_at is null and f.missed > 5);
end
$$;

-- Ends a person's factors: the one with this id, or every one of a kind.
create or replace function sec.end_factors(owner uuid, wanted uuid, of_kind text, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'end_factors', owner), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    update public.directory_factor f set ended_at = sec.now()
    where f.person_id = owner and f.ended_at is null and (f.id = wanted or f.kind = of_kind);
    return found;
end
$$;
