#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace trunkline::cli {

/// A script for bash that completes what `app` understands: eval "$(trunkline --completion bash)".
std::string bash_completion(const CLI::App& app);

} // namespace trunkline::cli
