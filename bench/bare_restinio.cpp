// The ceiling: what RESTinio itself reaches when it answers the same POST with a constant and checks nothing.

#include <restinio/all.hpp>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

namespace {

std::string twiml; // the answer of all peers, bench/answer.xml

auto answer(const restinio::request_handle_t& request) {
  if (request->header().method() != restinio::http_method_post() ||
      request->header().request_target() != "/api/twilio/voice")
    return request->create_response(restinio::status_not_found()).done();
  return request->create_response()
      .append_header(restinio::http_field::content_type, "text/xml; charset=utf-8")
      .set_body(twiml)
      .done();
}

bool read_answer(const char* file) {
  std::ifstream in(file);
  std::getline(in, twiml);
  return !twiml.empty();
}

template <class Traits, class How>
void serve(How how, uint16_t port) {
  restinio::run(std::move(how.port(port).address("127.0.0.1").request_handler(answer)));
}

struct single_thread_traits : restinio::default_single_thread_traits_t {
  using request_handler_t = decltype(&answer);
};

struct thread_pool_traits : restinio::default_traits_t {
  using request_handler_t = decltype(&answer);
};

} // namespace

int main(int argc, char** argv) {
  uint16_t port = 0;
  unsigned threads = 1;
  const auto number = [](const char* text, auto& out) {
    const auto [end, failure] = std::from_chars(text, text + std::strlen(text), out);
    return failure == std::errc{} && *end == '\0' && out > 0;
  };
  if (argc != 4 || !number(argv[1], port) || !number(argv[2], threads) || threads > 64 || !read_answer(argv[3])) {
    std::fputs("usage: bench_bare_restinio PORT THREADS ANSWER-FILE\n", stderr);
    return 2;
  }
  try {
    if (threads == 1)
      serve<single_thread_traits>(restinio::on_this_thread<single_thread_traits>(), port);
    else
      serve<thread_pool_traits>(restinio::on_thread_pool<thread_pool_traits>(threads), port);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_bare_restinio: %s\n", failure.what());
    return 1;
  }
  return 0;
}
