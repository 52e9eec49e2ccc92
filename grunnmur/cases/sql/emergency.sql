-- A look is about the owner's own child: nobody can put one in another's name.
do $$
begin
    if not exists (select 1 from pg_constraint where conname = 'emergency_look_by_the_owner') then
        alter table public.cases_emergencylook add constraint emergency_look_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
    end if;
end
$$;

-- Break-glass, for danger to a child: one person sees one child for a while, reading only, on a ground of its own.
-- The caller must be signed by the program, freshly authenticated, in child welfare or a health role, and name the child
-- by codes of its full national number. The owner's row to review is written with the sight, or neither is. A child that
-- is not there, is the caller's own service's, or is taken from the caller by an explicit no, answers the same: nothing.
create or replace function sec.break_glass(codes bytea[], why text, kinds int, minutes int, most int, days int,
                                           mac bytea) returns table (look uuid, child uuid)
    language plpgsql security definer set search_path = '' as $$
declare
    asker record;
    found record;
    mine uuid;
begin
    if not coalesce(sec.is_signed(concat_ws('|', 'glass', encode(sha256((
            select string_agg(u.code, ''::bytea order by u.n) from unnest(codes) with ordinality u (code, n))), 'hex'), kinds,
                                            minutes, most, days), mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    select s.person, s.service, s.role into asker from sec.live s;
    if asker.person is null or not sec.is_fresh() or asker.role not in
        ('contact_person', 'leader', 'gp', 'public_health_nurse', 'psychologist', 'nurse') or btrim(why) = '' then
        raise exception 'not for this session' using errcode = 'insufficient_privilege';
    end if;
    if (select count(*) from public.cases_emergencylook e
        where e.person_id = asker.person and e.starts_at > sec.now() - make_interval(days => days)) >= most then
        raise exception 'too often' using errcode = 'insufficient_privilege';
    end if;
    for found in
        select c.id, c.author_service_id from public.cases_child c
        where c.national_key = any(codes) and c.author_service_id <> asker.service
          and not sec.is_taken(c.id, 1, null)
    loop
        mine := gen_random_uuid();
        insert into public.cases_emergencylook
            (id, child_id, owner_service_id, service_id, person_id, reason, starts_at, ends_at, verdict, review)
        values (mine, found.id, found.author_service_id, asker.service, asker.person, why, sec.now(),
                sec.now() + make_interval(mins => minutes), '', '');
        insert into public.cases_participation
            (id, child_id, owner_service_id, pathway_id, service_id, only_for, basis, ground, kinds, purpose, starts_at,
             ends_at, whose, next_step, next_due, moved_on)
        select gen_random_uuid(), found.id, found.author_service_id, p.id, asker.service, asker.person, 'break_glass', mine,
               kinds, 'contact_health', sec.now(), sec.now() + make_interval(mins => minutes), 0, '', '9999-01-01',
               (sec.now() at time zone 'Europe/Oslo')::date
        from (select null::uuid as id union all
              select w.id from public.cases_pathway w where w.child_id = found.id) p;
        look := mine;
        child := found.id;
        return next;
    end loop;
end
$$;
