#pragma once

#include "config/settings.hpp"
#include "core/error.hpp"

#include <memory>
#include <string>

namespace trunkline::cluster {

/// A node: the composition root. Opens the database, reads who has which number, starts the actors and then the
/// listeners; stops in the other order.
class node {
public:
  /// Which listeners there are; `api` alone is for who administers a database that no node works on.
  enum class doors : uint8_t { all, api };

  /// Ready for traffic when it returns. `clock` outlives the node.
  static core::expected<std::unique_ptr<node>> start(const config::settings& settings, core::secret admin_key,
                                                     const core::clock& clock, doors open = doors::all);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Takes the key of JSON Web Tokens from these settings and reads the master key file again. What can not be used is
  /// logged, and the old one stays.
  void reload(const config::settings& settings);

  std::string webhook_url() const;
  std::string api_url() const;
  size_t companies() const;

  /// Not ready from now on, then nobody new is let in; waits until every request in hand, webhook or API, has been
  /// answered, at most `patience`.
  void drain(std::chrono::milliseconds patience);

  struct impl;

private:
  explicit node(std::unique_ptr<impl> body);
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::cluster
