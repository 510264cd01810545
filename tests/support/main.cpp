#define BOOST_TEST_MODULE trunkline
#include <boost/test/unit_test.hpp>
#include <sodium.h>

namespace {

struct sodium_ready {
  sodium_ready() { BOOST_REQUIRE(sodium_init() >= 0); }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(sodium_ready);
