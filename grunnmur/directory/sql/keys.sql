-- Which keys the rows were sealed with: for each keyset a value that only the right keys can make or open. It tells
-- nothing without them. The program looks at it when it starts; `grunnmur migrate` writes it once, and only
-- `grunnmur rotate_keys` changes it.
create table if not exists sec.key_check (
    keyset text primary key,
    value bytea not null
);

create or replace function sec.key_checks() returns table (keyset text, value bytea)
    language sql stable security definer set search_path = '' as $$
    select c.keyset, c.value from sec.key_check c
$$;
