-- How the child itself and those around it come in: by the number that an eID vouches for, or by a device that was activated
-- with a code. Each is asked before anybody is known, so the program signs every call; and opens what is decided, no more
-- (docs/adr/0034-the-family-comes-in-as-itself.md).

-- Whether a log-in works now: it has not ended, something is open for its person, no explicit no takes the child from them,
-- and the child's address is not protected (then the child alone comes in).
create or replace function sec.works(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from public.cases_familylogin l
        join public.cases_child c on c.id = l.child_id
        where l.id = wanted and l.ends_at > sec.now() and (c.address_protection = 'none' or l.identity = c.id)
          and exists (select 1 from public.cases_participation a
                      where a.child_id = l.child_id and a.only_for = l.identity and a.basis = 'party'
                        and a.kinds <> 0 and a.starts_at <= sec.now() and a.ends_at > sec.now())
          and not sec.is_taken_from(l.child_id, 1, null, null, l.identity))
$$;

-- The log-ins that the one whom an eID vouched for can use now, and whose pages they lead to. The child's name is told to
-- those who see it inside: not to one for whom a single row was opened; nor by the order that they stand in.
create or replace function sec.family_log_ins(codes bytea[], mac bytea)
    returns table (log_in uuid, child_name text, is_child boolean)
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_be_signed('family_log_ins|' || encode(sha256((
        select string_agg(u.code, ''::bytea order by u.n) from unnest(codes) with ordinality u (code, n))), 'hex'), mac);
    -- The first code is by the key in use: what was found by an older one is found by this from now on.
    update public.cases_familylogin l set number_code = codes[1]
    where l.number_code = any(codes[2:]) and l.number_code <> codes[1];
    return query
        select l.id, case when sees.name then c.name::text else '' end, l.identity = c.id
        from public.cases_familylogin l join public.cases_child c on c.id = l.child_id
        cross join lateral (
            select exists (select 1 from public.cases_participation a
                           where a.child_id = l.child_id and a.only_for = l.identity and a.basis = 'party'
                             and a.item is null and (a.kinds & 1) <> 0
                             and a.starts_at <= sec.now() and a.ends_at > sec.now())) sees (name)
        where l.number_code = any(codes) and sec.works(l.id)
        order by sees.name desc, case when sees.name then c.name end, l.id;
end
$$;

-- Opens a session for the person of a log-in, who has just proved who they are. Returns false when it does not work now.
create or replace function sec.open_family_log_in(token_sha256 bytea, wanted uuid, lasts interval, idle interval, mac bytea)
    returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    writer uuid := gen_random_uuid();
begin
    perform sec.must_be_signed(concat_ws('|', 'open_family', encode(token_sha256, 'hex'), wanted), mac);
    -- Called what it is to the child, and not by its name: everybody who is logged in can read the names of those who write.
    if exists (select 1 from public.cases_familylogin l where l.id = wanted and l.person_id is null and sec.works(l.id)
               for update) then
        insert into public.directory_person (id, name)
        select writer, case when l.identity = l.child_id then 'Barnet selv' else 'En i familien' end
        from public.cases_familylogin l where l.id = wanted;
        update public.cases_familylogin l set person_id = writer where l.id = wanted;
    end if;
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

-- Counts one try at the PIN of a device, and gives what it is checked with. No row when the device is not known, or when its
-- log-in does not work. After five wrong ones within a quarter of an hour it is shut for as long; after twenty since the last
-- right one it is over, and takes a new code. What is typed while it is shut is not looked at, and counts for nothing. The
-- numbers are our own: no law or norm sets them.
create or replace function sec.try_device(device bytea, mac bytea)
    returns table (log_in uuid, pin text, is_shut boolean, is_over boolean)
    language plpgsql security definer set search_path = '' as $$
declare
    since timestamptz := sec.now() - interval '15 minutes';
begin
    perform sec.must_be_signed('try_device|' || encode(device, 'hex'), mac);
    return query
        update public.cases_familydevice d
        set missed = case when d.missed_at > since then least(d.missed + 1, 6) else 1 end,
            missed_at = case when d.missed >= 5 and d.missed_at > since then d.missed_at else sec.now() end,
            missed_in_all = case when d.missed >= 5 and d.missed_at > since then d.missed_in_all
                                 else least(d.missed_in_all + 1, 21) end
        where d.secret = device and sec.works(d.log_in_id)
        returning d.log_in_id, d.pin::text, d.missed > 5, d.missed_in_all > 20;
end
$$;

-- The PIN was right: whoever has it was not guessing.
create or replace function sec.device_used(device bytea, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_be_signed('device_used|' || encode(device, 'hex'), mac);
    update public.cases_familydevice d set missed = 0, missed_in_all = 0 where d.secret = device;
end
$$;

-- Binds the token of somebody in a family who has logged in to this transaction, and says who it is, and of which child. No
-- row when the log-in does not work any more.
create or replace function sec.enter_family_log_in(token text)
    returns table (party uuid, child uuid, owner uuid, person uuid, kinds int, purpose text, expires_at timestamptz)
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('sec.token', token, true);
    perform sec.note_use();
    return query
        select s.party, l.child_id, l.owner_service_id, l.person_id, s.kinds, s.purpose, s.expires_at
        from sec.live s join public.cases_familylogin l on l.id = s.log_in
        where sec.works(l.id);
end
$$;

-- In whose name one in a family writes, and which service's the rows are: the owner's, whose case it is.
create or replace function sec.relative() returns uuid
    language sql stable security definer set search_path = '' as $$
    select l.person_id from sec.live s join public.cases_familylogin l on l.id = s.log_in
$$;

create or replace function sec.owner_of_pages() returns uuid
    language sql stable security definer set search_path = '' as $$
    select l.owner_service_id from sec.live s join public.cases_familylogin l on l.id = s.log_in
$$;

create or replace function sec.child_of_pages() returns uuid
    language sql stable security definer set search_path = '' as $$
    select l.child_id from sec.live s join public.cases_familylogin l on l.id = s.log_in
$$;

-- Whether a signatory of a pathway is the one who asks: the child itself, or the one around it that the row names, by what
-- holds about that person today.
create or replace function sec.is_me(wanted uuid, as_kind text, related uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from sec.live s
        join public.cases_familylogin l on l.id = s.log_in
        join public.cases_pathway p on p.id = wanted and p.child_id = l.child_id
        where sec.works(l.id) and case
            when as_kind = 'child' then related is null and l.identity = l.child_id
            when as_kind in ('parent', 'foster_parent') then exists (
                select 1 from public.cases_relatedperson r
                where r.id = related and r.child_id = l.child_id and r.identity = l.identity
                  and r.from_on <= (sec.now() at time zone 'Europe/Oslo')::date
                  and (r.until_on is null or r.until_on > (sec.now() at time zone 'Europe/Oslo')::date)
                  and not exists (select 1 from public.cases_relatedperson n where n.replaces_id = r.id))
            else false end)
$$;

-- A consent that is taken back opens nothing from that instant: what it opened for a service, and for those who answer by a
-- link on it, ends in the same transaction. The owner writes it down, or one in the family in the owner's name.
create or replace function sec.close_withdrawn() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select 1 from public.cases_pathway p
                   where p.id = new.pathway_id and p.author_service_id = new.author_service_id) then
        return null;
    end if;
    update public.cases_participation a set ends_at = greatest(a.starts_at, sec.now())
    where a.pathway_id = new.pathway_id and a.ground = new.consent_id and a.basis in ('consent', 'asked', 'handed_on')
      and a.ends_at > sec.now();
    return null;
end
$$;
drop trigger if exists closes_at_once on public.cases_consentwithdrawal;
create trigger closes_at_once after insert on public.cases_consentwithdrawal
    for each row execute function sec.close_withdrawn();

-- Makes the table of sight say what the consents of one pathway open, after one in the family has answered: as the program
-- has worked it out by its one rule (`participants.sights`) and signed. Of consents that nobody has taken back, and of the
-- child whose pages they are; what is not among them ends, and what is seen by a link on it. So do offers of the case:
-- `lasting` says until when each service may be offered it (`participants.offers_last`); the ids of those that were taken
-- back are given. And passports that were sent: `carrying` says until when each consent carries one
-- (`participants.passports_last`).
create or replace function sec.put_consented(wanted uuid, opened jsonb, lasting jsonb, carrying jsonb, mac bytea)
    returns setof uuid
    language plpgsql security definer set search_path = '' as $$
declare
    case_of record;
begin
    perform sec.must_be_signed(concat_ws('|', 'put_consented', wanted, opened, lasting, carrying), mac);
    select p.id, p.child_id, p.author_service_id as owner, p.contact_person_id as contact into case_of
    from public.cases_pathway p
    join sec.live s on true
    join public.cases_familylogin l on l.id = s.log_in and l.child_id = p.child_id and sec.works(l.id)
    where p.id = wanted;
    if case_of.id is null then
        raise exception 'not of this family' using errcode = 'insufficient_privilege';
    end if;
    update public.cases_participation a
    set ends_at = coalesce(
        (select o.ends_at from jsonb_to_recordset(opened) as o (ground uuid, starts_at timestamptz, ends_at timestamptz)
         where o.ground = a.ground and o.starts_at = a.starts_at),
        greatest(a.starts_at, least(a.ends_at, sec.now())))
    where a.pathway_id = wanted and a.basis = 'consent';
    insert into public.cases_participation
        (id, child_id, owner_service_id, pathway_id, service_id, basis, ground, kinds, purpose, starts_at, ends_at, whose,
         contact_person_id, next_step, next_due, moved_on)
    select gen_random_uuid(), case_of.child_id, case_of.owner, wanted, c.recipient_id, 'consent', c.id, c.kinds,
           'contact_health', o.starts_at, o.ends_at, 0, case_of.contact, '', '9999-01-01',
           (sec.now() at time zone 'Europe/Oslo')::date
    from jsonb_to_recordset(opened) as o (ground uuid, starts_at timestamptz, ends_at timestamptz)
    join public.cases_consent c on c.id = o.ground and c.pathway_id = wanted
    where o.ends_at > sec.now() and o.starts_at < o.ends_at
      and not exists (select 1 from public.cases_consentwithdrawal w where w.consent_id = c.id)
      and not exists (select 1 from public.cases_participation a
                      where a.pathway_id = wanted and a.basis = 'consent' and a.ground = c.id
                        and a.starts_at = o.starts_at);
    -- Those who have been let in find the child by its name, as the owner does.
    insert into public.cases_namekey (service_id, key, child_id)
    select distinct a.service_id, k.key, a.child_id
    from public.cases_participation a
    join public.cases_namekey k on k.child_id = a.child_id and k.service_id = case_of.owner
    where a.pathway_id = wanted and a.basis = 'consent' and a.service_id is not null
    on conflict do nothing;
    -- What is seen by a link ends with the consent that it was sent on.
    update public.cases_participation a
    set ends_at = greatest(a.starts_at, least(a.ends_at, coalesce(
        (select max(c.ends_at) from public.cases_participation c
         where c.pathway_id = wanted and c.basis = 'consent' and c.ground = a.ground and c.starts_at <= sec.now()),
        sec.now())))
    where a.pathway_id = wanted and a.basis = 'asked' and a.ends_at > sec.now()
      and exists (select 1 from public.cases_consent c where c.id = a.ground);
    update public.cases_participation a
    set ends_at = greatest(a.starts_at, least(a.ends_at, coalesce(
        (select o.until from jsonb_to_recordset(carrying) as o (ground uuid, until timestamptz) where o.ground = a.ground),
        sec.now())))
    where a.pathway_id = wanted and a.basis = 'handed_on' and a.ends_at > sec.now();
    perform sec.end_old_offers(), sec.forget_passports();
    update public.cases_move m set expires_at = o.until
    from jsonb_to_recordset(lasting) as o (service uuid, until timestamptz)
    where m.pathway_id = wanted and m.to_service_id = o.service
      and m.answered_at is null and m.withdrawn_at is null and m.expires_at > sec.now();
    return query
        update public.cases_move m set withdrawn_at = sec.now(), packet = null
        where m.pathway_id = wanted and m.answered_at is null and m.withdrawn_at is null and m.expires_at > sec.now()
          and m.to_service_id not in (select o.service from jsonb_to_recordset(lasting) as o (service uuid))
        returning m.id;
end
$$;

-- A log-in that is taken back, and a child whose address is protected, end the sessions at once; the child's own goes on.
create or replace function sec.end_family_sessions() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update sec.session u set ended_at = sec.now()
    from public.cases_familylogin l
    where u.log_in = l.id and u.ended_at is null and new.id in (l.id, l.child_id) and not sec.works(l.id);
    return null;
end
$$;
drop trigger if exists ends_sessions on public.cases_familylogin;
create trigger ends_sessions after update of ends_at on public.cases_familylogin
    for each row execute function sec.end_family_sessions();
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

-- A decision about one in a family holds until the next about the same one: that it does no more is written on it.
create or replace function sec.replace_decision() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update public.cases_familydecision d set replaced_at = new.decided_at
    where d.child_id = new.child_id and d.identity = new.identity and d.number < new.number and d.replaced_at is null;
    return null;
end
$$;
drop trigger if exists replaces_a_decision on public.cases_familydecision;
create trigger replaces_a_decision after insert on public.cases_familydecision
    for each row execute function sec.replace_decision();

-- Sends the contact person word that one in a family has written, once: the same text as always, to the addresses that they
-- have. Who it is from and what it says stands in no message.
create or replace function sec.tell_of_letter(wanted uuid, expires interval, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    about record;
    made uuid;
begin
    perform sec.must_be_signed('tell_of_letter|' || wanted, mac);
    select l.id, l.owner_service_id as owner, coalesce(p.id, l.child_id) as subject, p.contact_person_id as contact,
           i.person_id as writer
    into about
    from public.cases_letter l
    join sec.live s on s.party = l.identity
    join public.cases_familylogin i on i.id = s.log_in
    left join lateral (
        select c.id, c.contact_person_id from public.cases_pathway c where c.child_id = l.child_id
        order by c.status in ('under_assessment', 'under_way') desc, c.opened_on desc limit 1) p on true
    where l.id = wanted and l.written_by_id is null;
    if about.id is null then
        return;
    end if;
    insert into public.post_message (id, sort, subject, kind, item, author_service_id, recorded_by_id, recorded_at,
                                     to_service_id, to_person_id, once, wants_answer, expires_at)
    values (gen_random_uuid(), 'notice', about.subject, 4, wanted, about.owner, about.writer, sec.now(), about.owner,
            about.contact, 'letter:' || wanted, false, sec.now() + expires)
    on conflict do nothing returning id into made;
    if made is not null then
        perform sec.send_by_every_way(made, about.owner, about.contact);
    end if;
end
$$;

-- Sends the service that saw something on a consent word that it is closed, once, when the consent was taken back or somebody's
-- no stopped it (`wanted` is that row): the same text as always. Whose it was stands in no message. It is no silence if nobody
-- opens it: there is nothing to open.
create or replace function sec.tell_of_closing(wanted uuid, expires interval, mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    about record;
    made uuid;
begin
    perform sec.must_be_signed('tell_of_closing|' || wanted, mac);
    select w.id, w.pathway_id as subject, w.kind, w.author_service_id as owner, c.recipient_id as recipient,
           w.recorded_by_id as writer
    into about
    from (select t.id, t.pathway_id, t.kind, t.author_service_id, t.recorded_by_id, t.consent_id
          from public.cases_consentwithdrawal t
          union all
          select s.id, s.pathway_id, s.kind, s.author_service_id, s.recorded_by_id, s.consent_id
          from public.cases_consentsignature s where s.answer = 'no') w
    join public.cases_consent c on c.id = w.consent_id and c.pathway_id = w.pathway_id
    join public.cases_pathway p on p.id = w.pathway_id
    where w.id = wanted
      and (w.author_service_id = sec.service() and w.recorded_by_id = sec.person()
           or exists (select 1 from sec.live s join public.cases_familylogin i on i.id = s.log_in
                      where i.child_id = p.child_id and i.person_id = w.recorded_by_id))
      -- What was kept from the service by an explicit no it has not lost, and is not to learn that it ever was there.
      and exists (select 1 from generate_series(0, 30) n
                  where (c.kinds & (1 << n)) <> 0
                    and not sec.is_taken_from(p.child_id, 1 << n, null, c.recipient_id, null));
    if about.id is null or about.recipient is null or about.recipient = about.owner then
        return false;
    end if;
    insert into public.post_message (id, sort, subject, kind, item, author_service_id, recorded_by_id, recorded_at,
                                     to_service_id, once, wants_answer, expires_at)
    values (gen_random_uuid(), 'notice', about.subject, about.kind, wanted, about.owner, about.writer, sec.now(),
            about.recipient, 'closed:' || wanted, false, sec.now() + expires)
    on conflict do nothing returning id into made;
    if made is not null then
        perform sec.send_by_every_way(made, about.recipient, null);
    end if;
    return made is not null;
end
$$;

-- What the service of the one who asks has been told is closed, the newest first, for as long as the word lasts: when, and
-- which service's case it was. Nothing of whom.
create or replace function sec.told_of_closings() returns table (at timestamptz, owner uuid)
    language sql stable security definer set search_path = '' as $$
    select m.recorded_at, m.author_service_id
    from public.post_message m
    where m.to_service_id = sec.service() and m.sort = 'notice' and m.once = 'closed:' || m.item and m.expires_at > sec.now()
    order by m.recorded_at desc limit 20
$$;

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
-- whose consent the asker can see, and whoever used break-glass; newest first, or `one` alone. What the family itself has
-- looked at is shown to nobody. Which page it was is told as little of as will do: that an owner looked at what is withheld
-- from somebody would say that something is. Which pages are `lists`, the program says and signs.
create or replace function sec.looks_for_family(wanted uuid, one uuid, before_at timestamptz, before_id uuid, most int,
                                                lists text, mac bytea)
    returns table (id uuid, at timestamptz, service uuid, role text, kind text, purpose text, about text)
    language plpgsql stable security definer set search_path = '' as $$
declare
    asker record;
    owner uuid;
begin
    perform sec.must_be_signed('looks_for_family|' || lists, mac);
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
        select l.id, l.at, l.service_id, l.role::text,
               case when glass.used then 'glass' when l.ground = 'research' then 'research'
                    when l.action = any (string_to_array(lists, ' ')) then 'list' else 'case' end,
               l.purpose::text,
               (select concat_ws(': ', e.project, e.purpose) from public.insight_researchextract e
                where e.id = l.asked_id and l.ground = 'research')
        from public.log_accesslog l
        cross join lateral (
            select 'break_glass' = any (string_to_array(l.ground, ' ')) or l.action = 'break_glass') glass (used)
        where l.children @> array[wanted] and l.allowed and l.service_id is not null and (one is null or l.id = one)
          and (before_at is null or (l.at, l.id) < (before_at, before_id))
          and (l.service_id = owner or glass.used or l.ground = 'research'
               or exists (select 1 from public.cases_consent k join public.cases_pathway p on p.id = k.pathway_id
                          where p.child_id = wanted and k.recipient_id = l.service_id
                            and not sec.is_taken(wanted, k.kind, k.id)))
        order by l.at desc, l.id desc limit most;
end
$$;
