#pragma once

#include "core/error.hpp"
#include "core/query.hpp"
#include "twilio/form.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::http {

/// The query string of an API request, read strictly: every complaint is collected, and ok() is asked once at the end.
class query_reader {
public:
  /// Parameters other than `allowed` (and `limit`, `cursor`) are refused.
  query_reader(std::string_view query, std::initializer_list<std::string_view> allowed);

  std::string text(std::string_view name); ///< UTF-8
  /// E.164 by the phone number rule, in any usual notation; "" if absent.
  std::string phone_number(std::string_view name, std::string_view country);
  std::string one_of(std::string_view name, std::initializer_list<std::string_view> values);
  std::optional<core::timestamp> time(std::string_view name);
  bool flag(std::string_view name);
  /// "2026-11-20"
  std::optional<std::chrono::sys_days> day(std::string_view name);
  /// For what the values mean together.
  void refuse(std::string_view name, std::string detail) { complain(name, std::move(detail)); }

  /// Of what is no list.
  void refuse_pages();

  /// `limit` 1..200 (50) and `cursor`; the cursor must have been made for the same scope.
  core::page_request page(std::string_view scope);

  /// The first failure if there was any: ec::invalid_request with all fields, or ec::invalid_cursor.
  core::expected<void> ok() const;

private:
  void complain(std::string_view name, std::string detail);

  twilio::form params_;
  core::error failure_{core::ec::invalid_request, "", "", {}};
  bool cursor_bad_ = false;
};

/// What nextCursor says: opaque, tied to `scope` (route, company and filters), good for ever.
std::string make_cursor(std::string_view scope, core::timestamp at, std::string_view id);

} // namespace trunkline::http
