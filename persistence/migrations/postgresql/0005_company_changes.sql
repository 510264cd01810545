-- What every node must read again because another one has changed it. A row is seen by whoever looks after its
-- transaction has ended, in whatever order transactions end: readers go by the oldest transaction that may still be
-- open, not by the last row they saw.
create table company_change (
  xid        xid8 not null default pg_current_xact_id(),
  company_id text collate "C" not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (xid, company_id)
);

-- Its argument: the column with the company's id.
create function company_changed() returns trigger language plpgsql volatile as $$
begin
  insert into company_change (company_id) values (to_jsonb(coalesce(new, old)) ->> tg_argv[0]) on conflict do nothing;
  perform pg_notify('trunkline_company', '');
  return null;
end $$;

create trigger company_changed after insert or update or delete on company
  for each row execute function company_changed('id');
create trigger company_changed after insert or update or delete on company_config
  for each row execute function company_changed('company_id');
create trigger company_changed after insert or update or delete on company_number
  for each row execute function company_changed('company_id');
