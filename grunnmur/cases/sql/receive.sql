-- Whether a service, or one person acting for it, may see a row now: asked for somebody else than who asks, so it runs as
-- whoever calls it, and tells the program's role no more than the role sees by itself. The same sentence as the policies'.
-- What is about the service itself, and no child, is for the service, and what is about a gathering of a network, and no child, is
-- for those who represent its members; and so is word that what it saw on a consent is closed,
-- for the consent has been taken back or stopped by a no, and nothing of what stands there is told.
create or replace function sec.may_receive(subject uuid, kind int, item uuid, service uuid, person uuid) returns boolean
    language sql stable set search_path = '' as $$
    select subject = service or (kind = 0 and sec.may_hear_of(subject, item, service, person)) or exists (
        select 1
        from (select w.id, w.consent_id from public.cases_consentwithdrawal w
              union all
              select s.id, s.consent_id from public.cases_consentsignature s where s.answer = 'no') said
        join public.cases_consent c on c.id = said.consent_id
        where said.id = may_receive.item and c.pathway_id = may_receive.subject and c.recipient_id = may_receive.service
    ) or exists (
        -- A passport that was sent as a link: the service sees nothing of the case itself.
        select 1 from public.cases_participation a
        join public.post_link l on l.id = a.only_for join public.post_message m on m.id = l.message_id
        where a.pathway_id = subject and a.basis = 'handed_on' and a.item = may_receive.item
          and m.to_service_id = may_receive.service and (a.kinds & may_receive.kind) <> 0
          and a.starts_at <= sec.now() and a.ends_at > sec.now()
          and not sec.is_taken_from(a.child_id, may_receive.kind, may_receive.item, service, person)
    ) or exists (
        select 1 from public.cases_participation a
        where (a.pathway_id = subject or (a.child_id = subject and a.pathway_id is null))
          and a.service_id = service and (a.only_for is null or a.only_for = person)
          and a.starts_at <= sec.now() and a.ends_at > sec.now()
          and (a.item is null or a.item = may_receive.item) and (a.kinds & may_receive.kind) <> 0
          and not sec.is_taken_from(a.child_id, may_receive.kind, may_receive.item, service, person))
$$;
