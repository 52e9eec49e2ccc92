-- A case that one child welfare service offers another. Who it is offered to learns by whom, when and whom to call, and
-- nothing of the child; what goes along is given by answering yes, once, in the act itself. An offer rests on a consent
-- and on an address that is for others to know: without either there is none (`participants.follow_consent`).

-- What would have gone along is not kept when nobody took it in time: whoever deals with consents or offers ends those
-- that are over, everybody's.
create or replace function sec.end_old_offers() returns void
    language sql security definer set search_path = '' as $$
    -- One that somebody else is at is left to them, so that nobody waits for anybody's offer.
    update public.cases_move m set withdrawn_at = m.expires_at, packet = null where m.id in (
        select o.id from public.cases_move o
        where o.answered_at is null and o.withdrawn_at is null and o.expires_at <= sec.now()
        for update skip locked)
$$;

create or replace function sec.offers(most int)
    returns table (id uuid, from_service text, phone text, who text, offered_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select m.id, s.name::text, s.phone::text, p.name::text, m.recorded_at
    from public.cases_move m
    join sec.live l on l.service = m.to_service_id and l.role in ('contact_person', 'leader')
    join public.directory_service s on s.id = m.author_service_id
    join public.directory_person p on p.id = m.recorded_by_id
    join public.cases_pathway w on w.id = m.pathway_id
    join public.cases_child c on c.id = w.child_id
    where m.answered_at is null and m.withdrawn_at is null and m.expires_at > sec.now() and c.address_protection = 'none'
    order by m.recorded_at, m.id
    limit most
$$;

create or replace function sec.answer_move(wanted uuid, accepts boolean, why text)
    returns table (packet bytea, child uuid, pathway uuid, from_service uuid)
    language plpgsql security definer set search_path = '' as $$
declare
    asker record;
    found record;
begin
    select l.person, l.service, l.role into asker from sec.live l;
    if asker.person is null or asker.role not in ('contact_person', 'leader') then
        raise exception 'not for this session' using errcode = 'insufficient_privilege';
    end if;
    select m.packet, m.pathway_id, m.author_service_id into found from public.cases_move m
    join public.cases_pathway w on w.id = m.pathway_id
    join public.cases_child c on c.id = w.child_id
    where m.id = wanted and m.to_service_id = asker.service and m.answered_at is null and m.withdrawn_at is null
      and m.expires_at > sec.now() and c.address_protection = 'none'
    for update of m;
    if found.pathway_id is null then
        return;
    end if;
    update public.cases_move m
    set answered_at = sec.now(), answered_by_id = asker.person, answer_reason = why,
        answer = case when accepts then 'accepted' else 'declined' end,
        packet = case when accepts then m.packet end
    where m.id = wanted;
    return query
        select case when accepts then found.packet end, p.child_id, p.id, found.author_service_id
        from public.cases_pathway p where p.id = found.pathway_id;
end
$$;
