-- Every indicator of `definitions/indicators.yaml` once more, written from its definition for DuckDB over the files that
-- `bench/parquet.py` writes: all half-years in one go. It knows nothing of how the program's own database counts, and must not:
-- where the two differ, one of them, or the definition, is wrong.
--
-- `fact` is one row for each thing that is counted: its half-year, indicator, case and category.

create macro half(on_day) as make_date(year(on_day), if(month(on_day) < 7, 1, 7), 1);
create macro in_time(days, few, many) as
    case when days <= few then 'within_' || few when days <= many then 'within_' || many else 'later' end;

-- Those who help, in the groups of `helpers`.
create temp table helper as
select id, case when kind in ('municipal_mental_health', 'substance_use', 'fact_youth') then 'municipal'
                when kind in ('gp', 'school_health', 'dental', 'camhs', 'paediatric', 'child_welfare') then kind
                else 'other' end as sort
from directory_service;

-- The cases that are counted: none of a child with a protected address.
create temp table counted as
select p.id, p.child_id, p.author_service_id as service_id, p.opened_on
from cases_pathway p semi join (from cases_child where address_protection = 'none') c on c.id = p.child_id;

-- What came first in each case.
create temp table decision as
select pathway_id, min(decided_on) as on_day, min(decided_on) filter (outcome = 'start') as started_on
from cases_assessment group by all;

create temp table held as
select h.pathway_id, m.meeting, h.held_on from cases_meetingheld h join cases_meeting m on m.id = h.meeting_id;

create temp table met as
select pathway_id, min(held_on) as on_day from held where meeting = 'oppstartsmote' group by all;

-- How a mapping ended, by the last that was said of it.
create temp table ended as
select mapping_id, pathway_id, arg_max(state, recorded_at) as state, arg_max(conclusion, recorded_at) as conclusion,
       arg_max("on", recorded_at) as on_day
from cases_mappingstep where state in ('concluded', 'not_indicated') group by all;

create temp table mapped as
select pathway_id, min(on_day) as on_day from ended where state = 'concluded' group by all;

-- The last that each said when asked for a consent, gathered for each consent.
create temp table asked as
with last_said as (
    select consent_id, arg_max(answer, recorded_at) as answer, arg_max(has_note, recorded_at) as has_note
    from cases_consentsignature
    group by consent_id, signatory_kind, related_person_id, service_id
), gathered as (
    select consent_id, list(distinct answer) as answers, bool_or(answer = 'no' and has_note) as help
    from last_said group by all
)
select q.pathway_id, q.asked_on, coalesce(g.answers, []) as answers, coalesce(g.help, false) or q.offers_help as has_help,
       q.id in (select consent_id from cases_consentwithdrawal) as is_withdrawn
from cases_consent q left join gathered g on g.consent_id = q.id;

create temp table fact (half date, indicator varchar, pathway_id uuid, category varchar);

insert into fact select half(decided_on), 'vurdert', pathway_id, outcome from cases_assessment;

insert into fact
select half(a.decided_on), 'startgrunner', a.pathway_id, k.criterion
from cases_assessment a join cases_assessedcriterion k on k.assessment_id = a.id where a.outcome = 'start';

insert into fact
select half(decided_on), 'ikke-startet', pathway_id, ['neither', 'risk_factor', 'worry_sign'][1 + worst]
from (select a.id, a.pathway_id, a.decided_on,
             max(case when o.seen_on > a.decided_on then 0 when o.observation = 'worry_sign' then 2
                      when o.observation = 'risk_factor' then 1 else 0 end) as worst
      from cases_assessment a left join cases_observation o on o.pathway_id = a.pathway_id
      where a.outcome = 'do_not_start' group by all);

insert into fact
select half(c.opened_on), 'tid-til-avgjorelse', c.id, if(d.on_day is null, 'not_yet', in_time(d.on_day - c.opened_on, 14, 42))
from counted c left join decision d on d.pathway_id = c.id;

insert into fact
select half(m.on_day), 'tid-til-oppstartsmote', m.pathway_id, in_time(m.on_day - d.started_on, 28, 56)
from met m join decision d on d.pathway_id = m.pathway_id where d.started_on is not null;

insert into fact
select half(k.on_day), 'tid-til-kartlegging', k.pathway_id,
       if(coalesce(m.on_day <= k.on_day, false), in_time(k.on_day - m.on_day, 42, 84), 'before')
from mapped k left join met m on m.pathway_id = k.pathway_id;

insert into fact
select half(min(h.held_on)), 'tid-til-statusmote', k.pathway_id, in_time(min(h.held_on) - any_value(k.on_day), 42, 84)
from mapped k join held h on h.pathway_id = k.pathway_id and h.meeting = 'statusmote' and h.held_on >= k.on_day
group by k.pathway_id;

insert into fact
select half(c.closed_on), 'tid-til-avslutning', c.pathway_id,
       if(coalesce(s.on_day <= c.closed_on, false), in_time(c.closed_on - s.on_day, 90, 180), 'without')
from cases_closure c
left join (select pathway_id, min(held_on) as on_day from held where meeting = 'statusmote' group by all) s
       on s.pathway_id = c.pathway_id;

insert into fact
select half(c.closed_on), 'hele-forlopet', c.pathway_id, in_time(c.closed_on - d.started_on, 180, 365)
from cases_closure c join decision d on d.pathway_id = c.pathway_id where d.started_on <= c.closed_on;

-- Every other pair of phases: the limits of each step are added up on the way.
create temp table step as from (values (0, 0, 0), (1, 14, 42), (2, 28, 56), (3, 42, 84), (4, 42, 84), (5, 90, 180)) t (phase, few, many);

create temp table reached as
select *, row_number() over () as n
from (select a.pathway_id, 1 as phase, a.decided_on as on_day from cases_assessment a where a.outcome = 'start'
      union all select m.pathway_id, 2, m.on_day from met m join decision d on d.pathway_id = m.pathway_id where d.started_on is not null
      union all select pathway_id, 3, on_day from mapped
      union all select pathway_id, 4, min(held_on) from held where meeting = 'statusmote' group by all
      union all select pathway_id, 5, closed_on from cases_closure);

create temp table came_from as
select r.n, 0 as phase, max(i.sent_on) as on_day
from reached r join counted c on c.id = r.pathway_id left join decision d on d.pathway_id = r.pathway_id
join cases_initiative i on i.child_id = c.child_id and i.to_service_id = c.service_id
                       and i.sent_on <= if(r.phase = 1, r.on_day, d.started_on)
group by r.n
union all select r.n, 1, d.started_on from reached r join decision d on d.pathway_id = r.pathway_id
union all select r.n, 2, m.on_day from reached r join met m on m.pathway_id = r.pathway_id
union all select r.n, 3, m.on_day from reached r join mapped m on m.pathway_id = r.pathway_id;

insert into fact
select half(r.on_day), 'fase-' || since.phase || '-til-' || r.phase, r.pathway_id,
       if(coalesce(f.on_day <= r.on_day, false),
          in_time(r.on_day - f.on_day, (select sum(few)::int from step where phase > since.phase and phase <= r.phase),
                                       (select sum(many)::int from step where phase > since.phase and phase <= r.phase)), 'without')
from reached r
join (from range(4) t (phase)) since on since.phase < r.phase and (since.phase = 0 or r.phase > since.phase + 1)
                                    and not (since.phase = 1 and r.phase = 5)
left join came_from f on f.n = r.n and f.phase = since.phase;

insert into fact
select half(on_day), 'medvirkning', pathway_id, participation
from (select pathway_id, decided_on as on_day, participation from cases_assessment
      union all select pathway_id, held_on, participation from cases_meetingheld
      union all select pathway_id, held_on, participation from cases_conversation
      union all select pathway_id, asked_on, participation from cases_mapping
      union all select pathway_id, closed_on, participation from cases_closure)
where participation <> '';

insert into fact
select half(held_on), 'helse-i-samtaler', pathway_id, if(len(health_areas) > 0, 'health', 'other') from cases_conversation;

insert into fact
select half(asked_on), 'samtykker', pathway_id,
       case when is_withdrawn then 'withdrawn' when list_contains(answers, 'no') and list_contains(answers, 'yes') then 'partly'
            when list_contains(answers, 'no') then 'refused' when answers = ['yes'] then 'given' else 'waiting' end
from asked;

insert into fact
select half(asked_on), 'nei-og-hjelp', pathway_id, if(has_help, 'offered', 'not_written')
from asked where list_contains(answers, 'no') and not is_withdrawn;

insert into fact
select half(m.asked_on), unnest(['kartlegging-bedt-om', 'hvem-kartlegger']), m.pathway_id, unnest([m.health_area, h.sort])
from cases_mapping m join helper h on h.id = m.service_id;

-- How long a mapping waited and then took, each by what was so 42 days later.
create temp table waited as
select m.id, m.pathway_id, m.asked_on, e.on_day as done_on,
       min(s."on") filter (s.state = 'accepted' or s.state = 'under_way' or s.state = 'concluded') as begun_on
from cases_mapping m left join cases_mappingstep s on s.mapping_id = m.id left join ended e on e.mapping_id = m.id
where m.service_id is not null group by all;

insert into fact
select half(asked_on), 'kartlegging-begynt', pathway_id, if(over_on <= asked_on + 42, in_time(over_on - asked_on, 14, 42), 'not_yet')
from (select *, list_min([begun_on, done_on]) as over_on from waited);

insert into fact
select half(begun_on + 42), 'kartlegging-ferdig', pathway_id,
       if(done_on <= begun_on + 42, in_time(done_on - begun_on, 14, 42), 'not_yet')
from waited where begun_on is not null;

insert into fact
select half(on_day), 'kartlegging-utfall', pathway_id, if(state = 'concluded', conclusion, state) from ended;

-- What was planned for a need, and when it first began.
create temp table planned as
select g.pathway_id, g.health_area, g.planned_on as goal_on, t.planned_on, t.begun_on
from (select *, (recorded_at at time zone 'Europe/Oslo')::date as planned_on from cases_goal) g
left join (select k.goal_id, (k.recorded_at at time zone 'Europe/Oslo')::date as planned_on,
                  (min(v.recorded_at) filter (v.state = 'under_way' or v.state = 'done') at time zone 'Europe/Oslo')::date as begun_on
           from cases_task k left join cases_taskversion v on v.task_id = k.id group by k.id, k.goal_id, k.recorded_at) t
       on t.goal_id = g.id;

insert into fact
select half(e.on_day), 'tiltak-etter-kartlegging', e.pathway_id,
       ['nothing', 'agreed', 'begun'][1 + max(case when p.begun_on >= m.asked_on and p.begun_on <= e.on_day + 42 then 2
                                                   when p.goal_on >= m.asked_on and p.goal_on <= e.on_day + 42 then 1
                                                   when p.planned_on >= m.asked_on and p.planned_on <= e.on_day + 42 then 1
                                                   else 0 end)]
from ended e join cases_mapping m on m.id = e.mapping_id
left join planned p on p.pathway_id = m.pathway_id and p.health_area = m.health_area
where e.state = 'concluded' and e.conclusion <> 'no_further_need'
group by e.mapping_id, e.pathway_id, e.on_day;

insert into fact
select half(r.sent_on), 'henvisninger-sendt', r.pathway_id, coalesce(a.answer, 'unanswered')
from cases_referral r left join cases_referralanswer a on a.referral_id = r.id;

insert into fact
select half(r.sent_on), 'avslag-etter-alder', r.pathway_id,
       r.health_area || '_' || case when g.years >= 18 then 18 when g.years >= 13 then 13 when g.years >= 6 then 6 else 0 end
from cases_referral r join cases_referralanswer a on a.referral_id = r.id and a.answer = 'rejected'
join cases_pathway p on p.id = r.pathway_id join cases_child c on c.id = p.child_id
cross join lateral (select datesub('year', c.born_on, r.sent_on) as years) g;

insert into fact
select half(r.sent_on), 'hvem-henviser', r.pathway_id, h.sort from cases_referral r join helper h on h.id = r.from_service_id;

insert into fact
select half(r.sent_on), 'hvem-far-henvisninger', r.pathway_id, h.sort
from cases_referral r join helper h on h.id = r.to_service_id;

insert into fact
select half(answered_on), 'svar-pa-henvisning', pathway_id,
       case when answer <> 'rejected' then answer when main_reason = '' then 'other' else main_reason end
from (select * replace (coalesce(main_reason, '') as main_reason) from cases_referralanswer);

insert into fact
select half(d.due_10), 'svar-innen-10-dager', r.pathway_id,
       case when a.answered_on is null then 'unanswered' when a.answered_on > d.due_10 then 'late' else 'in_time' end
from cases_referral r join working_days d on d.on_day = r.received_on
left join cases_referralanswer a on a.referral_id = r.id;

insert into fact
select half(d.due_65), 'oppstart-innen-65-dager', a.pathway_id,
       case when a.treatment_starts_on is null then 'not_set' when a.treatment_starts_on > d.due_65 then 'late'
            else 'in_time' end
from cases_referralanswer a join working_days d on d.on_day = a.answered_on
join cases_referral r on r.id = a.referral_id
where a.answer = 'right_granted' and r.health_area in ('mental', 'substance_use');

insert into fact
select half((m.starts_at at time zone 'Europe/Oslo')::date), 'moter', m.pathway_id,
       case when m.id in (select meeting_id from cases_meetingheld) then 'held'
            when m.id in (select meeting_id from cases_meetingcancelled) then 'cancelled' else 'not_written' end
from cases_meeting m anti join cases_meeting later on later.moved_from_id = m.id;

insert into fact
select half(h.held_on), 'oppmote', h.pathway_id,
       case when list_contains(h.services_present, i.service_id) then 'came' when r.answer = 'writes' then 'wrote'
            else 'absent' end
from cases_meetingheld h
join cases_invitation i on i.meeting_id = h.meeting_id
left join (select invitation_id, arg_max(answer, recorded_at) as answer from cases_invitationreply group by all) r
       on r.invitation_id = i.id;

insert into fact
select half(held_on), 'hvem-kom', pathway_id, sort
from (select distinct t.meeting_id, t.held_on, t.pathway_id, t.sort
      from (select meeting_id, held_on, pathway_id, 'child' as sort from cases_meetingheld where child_present
            union all
            select m.meeting_id, m.held_on, m.pathway_id, h.sort
            from (select meeting_id, held_on, pathway_id, unnest(services_present) as id from cases_meetingheld) m
            join helper h on h.id = m.id
            union all
            select m.meeting_id, m.held_on, m.pathway_id,
                   case when p.relation in ('mother', 'father', 'co_mother') then 'parent'
                        when p.relation = 'foster_parent' then 'foster_parent' else 'around' end
            from (select meeting_id, held_on, pathway_id, unnest(people_present) as id from cases_meetingheld) m
            join cases_relatedperson p on p.id = m.id) t);

insert into fact
select half(q.answer_by), 'sporsmal', q.pathway_id,
       case when a.answered_on is null then 'unanswered' when a.answered_on > q.answer_by then 'late' else 'in_time' end
from cases_question q left join cases_questionanswer a on a.question_id = q.id;

insert into fact
select half(closed_on), 'avsluttet', pathway_id,
       if(ground in ('no_further_need', 'agreed_with_health'), ground, 'other') from cases_closure;

insert into fact
select half(c.closed_on), 'hvem-tar-over', c.pathway_id, coalesce(h.sort, 'person')
from cases_carrieson o join cases_closure c on c.id = o.closure_id left join helper h on h.id = o.service_id;

insert into fact
select half(r.reactivated_on), 'tatt-opp-igjen', r.pathway_id,
       if(r.recorded_at > (select min(c.recorded_at) from cases_closure c where c.pathway_id = r.pathway_id), 'closed', 'not_started')
from cases_reactivation r;

-- Where each is counted, and whom it is about; an answer without a name is about nobody else than itself.
create temp table placed as
with about as (
    select f.half, f.indicator, f.category, c.service_id, c.child_id as about
    from fact f join counted c on c.id = f.pathway_id
    union all
    select half(e.month),
           case when e.of = 'child' then 'barnet-ble-hort' when e.of = 'parent' then 'foreldre-forsto'
                when h.sort = 'child_welfare' then 'barnevernet-ser-nytte' else 'helsetjenestene-ser-nytte' end,
           ['no', 'no', 'partly', 'yes', 'yes'][case when e.of = 'child' then e.was_heard when e.of = 'parent' then e.understood
                                                     else e.it_helps end],
           e.service_id, e.id
    from cases_experience e join helper h on h.id = e.service_id
    where e.of <> 'staff' or h.sort <> 'other'
)
select a.half, a.indicator, m.county, m.number as place, a.category, a.about
from about a
join directory_service s on s.id = a.service_id
join directory_municipality m on m.number = s.municipality_id;

create table figures as
select half, indicator, county, coalesce(place, '') as place, coalesce(category, '') as category, count(*) as times,
       count(distinct about) as children
from placed
group by grouping sets ((half, indicator, county, place, category), (half, indicator, county, place),
                        (half, indicator, county, category), (half, indicator, county));
