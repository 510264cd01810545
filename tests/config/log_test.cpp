#include "config/log.hpp"
#include "config/log_line.hpp"
#include "core/phone_number.hpp"
#include "core/secret.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidjson/document.h>

#include <atomic>
#include <csignal>
#include <future>
#include <thread>
#include <unistd.h>

namespace trunkline::log {

namespace {

struct captured {
  explicit captured(level lowest = level::debug, format form = format::text)
      : redirect(lowest, form, [this](std::string_view line) { lines.emplace_back(line); }) {}

  std::vector<std::string> lines;
  redirection redirect;
};

const core::request_id req("req_4f0c");
const core::timestamp noon{1'795'195'445'123};

struct throws_when_formatted {};

} // namespace

} // namespace trunkline::log

template <>
struct fmt::formatter<trunkline::log::throws_when_formatted> {
  constexpr auto parse(format_parse_context& ctx) { return ctx.begin(); }
  auto format(const trunkline::log::throws_when_formatted&, format_context& ctx) const -> decltype(ctx.out()) {
    throw std::runtime_error("no");
  }
};

namespace trunkline::log {

BOOST_AUTO_TEST_SUITE(log_test)

BOOST_AUTO_TEST_CASE(every_line_has_its_request) {
  captured log;
  info(req, "stored {}", 3);
  warn(no_request, "low disk");
  BOOST_REQUIRE(log.lines.size() == 2);
  BOOST_TEST(log.lines[0].substr(24) == " info  req_4f0c stored 3");
  BOOST_TEST(log.lines[1].substr(24) == " warn  - low disk");
}

BOOST_AUTO_TEST_CASE(secrets_and_numbers_redact_themselves) {
  captured log;
  const core::secret token(std::string("hush-hush"));
  error(req, "{} called with {}", core::phone_number("+12125550100"), token);
  BOOST_TEST(log.lines.at(0).ends_with("+1212***0100 called with ***"), log.lines[0]);
}

BOOST_AUTO_TEST_CASE(the_level_decides_what_is_written) {
  captured log(level::warn);
  debug(req, "a");
  info(req, "b");
  warn(req, "c");
  error(req, "d");
  BOOST_TEST(log.lines.size() == 2);
  BOOST_TEST((!enabled(level::info) && enabled(level::error)));
}

BOOST_AUTO_TEST_CASE(nothing_is_written_when_the_log_is_off) {
  captured log(level::off);
  error(req, "d");
  BOOST_TEST(log.lines.empty());
}

BOOST_AUTO_TEST_CASE(a_json_line_is_json_whatever_it_holds) {
  captured log(level::info, format::json);
  using namespace std::string_view_literals;
  const auto hostile = "\"\\\n\r\t\0\x1f\x7f \xC0\xAF \xED\xA0\x80 \u0085\u2028 \u2603"sv;
  info(req, "{}", hostile);
  info(core::request_id("x\"}\n\x1f{"), "{}", "ok");
  for (const auto& line : log.lines) {
    rapidjson::Document parsed;
    parsed.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    BOOST_REQUIRE(!parsed.HasParseError());
    BOOST_TEST(parsed.MemberCount() == 4u);
    BOOST_TEST(parsed["level"].GetString() == "info");
    BOOST_TEST(line.find_first_of(std::string("\n\r\0\x7f", 4)) == std::string::npos);
  }
  BOOST_TEST(log.lines.at(0).find(R"("request":"req_4f0c","message":"\"\\\u000a\u000d\u0009)") != std::string::npos,
             log.lines[0]);
  BOOST_TEST(log.lines.at(1).find(R"("message":"ok")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_forges_a_line_of_text) {
  captured log;
  info(req, "{}", "x\n2026-11-20T17:24:05.123Z error req_1 forged \x1b[31m \u009b");
  BOOST_REQUIRE(log.lines.size() == 1);
  BOOST_TEST(log.lines[0].find('\n') == std::string::npos);
  BOOST_TEST(log.lines[0].find('\x1b') == std::string::npos);
  BOOST_TEST(log.lines[0].ends_with("forged \\u001b[31m \\u009b"));
}

BOOST_AUTO_TEST_CASE(lines_look_as_documented) {
  const event what{noon, "info", "req_4f0c", "stored"};
  BOOST_TEST(text_line(what) == "2026-11-20T17:24:05.123Z info  req_4f0c stored");
  BOOST_TEST(json_line(what) ==
             R"({"time":"2026-11-20T17:24:05.123Z","level":"info","request":"req_4f0c","message":"stored"})");
}

BOOST_AUTO_TEST_CASE(a_long_line_is_cut_and_says_so) {
  for (const auto& piece : {std::string("x"), std::string("\""), std::string("\x01"), std::string("\U0001F600")}) {
    std::string text;
    while (text.size() < 100'000)
      text += piece;
    const event what{noon, "error", std::string_view(text).substr(0, 5000), text};
    for (const auto& line : {json_line(what), text_line(what)}) {
      BOOST_TEST(line.size() <= max_line);
      BOOST_TEST(line.size() > max_line - 100);
      BOOST_TEST(line.find(" bytes cut)") != std::string::npos);
    }
    rapidjson::Document parsed;
    parsed.Parse<rapidjson::kParseValidateEncodingFlag>(json_line(what).c_str());
    BOOST_TEST(!parsed.HasParseError());
  }
}

BOOST_AUTO_TEST_CASE(a_formatter_that_throws_loses_no_line) {
  captured log;
  info(req, "got {}", throws_when_formatted());
  BOOST_TEST(log.lines.at(0).ends_with("got {}"));
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_do_not_mix) {
  captured log;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i)
        info(req, "{0}{0}{0}{0}", t);
    });
  threads.clear();
  BOOST_TEST(log.lines.size() == 800u);
  for (const auto& line : log.lines)
    BOOST_TEST(line.substr(40) == std::string(4, line[40]));
}

BOOST_AUTO_TEST_CASE(a_redirection_ends_only_when_nobody_is_in_its_sink) {
  std::atomic<bool> inside = false, ending = false;
  std::jthread writer;
  {
    redirection slow(level::info, format::text, [&](std::string_view) {
      inside = true;
      while (!ending)
        std::this_thread::yield();
      for (int i = 0; i < 10'000; ++i)
        std::this_thread::yield();
      inside = false;
    });
    writer = std::jthread([] { info(req, "x"); });
    while (!inside)
      std::this_thread::yield();
    ending = true;
  }
  BOOST_TEST(!inside);
}

BOOST_AUTO_TEST_CASE(levels_and_formats_have_names) {
  BOOST_TEST((parse_level("error") == level::error && !parse_level("ERROR") && !parse_level("")));
  BOOST_TEST((parse_format("json") == format::json && !parse_format("xml")));
}

/// Standard error is a pipe that nobody reads.
struct nobody_reads {
  nobody_reads() {
    std::signal(SIGPIPE, SIG_IGN);
    BOOST_REQUIRE(::pipe(ends) == 0);
    ::dup2(ends[1], STDERR_FILENO);
  }
  ~nobody_reads() {
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    ::close(ends[1]);
  }

  const int before = ::dup(STDERR_FILENO);
  int ends[2] = {};
};

BOOST_AUTO_TEST_CASE(nobody_waits_for_a_standard_error_that_is_not_read) {
  const nobody_reads pipe;
  auto writing = std::async(std::launch::async, [] {
    set_up(level::info, format::text);
    const background lines;
    for (int i = 0; i < 20'000; ++i) // 2 MB, where a pipe takes 64 KiB
      info(no_request, "line {} {:80}", i, "of many");
  });
  const bool in_time = writing.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
  ::close(pipe.ends[0]); // lets a writer that does wait go
  BOOST_TEST(in_time);
}

BOOST_AUTO_TEST_CASE(lines_written_in_the_background_arrive_in_order_before_it_ends) {
  captured log;
  {
    const background lines;
    for (int i = 0; i < 1'000; ++i)
      info(req, "{}", i);
  }
  BOOST_REQUIRE(log.lines.size() == 1'000);
  BOOST_TEST(log.lines.front().substr(24) == " info  req_4f0c 0");
  BOOST_TEST(log.lines.back().substr(24) == " info  req_4f0c 999");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::log
