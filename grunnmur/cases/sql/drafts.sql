-- What nobody has saved for so long is not kept: whoever saves a draft ends those that are too old, everybody's.
create or replace function sec.end_old_drafts() returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    ended integer;
begin
    -- One that somebody else is at is left to them, so that nobody waits for anybody's draft.
    update public.cases_draft d set fields = null where d.id in (
        select o.id from public.cases_draft o where o.fields is not null and o.expires_at <= sec.now()
        for update skip locked);
    get diagnostics ended = row_count;
    return ended;
end
$$;
