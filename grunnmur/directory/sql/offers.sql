-- «Hvor kan jeg få hjelp?»: what is counted of questions that had no answer, by anyone at all. Never who, never the words:
-- the need is a key of ours, and nothing else fits in the column.
create or replace function sec.count_unanswered(place text, key text) returns void
    language sql security definer set search_path = '' as $$
    insert into public.directory_unanswered (municipality_id, month, need, times)
    select m.number, date_trunc('month', sec.now() at time zone 'Europe/Oslo')::date, key, 1
    from public.directory_municipality m where m.number = place
    on conflict (municipality_id, month, need) do update set times = directory_unanswered.times + 1
$$;

-- Whether an instant that the program wrote down is no later than now, but for what two clocks may differ by.
create or replace function sec.has_been(wanted timestamptz) returns boolean
    language sql volatile set search_path = '' as $$
    select wanted <= greatest(sec.now(), clock_timestamp()) + interval '1 minute'
$$;

-- Whether an offer is the service's that the one who asks acts for: its newest version is. A first version is nobody's to
-- write here.
create or replace function sec.may_describe(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce((select o.service_id = sec.service() from public.directory_offer o
                     where o.offer = wanted order by o.recorded_at desc limit 1), false)
$$;

-- The municipality whose proposals the one who asks sees and makes: that of the service; none for a service of the region,
-- or for a home where children live.
create or replace function sec.municipality() returns text
    language sql stable security definer set search_path = '' as $$
    select v.municipality_id from public.directory_service v
    where v.id = sec.service() and v.kind not in ('foster_home', 'institution')
$$;

-- Whether a proposal is of that municipality.
create or replace function sec.is_of_mine(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce((select r.municipality_id = sec.municipality()
                     from public.directory_responsibility r where r.id = wanted), false)
$$;

-- Whether the one who asks may say yes or no to a proposal: the chief physician of its municipality, who is not the one who
-- made it. Which role it is, is our own choice; that they are two, is what makes it an approval.
create or replace function sec.may_approve(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce((select s.role = 'chief_physician' and r.recorded_by_id is distinct from s.person
                            and r.municipality_id = v.municipality_id
                     from sec.live s
                     join public.directory_service v on v.id = s.service
                     join public.directory_responsibility r on r.id = wanted), false)
$$;
