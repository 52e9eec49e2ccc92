-- Grants: the county governor's own staff call, assess, award and pay; a municipality's leaders apply and report.

create or replace function sec.today() returns date
    language sql stable set search_path = '' as $$
    select (sec.now() at time zone 'Europe/Oslo')::date
$$;

-- Whether the one who asks works for the county governor that this service is.
create or replace function sec.governs(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from sec.live s join public.directory_service v on v.id = s.service
        where v.id = wanted and v.kind = 'county_governor' and s.role = 'county_governor_staff')
$$;

create or replace function sec.is_decided(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.stewardship_grantdecision d where d.call_id = wanted)
$$;

-- The calls of the county governor that the one who asks works for.
create or replace function sec.calls_of_mine() returns uuid[]
    language sql stable security definer set search_path = '' as $$
    select coalesce(array_agg(c.id), '{}') from public.stewardship_grantcall c where sec.governs(c.service_id)
$$;

-- Whether the one who asks may apply so now: a leader, of a municipality in the counties of the one who calls, through the
-- last day, and as the next version.
create or replace function sec.may_apply(wanted uuid, place text, purpose text, next_version int) returns boolean
    language sql stable security definer set search_path = '' as $$
    select coalesce(place = sec.leads(), false) and not sec.is_decided(wanted)
        and exists (
            select 1 from public.stewardship_grantcall c
            join public.directory_service v on v.id = c.service_id
            join public.directory_municipality m on m.county = any(v.counties)
            where c.id = wanted and m.number = place and c.opens_on <= sec.today() and c.closes_on >= sec.today())
        and next_version = 1 + coalesce((
            select max(a.version) from public.stewardship_grantapplication a
            where a.call_id = wanted and a.municipality_id = place and a.purpose = may_apply.purpose), 0)
$$;

-- Whether the one who asks may assess this now: the newest version of an application, when nobody can apply any more and
-- nothing is decided, and as the next version.
create or replace function sec.may_assess_grant(wanted uuid, next_version int) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
            select 1 from public.stewardship_grantapplication a join public.stewardship_grantcall c on c.id = a.call_id
            where a.id = wanted and sec.governs(c.service_id) and not sec.is_decided(c.id)
              and sec.today() > c.closes_on and not exists (
                select 1 from public.stewardship_grantapplication n
                where n.call_id = a.call_id and n.municipality_id = a.municipality_id and n.purpose = a.purpose
                  and n.version > a.version))
        and next_version = 1 + coalesce((
            select max(s.version) from public.stewardship_grantassessment s where s.application_id = wanted), 0)
$$;

-- Whether the one who asks may give out a call now: every municipality that applied has been assessed.
create or replace function sec.may_decide(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
            select 1 from public.stewardship_grantcall c
            where c.id = wanted and sec.governs(c.service_id) and sec.today() > c.closes_on)
        and not exists (
            select 1 from (
                select distinct on (a.municipality_id, a.purpose) a.id from public.stewardship_grantapplication a
                where a.call_id = wanted order by a.municipality_id, a.purpose, a.version desc) newest
            where not exists (
                select 1 from public.stewardship_grantassessment s where s.application_id = newest.id))
$$;

-- Whether a decision is the one who asks' own of this moment, and the municipality has applied for this. What adds up is
-- seen to by `sec.must_add_up`, so nothing can come in later.
create or replace function sec.may_award(wanted uuid, place text, purpose text) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from public.stewardship_grantdecision d join public.stewardship_grantcall c on c.id = d.call_id
        join public.stewardship_grantapplication a on a.call_id = c.id
        where d.id = wanted and sec.governs(c.service_id) and a.municipality_id = place and a.purpose = may_award.purpose)
$$;

-- The service that has given an award.
create or replace function sec.given_by(wanted uuid) returns uuid
    language sql stable security definer set search_path = '' as $$
    select c.service_id from public.stewardship_grantaward w
    join public.stewardship_grantdecision d on d.id = w.decision_id
    join public.stewardship_grantcall c on c.id = d.call_id
    where w.id = wanted
$$;

-- Whether an award is of the municipality that the one who asks leads.
create or replace function sec.is_given_to_mine(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from public.stewardship_grantaward w where w.id = wanted and w.municipality_id = sec.leads())
$$;

create or replace function sec.may_pay(wanted uuid, next_version int, on_day date) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sec.governs(sec.given_by(wanted)) and on_day <= sec.today()
        and next_version = 1 + (select count(*) from public.stewardship_grantpayment p where p.award_id = wanted)
$$;

-- Whether the one who asks may tell this of a year: a leader of the municipality that was given it, of a year that has come.
create or replace function sec.may_report(wanted uuid, of_year int, next_version int) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sec.is_given_to_mine(wanted)
        and of_year <= extract(year from sec.today())
        and of_year >= (
            select c.year from public.stewardship_grantaward w
            join public.stewardship_grantdecision d on d.id = w.decision_id
            join public.stewardship_grantcall c on c.id = d.call_id where w.id = wanted)
        and next_version = 1 + coalesce((
            select max(r.version) from public.stewardship_grantreport r
            where r.award_id = wanted and r.year = of_year), 0)
$$;

-- What an award was to move, by the newest version of what was applied for.
create or replace function sec.promised(wanted uuid) returns text[]
    language sql stable security definer set search_path = '' as $$
    select a.indicators::text[] from public.stewardship_grantaward w
    join public.stewardship_grantdecision d on d.id = w.decision_id
    join public.stewardship_grantapplication a on a.call_id = d.call_id and a.municipality_id = w.municipality_id
        and a.purpose = w.purpose
    where w.id = wanted order by a.version desc limit 1
$$;

-- A decision gives out the whole frame, or says what is left over; and a call that is decided is not changed.
create or replace function sec.must_add_up() returns trigger
    language plpgsql security definer set search_path = '' as $$
declare
    wanted uuid := case tg_table_name when 'stewardship_grantaward' then to_jsonb(new) ->> 'decision_id'
                                      else to_jsonb(new) ->> 'id' end;
begin
    if exists (
        select 1 from public.stewardship_grantdecision d join public.stewardship_grantcall c on c.id = d.call_id
        where d.id = wanted and c.frame <> d.left_over + coalesce((
            select sum(w.bound + w.free) from public.stewardship_grantaward w where w.decision_id = wanted), 0)) then
        raise exception 'the awards of a call and what is left over do not add up to its frame'
            using errcode = 'check_violation';
    end if;
    return null;
end
$$;

-- Never more is paid than was awarded, nor more paid back than was paid.
create or replace function sec.must_be_covered() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (
        select 1 from public.stewardship_grantaward w
        where w.id = new.award_id and (
            select sum(p.amount) from public.stewardship_grantpayment p where p.award_id = w.id)
            between 0 and w.bound + w.free) then
        raise exception 'more is paid than was awarded, or paid back than was paid' using errcode = 'check_violation';
    end if;
    return null;
end
$$;

-- A report tells of everything that the award was to move, and all its years together spend no more than was awarded.
create or replace function sec.must_be_told() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    if (select array_agg(e.indicator::text order by e.indicator) from public.stewardship_granteffect e
        where e.report_id = new.id)
        is distinct from (select array_agg(one order by one) from unnest(sec.promised(new.award_id)) one) then
        raise exception 'a report tells of everything that the grant was to move' using errcode = 'check_violation';
    end if;
    if (select sum(newest.spent) from (
            select distinct on (r.year) r.spent from public.stewardship_grantreport r
            where r.award_id = new.award_id order by r.year, r.version desc) newest)
        > (select w.bound + w.free from public.stewardship_grantaward w where w.id = new.award_id) then
        raise exception 'more is spent than was awarded' using errcode = 'check_violation';
    end if;
    return null;
end
$$;

do $$
declare
    guard record;
begin
    for guard in select * from (values
        ('adds_up', 'stewardship_grantdecision', 'must_add_up', 'deferred'),
        ('adds_up', 'stewardship_grantaward', 'must_add_up', 'deferred'),
        ('is_covered', 'stewardship_grantpayment', 'must_be_covered', 'immediate'),
        ('is_told', 'stewardship_grantreport', 'must_be_told', 'deferred')) as g (name, of_table, by_function, first)
    loop
        execute format('drop trigger if exists %I on public.%I', guard.name, guard.of_table);
        execute format('create constraint trigger %I after insert on public.%I deferrable initially %s'
                       ' for each row execute function sec.%I()',
                       guard.name, guard.of_table, guard.first, guard.by_function);
    end loop;
end
$$;
