-- Whether the one who asks may say how it stands with a programme now: a leader in the municipality, as the next version, and
-- since no day that is ahead in Norway.
create or replace function sec.may_register_programme(place text, wanted text, next_version int, begun date)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and (begun is null or begun <= (sec.now() at time zone 'Europe/Oslo')::date)
        and next_version = 1 + coalesce((select max(e.version) from public.stewardship_programmeentry e
                                         where e.municipality_id = place and e.programme = wanted), 0)
$$;

-- Whether the one who asks may register an agreement now: a leader in the municipality, as the next version, signed on no day
-- that is ahead in Norway.
create or replace function sec.may_register_agreement(place text, wanted uuid, next_version int, signed date)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and signed <= (sec.now() at time zone 'Europe/Oslo')::date
        and next_version = 1 + coalesce((select max(a.version) from public.stewardship_agreement a
                                         where a.municipality_id = place and a.agreement = wanted), 0)
$$;
