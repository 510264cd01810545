#include "twilio/opt_out.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using twilio::opt_out_keyword;
using twilio::opt_out_keyword_of;

BOOST_AUTO_TEST_SUITE(opt_out)

BOOST_AUTO_TEST_CASE(the_default_keywords_are_known_in_any_case) {
  for (const auto word : {"STOP", "StopAll", "unsubscribe", "Cancel", "end", "QUIT", "OptOut", "revoke", "arret"})
    BOOST_TEST((opt_out_keyword_of(word) == opt_out_keyword::stop), word);
  for (const auto word : {"START", "yes", "UnStop"})
    BOOST_TEST((opt_out_keyword_of(word) == opt_out_keyword::start), word);
  for (const auto word : {"help", "INFO"})
    BOOST_TEST((opt_out_keyword_of(word) == opt_out_keyword::help), word);
}

BOOST_AUTO_TEST_CASE(blanks_around_a_keyword_do_not_hide_it) {
  BOOST_TEST((opt_out_keyword_of(" \t stop\r\n") == opt_out_keyword::stop));
}

BOOST_AUTO_TEST_CASE(a_keyword_in_a_sentence_is_an_ordinary_message) {
  for (const auto text :
       {"", " ", "STOP please", "please stop", "STOP.", "STO", "STOPP", "S TOP", "yes!", "\xC2\xA0stop"})
    BOOST_TEST((opt_out_keyword_of(text) == opt_out_keyword::none), text);
}

BOOST_AUTO_TEST_CASE(what_twilio_has_recognised_wins_over_the_text) {
  BOOST_TEST((opt_out_keyword_of("basta", "STOP") == opt_out_keyword::stop));
  BOOST_TEST((opt_out_keyword_of("STOP", "HELP") == opt_out_keyword::help));
  BOOST_TEST((opt_out_keyword_of("x", "START") == opt_out_keyword::start));
}

BOOST_AUTO_TEST_CASE(an_unknown_type_leaves_it_to_the_text) {
  BOOST_TEST((opt_out_keyword_of("STOP", "SOMETHING") == opt_out_keyword::stop));
  BOOST_TEST((opt_out_keyword_of("hello", "SOMETHING") == opt_out_keyword::none));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests
