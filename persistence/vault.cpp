#include "persistence/vault.hpp"

#include "persistence/key_checks.hpp"
#include "persistence/master_keys.hpp"
#include "persistence/session.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <unistd.h>

namespace trunkline::persistence {

namespace {

constexpr size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int base64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
constexpr std::string_view data_key_column = "data_key";
constexpr std::string_view check_column = "key_check";
constexpr std::string_view check_text = "trunkline master key";

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// A key and what is sealed with it.
struct seal_key {
  const core::secret& key;
  int version;
  std::string about; ///< associated data

  seal_key(const core::secret& k, int v, std::string_view tenant, std::string_view column)
      : key(k), version(v), about(fmt::format("{}|{}|{}", tenant, column, v)) {}
  /// Of a check value, whose version its name says.
  seal_key(const core::secret& k, int v) : key(k), version(v), about(check_column) {}
};

std::string encrypt(const seal_key& with, std::string_view plain) {
  std::string box(nonce_bytes + plain.size() + tag_bytes, '\0');
  randombytes_buf(box.data(), nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(box) + nonce_bytes, nullptr, bytes(plain), plain.size(),
                                             bytes(with.about), with.about.size(), nullptr, bytes(box),
                                             bytes(with.key.reveal()));
  std::string text(sodium_base64_ENCODED_LEN(box.size(), base64), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes(box), box.size(), base64);
  text.pop_back(); // sodium counts the terminating NUL
  return fmt::format("{}:{}", with.version, text);
}

std::optional<core::secret> decrypt(const seal_key& with, std::string_view sealed) {
  if (version_of(sealed) != with.version)
    return std::nullopt;
  sealed.remove_prefix(sealed.find(':') + 1);
  std::string box(sealed.size() / 4 * 3 + 3, '\0');
  size_t length = 0;
  if (sodium_base642bin(bytes(box), box.size(), sealed.data(), sealed.size(), nullptr, &length, nullptr, base64) != 0 ||
      length < nonce_bytes + tag_bytes)
    return std::nullopt;
  std::string plain(length - nonce_bytes - tag_bytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(plain), nullptr, nullptr, bytes(box) + nonce_bytes,
                                                 length - nonce_bytes, bytes(with.about), with.about.size(), bytes(box),
                                                 bytes(with.key.reveal())) != 0)
    return std::nullopt;
  return core::secret(std::move(plain));
}

auto cannot_open(const core::tenant_id& tenant, std::string_view column) {
  return core::fail(core::ec::internal_error, "A stored secret cannot be opened.",
                    fmt::format("{} {}, column {}: sealed with another key, or moved or changed",
                                tenant.empty() ? "platform" : "company", tenant, column));
}

auto refuse(std::string detail) { return core::fail(core::ec::invalid_configuration, std::move(detail)); }

using checks = std::map<int, std::string>;

core::expected<checks> read_checks(session& connection) {
  return connection.run(
      "reading the key check values", access::read,
      [&](soci::session& sql) -> core::expected<checks> { return read_key_checks(sql, connection.kind()); });
}

core::expected<checks> store_first_check(session& connection, int version, const std::string& value) {
  auto stored = connection.run(
      "storing the key check value", access::write,
      [&](soci::session& sql) -> core::expected<std::string> { return store_key_check(sql, version, value); });
  if (!stored)
    return core::fail(std::move(stored.error()));
  return checks{{version, std::move(*stored)}};
}

core::expected<master_key_map> keys_from_file(const std::string& path, bool may_make, bool& made) {
  auto found = read_key_file(path);
  if (!found)
    return core::fail(std::move(found.error()));
  if (*found)
    return std::move(**found);
  if (!may_make)
    return refuse(
        fmt::format("The master key file {} is missing, and this database is sealed with its key. Put the file "
                    "back from your backup, or copy it from another node.",
                    path));
  master_key_map keys;
  keys.emplace(1, new_master_key());
  if (auto written = write_key_file(path, keys); !written)
    return core::fail(std::move(written.error()));
  made = true;
  return keys;
}

/// Whether the keys are those that the database is sealed with.
core::expected<void> compare(const vault& opened, const checks& needed) {
  const auto where = opened.keys().where();
  for (const auto& [version, check] : needed) {
    const auto fits = opened.matches(version, check);
    if (!fits)
      return refuse(
          fmt::format("This database is sealed with version {} of the master key, which is not {}. Put the key "
                      "back from a newer backup, or copy it from another node.",
                      version, where));
    if (!*fits)
      return refuse(fmt::format("Version {} of the master key {} is not the one this database is sealed with. Use the "
                                "key that it was sealed with (your backup, or another node's file).",
                                version, where));
  }
  return {};
}

} // namespace

int version_of(std::string_view sealed) {
  int version = 0;
  const auto [end, wrong] = std::from_chars(sealed.data(), sealed.data() + sealed.size(), version);
  const bool whole = wrong == std::errc() && end != sealed.data() + sealed.size() && *end == ':' && version > 0;
  return whole ? version : 0;
}

core::expected<vault> vault::open(database& db, const std::string& path, const core::secret& inline_keys) {
  const auto status = db.schema();
  if (!status)
    return core::fail(status.error());
  if (status->current == 0)
    return refuse("The database is empty: run `trunkline migrate` before the master key can be checked.");
  const auto connection = db.connect();
  auto needed = read_checks(*connection);
  if (!needed)
    return core::fail(std::move(needed.error()));

  bool made = false;
  const bool from_file = inline_keys.empty() && !path.empty();
  auto keys = from_file ? keys_from_file(path, needed->empty(), made) : parse_master_keys(inline_keys);
  if (!keys)
    return core::fail(std::move(keys.error()));
  const vault opened(std::make_shared<master_keys>(from_file ? path : std::string(), std::move(*keys)));
  if (needed->empty()) {
    const int version = opened.keys().newest();
    needed = store_first_check(*connection, version, opened.check_value(version).value());
  }
  if (!needed)
    return core::fail(std::move(needed.error()));
  const auto fits = compare(opened, *needed);
  if (!fits && made)
    ::unlink(path.c_str()); // another node was faster; nothing was ever sealed with this one
  if (!fits)
    return core::fail(fits.error());
  return opened;
}

vault vault::for_tests() {
  master_key_map keys;
  keys.emplace(1, new_master_key());
  return vault(std::make_shared<master_keys>("", std::move(keys)));
}

core::expected<core::secret> vault::master_key(int version) const {
  auto key = keys_->find(version);
  if (!key)
    return core::fail(core::ec::internal_error, "A stored secret cannot be opened.",
                      fmt::format("version {} of the master key is not {}; copy it from the node that rotated it",
                                  version, keys_->where()));
  return std::move(*key);
}

core::expected<core::secret> vault::open_data_key(const std::string& data_key, const core::tenant_id& tenant) const {
  const int version = version_of(data_key);
  if (version == 0)
    return cannot_open(tenant, data_key_column);
  const auto master = master_key(version);
  if (!master)
    return core::fail(master.error());
  auto key = decrypt({*master, version, tenant.value, data_key_column}, data_key);
  if (!key)
    return cannot_open(tenant, data_key_column);
  return std::move(*key); // only new_data_key() seals under this name, so it has the length of a key
}

core::expected<std::string> vault::new_data_key(const core::tenant_id& tenant, int version) const {
  const auto master = master_key(version);
  if (!master)
    return core::fail(master.error());
  return encrypt({*master, version, tenant.value, data_key_column}, new_master_key().reveal());
}

core::expected<std::string> vault::seal(const std::string& data_key, const core::tenant_id& tenant,
                                        std::string_view column, const core::secret& value) const {
  if (value.empty())
    return std::string();
  const auto key = open_data_key(data_key, tenant);
  if (!key)
    return core::fail(key.error());
  return encrypt({*key, version_of(data_key), tenant.value, column}, value.reveal());
}

core::expected<core::secret> vault::unseal(const std::string& data_key, const core::tenant_id& tenant,
                                           std::string_view column, const std::string& sealed) const {
  if (sealed.empty())
    return core::secret();
  const auto key = open_data_key(data_key, tenant);
  if (!key)
    return core::fail(key.error());
  auto plain = decrypt({*key, version_of(data_key), tenant.value, column}, sealed);
  if (!plain)
    return cannot_open(tenant, column);
  return std::move(*plain);
}

core::expected<std::string> vault::check_value(int version) const {
  const auto key = master_key(version);
  if (!key)
    return core::fail(key.error());
  return encrypt({*key, version}, check_text);
}

core::expected<bool> vault::matches(int version, const std::string& check_value) const {
  const auto key = master_key(version);
  if (!key)
    return core::fail(key.error());
  const auto text = decrypt({*key, version}, check_value);
  return text && text->equals(check_text);
}

} // namespace trunkline::persistence
