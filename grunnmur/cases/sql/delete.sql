-- Everything about one child, in every table that has something about it, but the log. Runs as whoever calls it, so that
-- only the owner of the tables can: the runtime role may delete nothing.
create or replace function sec.erase_child(wanted uuid) returns integer
    language plpgsql set search_path = '' as $$
declare
    runs uuid[];
    gone integer := 0;
    more integer;
    target record;
begin
    select coalesce(array_agg(p.id), '{}') into runs from public.cases_pathway p where p.child_id = wanted;
    -- First what a foreign key that is not deferred holds to the child or its pathway, then the rest; the child last.
    for target in
        select c.relname::text as name,
               bool_or(a.attname = 'child_id') as of_child, bool_or(a.attname = 'pathway_id') as of_pathway
        from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname like 'cases\_%'
          and a.attname in ('child_id', 'pathway_id') and not a.attisdropped
        group by c.relname
        order by c.relname in ('cases_participation', 'cases_restriction') desc, c.relname = 'cases_pathway', c.relname
    loop
        -- A table can have both, and a row of it only one of them, as a draft has.
        if target.of_child then
            execute format('delete from public.%I where child_id = $1', target.name) using wanted;
            get diagnostics more = row_count;
            gone := gone + more;
        end if;
        if target.of_pathway then
            execute format('delete from public.%I where pathway_id = any($1)', target.name) using runs;
            get diagnostics more = row_count;
            gone := gone + more;
        end if;
    end loop;
    -- What was sent about it, with its facts, ways and addresses outside.
    delete from public.post_fact f using public.post_message m
    where m.id = f.message_id and m.subject = any(runs || wanted);
    get diagnostics more = row_count;
    gone := gone + more;
    delete from public.post_linkcode c using public.post_link l, public.post_message m
    where l.id = c.link_id and m.id = l.message_id and m.subject = any(runs || wanted);
    get diagnostics more = row_count;
    gone := gone + more;
    delete from public.post_delivery d using public.post_message m
    where m.id = d.message_id and m.subject = any(runs || wanted);
    get diagnostics more = row_count;
    gone := gone + more;
    delete from public.post_address a using public.post_message m
    where m.id = a.message_id and m.subject = any(runs || wanted);
    get diagnostics more = row_count;
    gone := gone + more;
    delete from public.post_link l using public.post_message m
    where m.id = l.message_id and m.subject = any(runs || wanted);
    get diagnostics more = row_count;
    gone := gone + more;
    delete from public.post_message m where m.subject = any(runs || wanted);
    get diagnostics more = row_count;
    gone := gone + more;
    delete from public.cases_child c where c.id = wanted;
    get diagnostics more = row_count;
    return gone + more;
end
$$;

-- Deletes the record of a child that another person of the owner has asked to have deleted, and leaves the receipt.
create or replace function sec.delete_child(wanted uuid, request uuid, receipt uuid, keyed bytea) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    asked record;
    gone integer;
begin
    if not sec.is_fresh() then
        raise exception 'not fresh' using errcode = 'insufficient_privilege';
    end if;
    select d.recorded_by_id as person, d.cause into asked
    from public.cases_deletionrequest d where d.id = request and d.child_id = wanted;
    if not found or asked.person = sec.person() or not exists (
        select 1 from public.cases_participation a
        where a.child_id = wanted and a.basis = 'owner' and a.service_id = sec.service() and a.ends_at > sec.now()
    ) then
        raise exception 'not two people of the owner' using errcode = 'insufficient_privilege';
    end if;
    if exists (
        select 1 from public.cases_hold h where h.child_id = wanted and not exists (
            select 1 from public.cases_holdlifted l
            where l.hold_id = h.id and l.from_on <= (sec.now() at time zone 'Europe/Oslo')::date)
    ) then
        raise exception 'held' using errcode = 'insufficient_privilege';
    end if;
    gone := sec.erase_child(wanted);
    insert into public.cases_deletion (id, keyed, cause, service_id, asked_by_id, confirmed_by_id, deleted_at, rows)
    values (receipt, keyed, asked.cause, sec.service(), asked.person, sec.person(), sec.now(), gone);
    return gone;
end
$$;
