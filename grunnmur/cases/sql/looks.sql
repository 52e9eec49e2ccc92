-- Who has looked. A row of the log is read by nobody but the one whose look it was; these functions run past that, ask who
-- the caller is, and give what is the caller's to know (docs/adr/0023-who-may-know-who-has-looked.md).

-- Whether the caller may know who has looked at a child: in child welfare, for the service that owns it now, and not shut
-- out of it (4 is child welfare's own, 1 is contact).
create or replace function sec.may_know_looks(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select (sec.kinds() & 4) <> 0
       and exists (select 1 from public.cases_participation a
                   where a.child_id = wanted and a.basis = 'owner' and a.pathway_id is null and a.service_id = sec.service()
                     and a.starts_at <= sec.now() and a.ends_at > sec.now())
       and (wanted <> all (sec.taken()) or not sec.is_taken(wanted, 1, null))
$$;

-- The looks at one child, newest first, from before a look that has been shown; not those of the child itself and those
-- around it, which are nobody else's to know. Who it was is told of one's own people;
-- of others' only to the program, which signs for what the law gives the child (`queries/looks.named`). `these` are the ids
-- of those that are wanted; none for all. `about` is the project that a research extract was given to.
create or replace function sec.looks_at(wanted uuid, before_at timestamptz, before_id uuid, most int, mac bytea,
                                        these uuid[] default null)
    returns table (id uuid, at timestamptz, person uuid, service uuid, role text, action text, kinds int, purpose text,
                   ground text, allowed boolean, about text)
    language plpgsql stable security definer set search_path = '' as $$
declare
    ours uuid := sec.service();
    names_all boolean := coalesce(sec.is_signed('looks|' || wanted, mac), false);
begin
    if not coalesce(sec.may_know_looks(wanted), false) then
        return;
    end if;
    return query
        select l.id, l.at, case when l.service_id = ours or names_all then l.person_id end, l.service_id, l.role::text,
               l.action::text, l.kinds, l.purpose::text, l.ground::text, l.allowed,
               (select concat_ws(': ', e.project, e.purpose) from public.insight_researchextract e
                where e.id = l.asked_id and l.ground = 'research')
        from public.log_accesslog l
        where l.children @> array[wanted] and l.service_id is not null and (before_at is null or (l.at, l.id) < (before_at, before_id))
          and (these is null or l.id = any (these))
        order by l.at desc, l.id desc limit most;
end
$$;

-- The last who looked at one case, for its overview: our own by name, others by their service.
create or replace function sec.looked_lately(wanted uuid, looks int, people int)
    returns table (at timestamptz, person uuid, who text)
    language plpgsql stable security definer set search_path = '' as $$
declare
    ours uuid := sec.service();
begin
    if not coalesce((select sec.may_know_looks(p.child_id) from public.cases_pathway p where p.id = wanted), false) then
        return;
    end if;
    return query
        select last.at, case when last.service_id = ours then last.person_id end,
               (case when last.service_id = ours then p.name else v.name end)::text
        from (select distinct on (lately.person_id) lately.at, lately.person_id, lately.service_id
              from (select l.at, l.person_id, l.service_id from public.log_accesslog l
                    where l.pathway_id = wanted and l.allowed and l.service_id is not null
                    order by l.at desc limit looks) lately
              order by lately.person_id, lately.at desc) last
        join public.directory_person p on p.id = last.person_id
        join public.directory_service v on v.id = last.service_id
        order by last.at desc limit people;
end
$$;

-- The pages that one break-glass was used for, for the owner who reviews it.
create or replace function sec.pages_of_glass(wanted uuid) returns setof text
    language sql stable security definer set search_path = '' as $$
    select distinct l.action::text
    from public.cases_emergencylook e
    join public.log_accesslog l on l.children @> array[e.child_id] and l.person_id = e.person_id
                               and l.at >= e.starts_at and l.at < e.ends_at and l.allowed and l.ground <> 'research'
    where e.id = wanted and e.owner_service_id = sec.service() and sec.may_know_looks(e.child_id)
    order by 1 limit 200
$$;

-- What the service's own people looked at in a period: one row for each person, child and day, with what the rule for
-- «unusual» (`cases/unusual.py`) asks about. For the one who administers the service, and only its own people; children
-- that the administrator is shut out of are left out. A row without a child is a person's refusals and searches in vain.
-- It reads the newest day first and no further than to the `most` that are weighed: the whole of a month in a large service
-- is hundreds of thousands of looks.
create or replace function sec.look_control(since timestamptz, until timestamptz, one uuid, involved_for interval, most int)
    returns table (person uuid, role text, child uuid, day date, first_at timestamptz, last_at timestamptz, times int,
                   refused int, by_number int, broke_glass boolean, is_protected boolean, is_involved boolean,
                   children_that_day int)
    language plpgsql stable security definer set search_path = '' as $$
declare
    ours uuid := sec.service();
    the_day date := (until at time zone 'Europe/Oslo')::date - 1;
    has_room_for int := most;
    found_here int;
begin
    if not sec.is_administrator() then
        raise exception 'not an administrator' using errcode = 'insufficient_privilege';
    end if;
    while has_room_for > 0 and the_day >= (since at time zone 'Europe/Oslo')::date loop
    return query
        with looks as (
            select l.person_id, l.role, l.at, l.allowed, l.reason, l.ground, l.action,
                   case when l.allowed and cardinality(l.children) = 1 then l.children[1] end as child
            from public.log_accesslog l
            where l.service_id = ours and l.person_id is not null
              and l.at >= the_day::timestamp at time zone 'Europe/Oslo'
              and l.at < (the_day + 1)::timestamp at time zone 'Europe/Oslo'
              and (one is null or l.person_id = one)
              and l.ground <> 'research' -- the one who fetches an extract sees no child in it
              and (l.reason in ('not_visible', 'no_case', 'by_number') or (l.allowed and cardinality(l.children) = 1))
        ), grouped as (
            select k.person_id, max(k.role)::text as role, k.child, min(k.at) as first_at, max(k.at) as last_at,
                   count(*)::int as times, (count(*) filter (where not k.allowed))::int as refused,
                   (count(*) filter (where k.reason = 'by_number'))::int as by_number,
                   bool_or('break_glass' = any (string_to_array(k.ground, ' ')) or k.action = 'break_glass') as broke_glass,
                   (count(k.child) over (partition by k.person_id))::int as children_that_day
            from looks k group by k.person_id, k.child
        )
        select g.person_id, g.role, g.child, the_day, g.first_at, g.last_at, g.times, g.refused, g.by_number, g.broke_glass,
               coalesce((select c.address_protection <> 'none' from public.cases_child c
                         where c.id = g.child and c.author_service_id = ours), false),
               exists (select 1 from public.cases_pathway p where p.child_id = g.child and p.contact_person_id = g.person_id)
               or exists (select 1 from public.cases_participation a
                          where a.child_id = g.child and a.only_for = g.person_id and a.basis = 'appointed'
                            and a.ends_at > g.first_at)
               or exists (select 1 from public.log_event e
                          where e.child_id = g.child and e.person_id = g.person_id
                            and e.at >= g.first_at - involved_for and e.at < g.last_at + interval '1 day'),
               g.children_that_day
        from grouped g
        where g.child is null or g.child <> all ((select sec.taken())::uuid[]) or not sec.is_taken(g.child, 1, null)
        order by g.last_at desc, g.person_id, g.child
        limit has_room_for;
    get diagnostics found_here = row_count;
    has_room_for := has_room_for - found_here;
    the_day := the_day - 1;
    end loop;
end
$$;
