#include "cli/commands.hpp"
#include "core/clock.hpp"
#include "core/tenant_profile.hpp"
#include "persistence/bulk_import.hpp"
#include "persistence/database.hpp"
#include "persistence/vault.hpp"

#include <cstdio>
#include <fstream>

namespace trunkline::cli {

namespace {

constexpr size_t companies_per_transaction = 300; // well within the statement deadline, also on a busy PostgreSQL

/// Companies that look like real ones: each with an account of its own, every second one with a second number. The
/// numbers are +1 555 0000000 upwards, so that a load generator can name them.
class made_up_companies {
public:
  explicit made_up_companies(core::timestamp now) : now_(now) {}

  core::tenant_profile next() {
    core::tenant_profile made;
    const auto n = count_++;
    made.tenant.id = core::tenant_id(core::new_id("co_", 12));
    made.tenant.name = fmt::format("Seeded company {}", n + 1);
    made.tenant.created_at = made.tenant.updated_at = made.config.last_updated = now_;
    made.config.hook = core::hook_token(core::new_id("", 26));
    made.config.credentials.account_sid = "AC" + hex(32);
    made.config.credentials.auth_token = core::secret(hex(32));
    made.config.mode = core::routing_mode::forward;
    made.config.fallback_chain = {core::routing_mode::forward, core::routing_mode::voicemail};
    made.config.forward_number = core::phone_number("+12125550199");
    made.config.whisper_message = "A call from your website";
    for (size_t i = 0; i <= n % 2; ++i)
      made.config.numbers.push_back({core::phone_number(fmt::format("+1555{:07}", numbers_++)),
                                     i == 0 ? "Main line" : "Second line", true, i == 0,
                                     core::hook_token(core::new_id("", 26))});
    return made;
  }

private:
  static std::string hex(size_t digits) {
    std::string text = core::new_id("", digits);
    for (char& c : text)
      c = "0123456789abcdef"[static_cast<unsigned char>(c) % 16];
    return text;
  }

  core::timestamp now_;
  size_t count_ = 0, numbers_ = 0;
};

void write_target(std::ofstream& out, const core::tenant_profile& company) {
  if (out.is_open())
    out << company.config.numbers.front().number.str() << ',' << company.config.credentials.account_sid << ','
        << company.config.credentials.auth_token.reveal() << ",/api/twilio/voice\n";
}

core::expected<size_t> fill(persistence::database& db, const persistence::vault& keys, const seed_options& options) {
  std::ofstream targets;
  if (!options.targets.empty())
    targets.open(options.targets, std::ios::trunc);
  made_up_companies source(core::system_clock{}.now());
  for (size_t done = 0; done < options.companies;) {
    std::vector<core::tenant_profile> batch;
    for (; batch.size() < companies_per_transaction && done < options.companies; ++done) {
      batch.push_back(source.next());
      write_target(targets, batch.back());
    }
    if (auto stored = persistence::import_companies(db, keys, batch); !stored)
      return core::fail(std::move(stored).error());
  }
  return options.companies;
}

} // namespace

int seed(const config::settings& settings, const seed_options& options) {
  auto db = persistence::database::open({settings.database.reveal(), settings.statement_deadline});
  auto seeded = [&]() -> core::expected<size_t> {
    if (!db)
      return core::fail(db.error());
    if (auto migrated = (*db)->migrate(); !migrated)
      return core::fail(migrated.error());
    const auto keys = persistence::vault::open(**db, settings.master_key_file, settings.master_key);
    if (!keys)
      return core::fail(keys.error());
    return fill(**db, *keys, options);
  }();
  if (!seeded) {
    std::fprintf(stderr, "trunkline: %s\n", seeded.error().detail.c_str());
    return 1;
  }
  std::printf("%zu companies stored\n", *seeded);
  return 0;
}

} // namespace trunkline::cli
