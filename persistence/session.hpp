#pragma once

#include "core/error.hpp"
#include "persistence/connect.hpp"
#include "persistence/database_impl.hpp"
#include "persistence/sql_error.hpp"

#include <soci/soci.h>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <unordered_map>

namespace trunkline::persistence {

enum class access : uint8_t {
  read,     ///< statements on their own
  snapshot, ///< all statements see the same state
  write,    ///< one transaction
};

/// A connection for one thread at a time: connects when needed, keeps the deadline over everything that is asked in one
/// go, retries what a deadlock undid, and lets no exception out.
class session {
public:
  explicit session(database::impl& owner);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  dialect kind() const { return owner_.address.kind; }

  /// Whom somebody watches, as all sessions of the database know it.
  watched_companies& watched() const { return owner_.watched; }

  /// Runs `work(soci::session&)`, which returns a core::expected; an error rolls back. `work` may be run again.
  template <class Work>
  auto run(std::string_view doing, access mode, Work&& work) -> std::invoke_result_t<Work&, soci::session&> {
    using result = std::invoke_result_t<Work&, soci::session&>;
    if constexpr (std::is_void_v<typename result::value_type>) {
      return perform(doing, mode, std::ref(work));
    } else {
      std::optional<typename result::value_type> value;
      auto done = perform(doing, mode, [&](soci::session& sql) -> core::expected<void> {
        auto answer = work(sql);
        if (!answer)
          return core::fail(std::move(answer.error()));
        value.emplace(std::move(*answer));
        return {};
      });
      if (!done)
        return core::fail(std::move(done.error()));
      return std::move(*value);
    }
  }

  /// Something that lives as long as this connection, for example prepared statements: made by T(soci::session&) on
  /// first use, gone before the connection is closed. Only to be called from within work.
  template <class T>
  T& local() {
    auto& slot = locals_[typeid(T)];
    if (!slot)
      slot = std::make_shared<T>(*sql_);
    return *static_cast<T*>(slot.get());
  }

  /// Makes the next local<T>() a new one: prepared statements are of no use after they have thrown.
  template <class T>
  void forget() {
    locals_.erase(typeid(T));
  }

private:
  using work_function = std::function<core::expected<void>(soci::session&)>;
  using time_point = std::chrono::steady_clock::time_point;
  struct attempt;

  core::expected<void> perform(std::string_view doing, access mode, const work_function& work);
  attempt try_once(std::string_view doing, access mode, const work_function& work, time_point deadline);
  void begin(access mode);
  attempt connect();
  core::expected<void> set_up_in_time();
  bool roll_back();
  void disconnect(bool in_order);

  database::impl& owner_;
  connector connector_;
  std::unique_ptr<soci::session> sql_;
  std::unordered_map<std::type_index, std::shared_ptr<void>> locals_;
};

} // namespace trunkline::persistence
