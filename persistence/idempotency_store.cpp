#include "persistence/access_store.hpp"
#include "persistence/key_checks.hpp"
#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

namespace trunkline::persistence {

namespace {

class sql_idempotency_store final : public idempotency_store {
public:
  sql_idempotency_store(std::shared_ptr<session> connection, vault keys)
      : session_(std::move(connection)), keys_(std::move(keys)) {}

  core::expected<core::idempotent_start> begin(const std::string& scope, const std::string& key,
                                               const std::string& body_hash, core::timestamp now,
                                               core::timestamp abandoned, core::timestamp forget) override {
    return session_->run("taking an idempotency key", access::write,
                         [&](soci::session& sql) -> core::expected<core::idempotent_start> {
                           execute(sql, "delete from idempotent_answer where created_at < :old", forget.ms);
                           if (take(sql, scope, key, body_hash, now))
                             return core::idempotent_start{std::nullopt, now};
                           return take_over(sql, scope, key, body_hash, now, abandoned);
                         });
  }

  core::expected<void> finish(const std::string& scope, const std::string& key, const std::string& answer) override {
    return session_->run("keeping an answer", access::write, [&](soci::session& sql) -> core::expected<void> {
      const auto with = platform_key(sql, session_->kind(), keys_);
      if (!with)
        return core::fail(with.error());
      const auto sealed = keys_.seal(*with, {}, answer_column(scope, key), core::secret(answer));
      if (!sealed)
        return core::fail(sealed.error());
      execute(sql, "update idempotent_answer set answer = :answer where scope = :scope and idem_key = :key", *sealed,
              scope, key);
      return {};
    });
  }

  core::expected<void> forget(const std::string& scope, const std::string& key) override {
    return session_->run(
        "forgetting an idempotency key", access::write, [&](soci::session& sql) -> core::expected<void> {
          execute(sql, "delete from idempotent_answer where scope = :scope and idem_key = :key", scope, key);
          return {};
        });
  }

private:
  static bool take(soci::session& sql, const std::string& scope, const std::string& key, const std::string& body_hash,
                   core::timestamp now) {
    return execute(sql,
                   "insert into idempotent_answer (scope, idem_key, body_hash, answer, created_at, taken_at) "
                   "values (:scope, :key, :hash, '', :now, :taken) on conflict (scope, idem_key) do nothing",
                   scope, key, body_hash, now.ms, now.ms) == 1;
  }

  core::expected<core::idempotent_start> take_over(soci::session& sql, const std::string& scope, const std::string& key,
                                                   const std::string& body_hash, core::timestamp now,
                                                   core::timestamp abandoned) {
    // Whether it was carried out before the node died is not known here: what it made goes by an id that follows from
    // first_at, so that it is not made twice.
    const auto taken = execute(sql,
                               "update idempotent_answer set taken_at = :now where scope = :scope and idem_key = :key "
                               "and body_hash = :hash and answer = '' and taken_at < :abandoned",
                               now.ms, scope, key, body_hash, abandoned.ms);
    std::string known_hash, sealed;
    core::idempotent_start found;
    fetch_row(sql,
              "select body_hash, answer, created_at from idempotent_answer where scope = :scope and idem_key = :key",
              std::tie(known_hash, sealed, found.first_at.ms), scope, key);
    if (known_hash != body_hash)
      return core::fail(core::ec::idempotency_key_reused);
    if (taken == 1)
      return found;
    if (sealed.empty())
      return core::fail(core::ec::idempotency_in_progress);
    auto answer = keys_.unseal(platform_key_of(sql, version_of(sealed)), {}, answer_column(scope, key), sealed);
    if (!answer)
      return core::fail(std::move(answer.error()));
    found.answer = answer->reveal();
    return found;
  }

  std::shared_ptr<session> session_;
  vault keys_;
};

} // namespace

std::unique_ptr<idempotency_store> make_idempotency_store(std::shared_ptr<session> connection, const vault& keys) {
  return std::make_unique<sql_idempotency_store>(std::move(connection), keys);
}

} // namespace trunkline::persistence
