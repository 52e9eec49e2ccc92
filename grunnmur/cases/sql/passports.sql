-- A passport that was sent as a link: its lines are read by the one who comes in by it, and by nobody else.

-- What it said is not kept when nobody can read it any more, whoever's it was. Whoever deals with consents, offers or
-- passports has it done, as with offers that are over.
create or replace function sec.forget_passports() returns void
    language sql security definer set search_path = '' as $$
    delete from public.cases_passportline l where l.id in (
        select o.id from public.cases_passportline o
        where not exists (select 1 from public.cases_participation a
                          where a.item = o.passport_id and a.pathway_id = o.pathway_id and a.basis = 'handed_on'
                            and a.ends_at > sec.now())
        for update skip locked)
$$;

-- Whether where the child is, is for others to know; the policy that asks may not read the child's own row itself.
create or replace function sec.has_open_address(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.cases_child c where c.id = wanted and c.address_protection = 'none')
$$;
