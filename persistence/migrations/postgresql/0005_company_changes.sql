-- What every node must read again because another one has changed it. A row is seen by whoever looks after its
-- transaction has ended, in whatever order transactions end: readers go by the oldest transaction that may still be
-- open, not by the last row they saw.
create table company_change (
  xid        xid8 not null default pg_current_xact_id(),
  company_id text collate "C" not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (xid, company_id)
);

create function company_changed() returns trigger language plpgsql volatile as $$
begin
  if tg_op = 'DELETE' then
    insert into company_change (company_id) values (old.company_id) on conflict do nothing;
  else
    insert into company_change (company_id) values (new.company_id) on conflict do nothing;
  end if;
  perform pg_notify('trunkline_company', '');
  return null;
end $$;

create function company_row_changed() returns trigger language plpgsql volatile as $$
begin
  if tg_op = 'DELETE' then
    insert into company_change (company_id) values (old.id) on conflict do nothing;
  else
    insert into company_change (company_id) values (new.id) on conflict do nothing;
  end if;
  perform pg_notify('trunkline_company', '');
  return null;
end $$;

create trigger company_row_changed after insert or update or delete on company
  for each row execute function company_row_changed();
create trigger company_changed after insert or update or delete on company_config
  for each row execute function company_changed();
create trigger company_changed after insert or update or delete on company_number
  for each row execute function company_changed();
