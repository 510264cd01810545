#include "http/request_ids.hpp"

#include <array>
#include <atomic>
#include <charconv>

namespace trunkline::http {

core::request_id next_request_id() {
  static const std::string process = core::new_id("req_", 6);
  static std::atomic<uint64_t> count{0};
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), count.fetch_add(1), 36).ptr;
  std::string id;
  id.reserve(process.size() + 16);
  id += process;
  id.append(digits.data(), end);
  return core::request_id(std::move(id));
}

} // namespace trunkline::http
