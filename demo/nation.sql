-- The rows of the synthetic nation. `demo/nation.py` makes the tables that the first lines read (`nation`, `nation_service`
-- and `nation_near`) and a function of `pg_temp` for each assumption; nothing here is one.
--
-- A block begins with «--> » and what it fills. A block named after a table is a query for its rows: the columns that it does
-- not name are empty, and its rows are written in the order they were recorded, as years of real work leave them. Any other
-- block is run as it is. `draw(n, what)` gives the same number between 0 and 1 for the same thing each time; each use has a
-- `what` of its own. Nothing is written that would have happened after the last day.

--> when it was recorded
create function pg_temp.at(on_day date, minutes bigint) returns timestamptz language sql immutable as $$
    select (on_day + make_interval(mins => 480 + minutes::int)) at time zone 'Europe/Oslo'
$$

--> a working day
create function pg_temp.weekday(on_day date) returns date language sql immutable as $$
    select on_day + (array[0, 0, 0, 0, 0, 2, 1])[extract(isodow from on_day)::int]
$$

--> the kind of a health area
create function pg_temp.kind(area text) returns int language sql immutable as $$
    select case area when 'mental' then 8 when 'somatic' then 16 when 'dental' then 32 when 'sexual' then 64 else 128 end
$$

--> which case begins when, and where
create temp table nation_case on commit drop as
select n, pg_temp.key('pathway', n::text) as pathway_id, s.service as author_service_id,
       s.people[1 + floor(pg_temp.draw(n, 2) * cardinality(s.people))::int] as recorded_by_id,
       t.first_on + floor((n - 1) * t.days::float8 / t.cases)::int as opened_on, t.last_on
from nation t
cross join generate_series(1, t.cases) n
join nation_service s on s.number = width_bucket(pg_temp.draw(n, 1), t.ends)

--> how far each case comes: from its beginning to its end, and once more when it is taken up again
create temp table nation_run on commit drop as
with first as (
    select c.*, case outcome when 'start' then decided_on end as started_on,
           case outcome when 'start' then decided_on + pg_temp.to_close(pg_temp.draw(n, 5)) else decided_on end as ended_on
    from (select *, opened_on + pg_temp.to_decision(pg_temp.draw(n, 3)) as decided_on,
                 pg_temp.outcome(pg_temp.draw(n, 4)) as outcome from nation_case) c
), again as (
    select n, pathway_id, author_service_id, recorded_by_id, last_on, outcome as before,
           ended_on + pg_temp.to_reactivate(pg_temp.draw(n, 7)) as begun_on
    from first
    where pg_temp.draw(n, 6) < case outcome when 'start' then pg_temp.reactivated_closed()
                                            else pg_temp.reactivated_not_started() end
), second as (
    select a.*, case before when 'do_not_start' then begun_on + pg_temp.to_decision(pg_temp.draw(n, 8)) end as decided_on,
           case when before = 'do_not_start'
                then case when pg_temp.draw(n, 9) < pg_temp.start_again() then 'start' else 'do_not_start' end end as outcome
    from again a
), both_runs as (
    select n * 2 as n, n as case_n, 1 as round, pathway_id, author_service_id, recorded_by_id, last_on,
           opened_on as begun_on, decided_on, outcome, started_on, ended_on
    from first
    union all
    select n * 2 + 1, n, 2, pathway_id, author_service_id, recorded_by_id, last_on, begun_on, decided_on, outcome,
           case when before = 'start' then begun_on when outcome = 'start' then decided_on end,
           case when outcome = 'do_not_start' then decided_on
                else coalesce(decided_on, begun_on) + pg_temp.to_close(pg_temp.draw(n, 12)) end
    from second
)
select n, case_n, round, pathway_id, author_service_id, recorded_by_id, last_on, begun_on,
       case when decided_on <= last_on then decided_on end as decided_on,
       case when decided_on <= last_on then outcome end as outcome,
       case when started_on <= last_on then started_on end as started_on,
       case when ended_on <= last_on then ended_on end as ended_on,
       case when started_on <= last_on and pg_temp.draw(n, 13) < pg_temp.oppstartsmote()
            then pg_temp.weekday(started_on + pg_temp.to_oppstart(pg_temp.draw(n, 14))) end as oppstart_on
from both_runs
where begun_on <= last_on

--> how each case stands on the last day
create temp table nation_now on commit drop as
select distinct on (case_n) case_n, ended_on,
       case when ended_on is null and started_on is null then 'under_assessment' when ended_on is null then 'under_way'
            when started_on is null then 'not_started' else 'closed' end as status
from nation_run order by case_n, round desc

--> whose case each is: a child can have an earlier one in the same service
create temp table nation_child on commit drop as
with turn as (
    select c.n, c.author_service_id, c.opened_on, w.ended_on,
           row_number() over (partition by c.author_service_id order by c.n) as turn
    from nation_case c join nation_now w on w.case_n = c.n
), tried as (
    select later.n, earlier.n as before
    from turn later
    join turn earlier on earlier.author_service_id = later.author_service_id
                     and earlier.turn = 1 + floor(pg_temp.draw(later.n, 10) * (later.turn - 1))::bigint
    where later.turn > 1 and pg_temp.draw(later.n, 11) < pg_temp.known_before() and earlier.ended_on < later.opened_on
), known as (
    select distinct on (before) n, before from tried where before not in (select n from tried) order by before, n
)
select c.n, pg_temp.key('child', coalesce(k.before, c.n)::text) as child_id,
       pg_temp.key('parent', coalesce(k.before, c.n)::text) as parent_id, k.before is null as is_new,
       c.opened_on - floor(365.25 * (age.years + pg_temp.draw(coalesce(k.before, c.n), 16) * case age.years
           when 0 then 3 when 3 then 3 when 6 then 7 else 5 end))::int as born_on
from nation_case c
left join known k on k.n = c.n
cross join lateral (select pg_temp.age(pg_temp.draw(coalesce(k.before, c.n), 15))::int as years) age

--> who is around each child
create temp table nation_person on commit drop as
select h.child_id, h.born_on, c.n, c.author_service_id, c.recorded_by_id, c.opened_on, r.i, r.relation,
       case r.i when 0 then h.parent_id else pg_temp.key('person', c.n || '/' || r.i) end as id
from nation_case c
join nation_child h on h.n = c.n and h.is_new
cross join (values (0, 'mother', 1), (1, 'father', pg_temp.has_father()), (2, 'foster_parent', pg_temp.has_foster_parent()),
                   (3, 'sibling', pg_temp.has_sibling())) r (i, relation, share)
where pg_temp.draw(c.n * 4 + r.i, 19) < r.share

--> ready to be asked
analyze nation_case, nation_run, nation_now, nation_child, nation_person

--> cases_child
select h.child_id as id, 1 as kind, c.author_service_id, c.recorded_by_id, pg_temp.at(c.opened_on, 0) as recorded_at,
       h.born_on, pg_temp.sex(pg_temp.draw(c.n, 17)) as sex, 'S-' || c.n as journal_number,
       pg_temp.protection(pg_temp.draw(c.n, 18)) as address_protection
from nation_case c join nation_child h on h.n = c.n where h.is_new

--> cases_relatedperson
select p.id, 1 as kind, p.author_service_id, p.recorded_by_id, pg_temp.at(p.opened_on, 1) as recorded_at, p.child_id,
       p.id as identity, 'Syntetisk' as name, p.relation, p.i < 2 as has_parental_responsibility,
       p.i = 0 as has_daily_care, p.born_on as from_on
from nation_person p

--> cases_pathway
select c.pathway_id as id, 2 as kind, c.author_service_id, c.recorded_by_id, pg_temp.at(c.opened_on, 2) as recorded_at,
       h.child_id, t.edition as edition_id, c.recorded_by_id as contact_person_id, w.status, c.opened_on, 1 as version
from nation t cross join nation_case c join nation_child h on h.n = c.n join nation_now w on w.case_n = c.n

--> cases_initiative
select pg_temp.key('initiative', c.n::text) as id, 4 as kind, h.child_id, i.service as author_service_id, i.person as recorded_by_id,
       pg_temp.at(c.opened_on, 3) as recorded_at, 'start' as wish, 'Syntetisk.' as reason, c.opened_on as sent_on,
       c.author_service_id as to_service_id
from nation_case c
join nation_child h on h.n = c.n
join nation_near i on i.near = c.author_service_id and i.key = 'institution'
where pg_temp.draw(c.n, 115) < pg_temp.initiative_taken()

--> cases_conversation
select pg_temp.key('conversation', x.n::text) as id, 4 as kind, r.pathway_id, r.author_service_id, r.recorded_by_id,
       pg_temp.at(x.on_day, 5 + i) as recorded_at, pg_temp.talked_with(pg_temp.draw(x.n, 21)) as with_whom,
       x.on_day as held_on, 'Syntetisk.' as summary, pg_temp.participation_in_talk(pg_temp.draw(x.n, 22)) as participation,
       array_remove(array[pg_temp.talked_of(pg_temp.draw(x.n, 28))], '')::varchar[] as health_areas
from nation_run r
cross join lateral generate_series(1, pg_temp.talks(pg_temp.draw(r.n, 20))::int) i
cross join lateral (select r.n * 16 + i as n,
                           r.begun_on + pg_temp.to_talk(pg_temp.draw(r.n * 16 + i, 23)) as on_day) x
where x.on_day <= r.last_on

--> cases_observation
select pg_temp.key('observation', x.n::text) as id, 4 as kind, r.pathway_id, r.author_service_id, r.recorded_by_id,
       pg_temp.at(x.on_day, 10 + i) as recorded_at,
       case left(c.code, 1) when '1' then 'risk_factor' when '2' then 'risk_factor' when '3' then 'protective_factor'
                            else 'worry_sign' end as observation,
       c.code, x.on_day as seen_on, 'Syntetisk' as source
from nation_run r
cross join lateral generate_series(1, pg_temp.observations(pg_temp.draw(r.n, 29))::int) i
cross join lateral (select r.n * 8 + i as n, r.begun_on + pg_temp.to_observation(pg_temp.draw(r.n * 8 + i, 39)) as on_day) x
cross join lateral (select pg_temp.observed(pg_temp.draw(x.n, 49)) as code) c
where x.on_day <= r.last_on

--> cases_assessment
select pg_temp.key('assessment', r.n::text) as id, 4 as kind, r.pathway_id, r.author_service_id, r.recorded_by_id,
       pg_temp.at(r.decided_on, 20) as recorded_at, r.outcome, r.decided_on, 'Syntetisk.' as reason,
       pg_temp.participation(pg_temp.draw(r.n, 24)) as participation
from nation_run r where r.decided_on is not null

--> cases_assessedcriterion
select pg_temp.key('criterion', r.n || '/' || k.criterion) as id, 4 as kind, r.pathway_id, r.author_service_id,
       r.recorded_by_id, pg_temp.at(r.decided_on, 20) as recorded_at, pg_temp.key('assessment', r.n::text) as assessment_id,
       k.criterion, 'Syntetisk.' as facts
from nation_run r
cross join lateral (
    select pg_temp.criterion(pg_temp.draw(r.n, 25)) as criterion
    union
    select pg_temp.criterion(pg_temp.draw(r.n, 26)) where pg_temp.draw(r.n, 27) < pg_temp.second_criterion()) k
where r.outcome = 'start'

--> what is asked of the family
create temp table nation_consent on commit drop as
select r.n * 16 + i as n, r.case_n, r.pathway_id, r.author_service_id, r.recorded_by_id, r.last_on, a.service as recipient_id,
       r.started_on + pg_temp.to_consent(pg_temp.draw(r.n * 16 + i, 31)) as asked_on
from nation_run r
cross join lateral generate_series(1, pg_temp.consents(pg_temp.draw(r.n, 30))::int) i
join nation_near a on a.near = r.author_service_id and a.key = pg_temp.recipient(pg_temp.draw(r.n * 16 + i, 32))
where r.started_on is not null

--> cases_consent
select pg_temp.key('consent', q.n::text) as id, 2 as kind, q.pathway_id, q.author_service_id, q.recorded_by_id,
       pg_temp.at(q.asked_on, 30) as recorded_at, 'contact_health' as purpose, q.recipient_id, 3 as kinds,
       q.asked_on as valid_from, (q.asked_on + make_interval(years => pg_temp.consent_years()::int))::date as valid_until,
       q.asked_on, case when pg_temp.draw(q.n, 58) < pg_temp.help_is_offered() then 'Syntetisk.' else '' end as help_offered
from nation_consent q where q.asked_on <= q.last_on

--> cases_consentsignature
select pg_temp.key('signature', x.n || '/' || again) as id, 2 as kind, q.pathway_id, q.author_service_id, q.recorded_by_id,
       pg_temp.at(x.on_day + again * 10, 31) as recorded_at, pg_temp.key('consent', q.n::text) as consent_id,
       case who when 1 then 'parent' else 'child' end as signatory_kind,
       case who when 1 then h.parent_id end as related_person_id,
       a.answer, x.on_day + again * 10 as answered_on, 'oral' as how,
       case when a.answer = 'no' and pg_temp.draw(x.n, 59) < pg_temp.help_at_the_no() then 'Syntetisk.' else '' end as note
from nation_consent q
join nation_child h on h.n = q.case_n
cross join generate_series(1, 2) who
cross join generate_series(0, 1) again
cross join lateral (select q.n * 2 + who as n,
                           q.asked_on + pg_temp.to_answer(pg_temp.draw(q.n * 2 + who, 35)) as on_day) x
cross join lateral (select pg_temp.answer(pg_temp.draw(x.n, 33 + again)) as answer) a
where (who = 1 or h.born_on + make_interval(years => pg_temp.signs_from_age()::int) <= q.asked_on)
  and (again = 0 or pg_temp.draw(x.n, 36) < pg_temp.changes_answer())
  and q.asked_on <= q.last_on and x.on_day + again * 10 <= q.last_on

--> cases_consentwithdrawal
select pg_temp.key('withdrawal', q.n::text) as id, 2 as kind, q.pathway_id, q.author_service_id, q.recorded_by_id,
       pg_temp.at(x.on_day, 60) as recorded_at, pg_temp.key('consent', q.n::text) as consent_id, 'parent' as withdrawn_by,
       h.parent_id as related_person_id, pg_temp.at(x.on_day, 60) as withdrawn_at
from nation_consent q
join nation_child h on h.n = q.case_n
cross join lateral (select q.asked_on + pg_temp.to_withdrawal(pg_temp.draw(q.n, 37)) as on_day) x
where pg_temp.draw(q.n, 38) < pg_temp.withdrawn() and x.on_day <= q.last_on

--> the meetings; one that is moved is there twice
create temp table nation_meeting on commit drop as
with called as (
    select r.n * 32 as n, r.n as run, 'avklaringsmote' as meeting,
           pg_temp.weekday(r.begun_on + pg_temp.to_avklaring(pg_temp.draw(r.n, 41))) as on_day
    from nation_run r where pg_temp.draw(r.n, 40) < pg_temp.avklaringsmote()
    union all
    select r.n * 32 + 1, r.n, 'oppstartsmote', r.oppstart_on from nation_run r where r.oppstart_on is not null
    union all
    select r.n * 32 + 1 + i, r.n, 'statusmote', pg_temp.weekday(r.oppstart_on + i * pg_temp.status_interval()::int)
    from nation_run r
    cross join lateral generate_series(1, least(12, (coalesce(r.ended_on, r.last_on) - r.oppstart_on)
                                                    / pg_temp.status_interval()::int)) i
), ended as (
    select c.*, pg_temp.meeting_end(pg_temp.draw(c.n, 42)) as meeting_end from called c
), moved as (
    select n * 2 as n, run, meeting, on_day, meeting_end, null::bigint as moved_from from ended
    union all
    select n * 2 + 1, run, meeting, pg_temp.weekday(on_day + pg_temp.to_move(pg_temp.draw(n, 43))), 'held', n * 2
    from ended where meeting_end = 'moved'
)
select m.n, pg_temp.key('meeting', m.n::text) as id, r.case_n, r.pathway_id, r.author_service_id, r.recorded_by_id, m.meeting,
       m.on_day, m.meeting_end, pg_temp.key('meeting', m.moved_from::text) as moved_from_id
from moved m join nation_run r on r.n = m.run
where m.on_day <= r.last_on

--> those who are invited, and whether they came
create temp table nation_invitation on commit drop as
select distinct on (m.n, a.service) m.n * 4 + i as n, m.id as meeting_id, m.pathway_id, m.author_service_id, m.recorded_by_id,
       m.on_day, m.meeting_end, a.service, a.person, pg_temp.draw(m.n * 4 + i, 46) < pg_temp.came() as came
from nation_meeting m
cross join lateral generate_series(1, pg_temp.invited(pg_temp.draw(m.n, 44))::int) i
join nation_near a on a.near = m.author_service_id and a.key = pg_temp.recipient(pg_temp.draw(m.n * 4 + i, 45))
order by m.n, a.service, i

--> ready to be asked once more
analyze nation_consent, nation_meeting, nation_invitation

--> cases_meeting
select m.id, 2 as kind, m.pathway_id, m.author_service_id, m.recorded_by_id, pg_temp.at(m.on_day - 14, 60) as recorded_at,
       m.meeting, pg_temp.at(m.on_day, floor(pg_temp.draw(m.n, 47) * 7)::int * 60) as starts_at, true as child_invited,
       m.moved_from_id
from nation_meeting m

--> cases_invitation
select pg_temp.key('invitation', i.n::text) as id, 2 as kind, i.pathway_id, i.author_service_id, i.recorded_by_id,
       pg_temp.at(i.on_day - 14, 60) as recorded_at, i.meeting_id, i.service as service_id
from nation_invitation i

--> cases_invitationreply
select pg_temp.key('reply', i.n || '/' || again) as id, 2 as kind, i.pathway_id, i.service as author_service_id,
       i.person as recorded_by_id, pg_temp.at(i.on_day - 7 + again, 60) as recorded_at,
       pg_temp.key('invitation', i.n::text) as invitation_id, x.answer
from nation_invitation i
cross join generate_series(0, 1) again
cross join lateral (select pg_temp.reply(pg_temp.draw(i.n, 48 + again)) as answer) x
where x.answer <> '' and (again = 0 or pg_temp.draw(i.n, 50) < pg_temp.later_reply())

--> cases_meetingheld
select pg_temp.key('held', m.n::text) as id, 2 as kind, m.pathway_id, m.author_service_id, m.recorded_by_id,
       pg_temp.at(m.on_day, 600) as recorded_at, m.id as meeting_id, m.on_day as held_on,
       coalesce(s.services, '{}') as services_present, coalesce(p.people, '{}') as people_present,
       pg_temp.draw(m.n, 51) < pg_temp.child_came() as child_present,
       pg_temp.participation(pg_temp.draw(m.n, 52)) as participation, 'Syntetisk.' as minutes
from nation_meeting m
left join (select i.meeting_id, array_agg(i.service order by i.service) as services
           from nation_invitation i where i.came group by i.meeting_id) s on s.meeting_id = m.id
left join (select t.id as meeting_id, array_agg(p.id order by p.id) as people
           from nation_meeting t join nation_child h on h.n = t.case_n join nation_person p on p.child_id = h.child_id
           where pg_temp.draw(t.n * 4 + p.i, 60) < pg_temp.relative_came() group by t.id) p on p.meeting_id = m.id
where m.meeting_end = 'held'

--> cases_meetingcancelled
select pg_temp.key('cancelled', m.n::text) as id, 2 as kind, m.pathway_id, m.author_service_id, m.recorded_by_id,
       pg_temp.at(m.on_day - 1, 60) as recorded_at, m.id as meeting_id, 'Syntetisk.' as reason
from nation_meeting m where m.meeting_end = 'cancelled'

--> cases_experience
select pg_temp.key('experience', m.n || '/' || w.n) as id,
       case w.n when 2 then a.service else m.author_service_id end as service_id,
       date_trunc('month', m.on_day)::date as month, w.of, 'meeting' as after,
       pg_temp.grade(pg_temp.draw(m.n * 4 + w.n, 54))::int as was_heard,
       pg_temp.grade(pg_temp.draw(m.n * 4 + w.n, 55))::int as understood,
       pg_temp.grade(pg_temp.draw(m.n * 4 + w.n, 56))::int as it_helps
from nation_meeting m
cross join (values (0, 'child'), (1, 'parent'), (2, 'staff'), (3, 'staff')) w (n, of)
join nation_near a on a.near = m.author_service_id and a.key = pg_temp.recipient(pg_temp.draw(m.n, 57))
where m.meeting_end = 'held' and pg_temp.draw(m.n * 4 + w.n, 53) < pg_temp.experience_given()

--> what is mapped
create temp table nation_mapping on commit drop as
select x.n, pg_temp.key('mapping', x.n::text) as id, r.pathway_id, r.author_service_id, r.recorded_by_id, r.last_on, a.area,
       x.asked_on, case when pg_temp.draw(x.n, 63) >= pg_temp.nobody_asked() then s.service end as service_id, s.person,
       x.asked_on + pg_temp.to_accept(pg_temp.draw(x.n, 64)) as accepted_on,
       pg_temp.mapping_end(pg_temp.draw(x.n, 65)) as mapping_end
from nation_run r
cross join (values (0, 'mental', 'mental', pg_temp.area_mental()), (1, 'somatic', 'gp', pg_temp.area_somatic()),
                   (2, 'dental', 'dental', pg_temp.area_dental()), (3, 'sexual', 'school', pg_temp.area_sexual()),
                   (4, 'substance_use', 'gp', pg_temp.area_substance_use())) a (i, area, key, share)
cross join lateral (select r.n * 8 + a.i as n,
                           r.oppstart_on + pg_temp.to_mapping(pg_temp.draw(r.n * 8 + a.i, 62)) as asked_on) x
join nation_near s on s.near = r.author_service_id and s.key = a.key
where r.oppstart_on is not null and pg_temp.draw(r.n * 8 + a.i, 61) < a.share and x.asked_on <= r.last_on

--> how it ends
create temp table nation_mapped on commit drop as
select m.*, case when service_id is null then asked_on
                 else accepted_on + pg_temp.to_conclude(pg_temp.draw(n, 66)) end as ended_on,
       case when service_id is null then 'not_indicated' else mapping_end end as state,
       case when service_id is not null and mapping_end = 'concluded'
            then pg_temp.conclusion(pg_temp.draw(n, 67)) else '' end as conclusion
from nation_mapping m

--> cases_mapping
select m.id, pg_temp.kind(m.area) as kind, m.pathway_id, m.author_service_id, m.recorded_by_id,
       pg_temp.at(m.asked_on, 70) as recorded_at, m.area as health_area, m.service_id, m.asked_on,
       pg_temp.participation_in_talk(pg_temp.draw(m.n, 69)) as participation
from nation_mapping m

--> cases_mappingstep
select pg_temp.key('accepted', m.n::text) as id, pg_temp.kind(m.area) as kind, m.pathway_id, m.service_id as author_service_id,
       m.person as recorded_by_id, pg_temp.at(m.accepted_on, 75) as recorded_at, m.id as mapping_id, 'accepted' as state,
       m.accepted_on as on, '' as conclusion
from nation_mapping m where m.service_id is not null and m.accepted_on <= m.last_on
union all
select pg_temp.key('ended', m.n::text), pg_temp.kind(m.area), m.pathway_id, coalesce(m.service_id, m.author_service_id),
       case when m.service_id is null then m.recorded_by_id else m.person end, pg_temp.at(m.ended_on, 80), m.id, m.state,
       m.ended_on, m.conclusion
from nation_mapped m where m.ended_on <= m.last_on

--> what is planned for a need
create temp table nation_goal on commit drop as
select m.n, m.pathway_id, m.author_service_id, m.recorded_by_id, m.area, m.service_id, m.last_on, x.set_on,
       x.set_on + pg_temp.to_begin(pg_temp.draw(m.n, 112)) as begun_on
from nation_mapped m
cross join lateral (select m.ended_on + pg_temp.to_goal(pg_temp.draw(m.n, 110)) as set_on) x
where m.conclusion not in ('', 'no_further_need') and pg_temp.draw(m.n, 111) < pg_temp.goal_for_need() and x.set_on <= m.last_on

--> cases_goal
select pg_temp.key('goal', g.n::text) as id, pg_temp.kind(g.area) as kind, g.pathway_id, g.author_service_id, g.recorded_by_id,
       pg_temp.at(g.set_on, 85) as recorded_at, g.area as health_area
from nation_goal g

--> cases_goalversion
select pg_temp.key('goal version', g.n::text) as id, pg_temp.kind(g.area) as kind, g.pathway_id, g.author_service_id,
       g.recorded_by_id, pg_temp.at(g.set_on, 85) as recorded_at, pg_temp.key('goal', g.n::text) as goal_id, 1 as version,
       'Syntetisk.' as text, true as is_current
from nation_goal g

--> cases_task
select pg_temp.key('task', g.n::text) as id, 2 as kind, g.pathway_id, g.author_service_id, g.recorded_by_id,
       pg_temp.at(g.set_on, 86) as recorded_at, pg_temp.key('goal', g.n::text) as goal_id
from nation_goal g where pg_temp.draw(g.n, 113) < pg_temp.task_for_goal()

--> cases_taskversion
select pg_temp.key('task version', g.n || '/' || v.version) as id, 2 as kind, g.pathway_id, g.author_service_id,
       g.recorded_by_id, pg_temp.at(v.on_day, 86) as recorded_at, pg_temp.key('task', g.n::text) as task_id, v.version,
       'Syntetisk.' as what, g.service_id, v.state
from nation_goal g
cross join lateral (values (1, 'agreed', g.set_on), (2, 'under_way', g.begun_on)) v (version, state, on_day)
where pg_temp.draw(g.n, 113) < pg_temp.task_for_goal()
  and (v.version = 1 or (pg_temp.draw(g.n, 114) < pg_temp.task_begins() and v.on_day <= g.last_on))

--> what is referred
create temp table nation_referral on commit drop as
select m.n, pg_temp.key('referral', m.n::text) as id, m.pathway_id, m.service_id, m.person, m.area, m.last_on,
       a.service as to_service_id, a.person as to_person, x.sent_on,
       x.sent_on + pg_temp.to_receive(pg_temp.draw(m.n, 71)) as received_on
from nation_mapped m
cross join lateral (select m.ended_on + pg_temp.to_refer(pg_temp.draw(m.n, 70)) as sent_on) x
join nation_near a on a.near = m.author_service_id
                  and a.key = case when m.area in ('mental', 'substance_use') then 'camhs' else 'paediatric' end
where m.conclusion = 'referral'

--> cases_referral
select r.id, pg_temp.kind(r.area) as kind, r.pathway_id, r.service_id as author_service_id, r.person as recorded_by_id,
       pg_temp.at(r.sent_on, 90) as recorded_at, r.area as health_area, r.service_id as from_service_id, r.to_service_id,
       'Syntetisk.' as question, 'Syntetisk.' as situation, r.sent_on, r.received_on
from nation_referral r where r.received_on <= r.last_on

--> cases_referralanswer
select pg_temp.key('referral answer', r.n::text) as id, pg_temp.kind(r.area) as kind, r.pathway_id,
       r.to_service_id as author_service_id, r.to_person as recorded_by_id, pg_temp.at(x.answered_on, 95) as recorded_at,
       r.id as referral_id, x.answer, x.answered_on, case x.answer when 'right_granted' then '' else 'Syntetisk.' end as reason,
       case x.answer when 'rejected' then pg_temp.main_reason(pg_temp.draw(r.n, 75)) else '' end as main_reason,
       case when x.answer = 'right_granted' and pg_temp.draw(r.n, 76) < pg_temp.start_is_set()
            then x.answered_on + pg_temp.to_treatment(pg_temp.draw(r.n, 77)) end as treatment_starts_on,
       case x.answer when 'right_granted' then x.answered_on + 91 end as treatment_deadline
from nation_referral r
cross join lateral (select r.received_on + pg_temp.to_referral_answer(pg_temp.draw(r.n, 73)) as answered_on,
                           pg_temp.referral_answer(pg_temp.draw(r.n, 74)) as answer) x
where pg_temp.draw(r.n, 72) < pg_temp.referral_answered() and x.answered_on <= r.last_on

--> what the services ask each other
create temp table nation_question on commit drop as
select x.n, r.pathway_id, r.author_service_id, r.recorded_by_id, r.last_on, x.asked_on, a.service, a.person
from nation_run r
cross join lateral generate_series(1, pg_temp.questions(pg_temp.draw(r.n, 80))::int) i
cross join lateral (select r.n * 16 + i as n,
                           r.started_on + pg_temp.to_question(pg_temp.draw(r.n * 16 + i, 81)) as asked_on) x
join nation_near a on a.near = r.author_service_id and a.key = pg_temp.recipient(pg_temp.draw(x.n, 82))
where x.asked_on <= coalesce(r.ended_on, r.last_on)

--> cases_question
select pg_temp.key('question', q.n::text) as id, 2 as kind, q.pathway_id, q.author_service_id, q.recorded_by_id,
       pg_temp.at(q.asked_on, 100) as recorded_at, pg_temp.question_sort(pg_temp.draw(q.n, 83)) as sort,
       q.service as to_service_id, 'Syntetisk.' as text, q.asked_on,
       q.asked_on + pg_temp.question_days()::int as answer_by
from nation_question q

--> cases_questionanswer
select pg_temp.key('question answer', q.n::text) as id, 2 as kind, q.pathway_id, q.service as author_service_id,
       q.person as recorded_by_id, pg_temp.at(x.on_day, 105) as recorded_at,
       pg_temp.key('question', q.n::text) as question_id, x.on_day as answered_on,
       pg_temp.answer_says(pg_temp.draw(q.n, 86)) as says, 'Syntetisk.' as text
from nation_question q
cross join lateral (select q.asked_on + pg_temp.to_question_answer(pg_temp.draw(q.n, 85)) as on_day) x
where pg_temp.draw(q.n, 84) < pg_temp.question_answered() and x.on_day <= q.last_on

--> cases_closure
select pg_temp.key('closure', r.n::text) as id, 4 as kind, r.pathway_id, r.author_service_id, r.recorded_by_id,
       pg_temp.at(r.ended_on, 300) as recorded_at, pg_temp.ground(pg_temp.draw(r.n, 90)) as ground, r.ended_on as closed_on,
       'Syntetisk.' as summary, pg_temp.participation_in_talk(pg_temp.draw(r.n, 94)) as participation
from nation_run r where r.ended_on is not null and r.started_on is not null

--> cases_carrieson
select pg_temp.key('carrier', x.n::text) as id, 2 as kind, r.pathway_id, r.author_service_id, r.recorded_by_id,
       pg_temp.at(r.ended_on, 300) as recorded_at, pg_temp.key('closure', r.n::text) as closure_id, 'Syntetisk.' as what,
       case when pg_temp.draw(x.n, 92) < pg_temp.service_carries_on() then a.service end as service_id,
       case when pg_temp.draw(x.n, 92) < pg_temp.service_carries_on() then '' else 'Syntetisk' end as who
from nation_run r
cross join lateral generate_series(1, pg_temp.carriers(pg_temp.draw(r.n, 91))::int) i
cross join lateral (select r.n * 4 + i as n) x
join nation_near a on a.near = r.author_service_id and a.key = pg_temp.recipient(pg_temp.draw(x.n, 93))
where r.ended_on is not null and r.started_on is not null

--> cases_reactivation
select pg_temp.key('reactivation', r.n::text) as id, 2 as kind, r.pathway_id, r.author_service_id, r.recorded_by_id,
       pg_temp.at(r.begun_on, 0) as recorded_at, r.begun_on as reactivated_on, 'Syntetisk.' as reason
from nation_run r where r.round = 2
