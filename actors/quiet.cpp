#include "actors/quiet.hpp"

namespace trunkline::actors {

std::string describe(std::exception_ptr problem) {
  try {
    std::rethrow_exception(std::move(problem));
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

} // namespace trunkline::actors
