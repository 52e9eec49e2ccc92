-- What must be done across services inside one act, and nothing more. Each function asks who the caller is.

-- The children of whom something is taken from the one who asks, by an explicit no that holds now: few, or none. Nobody
-- can read the rows themselves but the child's owner. A no about the person or the service of one who answers by a link
-- holds for that too.
create or replace function sec.taken() returns uuid[]
    language plpgsql stable security definer set search_path = '' as $$
begin
    return (
        select coalesce(array_agg(distinct r.child_id), '{}') from public.cases_restriction r
        where (r.service_id = (select sec.writes_for()) or r.only_for in ((select sec.self()), (select sec.writer())))
          and r.starts_at <= sec.now() and r.ends_at > sec.now());
end
$$;

-- Whether one row of a kind is taken from a service, or from one person. A no about contact (1) that is not about one row
-- alone takes everything: contact says that there is a case at all. Runs as whoever calls it.
create or replace function sec.is_taken_from(child uuid, kind int, item uuid, service uuid, person uuid) returns boolean
    language sql stable set search_path = '' as $$
    select exists (
        select 1 from public.cases_restriction r
        where r.child_id = child and (r.service_id = is_taken_from.service or r.only_for = is_taken_from.person)
          and case when r.item is null then (r.kinds & (kind | 1)) <> 0
                   else (r.kinds & kind) <> 0 and r.item = is_taken_from.item end
          and r.starts_at <= (select sec.now()) and r.ends_at > (select sec.now()))
$$;

-- The same for the one who asks. Asked only about the children that `sec.taken` names.
create or replace function sec.is_taken(child uuid, kind int, item uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sec.is_taken_from(child, kind, item, sec.writes_for(), sec.self())
        or (sec.writer() <> sec.self() and sec.is_taken_from(child, kind, item, null, sec.writer()))
$$;

-- Whether an explicit no keeps the one who asks from a row that others' sight of the child follows from: a pathway, where
-- it lives, who is around it, its position. Answers about the one who asks and nobody else.
create or replace function sec.is_kept_from_grounds(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from public.cases_restriction r
        where r.child_id = wanted and r.only_for in (sec.self(), sec.writer())
          and r.starts_at <= sec.now() and r.ends_at > sec.now()
          and (exists (select 1 from public.cases_pathway w where w.id = r.item)
               or exists (select 1 from public.cases_placement w where w.id = r.item)
               or exists (select 1 from public.cases_relatedperson w where w.id = r.item)
               or exists (select 1 from public.cases_childwelfarestatus w where w.id = r.item)))
$$;

-- Who has parental responsibility for a child and when, to work out from what the family sees: by everybody in its owner's
-- service who sees the child, also those who may not know whom a child with a protected address lives with. No name and no
-- relation.
create or replace function sec.responsible_for(wanted uuid) returns table (identity uuid, from_on date, until_on date)
    language sql stable security definer set search_path = '' as $$
    select p.identity, p.from_on, p.until_on
    from public.cases_relatedperson p join public.cases_child c on c.id = p.child_id
    where c.id = wanted and c.author_service_id = sec.service() and (sec.kinds() & 1) <> 0
      and not sec.is_taken(c.id, 1, null) and p.has_parental_responsibility
      and not exists (select 1 from public.cases_relatedperson n where n.replaces_id = p.id)
$$;

-- Everything that tells where a child with a protected address is becomes of that kind, also what was written before: the
-- places it lives, and the people it lives with. A file keeps its kind, and is for those alone who see that kind too: nobody
-- has looked through it. A file alone is let go again (`sec.release_attachment`). Runs as whoever calls it.
create or replace function sec.shield_rows(wanted uuid) returns void
    language sql set search_path = '' as $$
    update public.cases_placement l set kind = 512 where l.child_id = wanted and l.kind <> 512;
    update public.cases_relatedperson r set kind = 512
    where r.child_id = wanted and r.kind <> 512 and (r.has_daily_care or r.relation = 'foster_parent');
    update public.cases_attachment f set tells_where = true from public.cases_pathway p
    where p.id = f.pathway_id and p.child_id = wanted and not f.tells_where;
    -- Who carries on with what can tell where the child is: no passport that was sent is read any more.
    update public.cases_participation a set ends_at = greatest(a.starts_at, sec.now())
    where a.child_id = wanted and a.basis = 'handed_on' and a.ends_at > sec.now();
$$;

-- Whether the one who asks may know where the child of a case is (as `access.MAY_KNOW_WHERE`).
create or replace function sec.may_know_where(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from public.cases_pathway p join public.cases_participation a on a.child_id = p.child_id
        where p.id = wanted and a.service_id is not distinct from sec.service()
          and (a.only_for is null or a.only_for = sec.self()) and a.item is null
          and a.starts_at <= sec.now() and a.ends_at > sec.now() and (a.kinds & sec.kinds() & 512) <> 0
          and not sec.is_taken(p.child_id, 512, null))
$$;

-- Whether the one who asks may add a file: while the child's address is protected, those alone who may know where it is.
create or replace function sec.may_add_file(wanted uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (
        select 1 from public.cases_pathway p join public.cases_child c on c.id = p.child_id
        where p.id = wanted and (c.address_protection = 'none' or sec.may_know_where(wanted)))
$$;

-- A file that is held for those who may know where the child is, is let go by a row that says so and why: written by the owner,
-- by one who may know that, and who sees the file.
create or replace function sec.release_attachment() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update public.cases_attachment f set tells_where = false from public.cases_pathway p
    where f.id = new.attachment_id and f.pathway_id = new.pathway_id and f.tells_where
      and p.id = f.pathway_id and p.author_service_id = sec.service()
      and sec.may_know_where(p.id) and not sec.is_taken(p.child_id, f.kind, f.id);
    if not found then
        raise exception 'the file is not held, or not for the one who asks' using errcode = 'check_violation';
    end if;
    return null;
end
$$;
drop trigger if exists releases_an_attachment on public.cases_filerelease;
create trigger releases_an_attachment after insert on public.cases_filerelease
    for each row execute function sec.release_attachment();

-- The same for the owner, who alone shields.
create or replace function sec.shield(wanted uuid) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select 1 from public.cases_participation a
                   where a.child_id = wanted and a.basis = 'owner' and a.service_id = sec.service()
                     and a.ends_at > sec.now()) then
        raise exception 'not the owner' using errcode = 'insufficient_privilege';
    end if;
    perform sec.shield_rows(wanted);
end
$$;

-- When a child's address is protected, or otherwise than before, it is written down that no day is known for it: that is
-- somebody's task from the same day on, and the address is protected all the time. Lowered, the day that was known is over.
create or replace function sec.follow_protection() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update public.cases_protectiondecision d set ends_at = greatest(d.starts_at, sec.now())
    where d.child_id = new.id and d.ends_at = '9999-01-01 00:00:00+00';
    if new.address_protection <> 'none' then
        insert into public.cases_protectiondecision
            (id, child_id, owner_service_id, until, recorded_by_id, starts_at, ends_at)
        values (gen_random_uuid(), new.id, new.author_service_id, (sec.now() at time zone 'Europe/Oslo')::date,
                sec.person(), sec.now(), '9999-01-01 00:00:00+00');
    end if;
    return null;
end
$$;
drop trigger if exists protection_is_decided on public.cases_child;
create trigger protection_is_decided after insert on public.cases_child
    for each row when (new.address_protection <> 'none') execute function sec.follow_protection();
drop trigger if exists protection_is_decided_otherwise on public.cases_child;
create trigger protection_is_decided_otherwise after update of address_protection on public.cases_child
    for each row when (new.address_protection <> old.address_protection) execute function sec.follow_protection();

-- Whether the one who asks leads the service that it acts for.
create or replace function sec.is_leader() returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (select 1 from sec.live s where s.role = 'leader' and s.service is not null)
$$;

-- The state of one case on every participation of it, so that each service's lists start from its own index: as the program
-- has worked it out and signed, whoever's act it was, for one in a family writes too. `ball` says which services have the ball,
-- with what and by when; `main` is what the owner waits for, and `main_due` by when. A service that has nothing to do is told
-- of no deadline: it may be about what the service does not see.
create or replace function sec.refresh_case(wanted uuid, said text, mac bytea) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    told jsonb := said::jsonb;
    new_version integer;
begin
    perform sec.must_be_signed('refresh_case|' || wanted || '|' || said, mac);
    if not exists (
        select 1 from public.cases_participation a
        where a.pathway_id = wanted and (a.service_id = sec.service() or a.only_for = sec.self())
          and a.starts_at <= sec.now() and a.ends_at > sec.now()
    ) then
        raise exception 'no participation' using errcode = 'insufficient_privilege';
    end if;
    update public.cases_participation a
    set whose = case when not (told ->> 'is_open')::boolean then 0 when told -> 'ball' ? a.service_id::text then 1 else 2 end,
        contact_person_id = (told ->> 'contact')::uuid,
        next_step = coalesce(told -> 'ball' -> a.service_id::text ->> 'step',
                             case when a.basis = 'owner' then told ->> 'main' else '' end),
        next_due = coalesce((told -> 'ball' -> a.service_id::text ->> 'due')::date,
                            case when a.basis = 'owner' then (told ->> 'main_due')::date else (told ->> 'no_date')::date end),
        moved_on = (told ->> 'moved')::date
    where a.pathway_id = wanted;
    update public.cases_pathway p set version = version + 1 where p.id = wanted returning version into new_version;
    return new_version;
end
$$;

-- Who takes part in a pathway, for someone who takes part in it; and what is the asker's own alone (`personal`), which
-- nobody else is told of.
create or replace function sec.participants_of(wanted uuid)
    returns table (service uuid, service_name text, service_kind text, phone text, basis text, ground uuid, kinds int,
                   starts_at timestamptz, ends_at timestamptz, personal boolean)
    language sql stable security definer set search_path = '' as $$
    -- The home of a child with a protected address says where it is, and with a strictly protected one every service
    -- around it does: only the appointed readers are told their names (as `Case.hides`).
    with about as (
        select p.child_id, c.author_service_id as owner, c.address_protection as protection,
               exists (select 1 from public.cases_participation r
                       where r.child_id = c.id and r.basis = 'appointed' and r.only_for = sec.self()
                         and r.service_id = sec.service()
                         and r.starts_at <= (select sec.now()) and r.ends_at > (select sec.now())) as reads
        from public.cases_pathway p join public.cases_child c on c.id = p.child_id
        where p.id = wanted and exists (
            select 1 from public.cases_participation mine
            where mine.pathway_id = wanted and mine.service_id = sec.service()
              and (mine.only_for is null or mine.only_for = sec.self())
              and mine.starts_at <= (select sec.now()) and mine.ends_at > (select sec.now()))),
    taking_part as (
        select a.* from public.cases_participation a
        where a.pathway_id = wanted and a.only_for is null
        union all
        select a.* from public.cases_participation a join about b on b.child_id = a.child_id
        where a.only_for = sec.self() and a.service_id = sec.service()
          and (a.pathway_id = wanted or a.pathway_id is null))
    select a.service_id, case when told.name then v.name::text else '' end, v.kind::text,
           case when told.name then v.phone::text else '' end,
           a.basis::text, a.ground, a.kinds, a.starts_at, a.ends_at, a.only_for is not null
    from about b
    join taking_part a on a.ends_at > (select sec.now()) and a.item is null
    join public.directory_service v on v.id = a.service_id
    cross join lateral (
        select b.reads or b.protection = 'none' or a.service_id in (sec.service(), b.owner)
               or (b.protection = 'confidential' and v.kind not in ('institution', 'foster_home'))) told (name)
    order by a.basis = 'owner' desc, v.name
$$;

-- The words of a child's name, for each service that has ever been let in; only the owner names a child.
create or replace function sec.name_child(wanted uuid, keys text[]) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select 1 from public.cases_participation a
                   where a.child_id = wanted and a.basis = 'owner' and a.service_id = sec.service()
                     and a.ends_at > sec.now()) then
        raise exception 'not the owner' using errcode = 'insufficient_privilege';
    end if;
    delete from public.cases_namekey k where k.child_id = wanted;
    insert into public.cases_namekey (service_id, key, child_id)
    select distinct a.service_id, unnest(keys), wanted from public.cases_participation a
    where a.child_id = wanted and a.service_id is not null and a.basis <> 'break_glass';
end
$$;

-- The person and membership that reading files acts as, in one service; made the first time.
create or replace function sec.importer_of(wanted uuid, mac bytea) returns uuid
    language plpgsql security definer set search_path = '' as $$
declare
    found uuid;
    someone uuid := gen_random_uuid();
begin
    if not coalesce(sec.is_signed('importer|' || wanted, mac), false) then
        raise exception 'not signed' using errcode = 'insufficient_privilege';
    end if;
    select m.id into found from public.directory_membership m
    where m.service_id = wanted and m.role = 'importer' and m.ends_on is null;
    if found is null then
        found := gen_random_uuid();
        insert into public.directory_person (id, name) values (someone, 'Innlesing fra fagsystem');
        insert into public.directory_membership (id, person_id, service_id, role, starts_on, is_administrator)
        values (found, someone, wanted, 'importer', '2000-01-01', false);
    end if;
    return found;
end
$$;

-- A foreign key on two columns each: a participation's owner is the child's owner, its pathway is the child's.
do $$
begin
    if not exists (select 1 from pg_constraint where conname = 'participation_by_the_owner') then
        alter table public.cases_participation add constraint participation_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
        alter table public.cases_participation add constraint participation_in_the_childs_pathway
            foreign key (pathway_id, child_id) references public.cases_pathway (id, child_id);
        alter table public.cases_restriction add constraint restriction_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
    end if;
end
$$;

do $$
begin
    if not exists (select 1 from pg_constraint where conname = 'protection_decision_by_the_owner') then
        alter table public.cases_protectiondecision add constraint protection_decision_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
    end if;
end
$$;

do $$
begin
    if not exists (select 1 from pg_constraint where conname = 'family_decision_by_the_owner') then
        alter table public.cases_familydecision add constraint family_decision_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
        alter table public.cases_release add constraint release_by_the_owner
            foreign key (child_id, owner_service_id) references public.cases_child (id, author_service_id);
    end if;
end
$$;

-- A case is never without a contact person: whoever becomes it works in child welfare in the service that owns the case.
create or replace function sec.contact_person_works_here() returns trigger
    language plpgsql security definer set search_path = '' as $$
declare
    today date := (sec.now() at time zone 'Europe/Oslo')::date;
begin
    if not exists (
        select 1 from public.directory_membership m
        where m.person_id = new.contact_person_id and m.service_id = new.author_service_id
          and m.role in ('contact_person', 'leader')
          and m.starts_on <= today and (m.ends_on is null or m.ends_on > today)) then
        raise exception 'the contact person does not work in the service' using errcode = 'check_violation';
    end if;
    return new;
end
$$;
drop trigger if exists contact_person_works_here on public.cases_pathway;
create trigger contact_person_works_here before insert or update of contact_person_id on public.cases_pathway
    for each row execute function sec.contact_person_works_here();

-- Whether nothing has been done in a case since it began to follow another edition; for the owner alone.
create or replace function sec.nothing_done_since(change uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select p.version = c.version + 1
    from public.cases_editionchange c join public.cases_pathway p on p.id = c.pathway_id
    where c.id = change and c.author_service_id = sec.service()
$$;

-- An open case follows a newer edition (its key is its year) because its owner writes a row that says so: nobody changes the
-- edition by itself. It goes back only by a row that undoes that one, while nothing has been done in it since.
create or replace function sec.follow_edition() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    if new.undoes_id is not null and not exists (
        select 1 from public.cases_editionchange c
        where c.id = new.undoes_id and c.pathway_id = new.pathway_id and c.undoes_id is null
          and c.from_edition_id = new.to_edition_id and c.to_edition_id = new.from_edition_id
          and sec.nothing_done_since(c.id)) then
        raise exception 'the edition cannot be taken back' using errcode = 'check_violation';
    end if;
    update public.cases_pathway p set edition_id = new.to_edition_id
    where p.id = new.pathway_id and p.edition_id = new.from_edition_id and p.author_service_id = new.author_service_id
      and p.version = new.version and p.status in ('under_assessment', 'under_way');
    if not found then
        raise exception 'the case does not follow that edition' using errcode = 'check_violation';
    end if;
    if new.undoes_id is null and new.to_edition_id < new.from_edition_id then
        raise exception 'the edition is older' using errcode = 'check_violation';
    end if;
    return null;
end
$$;
drop trigger if exists follow_edition on public.cases_editionchange;
create trigger follow_edition after insert on public.cases_editionchange
    for each row execute function sec.follow_edition();
