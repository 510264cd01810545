#include "persistence/master_keys.hpp"

#include <fmt/format.h>
#include <sodium.h>

namespace trunkline::persistence {

namespace {

auto refuse(std::string detail) { return core::fail(core::ec::invalid_configuration, std::move(detail)); }

} // namespace

core::secret new_master_key() {
  std::string key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES, '\0');
  randombytes_buf(key.data(), key.size());
  return core::secret(std::move(key));
}

std::optional<core::secret> master_keys::find(int version) {
  constexpr auto patience = std::chrono::seconds(1);
  {
    const std::shared_lock reading(lock_);
    if (const auto known = keys_.find(version); known != keys_.end())
      return known->second;
  }
  {
    const std::unique_lock writing(lock_);
    const auto now = std::chrono::steady_clock::now();
    const bool soon = looked_ != std::chrono::steady_clock::time_point() && now - looked_ < patience;
    if (!soon)
      looked_ = now;
    if (file_.empty() || soon)
      return std::nullopt;
  }
  if (!reload())
    return std::nullopt;
  const std::shared_lock reading(lock_);
  const auto known = keys_.find(version);
  return known == keys_.end() ? std::nullopt : std::optional(known->second);
}

int master_keys::newest() const {
  const std::shared_lock reading(lock_);
  return keys_.rbegin()->first;
}

std::string master_keys::where() const { return file_.empty() ? "in the setting master_key" : "in " + file_; }

core::expected<void> master_keys::reload() {
  if (file_.empty())
    return {};
  auto found = read_key_file(file_);
  if (!found)
    return core::fail(std::move(found.error()));
  if (!*found)
    return refuse(fmt::format("The master key file {} is missing.", file_));
  return merge(std::move(**found));
}

core::expected<void> master_keys::merge(master_key_map found) {
  const std::unique_lock writing(lock_);
  for (const auto& [version, key] : found)
    if (const auto known = keys_.find(version); known != keys_.end() && !known->second.equals(key.reveal()))
      return refuse(
          fmt::format("Version {} of the master key in {} is another one than this node works with.", version, file_));
  keys_.merge(std::move(found));
  return {};
}

core::expected<master_keys::provided> master_keys::provide_newer_than(int version) {
  if (auto read = reload(); !read)
    return core::fail(std::move(read.error()));
  if (newest() > version)
    return provided{newest(), false};
  if (file_.empty())
    return core::fail(core::ec::invalid_state,
                      fmt::format("The master key comes from a setting, where no newer one can be written. Add a line "
                                  "or, after a comma, \"{}:\" and what `openssl rand -hex 32` prints to "
                                  "TRUNKLINE_MASTER_KEY, start the node again, and rotate then.",
                                  version + 1));
  if (version >= last_key_version)
    return core::fail(core::ec::invalid_state, "There can be no more versions of the master key.");
  auto in_file = read_key_file(file_); // and not what is known here: somebody may have taken an old one out
  if (!in_file || !*in_file)
    return in_file ? refuse(fmt::format("The master key file {} is missing.", file_)) : core::fail(in_file.error());
  const std::unique_lock writing(lock_);
  auto made = new_master_key();
  (*in_file)->emplace(version + 1, made);
  if (auto written = replace_key_file(file_, **in_file); !written)
    return core::fail(std::move(written.error()));
  keys_.emplace(version + 1, std::move(made));
  return provided{version + 1, true};
}

void master_keys::take_back(int version) {
  {
    const std::unique_lock writing(lock_);
    keys_.erase(version);
  }
  auto in_file = read_key_file(file_);
  if (in_file && *in_file && (*in_file)->erase(version) > 0 && !(*in_file)->empty())
    static_cast<void>(replace_key_file(file_, **in_file)); // if it stays, the next start says what to do
}

} // namespace trunkline::persistence
