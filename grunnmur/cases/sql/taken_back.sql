-- What has been taken back so far, so that it stays so when an older copy of the database is restored: sight that has
-- ended, consents that were withdrawn, each no to one, offers of a case that came to nothing, restrictions, what the family may no longer
-- see, protected addresses, until when and who reads them, memberships that end, accounts that are closed, children whose records
-- were deleted (by a code of the id, which tells nothing of who it was), research extracts that were refused, taken back or fetched,
-- and that a code by SMS is no longer enough in a municipality. The machine that takes the copies keeps the list beside
-- them, sealed (`grunnmur/backup/taken_back.py`). Reads with the asker's rights.
create or replace view sec.taken_back with (security_invoker = true) as
    select 'sight' as what, a.id as row, jsonb_build_object('ends_at', a.ends_at) as facts
    from public.cases_participation a where a.ends_at <= now()
    union all
    select 'consent', w.id, to_jsonb(w) || jsonb_build_object('people', jsonb_build_array(to_jsonb(p)))
    from public.cases_consentwithdrawal w join public.directory_person p on p.id = w.recorded_by_id
    union all
    select 'no', s.id, to_jsonb(s) || jsonb_build_object('people', jsonb_build_array(to_jsonb(p)))
    from public.cases_consentsignature s join public.directory_person p on p.id = s.recorded_by_id where s.answer = 'no'
    union all
    select 'offer', m.id, jsonb_build_object('ends_at', coalesce(m.withdrawn_at, m.answered_at))
    from public.cases_move m where m.withdrawn_at is not null or m.answer = 'declined'
    union all
    select 'restriction', r.id, to_jsonb(r) || jsonb_build_object('people', jsonb_build_array(to_jsonb(p)))
    from public.cases_restriction r join public.directory_person p on p.id = r.decided_by_id
    union all
    select 'denial', d.id, to_jsonb(d) || jsonb_build_object('people', jsonb_build_array(to_jsonb(p)))
    from public.cases_familydecision d join public.directory_person p on p.id = d.decided_by_id where d.access <> 'full'
    union all
    select 'release', r.id, jsonb_build_object('ends_at', r.ends_at)
    from public.cases_release r where r.ends_at <= now()
    union all
    select 'log_in', l.id, jsonb_build_object('ends_at', l.ends_at)
    from public.cases_familylogin l where l.ends_at <= now()
    union all
    select 'protection', c.id, jsonb_build_object('address_protection', c.address_protection)
    from public.cases_child c where c.address_protection <> 'none'
    union all
    select 'protection until', d.id, to_jsonb(d) || jsonb_build_object('people', jsonb_build_array(to_jsonb(p)))
    from public.cases_protectiondecision d join public.directory_person p on p.id = d.recorded_by_id
    where d.ends_at > now()
    union all
    select 'reader', a.id, to_jsonb(a) || jsonb_build_object('people', jsonb_build_array(to_jsonb(p)))
    from public.cases_participation a join public.directory_person p on p.id = a.only_for where a.basis = 'appointed'
    union all
    select 'membership', m.id, jsonb_build_object('ends_on', m.ends_on)
    from public.directory_membership m where m.ends_on is not null
    union all
    select 'account', a.id, '{}' from public.directory_account a where not a.is_active
    union all
    select 'research', t.id, to_jsonb(t) || jsonb_build_object('extract', to_jsonb(e), 'people', (
        select jsonb_agg(to_jsonb(p)) from public.directory_person p where p.id in (t.recorded_by_id, e.recorded_by_id)))
    from public.insight_researchstep t join public.insight_researchextract e on e.id = t.extract_id where t.step <> 'approved'
    union all
    select 'code', d.id, to_jsonb(d) || jsonb_build_object('people', jsonb_build_array(to_jsonb(p)))
    from public.stewardship_codedecision d join public.directory_person p on p.id = d.recorded_by_id where d.ends_on is null
    union all
    select 'deletion', d.id, to_jsonb(d) || jsonb_build_object('people', (
        select jsonb_agg(to_jsonb(p)) from public.directory_person p where p.id in (d.asked_by_id, d.confirmed_by_id)))
    from public.cases_deletion d;

-- Takes it all back again in a database that was restored to before it was, and ends every session; the same list twice is
-- the same as once. Called by the administrator of a restored database that nobody else reaches yet. Gives what was taken
-- back, one row for each thing, and about which child of which owner, where it is about one.
create or replace function sec.take_back(list jsonb) returns table (what text, child uuid, owner uuid)
    language plpgsql set search_path = '' as $$
declare
    shut record;
begin
    drop table if exists pg_temp.taken;
    create temp table taken on commit drop as
        select one ->> 'what' as what, (one ->> 'row')::uuid as row, one -> 'facts' as facts
        from pg_catalog.jsonb_array_elements(list) one;

    -- Whoever took something back may have come after the copy: then their name does, and no right.
    insert into public.directory_person
    select distinct on (p.id) p.* from pg_temp.taken t
    cross join pg_catalog.jsonb_populate_recordset(null::public.directory_person, t.facts -> 'people') p
    on conflict do nothing;

    -- First who may read a protected address, so that somebody still can; each ends with the other sight, below.
    return query
    with new as (
        insert into public.cases_participation
        select (pg_catalog.jsonb_populate_record(null::public.cases_participation, t.facts)).*
        from pg_temp.taken t join public.cases_child c on c.id = (t.facts ->> 'child_id')::uuid
        where t.what = 'reader'
        on conflict do nothing returning child_id, owner_service_id)
    select 'reader', n.child_id, n.owner_service_id from new n;

    for shut in
        update public.cases_child c set address_protection = t.facts ->> 'address_protection'
        from pg_temp.taken t
        where t.what = 'protection' and c.id = t.row
          and c.address_protection not in (t.facts ->> 'address_protection', 'strictly_confidential')
        returning c.id, c.author_service_id
    loop
        perform sec.shield_rows(shut.id);
        update public.cases_participation a set kinds = a.kinds & ~512
        where a.child_id = shut.id and a.basis = 'owner';
        return query select 'protection', shut.id, shut.author_service_id;
    end loop;

    -- Until when it was decided last; nothing is taken back by that, and it is counted as nothing.
    update public.cases_protectiondecision d set ends_at = greatest(d.starts_at, sec.now())
    from pg_temp.taken t
    where t.what = 'protection until' and d.child_id = (t.facts ->> 'child_id')::uuid and d.id <> t.row
      and d.ends_at > sec.now() and not exists (select 1 from public.cases_protectiondecision o where o.id = t.row);
    insert into public.cases_protectiondecision
    select (pg_catalog.jsonb_populate_record(null::public.cases_protectiondecision, t.facts)).*
    from pg_temp.taken t join public.cases_child c on c.id = (t.facts ->> 'child_id')::uuid
    where t.what = 'protection until' and c.address_protection <> 'none'
    on conflict do nothing;

    return query
    with ended as (
        update public.cases_participation a
        set ends_at = greatest(a.starts_at, (t.facts ->> 'ends_at')::timestamptz)
        from pg_temp.taken t
        where t.what = 'sight' and a.id = t.row
          and a.ends_at > greatest(a.starts_at, (t.facts ->> 'ends_at')::timestamptz)
        returning a.child_id, a.owner_service_id)
    select 'sight', e.child_id, e.owner_service_id from ended e;

    return query
    with new as (
        insert into public.cases_consentwithdrawal
        select (pg_catalog.jsonb_populate_record(null::public.cases_consentwithdrawal, t.facts
            || pg_catalog.jsonb_build_object('related_person_id', (
                select r.id from public.cases_relatedperson r where r.id = (t.facts ->> 'related_person_id')::uuid)))).*
        from pg_temp.taken t join public.cases_consent c on c.id = (t.facts ->> 'consent_id')::uuid
        where t.what = 'consent'
          and not exists (select 1 from public.cases_consentwithdrawal w where w.consent_id = c.id)
        returning pathway_id)
    select 'consent', p.child_id, p.author_service_id from new n join public.cases_pathway p on p.id = n.pathway_id;

    -- About somebody who came after the copy, it is not known whose it is.
    return query
    with new as (
        insert into public.cases_consentsignature
        select (pg_catalog.jsonb_populate_record(null::public.cases_consentsignature, t.facts)).*
        from pg_temp.taken t join public.cases_consent c on c.id = (t.facts ->> 'consent_id')::uuid
        where t.what = 'no' and (t.facts ->> 'related_person_id' is null or exists (
                select 1 from public.cases_relatedperson r where r.id = (t.facts ->> 'related_person_id')::uuid))
          and (t.facts ->> 'service_id' is null or exists (
                select 1 from public.directory_service v where v.id = (t.facts ->> 'service_id')::uuid))
        on conflict do nothing returning pathway_id)
    select 'no', p.child_id, p.author_service_id from new n join public.cases_pathway p on p.id = n.pathway_id;

    return query
    with ended as (
        update public.cases_move m
        set withdrawn_at = greatest(m.recorded_at, (t.facts ->> 'ends_at')::timestamptz), packet = null
        from pg_temp.taken t
        where t.what = 'offer' and m.id = t.row and m.withdrawn_at is null and m.answered_at is null
        returning m.pathway_id)
    select 'offer', p.child_id, p.author_service_id from ended e join public.cases_pathway p on p.id = e.pathway_id;

    -- A service that is not there sees nothing either.
    return query
    with new as (
        insert into public.cases_restriction
        select (pg_catalog.jsonb_populate_record(null::public.cases_restriction, t.facts)).*
        from pg_temp.taken t join public.cases_child c on c.id = (t.facts ->> 'child_id')::uuid
        where t.what = 'restriction' and (t.facts ->> 'service_id' is null or exists (
            select 1 from public.directory_service v where v.id = (t.facts ->> 'service_id')::uuid))
        on conflict do nothing returning child_id, owner_service_id)
    select 'restriction', n.child_id, n.owner_service_id from new n;

    return query
    with new as (
        insert into public.cases_familydecision
        -- What came after it and is not in the list is not there either: the last that is there stands.
        select (pg_catalog.jsonb_populate_record(null::public.cases_familydecision, t.facts || '{"replaced_at": null}')).*
        from pg_temp.taken t join public.cases_child c on c.id = (t.facts ->> 'child_id')::uuid
        where t.what = 'denial'
        on conflict do nothing returning child_id, owner_service_id)
    select 'denial', n.child_id, n.owner_service_id from new n;

    return query
    with ended as (
        update public.cases_release r set ends_at = greatest(r.starts_at, (t.facts ->> 'ends_at')::timestamptz)
        from pg_temp.taken t
        where t.what = 'release' and r.id = t.row
          and r.ends_at > greatest(r.starts_at, (t.facts ->> 'ends_at')::timestamptz)
        returning r.child_id, r.owner_service_id)
    select 'release', e.child_id, e.owner_service_id from ended e;

    return query
    with ended as (
        update public.cases_familylogin l set ends_at = greatest(l.given_at, (t.facts ->> 'ends_at')::timestamptz)
        from pg_temp.taken t
        where t.what = 'log_in' and l.id = t.row
          and l.ends_at > greatest(l.given_at, (t.facts ->> 'ends_at')::timestamptz)
        returning l.child_id, l.owner_service_id)
    select 'log_in', e.child_id, e.owner_service_id from ended e;

    -- A code that was handed over may have been used, or lost, since.
    update public.cases_familydevice d set activation_until = sec.now()
    where d.secret is null and d.activation_until > sec.now();

    return query
    with ended as (
        update public.directory_membership m
        set ends_on = greatest((t.facts ->> 'ends_on')::date, m.starts_on)
        from pg_temp.taken t
        where t.what = 'membership' and m.id = t.row
          and (m.ends_on is null or m.ends_on > greatest((t.facts ->> 'ends_on')::date, m.starts_on))
        returning 1)
    select 'membership', null::uuid, null::uuid from ended;

    return query
    with ended as (
        update public.directory_account a set is_active = false
        from pg_temp.taken t where t.what = 'account' and a.id = t.row and a.is_active returning 1)
    select 'account', null::uuid, null::uuid from ended;

    -- What has left the house is known also when it was proposed after the copy.
    insert into public.insight_researchextract
    select (pg_catalog.jsonb_populate_record(null::public.insight_researchextract, t.facts -> 'extract')).*
    from pg_temp.taken t where t.what = 'research'
    on conflict do nothing;
    return query
    with new as (
        insert into public.insight_researchstep
        select (pg_catalog.jsonb_populate_record(null::public.insight_researchstep, t.facts)).*
        from pg_temp.taken t where t.what = 'research'
        on conflict do nothing returning 1)
    select 'research', null::uuid, null::uuid from new;

    -- The trigger of the row closes the links that a code would open; and one that was sent then is as good as lost.
    return query
    with new as (
        insert into public.stewardship_codedecision
        select (pg_catalog.jsonb_populate_record(null::public.stewardship_codedecision, t.facts)).*
        from pg_temp.taken t where t.what = 'code' and exists (
            select 1 from public.directory_municipality m where m.number = t.facts ->> 'municipality_id')
        on conflict do nothing returning 1)
    select 'code', null::uuid, null::uuid from new;
    update public.post_linkcode c set ended_at = sec.now() where c.ended_at is null;

    -- The code is asked of each child, for nothing can be read out of it.
    for shut in
        select c.id, c.author_service_id from public.cases_child c
        where exists (select 1 from pg_temp.taken t where t.what = 'deletion' and sec.is_signed(
            'deleted|' || c.id, pg_catalog.decode(pg_catalog.substr(t.facts ->> 'keyed', 3), 'hex')))
    loop
        perform sec.erase_child(shut.id);
        return query select 'deletion', shut.id, shut.author_service_id;
    end loop;
    insert into public.cases_deletion
    select (pg_catalog.jsonb_populate_record(null::public.cases_deletion, t.facts)).*
    from pg_temp.taken t where t.what = 'deletion' and exists (
        select 1 from public.directory_service v where v.id = (t.facts ->> 'service_id')::uuid)
    on conflict do nothing;

    return query
    with ended as (
        update sec.session s set ended_at = pg_catalog.now()
        where s.ended_at is null and s.expires_at > pg_catalog.now() returning 1)
    select 'session', null::uuid, null::uuid from ended;
end
$$;
