-- The logs are append-only for everyone, the owner too, and no row of theirs can be committed without its link.
create or replace function sec.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'The log is append-only.' using errcode = 'insufficient_privilege';
end
$$;

create or replace function sec.must_be_linked() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select 1 from public.log_link k where k.row_id = new.id) then
        raise exception 'A row of the log has no link.' using errcode = 'insufficient_privilege';
    end if;
    return null;
end
$$;

do $$
declare
    log text;
begin
    foreach log in array array['log_event', 'log_accesslog', 'log_link'] loop
        execute format('drop trigger if exists append_only on public.%I', log);
        execute format('create trigger append_only before update or delete or truncate on public.%I'
                       ' for each statement execute function sec.refuse_change()', log);
    end loop;
    foreach log in array array['log_event', 'log_accesslog'] loop
        execute format('drop trigger if exists must_be_linked on public.%I', log);
        execute format('create constraint trigger must_be_linked after insert on public.%I'
                       ' deferrable initially deferred for each row execute function sec.must_be_linked()', log);
    end loop;
end
$$;

-- Nobody is shown a child without a ground.
do $$
begin
    if not exists (select 1 from pg_constraint where conname = 'look_has_a_ground') then
        alter table public.log_accesslog add constraint look_has_a_ground
            check (not allowed or children = '{}' or ground <> '');
    end if;
end
$$;

-- Locks some of the chains until the transaction ends, and says where each stands: its last number and code. Each
-- statement here sees what was committed before it began, so what another transaction linked meanwhile is seen.
create or replace function sec.take_heads(wanted smallint[])
    returns table (shard smallint, seq bigint, code bytea)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    one smallint;
begin
    foreach one in array wanted loop
        perform pg_advisory_xact_lock(1869377379, one);
    end loop;
    return query
        select k.shard, k.seq, k.code
        from unnest(wanted) w(shard)
        cross join lateral (select l.shard, l.seq, l.code from public.log_link l
                            where l.shard = w.shard order by l.seq desc limit 1) k;
end
$$;

-- Which of some acts, by their random ids, are still written: one that met a broken rule has been undone.
create or replace function sec.standing(wanted uuid[]) returns setof uuid
    language sql stable security definer set search_path = '' as $$
    select e.id from public.log_event e where e.id = any(wanted)
$$;
