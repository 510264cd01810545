#include "cli/completion.hpp"

#include <fmt/format.h>

namespace trunkline::cli {

namespace {

/// One line for this command and each below it: the words before the cursor, and what may follow them.
void add_cases(const CLI::App& app, const std::string& words, std::string& cases) {
  std::string next;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    next += sub->get_name() + " ";
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames())
      next += "--" + name + " ";
  cases += fmt::format("    \"{}\") next=\"{}\" ;;\n", words, next);
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    add_cases(*sub, words.empty() ? sub->get_name() : words + " " + sub->get_name(), cases);
}

} // namespace

std::string bash_completion(const CLI::App& app) {
  std::string cases;
  add_cases(app, "", cases);
  return "_trunkline() {\n"
         "  local words='' word next=''\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    [[ $word =~ ^[a-z]+$ ]] && words=\"${words:+$words }$word\"\n"
         "  done\n"
         "  case $words in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$next\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _trunkline trunkline\n";
}

} // namespace trunkline::cli
