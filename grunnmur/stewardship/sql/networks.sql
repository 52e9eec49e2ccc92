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

-- Takes a topic off the programme of a gathering to come, for whoever runs the network: it waits for another again.
create or replace function sec.put_back_topic(wanted uuid, at_gathering uuid) returns void
    language sql security definer set search_path = '' as $$
    delete from public.stewardship_takentopic k
    where k.topic_id = wanted and k.gathering_id = at_gathering and sec.may_take_up(wanted, at_gathering)
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

-- Whether somebody represents a municipality of a network today: who leads its child welfare, and its chief physician. Asked for
-- another than the one who asks, of the service that a message is for; runs as whoever calls it.
create or replace function sec.represents(wanted uuid, service uuid, who uuid) returns boolean
    language sql stable set search_path = '' as $$
    select exists (
        select 1 from public.stewardship_network n
        join public.directory_service g on g.id = n.service_id
        join public.directory_service v on v.id = represents.service
        join public.directory_municipality p on p.number = v.municipality_id and p.county = any(g.counties)
        join public.directory_membership m on m.service_id = v.id and m.person_id = who
        where n.id = wanted and (m.role, v.kind) in (('leader', 'child_welfare'), ('chief_physician', 'chief_physician'))
          and m.starts_on <= sec.today() and (m.ends_on is null or m.ends_on > sec.today()))
$$;

-- Whether a message about a gathering may go to a service and person: to who represents a member, or, where it goes to somebody
-- outside, from the county governor that runs the network.
create or replace function sec.may_hear_of(wanted uuid, gathering uuid, service uuid, who uuid) returns boolean
    language sql stable set search_path = '' as $$
    select exists (
        select 1 from public.stewardship_gathering g join public.stewardship_network n on n.id = g.network_id
        where g.id = gathering and n.id = wanted
          and case when who is null then n.service_id = service else sec.represents(n.id, service, who) end)
$$;

-- Whether the one who asks may send this about a gathering of their network: to who represents a member, or to somebody outside.
create or replace function sec.may_gather(wanted uuid, gathering uuid, to_service uuid, to_person uuid) returns boolean
    language sql stable security definer set search_path = '' as $$
    select sec.runs(wanted) and sec.network_of_gathering(gathering) = wanted
        and (to_service is null) = (to_person is null)
        and sec.may_hear_of(wanted, gathering, coalesce(to_service, sec.service()), to_person)
$$;

-- Whether one that is said to be told is a member of the network of a gathering.
create or replace function sec.is_member(at_gathering uuid, place text, partner text) returns boolean
    language sql stable security definer set search_path = '' as $$
    select case when place is null then is_member.partner = any(n.partners) else sec.are_members(n.id, array[place]) end
    from public.stewardship_network n where n.id = sec.network_of_gathering(at_gathering)
$$;

-- A member that has answered waits to be asked no more, whichever of its people answered, and by whatever way.
create or replace function sec.settle_invitations() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    insert into public.post_fact (id, message_id, attempt, fact, code, at, recorded_by_id)
    select gen_random_uuid(), i.message_id, 0, 'answered', '', new.recorded_at, new.recorded_by_id
    from public.stewardship_gatheringinvitation i join public.post_message m on m.id = i.message_id
    where i.gathering_id = new.gathering_id and i.municipality_id is not distinct from new.municipality_id
      and i.partner = new.partner and m.wants_answer
      and not exists (select 1 from public.post_fact f
                      where f.message_id = m.id and f.fact in ('answered', 'recalled', 'over'))
    on conflict do nothing;
    return null;
end
$$;
drop trigger if exists settles_invitations on public.stewardship_gatheringanswer;
create trigger settles_invitations after insert on public.stewardship_gatheringanswer
    for each row execute function sec.settle_invitations();

-- What somebody outside is told of a gathering, by the message that only they were sent: nothing of what others have answered.
-- Who was asked anew was asked at another address, and the link to the former shows nothing, also to one who opened it. Runs
-- as whoever calls it, so it is of no use to the runtime role.
create or replace function sec.gathering_of_message(wanted uuid)
    returns table (state text, gathering uuid, network text, organiser text, partner text, held_on date, begins_at time,
                   place text, about text, is_cancelled boolean, version int, topics text[], answer text, who text,
                   words text, answered int, is_old boolean)
    language sql stable set search_path = '' as $$
    select case when exists (select 1 from public.post_fact f where f.message_id = m.id and f.fact = 'recalled')
                  or not i.partner = any(n.partners)
                  or exists (select 1 from public.stewardship_gatheringinvitation anew
                             where anew.gathering_id = i.gathering_id and anew.municipality_id is null
                               and anew.partner = i.partner and anew.what = 'invited'
                               and anew.recorded_at > i.recorded_at) then 'recalled'
                -- Also one that was sent before it was moved to an earlier day.
                when m.expires_at <= sec.now() or g.held_on < sec.today() then 'expired' else 'open' end,
           g.id, n.name::text, v.name::text, i.partner::text, g.held_on, g.begins_at, g.place::text, g.about::text,
           g.is_cancelled, g.version, array(
               select t.title::text from public.stewardship_takentopic k
               join public.stewardship_networktopic t on t.id = k.topic_id
               where k.gathering_id = g.id order by t.recorded_at),
           coalesce(a.answer, '')::text, coalesce(a.who, '')::text, coalesce(a.words, '')::text, coalesce(a.version, 0),
           coalesce(a.recorded_at < g.moved_at, false)
    from public.stewardship_gatheringinvitation i
    join public.post_message m on m.id = i.message_id and m.to_service_id is null
    join public.stewardship_gathering g on g.id = i.gathering_id
    join public.stewardship_network n on n.id = g.network_id
    join public.directory_service v on v.id = n.service_id
    left join lateral (
        select w.answer, w.who, w.words, w.version, w.recorded_at from public.stewardship_gatheringanswer w
        where w.gathering_id = g.id and w.municipality_id is null and w.partner = i.partner
        order by w.version desc limit 1) a on true
    where i.message_id = wanted
$$;

-- The same by the link's address. Signed by the program, which alone can make that address.
create or replace function sec.gathering_by_link(wanted uuid, mac bytea)
    returns table (state text, gathering uuid, network text, organiser text, partner text, held_on date, begins_at time,
                   place text, about text, is_cancelled boolean, version int, topics text[], answer text, who text,
                   words text, answered int, is_old boolean)
    language plpgsql stable security definer set search_path = '' as $$
begin
    perform sec.must_be_signed('gathering|' || wanted, mac);
    return query select * from sec.gathering_of_message(wanted);
end
$$;

-- Somebody outside has opened the link, with a press: a program that fetches every address does not.
create or replace function sec.open_gathering(wanted uuid, mac bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_be_signed('open_gathering|' || wanted, mac);
    insert into public.post_fact (id, message_id, attempt, fact, code, at)
    select gen_random_uuid(), wanted, 0, 'opened', '', sec.now()
    from sec.gathering_of_message(wanted) l where l.state = 'open'
    on conflict do nothing;
end
$$;

-- Somebody outside says whether they come, over the version that they saw. False when the link or the gathering is over, or when
-- another version has been given since.
create or replace function sec.answer_gathering(wanted uuid, seen int, said text, who text, words text, mac bytea)
    returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    perform sec.must_be_signed(concat_ws('|', 'answer_gathering', wanted, seen, said, who, words), mac);
    insert into public.stewardship_gatheringanswer
        (id, gathering_id, partner, version, answer, who, words, recorded_at)
    select gen_random_uuid(), l.gathering, l.partner, l.answered + 1, said, answer_gathering.who, answer_gathering.words,
           sec.now()
    from sec.gathering_of_message(wanted) l
    where l.state = 'open' and not l.is_cancelled and l.held_on >= sec.today() and l.answered = seen;
    return found;
end
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

-- A gathering that is called off takes up nothing: what was on its programme waits for another again, with the voices it has.
create or replace function sec.free_topics() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    delete from public.stewardship_takentopic k where k.gathering_id = new.id;
    return null;
end
$$;
drop trigger if exists frees_topics on public.stewardship_gathering;
create trigger frees_topics after update on public.stewardship_gathering
    for each row when (new.is_cancelled) execute function sec.free_topics();
