-- Joining a service and leaving it. Who administers a service may do so, having just proved who they are: these functions
-- ask the session itself, so that it holds for whoever can run SQL too.

-- Whether the one who asks administers the service they act for.
create or replace function sec.is_administrator() returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce((select m.is_administrator or m.role = 'leader' from sec.live s
                     join public.directory_membership m on m.id = s.membership), false)
$$;

create or replace function sec.must_administer() returns void
    language plpgsql stable security definer set search_path = '' as $$
begin
    if not (sec.is_administrator() and sec.is_fresh()) then
        raise exception 'not an administrator who has just confirmed' using errcode = 'insufficient_privilege';
    end if;
end
$$;

create or replace function sec.invite(code_sha256 bytea, invited text, new_role text, administers boolean,
                                      until date, lasts interval) returns uuid
    language plpgsql security definer set search_path = '' as $$
declare
    new_id uuid := gen_random_uuid();
begin
    perform sec.must_administer();
    insert into public.directory_invitation (id, code_sha256, service_id, name, role, is_administrator, ends_on,
                                             invited_by_id, invited_at, expires_at)
    select new_id, code_sha256, s.service, invited, new_role, administers, until, s.membership, sec.now(),
           sec.now() + lasts
    from sec.live s;
    return new_id;
end
$$;

create or replace function sec.withdraw_invitation(wanted uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_administer();
    update public.directory_invitation i set withdrawn_at = sec.now()
    where i.id = wanted and i.service_id = sec.service() and i.accepted_at is null and i.withdrawn_at is null;
    return found;
end
$$;

-- Ends a membership of the service from today on, also one that began today; what it was logged in to is over with it
-- (`end_with_membership`). One cannot end one's own, so that a service is never left without anyone.
create or replace function sec.end_membership(wanted uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    perform sec.must_administer();
    update public.directory_membership m set ends_on = greatest(today, m.starts_on)
    where m.id = wanted and m.service_id = sec.service() and m.id <> (select s.membership from sec.live s)
      and (m.ends_on is null or m.ends_on > today);
    if found then
        update sec.session u set ended_at = sec.now() where u.membership = wanted and u.ended_at is null;
        return true;
    end if;
    return false;
end
$$;

-- Logs somebody in the service out of everything that they are logged in to for it, as when a telephone is lost: they
-- can log in again. One logs oneself out elsewhere on one's own page.
create or replace function sec.log_out_member(wanted uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_administer();
    if not exists (select 1 from public.directory_membership m
                   where m.id = wanted and m.service_id = sec.service() and m.id <> (select s.membership from sec.live s)) then
        return false;
    end if;
    update sec.session u set ended_at = sec.now()
    where u.membership = wanted and u.ended_at is null and u.expires_at > sec.now();
    return true;
end
$$;

-- What a code invites to, while it is good. The one who invited must still be of the service.
create or replace function sec.invitation_of(code bytea, mac bytea)
    returns table (service_name text, name text, role text, ends_on date)
    language plpgsql stable security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    if not coalesce(sec.is_signed('invitation|' || encode(code, 'hex'), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    return query
        select v.name::text, i.name::text, i.role::text, i.ends_on
        from public.directory_invitation i
        join public.directory_service v on v.id = i.service_id
        join public.directory_membership m on m.id = i.invited_by_id
        where i.code_sha256 = code and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > sec.now()
          and (i.ends_on is null or i.ends_on > today) and (m.ends_on is null or m.ends_on > today);
end
$$;

-- Takes the place that a code invites to: for the one who is logged in, or for somebody new with a user name and
-- password or with a subject of an OpenID provider, who may be known from before. Returns who it was, or nothing when
-- the code is not good. Of two who use one code at once, one gets in.
create or replace function sec.accept_invitation(code bytea, new_username text, new_password text, new_issuer text,
                                                 new_subject text, mac bytea) returns uuid
    language plpgsql security definer set search_path = '' as $$
declare
    place public.directory_invitation;
    who uuid;
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'accept', encode(code, 'hex'), new_username, new_issuer, new_subject),
                                  mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    select i.* into place from public.directory_invitation i
    join public.directory_membership m on m.id = i.invited_by_id
    where i.code_sha256 = code and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > sec.now()
      and (i.ends_on is null or i.ends_on > today) and (m.ends_on is null or m.ends_on > today)
    for update of i;
    if not found then
        return null;
    end if;
    if new_subject is not null then
        select b.person_id into who from public.directory_subject b
        where b.issuer = new_issuer and b.subject = new_subject;
    elsif new_username is null then
        who := sec.person();
        if who is null then
            return null;
        end if;
    end if;
    if who is null then
        who := gen_random_uuid();
        insert into public.directory_person (id, name) values (who, place.name);
        if new_subject is not null then
            insert into public.directory_subject (id, issuer, subject, person_id, bound_at)
            values (gen_random_uuid(), new_issuer, new_subject, who, sec.now());
        else
            insert into public.directory_account (id, person_id, username, password, is_active)
            values (gen_random_uuid(), who, new_username, new_password, true);
        end if;
    end if;
    insert into public.directory_membership (id, person_id, service_id, role, is_administrator, starts_on, ends_on)
    values (gen_random_uuid(), who, place.service_id, place.role, place.is_administrator, today, place.ends_on);
    update public.directory_invitation i set accepted_at = sec.now(), accepted_by_id = who where i.id = place.id;
    return who;
end
$$;

-- Who somebody is here, by what an OpenID provider calls them.
create or replace function sec.person_of_subject(wanted_issuer text, wanted_subject text, mac bytea) returns uuid
    language plpgsql stable security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'subject', wanted_issuer, wanted_subject), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    return (select b.person_id from public.directory_subject b
            where b.issuer = wanted_issuer and b.subject = wanted_subject);
end
$$;

-- Ends every session of a person, as when the provider that vouched for them says that they have logged out.
create or replace function sec.end_sessions_of(wanted uuid, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not coalesce(sec.is_signed('end_sessions|' || wanted, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    update sec.session u set ended_at = sec.now() where u.person = wanted and u.ended_at is null;
end
$$;
