"""The tables of a log in PostgreSQL: append-only by triggers and rights, written by one function, made once.

All text is ``bytea``: what is read is what was written, whatever the encoding and the collation of the database.
Indexes hold digests of names: an entry of a B-tree takes 2,704 bytes at most, and a path may be longer.
"""

LOCK = 0x70726573736C6F67
"""The advisory lock of whoever appends: "presslog" in ASCII."""

KEY_REUSED = "PL001"
"""The SQLSTATE of our own refusal."""
MOVED = "PL002"
"""The same of a log that was moved elsewhere; the message is where to."""

TABLES = """
create schema presslog;
create table presslog.log (name text primary key, value text not null);
create table presslog.events (
  position bigint primary key,
  stream bytea not null,
  key bytea not null,
  index bigint not null,
  recorded_at double precision not null,
  id bytea not null,
  type bytea not null,
  data bytea not null,
  meta bytea not null
);
create index events_stream on presslog.events (sha256(stream), position);
create unique index events_key on presslog.events (sha256(sha256(stream) || key), index);
create table presslog.blobs (digest bytea primary key, size_bytes bigint not null, content bytea not null);
alter table presslog.blobs alter content set storage external;

create function presslog.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the log is append-only';
end $$;
create trigger events_are_kept before update or delete on presslog.events
  for each row execute function presslog.refuse();
create trigger events_are_not_truncated before truncate on presslog.events
  for each statement execute function presslog.refuse();
create trigger blobs_are_kept before update or delete on presslog.blobs
  for each row execute function presslog.refuse();
create trigger blobs_are_not_truncated before truncate on presslog.blobs
  for each statement execute function presslog.refuse();
create trigger log_is_kept before update or delete on presslog.log
  for each row execute function presslog.refuse();
revoke update, delete, truncate on presslog.events, presslog.blobs, presslog.log from current_user;
"""

# The lock comes first: what follows sees all that was committed, so that positions are dense and no reader meets 5
# before 4. One call is one transaction, and one way to the server and back. By the message a call that stores nothing
# has something in the WAL too, and its standbys are waited for: what it repeats is as safe as what is new. A
# notification alone does not do it, for PostgreSQL waits only for who has written.
APPEND = f"""
create function presslog.append(
  streams bytea[], keys bytea[], expecteds bigint[], counts bigint[],
  owners bigint[], indexes bigint[], ids bytea[], types bytea[], datas bytea[], metas bytea[],
  digests bytea[], sizes bigint[], contents bytea[]
) returns table (first bigint, last bigint, repeated boolean, actual bigint)
language plpgsql security definer set search_path = pg_catalog, presslog, pg_temp as $$
#variable_conflict use_column
declare
  head bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'presslog.append wants READ COMMITTED: what was committed while it waited has to be seen';
  end if;
  perform pg_advisory_xact_lock({LOCK});
  select coalesce(max(position), 0) into head from events;
  if exists (
    select from unnest(streams, keys, counts) with ordinality as asked (stream, key, count, number)
    cross join lateral (
      select count(*) as held_count, bool_and(
        coalesce(told.type = held.type and (told.data = held.data or is_erased(held.data, held.meta)), false)
      ) as is_same
      from events held
      left join unnest(owners, indexes, types, datas) as told (owner, index, type, data)
        on told.owner = asked.number and told.index = held.index
      where sha256(sha256(held.stream) || held.key) = sha256(sha256(asked.stream) || asked.key)
    ) as found
    where found.held_count > 0 and not (found.is_same and found.held_count = asked.count)
  ) then
    raise exception using errcode = '{KEY_REUSED}', message = 'a stream holds other events under a key';
  end if;
  insert into blobs select * from unnest(digests, sizes, contents) on conflict do nothing;
  return query
  with asked as materialized (
    select a.*,
      (select max(e.position) from events e where sha256(e.stream) = sha256(a.stream)) as newest,
      (
        select e.position from events e
        where sha256(sha256(e.stream) || e.key) = sha256(sha256(a.stream) || a.key) and e.index = 0
      ) as known
    from unnest(streams, keys, expecteds, counts) with ordinality as a (stream, key, expected, count, number)
  ), judged as materialized (
    select *, known is null and (expected is null or expected = coalesce(newest, 0)) as is_new from asked
  ), placed as materialized (
    select *, head + coalesce(sum(count) filter (where is_new) over (order by number), 0)::bigint as upto from judged
  ), stored as (
    insert into events (position, stream, key, index, recorded_at, id, type, data, meta)
    select p.upto - p.count + 1 + t.index, p.stream, p.key, t.index, extract(epoch from clock_timestamp()),
      t.id, t.type, t.data, t.meta
    from unnest(owners, indexes, ids, types, datas, metas) as t (owner, index, id, type, data, meta)
    join placed p on p.number = t.owner
    where p.is_new
  )
  select
    case when is_new then upto - count + 1 else known end,
    case when is_new then upto else known + count - 1 end,
    known is not null,
    coalesce(newest, 0)
  from placed order by number;
  perform pg_logical_emit_message(true, 'presslog', '');
  perform pg_notify('presslog', '');
end $$;
revoke execute on function presslog.append from public;
"""

ERASE = f"""
create function presslog.is_erased(data bytea, meta bytea) returns boolean language sql immutable
return octet_length(data) = 0 and substring(meta from 1 for 10) = '{{"erased":'::bytea;

create function presslog.erase(positions bigint[], metas bytea[], digests bytea[]) returns void
language plpgsql security definer set search_path = pg_catalog, presslog, pg_temp as $$
begin
  perform pg_advisory_xact_lock({LOCK});
  grant update on events to current_user;
  grant delete on blobs to current_user;
  alter table events disable trigger events_are_kept;
  alter table blobs disable trigger blobs_are_kept;
  update events set data = '', meta = erased.meta
    from unnest(positions, metas) as erased (position, meta) where events.position = erased.position;
  delete from blobs where digest = any (digests);
  alter table events enable trigger events_are_kept;
  alter table blobs enable trigger blobs_are_kept;
  revoke update on events from current_user;
  revoke delete on blobs from current_user;
end $$;
revoke execute on function presslog.erase from public;
"""

# Whoever appends holds the lock by then, and so does who notes that the log was moved: nothing comes after that.
SEAL = f"""
create function presslog.refuse_moved() returns trigger language plpgsql as $$
declare
  place text;
begin
  select value into place from presslog.log where name = 'moved';
  if found then
    raise exception using errcode = '{MOVED}', message = place;
  end if;
  return null;
end $$;
create trigger moved_log_grows_no_more before insert on presslog.events
  for each statement execute function presslog.refuse_moved();
"""

MIGRATIONS = (TABLES + ERASE + APPEND, SEAL)
"""One script a version; a log remembers how many of them have made it."""
