#include "bench/load_options.hpp"
#include "bench/targets.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace trunkline;

namespace {

core::expected<std::vector<bench::target>> read(const std::string& content) {
  const auto file = std::filesystem::temp_directory_path() / ("targets-" + std::to_string(getpid()));
  std::ofstream(file) << content;
  auto result = bench::read_targets(file);
  std::filesystem::remove(file);
  return result;
}

core::expected<bench::load_options> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), {"bench_load", "--connect", "127.0.0.1:1", "--targets", "t.csv"});
  return bench::parse_load_options(static_cast<int>(arguments.size()), arguments.data());
}

} // namespace

BOOST_AUTO_TEST_SUITE(bench_input)

BOOST_AUTO_TEST_CASE(targets_are_read_with_and_without_a_header) {
  const std::string line = "+15550000001,AC01,secret,/api/twilio/voice\n";
  for (const auto& content : {line, "number,account_sid,auth_token,path\r\n" + line}) {
    const auto found = read(content).value();
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].number == "+15550000001");
    BOOST_TEST(found[0].auth_token.reveal() == "secret");
    BOOST_TEST(found[0].path == "/api/twilio/voice");
  }
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_named_without_its_content) {
  for (const std::string bad : {"+1,AC01,secret", "+1,AC01,secret,/p,more", "+1,AC01,,/p", "+1,AC01,secret,p"}) {
    const auto found = read("+1,AC01,secret,/p\n" + bad + "\n");
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().detail.find(":2:") != std::string::npos);
    BOOST_TEST(found.error().detail.find("secret") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(no_targets_at_all_is_an_error) { BOOST_TEST(!read("number,account_sid,auth_token,path\n")); }

BOOST_AUTO_TEST_CASE(the_pool_lasts_for_the_whole_open_loop) {
  const auto options = parse({"--rate", "1000", "--warmup", "1", "--duration", "4"}).value();
  BOOST_TEST(options.pool >= 5000u);
  BOOST_TEST(options.seed != 0u);
}

BOOST_AUTO_TEST_CASE(options_that_are_unknown_or_out_of_bounds_are_refused) {
  BOOST_TEST(!parse({"--connection", "3"}));
  BOOST_TEST(!parse({"--connections"}));
  BOOST_TEST(!parse({"--connections", "0"}));
  BOOST_TEST(!parse({"--connections", "5000"}));
  BOOST_TEST(!parse({"--rate", "-1"}));
  BOOST_TEST(!parse({"--duration", "1x"}));
}

BOOST_AUTO_TEST_SUITE_END()
