-- Whether a municipality has decided that a code by SMS is enough to answer a link by. One row in stewardship_codedecision says
-- it until a day, the next can end it; what that does to links is in post/sql/links.sql.

-- The first day on which a code is not enough in a municipality; none when it is not enough now.
create or replace function sec.code_enough_until(place text) returns date
    language sql stable security definer set search_path = '' as $$
    select last.ends_on
    from (select d.ends_on from public.stewardship_codedecision d
          where d.municipality_id = place order by d.version desc limit 1) last
    where last.ends_on > sec.today()
$$;

-- Whether the one who asks may decide this now, as the next version: a leader in the municipality, until a day within a year (our
-- own choice) and no earlier than what holds; or that it ends now (no day), when it holds.
create or replace function sec.may_decide_code(place text, next_version int, until date) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false)
        and next_version = 1 + coalesce((select max(d.version) from public.stewardship_codedecision d
                                         where d.municipality_id = place), 0)
        and case when until is null then sec.code_enough_until(place) is not null
            else until > sec.today() and until <= sec.today() + 366
                and until >= coalesce(sec.code_enough_until(place), until) end
$$;
