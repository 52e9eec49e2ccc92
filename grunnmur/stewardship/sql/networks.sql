-- The network: its county governor's own staff run it, the leaders of the municipalities in its counties are its members.

-- The networks that the one who asks is a member of, or runs.
create or replace function sec.networks() returns uuid[]
    language sql stable security definer set search_path = '' as $$
    select coalesce(array_agg(n.id), '{}') from public.stewardship_network n
    join public.directory_service v on v.id = n.service_id
    where sec.governs(v.id) or exists (
        select 1 from public.directory_municipality m where m.number = sec.leads() and m.county = any(v.counties))
$$;

create or replace function sec.runs(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.stewardship_network n where n.id = wanted and sec.governs(n.service_id))
$$;

-- Whether the one who asks speaks in a network for the municipality, or, where it is none, for the county governor.
create or replace function sec.speaks(wanted uuid, place text) returns boolean
    language sql stable security definer set search_path = '' as $$
    select wanted = any(sec.networks())
        and case when place is null then sec.runs(wanted) else coalesce(place = sec.leads(), false) end
$$;

-- The network of a gathering, of a topic and of a decision.
create or replace function sec.network_of_gathering(wanted uuid) returns uuid
    language sql stable security definer set search_path = '' as $$
    select g.network_id from public.stewardship_gathering g where g.id = wanted
$$;
create or replace function sec.network_of_topic(wanted uuid) returns uuid
    language sql stable security definer set search_path = '' as $$
    select t.network_id from public.stewardship_networktopic t where t.id = wanted
$$;
create or replace function sec.network_of_decision(wanted uuid) returns uuid
    language sql stable security definer set search_path = '' as $$
    select sec.network_of_gathering(d.gathering_id) from public.stewardship_networkdecision d where d.id = wanted
$$;

-- Whether the municipalities that were present all are members.
create or replace function sec.are_members(wanted uuid, places text[]) returns boolean
    language sql stable security definer set search_path = '' as $$
    select places <@ array(
        select m.number::text from public.directory_municipality m where m.county = any(v.counties))
    from public.stewardship_network n join public.directory_service v on v.id = n.service_id where n.id = wanted
$$;

-- Whether the one who asks may put this topic on this programme: they are of one network, and the gathering is to come.
create or replace function sec.may_take_up(wanted uuid, at_gathering uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.stewardship_gathering g
                   where g.id = at_gathering and sec.runs(g.network_id) and g.network_id = sec.network_of_topic(wanted)
                     and g.minutes = '' and not g.is_cancelled)
$$;

-- Whether a municipality's answer to a gathering can come now: it is not called off and not over, as the next version.
create or replace function sec.may_answer_gathering(wanted uuid, place text, next_version int) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sec.speaks(sec.network_of_gathering(wanted), place)
        and exists (select 1 from public.stewardship_gathering g
                    where g.id = wanted and not g.is_cancelled and g.held_on >= sec.today())
        and next_version = 1 + coalesce((
            select max(a.version) from public.stewardship_gatheringanswer a
            where a.gathering_id = wanted and a.municipality_id = place), 0)
$$;

create or replace function sec.may_answer_task(wanted uuid, place text, next_version int) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sec.speaks(sec.network_of_decision(wanted), place)
        and next_version = 1 + coalesce((
            select max(k.version) from public.stewardship_networktask k
            where k.decision_id = wanted and k.municipality_id = place), 0)
$$;

-- Whether the one who asks may write down what this gathering decided: it has been held, and is written down.
create or replace function sec.may_decide_at(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.stewardship_gathering g
                   where g.id = wanted and sec.runs(g.network_id) and g.minutes <> '')
$$;

-- A gathering that is written down was held, where and when it was: the words and who was there can be mended, no more.
create or replace function sec.held_stays_held() returns trigger
    language plpgsql set search_path = '' as $$
begin
    if old.minutes <> '' and (new.minutes = '' or (new.network_id, new.held_on, new.begins_at, new.place, new.is_cancelled)
                              is distinct from (old.network_id, old.held_on, old.begins_at, old.place, old.is_cancelled)) then
        raise exception 'a gathering that is written down is not moved' using errcode = 'check_violation';
    end if;
    return new;
end
$$;
drop trigger if exists held_stays_held on public.stewardship_gathering;
create trigger held_stays_held before update on public.stewardship_gathering
    for each row execute function sec.held_stays_held();
