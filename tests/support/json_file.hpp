#pragma once

#include <rapidjson/document.h>

#include <string>

namespace trunkline::tests {

/// A file of tests/data, parsed; tests run with the repository root as working directory.
rapidjson::Document json_file(const std::string& path_below_data);

/// A file of tests/data as it is.
std::string text_file(const std::string& path_below_data);

} // namespace trunkline::tests
