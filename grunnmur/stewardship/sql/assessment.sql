-- Which side of the collaboration the one who asks answers for; none for anybody else.
create or replace function sec.side() returns text
    language sql stable security definer set search_path = '' as $$
    select case s.role when 'leader' then 'child_welfare' when 'chief_physician' then 'health' end
    from sec.live s where sec.leads() is not null
$$;

-- Whether both sides have answered a statement this many times, in a municipality that the one who asks sees; before that
-- neither sees the other's answer.
create or replace function sec.both_assessed(place text, wanted text, times int) returns boolean
    language sql stable security definer set search_path = '' as $$
    select count(*) = 2 from public.stewardship_assessment a
    where a.municipality_id = place and a.statement = wanted and a.version = times and place = any(sec.supervised())
$$;

-- Whether the one who asks may judge a statement now: for the own side, and again only when both have answered.
create or replace function sec.may_assess(place text, wanted text, for_side text, next_version int) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads() and for_side = sec.side(), false)
        and next_version = 1 + coalesce((select max(a.version) from public.stewardship_assessment a
                                         where a.municipality_id = place and a.statement = wanted
                                           and a.side = for_side), 0)
        and (next_version = 1 or sec.both_assessed(place, wanted, next_version - 1))
$$;

-- Whether the one who asks may say what is done about a statement now: a leader in the municipality, when both sides have
-- answered, as the next version, and nothing done on a day that is ahead in Norway.
create or replace function sec.may_act_on_assessment(place text, wanted text, next_version int, done date)
    returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false) and sec.both_assessed(place, wanted, 1)
        and (done is null or done <= (sec.now() at time zone 'Europe/Oslo')::date)
        and next_version = 1 + coalesce((select max(a.version) from public.stewardship_assessmentaction a
                                         where a.municipality_id = place and a.statement = wanted), 0)
$$;
