-- What has been taken back so far, so that it stays so when an older copy of the database is restored: sight that has
-- ended, consents that were withdrawn, restrictions, memberships that end, accounts that are closed, children whose
-- records were deleted (by a code of the id, which tells nothing of who it was). The machine that takes the copies keeps
-- the list beside them, sealed (`grunnmur/backup/taken_back.py`). Reads with the asker's rights.
create or replace view sec.taken_back with (security_invoker = true) as
    select 'sight' as what, a.id as row, jsonb_build_object('ends_at', a.ends_at) as facts
    from public.cases_participation a where a.ends_at <= now()
    union all
    select 'consent', w.id, to_jsonb(w) from public.cases_consentwithdrawal w
    union all
    select 'restriction', r.id, to_jsonb(r) from public.cases_restriction r
    union all
    select 'membership', m.id, jsonb_build_object('ends_on', m.ends_on)
    from public.directory_membership m where m.ends_on is not null
    union all
    select 'account', a.id, '{}' from public.directory_account a where not a.is_active
    union all
    select 'deletion', d.id, to_jsonb(d) from public.cases_deletion d;

-- Takes it all back again in a database that was restored to before it was, and ends every session. Called by the
-- administrator of a restored database that nobody else reaches yet; gives what was taken back, and how many.
create or replace function sec.take_back(list jsonb) returns table (what text, times bigint)
    language plpgsql set search_path = '' as $$
declare
    times_done bigint;
    deleted uuid[];
begin
    create temp table taken on commit drop as
        select one ->> 'what' as what, (one ->> 'row')::uuid as row, one -> 'facts' as facts
        from pg_catalog.jsonb_array_elements(list) one;

    update public.cases_participation a
    set ends_at = greatest(a.starts_at, (t.facts ->> 'ends_at')::timestamptz)
    from pg_temp.taken t
    where t.what = 'sight' and a.id = t.row and a.ends_at > (t.facts ->> 'ends_at')::timestamptz;
    get diagnostics times_done = row_count;
    return query select 'sight', times_done;

    -- Whoever wrote it down, or whoever asked, may have come after the copy; then it is as if the consent's own writer did.
    insert into public.cases_consentwithdrawal
    select (pg_catalog.jsonb_populate_record(null::public.cases_consentwithdrawal, t.facts || pg_catalog.jsonb_build_object(
        'recorded_by_id', coalesce((select p.id from public.directory_person p
                                    where p.id = (t.facts ->> 'recorded_by_id')::uuid), c.recorded_by_id),
        'related_person_id', (select r.id from public.cases_relatedperson r
                              where r.id = (t.facts ->> 'related_person_id')::uuid)))).*
    from pg_temp.taken t join public.cases_consent c on c.id = (t.facts ->> 'consent_id')::uuid
    where t.what = 'consent'
      and not exists (select 1 from public.cases_consentwithdrawal w where w.consent_id = c.id);
    get diagnostics times_done = row_count;
    return query select 'consent', times_done;

    insert into public.cases_restriction
    select (pg_catalog.jsonb_populate_record(null::public.cases_restriction, t.facts)).*
    from pg_temp.taken t join public.cases_child c on c.id = (t.facts ->> 'child_id')::uuid
    where t.what = 'restriction'
    on conflict do nothing;
    get diagnostics times_done = row_count;
    return query select 'restriction', times_done;

    update public.directory_membership m
    set ends_on = greatest((t.facts ->> 'ends_on')::date, m.starts_on + 1)
    from pg_temp.taken t
    where t.what = 'membership' and m.id = t.row
      and (m.ends_on is null or m.ends_on > (t.facts ->> 'ends_on')::date);
    get diagnostics times_done = row_count;
    return query select 'membership', times_done;

    update public.directory_account a set is_active = false
    from pg_temp.taken t where t.what = 'account' and a.id = t.row and a.is_active;
    get diagnostics times_done = row_count;
    return query select 'account', times_done;

    -- The code is asked of each child, for nothing can be read out of it. A receipt whose people came after the copy is
    -- in the list beside it, and not here.
    select coalesce(array_agg(c.id), '{}') into deleted from public.cases_child c
    where exists (select 1 from pg_temp.taken t where t.what = 'deletion' and sec.is_signed(
        'deleted|' || c.id, pg_catalog.decode(pg_catalog.substr(t.facts ->> 'keyed', 3), 'hex')));
    perform sec.erase_child(one) from pg_catalog.unnest(deleted) one;
    insert into public.cases_deletion
    select (pg_catalog.jsonb_populate_record(null::public.cases_deletion, t.facts)).*
    from pg_temp.taken t
    where t.what = 'deletion' and 2 = (
        select count(*) from public.directory_person p
        where p.id in ((t.facts ->> 'asked_by_id')::uuid, (t.facts ->> 'confirmed_by_id')::uuid))
    on conflict do nothing;
    return query select 'deletion', pg_catalog.cardinality(deleted)::bigint;

    update sec.session s set ended_at = pg_catalog.now() where s.ended_at is null and s.expires_at > pg_catalog.now();
    get diagnostics times_done = row_count;
    return query select 'session', times_done;
end
$$;
