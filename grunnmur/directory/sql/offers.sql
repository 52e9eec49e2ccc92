-- «Hvor kan jeg få hjelp?»: what is counted of questions that had no answer, by anyone at all. Never who, never the words:
-- the need is a key of ours, and nothing else fits in the column.
create or replace function sec.count_unanswered(place text, key text) returns void
    language sql security definer set search_path = '' as $$
    insert into public.directory_unanswered (municipality_id, month, need, times)
    select m.number, date_trunc('month', sec.now() at time zone 'Europe/Oslo')::date, key, 1
    from public.directory_municipality m where m.number = place
    on conflict (municipality_id, month, need) do update set times = directory_unanswered.times + 1
$$;

-- The municipality whose service the one who asks acts for; none for a service of the region.
create or replace function sec.municipality() returns text
    language sql stable security definer set search_path = '' as $$
    select v.municipality_id from public.directory_service v where v.id = sec.service()
$$;
