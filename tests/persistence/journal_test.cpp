#include "persistence/journal.hpp"
#include "persistence/journal_codec.hpp"
#include "persistence/journal_segment.hpp"
#include "tests/persistence/journal_samples.hpp"

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace trunkline;
using namespace trunkline::tests;
using persistence::journal;

namespace {

struct journal_fixture {
  temp_folder home;
  std::filesystem::path folder = home.path() / "journal" / "1";
  listened_log log;

  journal open(persistence::journal_limits limits = {}, std::vector<std::string>* seen = nullptr) {
    auto opened = journal::open(folder, limits, [&](const auto& event) {
      if (seen != nullptr)
        seen->push_back(event.key.sid);
    });
    if (!opened)
      BOOST_FAIL(opened.error().detail);
    return std::move(*opened);
  }

  static void append(journal& to, const std::vector<core::webhook_event>& events) {
    const auto done = to.append(pointers(events));
    BOOST_REQUIRE_MESSAGE(done, (done ? "" : done.error().context));
  }

  /// What is left, oldest first; nothing is afterwards.
  static std::vector<std::string> drain(journal& from) {
    std::vector<std::string> all;
    for (auto events = from.front(); !events.empty(); events = from.front()) {
      for (const auto& sid : sids(events))
        all.push_back(sid);
      from.drop_front();
    }
    return all;
  }

  std::filesystem::path file(int n) const { return folder / fmt::format("{:08}.log", n); }

  static std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void put(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat found {};
    BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &found), 0);
    return found.st_mode & 0777;
  }
};

size_t frame_bytes(const core::webhook_event& event) {
  std::string frame;
  persistence::add_frame(frame, event);
  return frame.size();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal_of_webhooks, journal_fixture)

BOOST_AUTO_TEST_CASE(every_member_of_an_event_comes_back) {
  const auto told = event_with_everything();
  const auto bytes = persistence::encode_event(told);
  const auto back = persistence::decode_event(bytes);
  BOOST_REQUIRE(back);
  BOOST_TEST(persistence::encode_event(*back) == bytes);
  BOOST_CHECK(back->key == told.key);
  BOOST_CHECK(back->answer == told.answer);
  BOOST_CHECK(back->call == told.call);
  BOOST_TEST(back->received_at.ms == told.received_at.ms);
  BOOST_TEST(back->params == told.params);
  const auto& message = back->message.value();
  BOOST_TEST((message.id.value == "msg_1" && message.tenant == other && message.channel.value == "ch_1"));
  BOOST_TEST((message.user_phone_number.str() == "72345" && message.media == told.message->media));
  BOOST_TEST((message.error_code == -30'007 && message.price == core::money{-750} && message.segments == 3));
  BOOST_TEST((!message.price_estimated && message.simulated && message.delivered_at->ms == 8));
  BOOST_TEST((back->message_status->error_code == 9 && back->message_status->at.ms == 10));
  BOOST_TEST((!back->opt_out->opted_out && back->opt_out->number.str() == "+15559876543"));
  BOOST_TEST((back->message_status->message.value == "msg_2" && back->profile_name == "Ana"));
}

BOOST_AUTO_TEST_CASE(what_the_first_version_has_written_is_read_and_what_it_did_not_know_is_empty) {
  auto told = event_with_everything();
  told.message_status.reset(); // it names its message since then
  told.profile_name.clear();
  const auto bytes = persistence::encode_event(told);
  const auto first = bytes.substr(0, bytes.size() - 8); // the name's length, which is all there is of it
  const auto back = persistence::decode_event(first, 1);
  BOOST_REQUIRE(back);
  BOOST_TEST(persistence::encode_event(*back) == bytes);
  BOOST_TEST(!persistence::decode_event(first, 2));
  BOOST_TEST(!persistence::decode_event(bytes, 1));
}

BOOST_AUTO_TEST_CASE(what_an_event_does_not_have_it_has_not_afterwards) {
  const auto back = persistence::decode_event(persistence::encode_event(core::webhook_event{})).value();
  BOOST_TEST((!back.call && !back.message && !back.message_status && !back.opt_out && back.key.sequence == -1));
}

BOOST_AUTO_TEST_CASE(a_part_of_an_event_is_none_and_neither_is_one_with_something_behind_it) {
  const auto bytes = persistence::encode_event(event_with_everything());
  for (size_t length = 0; length < bytes.size(); ++length)
    BOOST_TEST(!persistence::decode_event(bytes.substr(0, length)), "cut to " << length);
  BOOST_TEST(!persistence::decode_event(bytes + '\0'));
}

BOOST_AUTO_TEST_CASE(what_was_appended_comes_back_in_order_after_a_restart) {
  {
    auto before = open();
    append(before, calls(1, 3));
    append(before, calls(4, 2));
  }
  std::vector<std::string> seen;
  auto after = open({}, &seen);
  BOOST_TEST(after.events() == 5);
  append(after, calls(6, 1));
  BOOST_TEST(seen == sids(calls(1, 5)), boost::test_tools::per_element());
  BOOST_TEST(drain(after) == sids(calls(1, 6)), boost::test_tools::per_element());
  BOOST_TEST((after.empty() && after.events() == 0 && after.bytes() == 0));
}

BOOST_AUTO_TEST_CASE(a_drained_file_is_deleted_and_what_comes_meanwhile_goes_to_another) {
  auto kept = open({1u << 20, 1});
  append(kept, calls(1, 2));
  append(kept, calls(3, 1));
  BOOST_TEST(kept.front().size() == 2);
  append(kept, calls(4, 1));
  BOOST_TEST((std::filesystem::exists(file(1)) && std::filesystem::exists(file(3))));
  kept.drop_front();
  BOOST_TEST(!std::filesystem::exists(file(1)));
  BOOST_TEST(drain(kept) == sids(calls(3, 2)), boost::test_tools::per_element());
  BOOST_TEST(journal::found_in(home.path() / "journal").empty());
}

BOOST_AUTO_TEST_CASE(a_file_being_drained_gets_no_more) {
  auto kept = open();
  append(kept, calls(1, 1));
  BOOST_TEST(sids(kept.front()) == sids(calls(1, 1)), boost::test_tools::per_element());
  append(kept, calls(2, 1));
  kept.drop_front();
  BOOST_TEST(drain(kept) == sids(calls(2, 1)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_last_record_torn_at_any_byte_is_cut_off_and_all_before_it_is_there) {
  {
    auto before = open();
    append(before, calls(1, 3));
  }
  const auto whole = bytes_of(file(1));
  const size_t begins = whole.size() - frame_bytes(voice_event(3));
  for (size_t length = begins + 1; length < whole.size(); ++length) {
    put(file(1), whole.substr(0, length));
    listened_log said;
    auto after = open();
    BOOST_TEST(after.events() == 2, "cut to " << length);
    BOOST_TEST(said.has(fmt::format("{} is torn and was cut off at byte {}", file(1).string(), begins)), said.all());
    BOOST_TEST(!said.has("ALERT"), said.all());
    BOOST_TEST(std::filesystem::file_size(file(1)) == begins);
    append(after, calls(9, 1));
    BOOST_TEST(drain(after) == (std::vector{call_sid(1), call_sid(2), call_sid(9)}), boost::test_tools::per_element());
  }
  BOOST_TEST(!std::filesystem::exists(file(1).string() + ".bad"));
}

BOOST_AUTO_TEST_CASE(a_file_whose_first_words_are_torn_holds_nothing) {
  {
    auto before = open();
    append(before, calls(1, 1));
  }
  const auto whole = bytes_of(file(1));
  for (size_t length = 0; length < whole.size(); ++length) {
    put(file(1), whole.substr(0, length));
    auto after = open();
    BOOST_TEST(after.events() == 0, "cut to " << length);
    append(after, calls(2, 1));
    BOOST_TEST(drain(after) == sids(calls(2, 1)), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(zeros_behind_the_last_record_are_a_torn_one) {
  {
    auto before = open();
    append(before, calls(1, 2));
  }
  put(file(1), bytes_of(file(1)) + std::string(4096, '\0'));
  auto after = open();
  BOOST_TEST(drain(after) == sids(calls(1, 2)), boost::test_tools::per_element());
  BOOST_TEST(log.has("is torn"));
}

BOOST_AUTO_TEST_CASE(a_record_changed_on_disk_is_set_aside_with_words_and_the_others_are_used) {
  {
    auto before = open();
    append(before, calls(1, 3));
  }
  const auto whole = bytes_of(file(1));
  const size_t begins = persistence::segment_header_bytes + frame_bytes(voice_event(1));
  for (size_t at = begins; at < begins + frame_bytes(voice_event(2)); ++at) {
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    put(file(1), changed);
    std::filesystem::remove(file(1).string() + ".bad");
    listened_log said;
    auto after = open();
    BOOST_TEST(said.has("ALERT JOURNAL_DAMAGED " + file(1).string()), said.all());
    BOOST_TEST(said.has(fmt::format("from byte {} on", begins)), said.all());
    BOOST_TEST(drain(after) == (std::vector{call_sid(1), call_sid(3)}), boost::test_tools::per_element());
    BOOST_TEST(bytes_of(file(1).string() + ".bad") == changed);
  }
}

BOOST_AUTO_TEST_CASE(a_file_cut_short_that_is_not_the_last_one_is_no_torn_one) {
  {
    auto before = open({1u << 20, 1});
    append(before, calls(1, 2));
    append(before, calls(3, 1));
  }
  std::filesystem::resize_file(file(1), std::filesystem::file_size(file(1)) - 1);
  auto after = open();
  BOOST_TEST(log.has("ALERT JOURNAL_DAMAGED " + file(1).string()), log.all());
  BOOST_TEST(drain(after) == (std::vector{call_sid(1), call_sid(3)}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_changes_on_disk_while_it_waits_is_noticed_as_well) {
  auto kept = open();
  append(kept, calls(1, 2));
  auto changed = bytes_of(file(1));
  changed[persistence::segment_header_bytes + 30] ^= 1;
  put(file(1), changed);
  BOOST_TEST(drain(kept) == sids(calls(2, 1)), boost::test_tools::per_element());
  BOOST_TEST(log.has("ALERT JOURNAL_DAMAGED"));
  BOOST_TEST((kept.events() == 0 && std::filesystem::exists(file(1).string() + ".bad")));
}

BOOST_AUTO_TEST_CASE(a_file_of_a_newer_program_is_refused_in_words) {
  std::filesystem::create_directories(folder);
  put(file(1), std::string("TLJRNL\x63\0", 8));
  const auto refused = journal::open(folder);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().detail.find(file(1).string() + " is of version 99") != std::string::npos,
             refused.error().detail);
}

BOOST_AUTO_TEST_CASE(a_file_that_an_older_program_has_begun_and_this_one_continued_is_read) {
  std::string bytes("TLJRNL\x01\0", 8);
  for (const auto& event : calls(1, 2))
    persistence::add_frame(bytes, event);
  std::filesystem::create_directories(folder);
  put(file(1), bytes);
  auto kept = open();
  BOOST_TEST(drain(kept) == sids(calls(1, 2)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_full_journal_takes_nothing_until_there_is_room) {
  auto kept = open({persistence::segment_header_bytes + 3 * frame_bytes(voice_event(1)), 1u << 20});
  append(kept, calls(1, 2));
  const auto more = calls(3, 2);
  const auto refused = kept.append(pointers(more));
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == core::ec::database_unavailable);
  BOOST_TEST(log.has("ALERT JOURNAL_FULL"));
  BOOST_TEST(drain(kept) == sids(calls(1, 2)), boost::test_tools::per_element());
  append(kept, more);
  BOOST_TEST(drain(kept) == sids(more), boost::test_tools::per_element());
}

/// No file of this process may grow beyond so many bytes: what the kernel still takes of a write is written.
struct file_size_limit {
  explicit file_size_limit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit now{bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before{};
};

BOOST_AUTO_TEST_CASE(a_batch_that_was_written_in_part_leaves_nothing_behind) {
  auto kept = open();
  append(kept, calls(1, 1));
  const auto size = std::filesystem::file_size(file(1));
  const auto failing = calls(2, 3);
  {
    const file_size_limit limit(size + frame_bytes(voice_event(2)) + 50);
    BOOST_REQUIRE(!kept.append(pointers(failing)));
  }
  BOOST_TEST(std::filesystem::file_size(file(1)) == size);
  BOOST_TEST(log.has("ALERT JOURNAL_NOT_WRITABLE"));
  append(kept, calls(5, 1));
  BOOST_TEST(drain(kept) == (std::vector{call_sid(1), call_sid(5)}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_else_reads_it) {
  auto kept = open();
  append(kept, calls(1, 1));
  BOOST_TEST(mode_of(file(1)) == 0600u);
  BOOST_TEST((mode_of(folder) == 0700u && mode_of(folder.parent_path()) == 0700u));
  const auto second = journal::open(folder);
  BOOST_REQUIRE(!second);
  BOOST_TEST(second.error().detail.find("in use by another process") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_is_made_before_it_is_needed) {
  const auto kept = open();
  BOOST_TEST((kept.empty() && !std::filesystem::exists(folder.parent_path())));
}

BOOST_AUTO_TEST_CASE(what_was_refused_comes_back_when_its_file_is_given_a_number) {
  auto kept = open();
  append(kept, calls(1, 2));
  for (const auto& event : kept.front())
    kept.set_aside(event);
  kept.drop_front();
  BOOST_TEST(mode_of(folder / "refused.log") == 0600u);
  std::filesystem::rename(folder / "refused.log", file(7));
  const auto again = persistence::read_segment(file(7));
  BOOST_REQUIRE(again);
  BOOST_TEST(sids(again->events) == sids(calls(1, 2)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
