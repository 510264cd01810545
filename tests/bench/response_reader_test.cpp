#include "bench/response_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using trunkline::bench::response_reader;
using progress = trunkline::bench::response_reader::progress;

namespace {

progress feed(response_reader& reader, std::string_view bytes) {
  const auto space = reader.space();
  const size_t count = std::min(space.size(), bytes.size());
  std::copy_n(bytes.begin(), count, space.begin());
  return reader.received(count);
}

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\ncontent-length: 11\r\n\r\n<Response/>";

} // namespace

BOOST_AUTO_TEST_SUITE(bench_response_reader)

BOOST_AUTO_TEST_CASE(a_response_is_complete_with_its_last_byte_however_it_is_cut) {
  response_reader reader;
  for (size_t i = 0; i + 1 < ok.size(); ++i)
    BOOST_REQUIRE(feed(reader, ok.substr(i, 1)) == progress::incomplete);
  BOOST_TEST((feed(reader, ok.substr(ok.size() - 1)) == progress::complete));
  BOOST_TEST(reader.status() == 200);
  BOOST_TEST(reader.body() == "<Response/>");
  BOOST_TEST(!reader.closes());
}

BOOST_AUTO_TEST_CASE(after_a_reset_the_next_response_is_read) {
  response_reader reader;
  feed(reader, ok);
  reader.reset();
  const auto refused = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  BOOST_TEST((feed(reader, refused) == progress::complete));
  BOOST_TEST(reader.status() == 503);
  BOOST_TEST(reader.closes());
}

BOOST_AUTO_TEST_CASE(no_content_needs_no_length) {
  response_reader reader;
  BOOST_TEST((feed(reader, "HTTP/1.1 204 No Content\r\n\r\n") == progress::complete));
}

BOOST_AUTO_TEST_CASE(what_the_bench_cannot_delimit_is_broken) {
  for (const std::string bytes :
       {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "nonsense nonsense\r\n\r\n", "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"}) {
    response_reader reader;
    BOOST_TEST((feed(reader, bytes) == progress::broken), bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_byte_that_nobody_asked_for_is_broken) {
  response_reader reader;
  BOOST_TEST((feed(reader, ok + "H") == progress::broken));
}

BOOST_AUTO_TEST_CASE(a_head_or_a_body_that_does_not_fit_is_broken) {
  response_reader head, body;
  BOOST_TEST((feed(head, "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x')) == progress::broken));
  BOOST_TEST((feed(body, "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n") == progress::broken));
}

BOOST_AUTO_TEST_SUITE_END()
