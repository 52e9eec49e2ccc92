-- The municipality that the one who asks leads child welfare or health in; none for anybody else. That the chief physician
-- speaks for health is our own choice.
create or replace function sec.leads() returns text
    language sql stable security definer set search_path = '' as $$
    select v.municipality_id from sec.live s join public.directory_service v on v.id = s.service
    where (s.role, v.kind) in (('leader', 'child_welfare'), ('chief_physician', 'chief_physician'))
$$;

-- The municipalities whose answers to findings the one who asks sees: the leader's own, or those of the county governor's
-- counties.
create or replace function sec.supervised() returns text[]
    language sql stable security definer set search_path = '' as $$
    select coalesce(array_agg(m.number::text), '{}')
    from sec.live s
    join public.directory_service v on v.id = s.service
    join public.directory_municipality m on m.number = sec.leads()
        or (s.role = 'county_governor_staff' and v.kind = 'county_governor' and m.county = any(v.counties))
$$;

-- Whether the one who asks may say this of a finding now: a leader in the municipality, as the next version, and that it is
-- mended only of what the municipality had.
create or replace function sec.may_follow_up(place text, wanted text, next_version int, said text) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and next_version = 1 + coalesce((select max(f.version) from public.stewardship_followup f
                                         where f.municipality_id = place and f.finding = wanted), 0)
        and (said <> 'mended' or exists (
            select 1 from public.stewardship_followup f
            where f.municipality_id = place and f.finding = wanted and f.version = next_version - 1
              and f.answer <> 'not_ours'))
$$;
