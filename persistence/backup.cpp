#include "persistence/backup.hpp"

#include "persistence/connect.hpp"
#include "persistence/lock_file.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"
#include "persistence/vault.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace trunkline::persistence {

namespace {

constexpr auto patience = std::chrono::seconds(5);

auto refuse(std::string detail) { return core::fail(core::ec::invalid_state, std::move(detail)); }

core::expected<std::string> file_of(const std::string& url) {
  const auto address = parse_database_url(url, patience);
  if (!address)
    return core::fail(address.error());
  if (address->kind != dialect::sqlite)
    return refuse("The database is PostgreSQL: use pg_dump and pg_restore, as docs/operations.md describes.");
  return address->path;
}

bool write_through(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0)
    return false;
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  return done;
}

bool on_disk(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return write_through(path, O_RDWR) && write_through(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
}

std::string problem_of(int error) { return std::generic_category().message(error); }

/// Others may read neither numbers nor sealed credentials, not even while it is being written.
class private_files {
public:
  private_files() : before_(::umask(077)) {}
  ~private_files() { ::umask(before_); }
  private_files(const private_files&) = delete;
  private_files& operator=(const private_files&) = delete;

private:
  mode_t before_;
};

void remove_with_log(const std::string& file) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"})
    std::filesystem::remove(file + suffix, ignored);
}

core::expected<void> copy_database(const std::string& from, const std::string& to) {
  const private_files mine;
  try {
    soci::session sql;
    open_sqlite_file(sql, from);
    run_script(sql, dialect::sqlite, "pragma busy_timeout=5000");
    execute(sql, "vacuum into :file", to);
  } catch (const std::exception& problem) {
    return refuse(fmt::format("{} can not be copied to {}: {}.", from, to, problem.what()));
  }
  if (!on_disk(to))
    return refuse(fmt::format("{} can not be written: {}.", to, problem_of(errno)));
  return {};
}

core::expected<long long> companies_in(const std::string& file) {
  try {
    soci::session sql;
    open_sqlite_file(sql, file);
    long long tables = 0, companies = 0;
    fetch_row(sql, "select count(*) from sqlite_master where name = 'company'", std::tie(tables));
    if (tables > 0)
      fetch_row(sql, "select count(*) from company", std::tie(companies));
    return companies;
  } catch (const std::exception& problem) {
    return refuse(fmt::format("{} can not be read: {}.", file, problem.what()));
  }
}

/// Whether it is a database that a node would start with.
core::expected<void> examine(const std::string& file, const restore_settings& how) {
  try {
    soci::session sql;
    open_sqlite_file(sql, file);
    std::string verdict;
    fetch_row(sql, "pragma integrity_check(1)", std::tie(verdict));
    if (verdict != "ok")
      return refuse(fmt::format("{} is damaged: {}.", how.backup, verdict));
  } catch (const std::exception& problem) {
    return refuse(fmt::format("{} is not a backup: {}.", how.backup, problem.what()));
  }
  const auto db = database::open({"sqlite:" + file, patience});
  if (!db)
    return core::fail(db.error());
  const auto schema = (*db)->schema();
  if (!schema)
    return core::fail(schema.error());
  if (schema->current == 0 || schema->current > schema->wanted)
    return refuse(fmt::format("{} has schema version {}; this program knows 1 to {}.", how.backup, schema->current,
                              schema->wanted));
  const auto keys = vault::open(**db, how.master_key_file, how.master_key);
  return keys ? core::expected<void>() : core::fail(keys.error());
}

core::expected<void> put_in_place(const std::string& fresh, const std::string& target) {
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm"}) // of what was there: SQLite would add it to what comes
    std::filesystem::remove(target + suffix, ignored);
  if (::rename(fresh.c_str(), target.c_str()) != 0 || !on_disk(target))
    return refuse(fmt::format("{} can not be replaced: {}.", target, problem_of(errno)));
  return {};
}

} // namespace

core::expected<void> back_up(const std::string& url, const std::string& file) {
  const auto from = file_of(url);
  if (!from)
    return core::fail(from.error());
  if (!std::filesystem::exists(*from))
    return refuse(fmt::format("There is no database at {}.", *from));
  if (std::filesystem::exists(file))
    return refuse(fmt::format("{} is there already. Choose another name.", file));
  return copy_database(*from, file);
}

core::expected<void> restore(const restore_settings& how) {
  const auto target = file_of(how.url);
  if (!target)
    return core::fail(target.error());
  if (!std::filesystem::exists(how.backup))
    return refuse(fmt::format("There is no backup at {}.", how.backup));
  const auto mine = lock_file::take(*target + ".lock");
  if (!mine)
    return core::fail(mine.error());
  if (std::filesystem::exists(*target)) {
    const auto companies = companies_in(*target);
    if (!how.over_companies && !companies)
      return core::fail(companies.error());
    if (!how.over_companies && *companies > 0)
      return refuse(fmt::format("{} has {} companies, which would be lost. With --force they are; keep them with "
                                "`trunkline backup` first.",
                                *target, *companies));
  }
  const auto fresh = *target + ".restored";
  remove_with_log(fresh);
  auto done = copy_database(how.backup, fresh);
  if (done)
    done = examine(fresh, how);
  if (done)
    done = put_in_place(fresh, *target);
  remove_with_log(fresh);
  return done;
}

} // namespace trunkline::persistence
