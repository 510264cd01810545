#pragma once

namespace trunkline::cli {

/// `trunkline serve | check | migrate | companies | keys | users | dev seed`; returns the exit status: 0, 1 for a
/// refusal that was explained on stderr, 2 for a wrong command line.
int run(int argc, char** argv);

} // namespace trunkline::cli
