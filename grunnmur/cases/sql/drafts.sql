-- What nobody has saved for so long is not kept: whoever saves a draft ends those that are too old, everybody's.
create or replace function sec.end_old_drafts() returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    ended integer;
begin
    update public.cases_draft d set fields = null where d.fields is not null and d.expires_at <= sec.now();
    get diagnostics ended = row_count;
    return ended;
end
$$;
