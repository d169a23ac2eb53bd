-- Rights for the log in PostgreSQL: who appends and who follows can change nothing, not even by hand.
-- Run it when presslog has made the log, in the log's database, as a superuser; running it again changes nothing:
--   sudo -u postgres psql -X -d presslog -f postgres-roles.sql
-- presslog_owner has all of it, and nobody logs in as it; presslog appends and reads; presslog_reader only reads.
-- Whatever role made the log before loses it to presslog_owner. Both may still take the log's advisory lock, and stop
-- appends as long as they hold it: no right of PostgreSQL keeps a role from that.
-- Where a newer presslog says that its role may not change the schema: grant presslog_owner to presslog, start that
-- presslog once, and run this again. `presslog erase` wants a role that is given presslog_owner, for that time.
\set ON_ERROR_STOP on
begin;

select format('create role %I %s', name, attributes)
from (values ('presslog_owner', 'nologin'), ('presslog', 'login'), ('presslog_reader', 'login'))
  as wanted (name, attributes)
where not exists (select from pg_roles where rolname = name) \gexec

-- An owner of the database could drop it, and who may create schemas could fill it.
alter database :"DBNAME" owner to presslog_owner;
revoke create, temporary on database :"DBNAME" from public, presslog, presslog_reader;
grant connect on database :"DBNAME" to presslog, presslog_reader;

alter schema presslog owner to presslog_owner;
select format('alter table presslog.%I owner to presslog_owner', tablename)
from pg_tables where schemaname = 'presslog' \gexec
select format('alter routine %s owner to presslog_owner', oid::regprocedure)
from pg_proc where pronamespace = 'presslog'::regnamespace \gexec

revoke all on schema presslog from public, presslog, presslog_reader;
revoke all on all tables in schema presslog from public, presslog, presslog_reader;
revoke all on all routines in schema presslog from public, presslog, presslog_reader;
revoke presslog_owner from presslog, presslog_reader;

grant usage on schema presslog to presslog, presslog_reader;
grant select on all tables in schema presslog to presslog, presslog_reader;
-- What is appended goes through one function, which runs with the rights of the owner; a blob may also come alone.
grant execute on function presslog.append to presslog;
grant insert on presslog.blobs to presslog;

commit;
