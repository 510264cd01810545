#pragma once

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/key_rotation.hpp"
#include "core/principal.hpp"

#include <functional>
#include <memory>

namespace trunkline::persistence {

class database;
class session;
class vault;

/// Another master key [C12]: every company gets a new data key, sealed with it, and its secrets sealed anew; so does
/// what belongs to no company. Goes on where an earlier run has stopped, wherever that was, and beside running nodes:
/// until the last step both versions open. Only what can not be opened at all keeps the old version needed.
class key_rotation_store {
public:
  virtual ~key_rotation_store() = default;
  /// A new key in the file and its check value in the database, unless a rotation has begun already.
  /// ec::invalid_state: the keys come from a setting without a newer one.
  virtual core::expected<core::key_rotation> begin(core::timestamp now, const core::author& by) = 0;
  /// The next part, in one transaction; until `finished`.
  virtual core::expected<core::key_rotation> go_on(core::key_rotation state) = 0;
};

std::unique_ptr<key_rotation_store> make_key_rotation_store(std::shared_ptr<session> connection, const vault& keys);

/// All of it, for who may wait; `progress` after every part.
core::expected<core::key_rotation> rotate_master_key(key_rotation_store& rotation, core::timestamp now,
                                                     const core::author& by,
                                                     const std::function<void(const core::key_rotation&)>& progress);

} // namespace trunkline::persistence
