#include "actors/deadline_sweep.hpp"
#include "actors/reply.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace trunkline;
using namespace std::chrono_literals;

namespace {

struct asker {
  std::vector<std::string> heard;

  actors::reply<std::string> question() {
    return actors::reply<std::string>([this](core::expected<std::string> answer) {
      heard.push_back(answer ? *answer : std::string(core::to_string(answer.error().code)));
    });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(answering)

BOOST_AUTO_TEST_CASE(only_the_first_answer_counts) {
  asker a;
  const auto reply = a.question();
  reply("first");
  reply("second");
  BOOST_TEST(a.heard == std::vector<std::string>{"first"});
}

BOOST_AUTO_TEST_CASE(a_question_that_everybody_dropped_is_answered_with_an_error) {
  asker a;
  { const auto copy = a.question(); }
  BOOST_TEST(a.heard == std::vector<std::string>{"not_ready"});
}

BOOST_AUTO_TEST_CASE(a_question_nobody_answers_in_time_is_told_so_once) {
  asker a;
  actors::deadline_sweep deadlines(1h);
  const auto begun = actors::deadline_sweep::time_point{} + 1000h;
  const auto late = a.question(), quick = a.question();
  deadlines.watch(late.watched(), begun);
  deadlines.watch(quick.watched(), begun);
  quick("here");
  deadlines.sweep(begun + 1h - 1ms);
  BOOST_TEST(a.heard.size() == 1u);
  deadlines.sweep(begun + 1h);
  late("too late");
  BOOST_TEST((a.heard == std::vector<std::string>{"here", "overloaded"}));
}

BOOST_AUTO_TEST_CASE(answered_in_any_order_the_rest_still_expire) {
  asker a;
  actors::deadline_sweep deadlines(1h);
  const auto begun = actors::deadline_sweep::time_point{} + 1000h;
  std::vector<actors::reply<std::string>> questions;
  for (int i = 0; i < 5; ++i) {
    questions.push_back(a.question());
    deadlines.watch(questions.back().watched(), begun + i * 1s);
  }
  questions[2]("middle");
  questions[0]("oldest");
  questions[4]("newest");
  deadlines.sweep(begun + 2h);
  BOOST_TEST((a.heard == std::vector<std::string>{"middle", "oldest", "newest", "overloaded", "overloaded"}));
}

BOOST_AUTO_TEST_CASE(the_sweep_keeps_no_question_alive) {
  asker a;
  actors::deadline_sweep deadlines(1h);
  deadlines.watch(a.question().watched());
  BOOST_TEST(a.heard == std::vector<std::string>{"not_ready"});
}

BOOST_AUTO_TEST_SUITE_END()
