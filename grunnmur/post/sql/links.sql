-- Answering by a link: what the program may know of one before anybody has proved who they are, and the session of the one
-- who has. Signed by the program, which alone can make the link's address.

-- Whether a code is enough now for what a service sends about a case: the municipality has decided so, and the child's
-- address is not protected. Runs as whoever calls it.
create or replace function sec.code_is_enough(pathway uuid, sender uuid) returns boolean
    language sql stable set search_path = '' as $$
    select exists (select 1 from public.directory_service v
                   where v.id = sender and sec.code_enough_until(v.municipality_id) is not null)
       and exists (select 1 from public.cases_pathway p join public.cases_child c on c.id = p.child_id
                   where p.id = pathway and c.address_protection = 'none')
$$;

-- Whether anything is still seen by a link: it is not taken back, what it rests on has not ended, and where a code opens it
-- a code is still enough.
create or replace function sec.link_shows(wanted uuid) returns boolean
    language sql stable set search_path = '' as $$
    select exists (select 1 from public.cases_participation a
                   where a.only_for = wanted and a.starts_at <= sec.now() and a.ends_at > sec.now())
       and not exists (select 1 from public.post_fact f join public.post_link l on l.message_id = f.message_id
                       where l.id = wanted and f.fact in ('recalled', 'closed'))
       and not exists (select 1 from public.post_link l join public.post_message m on m.id = l.message_id
                       where l.id = wanted and l.proof = 'code' and not sec.code_is_enough(m.subject, m.author_service_id))
$$;

-- --- where a code by SMS is enough -----------------------------------------------------------------------------------

-- Refuses a link that a code would open where it is not enough: about anything but who the child is (1) and who does what (2),
-- about minutes or a passport, which tell what was said and found, or for longer than the decision lasts. Of a link and the
-- end of the decision at once, whichever comes last sees the other.
create or replace function sec.guard_code_link() returns trigger
    language plpgsql security definer set search_path = '' as $$
declare
    place text := (select v.municipality_id from public.post_message m
                   join public.directory_service v on v.id = m.author_service_id where m.id = new.message_id);
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('code decision ' || place, 0));
    if not exists (
        select 1 from public.post_message m
        where m.id = new.message_id and m.sort in ('question', 'invitation') and m.kind in (1, 2)
          and sec.code_is_enough(m.subject, m.author_service_id)
          and m.expires_at <= sec.code_enough_until(place)::timestamp at time zone 'Europe/Oslo')
    then
        raise exception 'a code is not enough for this' using errcode = 'check_violation';
    end if;
    return null;
end
$$;
drop trigger if exists guards_code_link on public.post_link;
create trigger guards_code_link after insert on public.post_link
    for each row when (new.proof = 'code') execute function sec.guard_code_link();

-- Refuses to let a link that a code opens see more than that, whoever writes it and however it came to be so.
create or replace function sec.guard_sight_by_code() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    if exists (select 1 from public.post_link l where l.id = new.only_for and l.proof = 'code') then
        raise exception 'a code is not enough for this' using errcode = 'check_violation';
    end if;
    return null;
end
$$;
drop trigger if exists guards_sight_by_code on public.cases_participation;
create trigger guards_sight_by_code after insert or update of kinds on public.cases_participation
    for each row when (new.basis in ('asked', 'handed_on') and (new.kinds & ~3) <> 0)
    execute function sec.guard_sight_by_code();

-- Closes links that a code opens: they show nothing from now on, also to one who has come in, and of those that wait for an
-- answer their senders are told. Runs as whoever calls it, so it is of no use to the runtime role.
create or replace function sec.close_code_links(wanted uuid[]) returns void
    language sql set search_path = '' as $$
    insert into public.post_fact (id, message_id, attempt, fact, code, at)
    select gen_random_uuid(), l.message_id, 0, 'closed', '', sec.now()
    from public.post_link l join public.post_message m on m.id = l.message_id
    where l.id = any(wanted) and l.proof = 'code' and m.expires_at > sec.now()
      and not exists (select 1 from public.post_fact f where f.message_id = l.message_id
                      and f.fact in ('recalled', 'over'))
    on conflict do nothing;
    update public.cases_participation a set ends_at = greatest(a.starts_at, sec.now())
    where a.basis = 'asked' and a.ends_at > sec.now()
      and a.only_for in (select l.id from public.post_link l where l.id = any(wanted) and l.proof = 'code');
$$;

-- When a municipality ends its decision, every link that a code opens and that one of its services has sent is closed.
create or replace function sec.close_with_decision() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('code decision ' || new.municipality_id, 0));
    perform sec.close_code_links(array(
        select l.id from public.post_link l
        join public.post_message m on m.id = l.message_id
        join public.directory_service v on v.id = m.author_service_id
        where l.proof = 'code' and v.municipality_id = new.municipality_id));
    return null;
end
$$;
drop trigger if exists closes_code_links on public.stewardship_codedecision;
create trigger closes_code_links after insert on public.stewardship_codedecision
    for each row when (new.ends_on is null) execute function sec.close_with_decision();

-- When a child's address becomes protected, so is every such link about it.
create or replace function sec.close_with_protection() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.close_code_links(array(
        select a.only_for from public.cases_participation a
        where a.child_id = new.id and a.basis = 'asked' and a.ends_at > sec.now()));
    return null;
end
$$;
drop trigger if exists closes_code_links on public.cases_child;
create trigger closes_code_links after update of address_protection on public.cases_child
    for each row when (new.address_protection <> 'none') execute function sec.close_with_protection();

-- A new code for a link, to the mobile that its sender confirmed: it goes by the post as everything else, and the one before is
-- worth nothing; but a second press within the pause is the same as the first. Gives the delivery; none when the link cannot be
-- opened, or not by a code.
create or replace function sec.send_link_code(wanted uuid, delivery uuid, keyed bytea, lasts interval, pause interval, mac bytea)
    returns uuid
    language plpgsql security definer set search_path = '' as $$
declare
    before public.post_linkcode;
begin
    perform sec.must_be_signed(concat_ws('|', 'send_code', wanted, delivery, encode(keyed, 'hex')), mac);
    perform 1 from public.post_link l join public.post_message m on m.id = l.message_id
    where l.id = wanted and l.proof = 'code' and m.expires_at > sec.now() and sec.link_shows(l.id)
    for update of l;
    if not found then
        return null;
    end if;
    select c.* into before from public.post_linkcode c where c.link_id = wanted and c.ended_at is null;
    if before.tries = 0 and before.expires_at > sec.now() + lasts - pause then
        return before.delivery_id;
    end if;
    update public.post_linkcode c set ended_at = sec.now() where c.link_id = wanted and c.ended_at is null;
    insert into public.post_delivery (id, message_id, channel, address_id, made_at, attempts, due_at)
    select delivery, l.message_id, 'code', a.id, sec.now(), 0, sec.now()
    from public.post_link l
    join public.post_address a on a.message_id = l.message_id and a.channel = 'sms' and a.ended_at is null
    where l.id = wanted;
    if not found then
        return null;
    end if;
    insert into public.post_linkcode (delivery_id, link_id, keyed, expires_at, tries)
    values (delivery, wanted, send_link_code.keyed, sec.now() + lasts, 0);
    return delivery;
end
$$;

-- Opens a session for whoever typed the newest code of a link in its time, once. False when it is another, when it has run out or
-- been used, when others were typed too many times before, or when the link shows nothing any more: the five cannot be told
-- apart. What is typed comes as it is kept, under a key that is the program's.
create or replace function sec.try_link_code(token_sha256 bytea, wanted uuid, typed bytea, most int, lasts interval, idle interval,
                                             mac bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    mine public.post_linkcode;
begin
    perform sec.must_be_signed(
        concat_ws('|', 'try_code', encode(token_sha256, 'hex'), wanted, encode(typed, 'hex'), most), mac);
    select c.* into mine from public.post_linkcode c
    where c.link_id = wanted and c.ended_at is null and c.expires_at > sec.now() and c.tries < most
    for update of c;
    if not found then
        return false;
    end if;
    if mine.keyed <> typed then
        update public.post_linkcode c set tries = c.tries + 1 where c.delivery_id = mine.delivery_id;
        return false;
    end if;
    update public.post_linkcode c set ended_at = sec.now() where c.delivery_id = mine.delivery_id;
    return sec.begin_link_session(token_sha256, wanted, lasts, idle, 'link_by_code');
end
$$;

-- --- coming in --------------------------------------------------------------------------------------------------------

-- The proof that a link asks for, whether it can still be used, and nothing of what it is about.
create or replace function sec.link_asks(wanted uuid, mac bytea)
    returns table (proof text, code bytea, state text)
    language plpgsql stable security definer set search_path = '' as $$
begin
    perform sec.must_be_signed('link|' || wanted, mac);
    return query
        select l.proof::text, l.proof_code,
               case when m.expires_at <= sec.now() then 'expired' when sec.link_shows(l.id) then 'open' else 'recalled' end
        from public.post_link l join public.post_message m on m.id = l.message_id
        where l.id = wanted;
end
$$;

-- Opens a session for the one that the link is for, whose eID has just vouched for the number; of a link that a code opens,
-- `sec.try_link_code` does. Returns false when the link has run out or shows nothing any more.
create or replace function sec.open_link_session(token_sha256 bytea, wanted uuid, lasts interval, idle interval, mac bytea)
    returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_be_signed(concat_ws('|', 'open_link', encode(token_sha256, 'hex'), wanted), mac);
    return exists (select 1 from public.post_link l where l.id = wanted and l.proof <> 'code')
        and sec.begin_link_session(token_sha256, wanted, lasts, idle, 'link');
end
$$;

-- The session itself, which sees no more than is for who came in so (`as_whom`). Who that is, is one person from the first time on.
-- Runs as whoever calls it, so it is of no use to the runtime role.
create or replace function sec.begin_link_session(token_sha256 bytea, wanted uuid, lasts interval, idle interval, as_whom text)
    returns boolean
    language plpgsql set search_path = '' as $$
declare
    mine record;
begin
    select l.id, l.name, l.person_id, l.role, m.to_service_id, m.expires_at into mine
    from public.post_link l join public.post_message m on m.id = l.message_id
    where l.id = wanted and m.expires_at > sec.now() and sec.link_shows(l.id)
    for update of l;
    if not found then
        return false;
    end if;
    if mine.person_id is null then
        mine.person_id := gen_random_uuid();
        insert into public.directory_person (id, name) values (mine.person_id, mine.name);
        update public.post_link l set person_id = mine.person_id where l.id = wanted;
    end if;
    insert into sec.session (token_sha256, party, for_person, for_service, as_role, purpose, kinds, opened_at, seen_at,
                             expires_at, idle, strong_at)
    select token_sha256, wanted, mine.person_id, mine.to_service_id, mine.role, c.purpose, c.kinds, sec.now(), sec.now(),
           least(sec.now() + lasts, mine.expires_at), idle, case when c.role = 'link' then sec.now() end
    from sec.ceiling c where c.role = as_whom;
    return true;
end
$$;

-- Binds the token of one who answers by a link to this transaction, and says who it is and what was asked.
create or replace function sec.enter_link(token text)
    returns table (person uuid, person_name text, service uuid, service_name text, service_kind text, municipality text,
                   role text, expires_at timestamptz, purpose text, kinds int, link uuid, subject uuid, item uuid, sort text)
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('sec.token', token, true);
    perform sec.note_use();
    return query
        select s.for_person, p.name::text, s.for_service, v.name::text, v.kind::text, v.municipality_id::text, s.as_role,
               s.expires_at, s.purpose, s.kinds, l.id, m.subject, m.item, m.sort::text
        from sec.live s
        join public.post_link l on l.id = s.party
        join public.post_message m on m.id = l.message_id
        join public.directory_person p on p.id = s.for_person
        join public.directory_service v on v.id = s.for_service;
end
$$;

-- A link that is taken back takes its sessions with it.
create or replace function sec.end_with_link() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update sec.session u set ended_at = sec.now()
    where u.party = (select l.id from public.post_link l where l.message_id = new.message_id) and u.ended_at is null;
    return null;
end
$$;
drop trigger if exists ends_sessions on public.post_fact;
create trigger ends_sessions after insert on public.post_fact
    for each row when (new.fact = 'recalled') execute function sec.end_with_link();
