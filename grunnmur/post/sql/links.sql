-- Answering by a link: what the program may know of one before anybody has proved who they are, and the session of the one
-- who has. Signed by the program, which alone can make the link's address.

-- Whether anything is still seen by a link: it is not taken back, and what it rests on has not ended.
create or replace function sec.link_shows(wanted uuid) returns boolean
    language sql stable set search_path = '' as $$
    select exists (select 1 from public.cases_participation a
                   where a.only_for = wanted and a.starts_at <= sec.now() and a.ends_at > sec.now())
       and not exists (select 1 from public.post_fact f join public.post_link l on l.message_id = f.message_id
                       where l.id = wanted and f.fact = 'recalled')
$$;

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

-- Opens a session for the one that the link is for, who has just proved it. Who that is, is one person from then on. Returns
-- false when the link has run out or shows nothing any more.
create or replace function sec.open_link_session(token_sha256 bytea, wanted uuid, lasts interval, idle interval, mac bytea)
    returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    mine record;
begin
    perform sec.must_be_signed(concat_ws('|', 'open_link', encode(token_sha256, 'hex'), wanted), mac);
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
           least(sec.now() + lasts, mine.expires_at), idle, sec.now()
    from sec.ceiling c where c.role = 'link';
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
