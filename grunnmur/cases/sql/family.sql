-- How the child itself and those around it come in: by the number that an eID vouches for, or by a device that was activated
-- with a code. Each is asked before anybody is known, so the program signs every call; and opens what is decided, no more
-- (docs/adr/0034-the-family-comes-in-as-itself.md).

-- Whether a log-in works now: it has not ended, something is open for its person, and the child's address is not protected
-- (then the child alone comes in).
create or replace function sec.works(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from public.cases_familylogin l
        join public.cases_child c on c.id = l.child_id
        where l.id = wanted and l.ends_at > sec.now() and (c.address_protection = 'none' or l.identity = c.id)
          and exists (select 1 from public.cases_participation a
                      where a.child_id = l.child_id and a.only_for = l.identity and a.basis = 'party'
                        and a.kinds <> 0 and a.starts_at <= sec.now() and a.ends_at > sec.now()))
$$;

-- The log-ins that the one whom an eID vouched for can use now, and whose pages they lead to.
create or replace function sec.family_log_ins(codes bytea[], mac bytea)
    returns table (log_in uuid, child_name text, is_child boolean)
    language plpgsql stable security definer set search_path = '' as $$
begin
    perform sec.must_be_signed('family_log_ins|' || encode(sha256((
        select string_agg(u.code, ''::bytea order by u.n) from unnest(codes) with ordinality u (code, n))), 'hex'), mac);
    return query
        select l.id, c.name::text, l.identity = c.id
        from public.cases_familylogin l join public.cases_child c on c.id = l.child_id
        where l.number_code = any(codes) and sec.works(l.id)
        order by c.name, l.id;
end
$$;

-- Opens a session for the person of a log-in, who has just proved who they are. Returns false when it does not work now.
create or replace function sec.open_family_log_in(token_sha256 bytea, wanted uuid, lasts interval, idle interval, mac bytea)
    returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_be_signed(concat_ws('|', 'open_family', encode(token_sha256, 'hex'), wanted), mac);
    insert into sec.session (token_sha256, party, log_in, purpose, kinds, opened_at, seen_at, expires_at, idle)
    select token_sha256, l.identity, l.id, c.purpose, c.kinds, sec.now(), sec.now(), sec.now() + lasts, idle
    from public.cases_familylogin l join sec.ceiling c on c.role = 'family'
    where l.id = wanted and sec.works(l.id);
    return found;
end
$$;

-- Takes a device in use with the code that was handed over. Returns its log-in; none when the code does not work.
create or replace function sec.activate_device(code bytea, device bytea, chosen_pin text, mac bytea) returns uuid
    language plpgsql security definer set search_path = '' as $$
declare
    found_log_in uuid;
begin
    perform sec.must_be_signed(concat_ws('|', 'activate', encode(code, 'hex'), encode(device, 'hex'), chosen_pin), mac);
    update public.cases_familydevice d set secret = device, pin = chosen_pin, activated_at = sec.now()
    where d.activation = code and d.secret is null and d.activation_until > sec.now() and sec.works(d.log_in_id)
    returning d.log_in_id into found_log_in;
    return found_log_in;
end
$$;

-- Counts one try at the PIN of a device, and gives what it is checked with. No row when the device is not known, when its
-- log-in does not work, or when there have been five wrong ones within a quarter of an hour.
create or replace function sec.try_device(device bytea, mac bytea) returns table (log_in uuid, pin text, is_shut boolean)
    language plpgsql security definer set search_path = '' as $$
declare
    since timestamptz := sec.now() - interval '15 minutes';
begin
    perform sec.must_be_signed('try_device|' || encode(device, 'hex'), mac);
    return query
        update public.cases_familydevice d
        set missed = case when d.missed_at > since then least(d.missed + 1, 6) else 1 end,
            missed_at = case when d.missed >= 5 and d.missed_at > since then d.missed_at else sec.now() end
        where d.secret = device and sec.works(d.log_in_id)
        returning d.log_in_id, d.pin::text, d.missed > 5;
end
$$;

-- The PIN was right: whoever has it was not guessing.
create or replace function sec.device_used(device bytea, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_be_signed('device_used|' || encode(device, 'hex'), mac);
    update public.cases_familydevice d set missed = 0 where d.secret = device;
end
$$;

-- Binds the token of somebody in a family who has logged in to this transaction, and says who it is, and of which child.
create or replace function sec.enter_family_log_in(token text)
    returns table (party uuid, child uuid, kinds int, purpose text, expires_at timestamptz)
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('sec.token', token, true);
    update sec.session u set seen_at = sec.now() where u.token_sha256 = (
        select s.token_sha256 from sec.live s where s.seen_at < sec.now() - interval '30 seconds'
        for update skip locked);
    return query
        select s.party, l.child_id, s.kinds, s.purpose, s.expires_at
        from sec.live s join public.cases_familylogin l on l.id = s.log_in;
end
$$;

-- A log-in that is taken back, and a child whose address is protected, end the sessions at once; the child's own goes on.
create or replace function sec.end_family_sessions() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update sec.session u set ended_at = sec.now()
    where u.ended_at is null and u.log_in is not null and not sec.works(u.log_in);
    return null;
end
$$;
drop trigger if exists ends_sessions on public.cases_familylogin;
create trigger ends_sessions after update of ends_at on public.cases_familylogin
    for each statement execute function sec.end_family_sessions();
drop trigger if exists ends_family_sessions on public.cases_child;
create trigger ends_family_sessions after update of address_protection on public.cases_child
    for each row when (new.address_protection <> 'none' and old.address_protection = 'none')
    execute function sec.end_family_sessions();

-- An answer says of the letter that it answers that it waits no more.
create or replace function sec.letter_is_answered() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update public.cases_letter l set answered_at = new.written_at
    where l.id = new.answers_id and l.child_id = new.child_id and l.identity = new.identity;
    if not found then
        raise exception 'an answer belongs to the one who asked' using errcode = 'check_violation';
    end if;
    return null;
end
$$;
drop trigger if exists answers_a_letter on public.cases_letter;
create trigger answers_a_letter after insert on public.cases_letter
    for each row when (new.answers_id is not null) execute function sec.letter_is_answered();

-- A log-in and a letter are about the owner's own child.
do $$
begin
    if not exists (select 1 from pg_constraint where conname = 'letter_by_the_owner') then
        alter table public.cases_familylogin add constraint family_log_in_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
        alter table public.cases_letter add constraint letter_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
    end if;
end
$$;

-- Who has looked at the child, for the child itself and those in the family who may see who it is: the owner, the services
-- whose consent the asker can see, and whoever used break-glass. What the family itself has looked at is shown to nobody.
create or replace function sec.looks_for_family(wanted uuid, before_at timestamptz, before_id uuid, most int)
    returns table (id uuid, at timestamptz, service uuid, role text, action text, purpose text, ground text)
    language plpgsql stable security definer set search_path = '' as $$
declare
    asker record;
    owner uuid;
begin
    select s.party, s.kinds into asker from sec.live s where s.person is null and s.for_person is null;
    select c.author_service_id into owner from public.cases_child c where c.id = wanted;
    if asker.party is null or not exists (
        select 1 from public.cases_participation a
        where a.child_id = wanted and a.only_for = asker.party and a.basis = 'party' and a.item is null
          and (a.kinds & asker.kinds & 1) <> 0 and a.starts_at <= sec.now() and a.ends_at > sec.now())
       or sec.is_taken(wanted, 1, null) then
        return;
    end if;
    return query
        select l.id, l.at, l.service_id, l.role::text, l.action::text, l.purpose::text, l.ground::text
        from public.log_accesslog l
        where l.children @> array[wanted] and l.allowed
          and (before_at is null or (l.at, l.id) < (before_at, before_id))
          and (l.service_id = owner or 'break_glass' = any (string_to_array(l.ground, ' ')) or l.action = 'break_glass'
               or exists (select 1 from public.cases_consent k join public.cases_pathway p on p.id = k.pathway_id
                          where p.child_id = wanted and k.recipient_id = l.service_id
                            and not sec.is_taken(wanted, k.kind, k.id)))
        order by l.at desc, l.id desc limit most;
end
$$;
