#include "persistence/vault.hpp"

#include "persistence/key_file.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <unistd.h>

namespace trunkline::persistence {

namespace {

// A sealed text is "1:" (the version of the key that sealed it) and base64 of nonce and ciphertext.
constexpr std::string_view key_version = "1";
constexpr std::string_view prefix = "1:";
constexpr size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int base64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
constexpr std::string_view data_key_column = "data_key";
constexpr std::string_view check_row = "key_check";
constexpr std::string_view check_text = "trunkline master key";

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string associated(std::string_view tenant, std::string_view column) {
  return fmt::format("{}|{}|{}", tenant, column, key_version);
}

std::string encrypt(const std::string& key, std::string_view about, std::string_view plain) {
  std::string box(nonce_bytes + plain.size() + tag_bytes, '\0');
  randombytes_buf(box.data(), nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(box) + nonce_bytes, nullptr, bytes(plain), plain.size(),
                                             bytes(about), about.size(), nullptr, bytes(box), bytes(key));
  std::string text(sodium_base64_ENCODED_LEN(box.size(), base64), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes(box), box.size(), base64);
  text.pop_back(); // sodium counts the terminating NUL
  return std::string(prefix) + text;
}

std::optional<core::secret> decrypt(const std::string& key, std::string_view about, std::string_view sealed) {
  if (!sealed.starts_with(prefix))
    return std::nullopt;
  sealed.remove_prefix(prefix.size());
  std::string box(sealed.size() / 4 * 3 + 3, '\0');
  size_t length = 0;
  if (sodium_base642bin(bytes(box), box.size(), sealed.data(), sealed.size(), nullptr, &length, nullptr, base64) != 0 ||
      length < nonce_bytes + tag_bytes)
    return std::nullopt;
  std::string plain(length - nonce_bytes - tag_bytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(plain), nullptr, nullptr, bytes(box) + nonce_bytes,
                                                 length - nonce_bytes, bytes(about), about.size(), bytes(box),
                                                 bytes(key)) != 0)
    return std::nullopt;
  return core::secret(std::move(plain));
}

core::secret random_key() {
  std::string key(key_bytes, '\0');
  randombytes_buf(key.data(), key.size());
  return core::secret(std::move(key));
}

auto cannot_open(const core::tenant_id& tenant, std::string_view column) {
  return core::fail(core::ec::internal_error, "A stored secret cannot be opened.",
                    fmt::format("company {}, column {}: sealed with another key, or moved or changed", tenant, column));
}

auto refuse(std::string detail) { return core::fail(core::ec::invalid_configuration, std::move(detail)); }

core::expected<std::string> read_check(session& connection) {
  return connection.run(
      "reading the key check value", access::read, [](soci::session& sql) -> core::expected<std::string> {
        std::string value;
        fetch_row(sql, "select value from meta where name = :name", std::tie(value), std::string(check_row));
        return value;
      });
}

/// The first key to arrive stays, whoever else tries at the same moment.
core::expected<std::string> store_check(session& connection, const core::secret& key) {
  auto stored =
      connection.run("storing the key check value", access::write, [&](soci::session& sql) -> core::expected<void> {
        execute(sql, "insert into meta (name, value) values (:name, :value) on conflict do nothing",
                std::string(check_row), encrypt(key.reveal(), check_row, check_text));
        return {};
      });
  if (!stored)
    return core::fail(std::move(stored.error()));
  return read_check(connection);
}

bool matches(const core::secret& key, const std::string& check) {
  const auto text = decrypt(key.reveal(), check_row, check);
  return text && text->equals(check_text);
}

core::expected<core::secret> key_from_file(const std::string& path, bool may_make, bool& made) {
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
  auto key = random_key();
  if (auto written = write_key_file(path, key); !written)
    return core::fail(std::move(written.error()));
  made = true;
  return key;
}

} // namespace

core::expected<vault> vault::open(database& db, const std::string& path, const core::secret& inline_key) {
  const auto status = db.schema();
  if (!status)
    return core::fail(status.error());
  if (status->current == 0)
    return refuse("The database is empty: run `trunkline migrate` before the master key can be checked.");
  const auto connection = db.connect();
  auto check = read_check(*connection);
  if (!check)
    return core::fail(std::move(check.error()));

  bool made = false;
  auto key = path.empty() ? parse_master_key(inline_key) : key_from_file(path, check->empty(), made);
  if (!key)
    return core::fail(std::move(key.error()));
  if (check->empty())
    check = store_check(*connection, *key);
  if (!check)
    return core::fail(std::move(check.error()));
  const bool fits = matches(*key, *check);
  if (!fits && made)
    ::unlink(path.c_str()); // another node was faster; nothing was ever sealed with this one
  if (!fits)
    return refuse(fmt::format("The master key{} is not the one this database is sealed with. Use the key of the first "
                              "start (your backup, or another node's file).",
                              path.empty() ? std::string() : " in " + path));
  return vault(std::move(*key));
}

vault vault::for_tests() { return vault(random_key()); }

std::string vault::new_data_key(const core::tenant_id& tenant) const {
  const auto key = random_key();
  return encrypt(master_key_.reveal(), associated(tenant.value, data_key_column), key.reveal());
}

core::expected<std::string> vault::seal(const std::string& data_key, const core::tenant_id& tenant,
                                        std::string_view column, const core::secret& value) const {
  if (value.empty())
    return std::string();
  const auto key = decrypt(master_key_.reveal(), associated(tenant.value, data_key_column), data_key);
  if (!key || key->reveal().size() != key_bytes)
    return cannot_open(tenant, data_key_column);
  return encrypt(key->reveal(), associated(tenant.value, column), value.reveal());
}

core::expected<core::secret> vault::unseal(const std::string& data_key, const core::tenant_id& tenant,
                                           std::string_view column, const std::string& sealed) const {
  if (sealed.empty())
    return core::secret();
  const auto key = decrypt(master_key_.reveal(), associated(tenant.value, data_key_column), data_key);
  if (!key || key->reveal().size() != key_bytes)
    return cannot_open(tenant, data_key_column);
  auto plain = decrypt(key->reveal(), associated(tenant.value, column), sealed);
  if (!plain)
    return cannot_open(tenant, column);
  return std::move(*plain);
}

core::expected<std::string> vault::seal_platform(std::string_view column, const core::secret& value) const {
  return encrypt(master_key_.reveal(), associated("", column), value.reveal());
}

core::expected<core::secret> vault::unseal_platform(std::string_view column, const std::string& sealed) const {
  auto plain = decrypt(master_key_.reveal(), associated("", column), sealed);
  if (!plain)
    return core::fail(core::ec::internal_error, "A stored secret cannot be opened.",
                      fmt::format("platform, {}: sealed with another key, or moved or changed", column));
  return std::move(*plain);
}

} // namespace trunkline::persistence
