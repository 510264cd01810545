#include "cli/administration.hpp"
#include "json/writer.hpp"

#include <cstdio>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace trunkline::cli {

namespace {

struct user_options {
  bool json = false;
  std::string name, role = "company_viewer", company;
};

core::expected<void> list(admin& api, const user_options& options) {
  const auto page = api.list("/api/admin/users");
  if (!page)
    return core::fail(page.error());
  print_listing(*page, options.json, {"user", "role", "companyId", "createdAt"});
  return {};
}

/// While it lives, what is typed is not seen.
class no_echo {
public:
  no_echo() {
    tcgetattr(STDIN_FILENO, &before_);
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~no_echo() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  no_echo(const no_echo&) = delete;
  no_echo& operator=(const no_echo&) = delete;

private:
  termios before_{};
};

std::string read_line() {
  std::string line;
  std::getline(std::cin, line);
  if (line.ends_with('\r'))
    line.pop_back();
  return line;
}

/// From a person, or the first line of standard input.
core::expected<core::secret> read_password() {
  if (!isatty(STDIN_FILENO)) {
    core::secret piped(read_line());
    if (piped.empty())
      return core::fail(core::ec::invalid_request, "The password is read from standard input, which holds none.");
    return piped;
  }
  const no_echo quiet;
  std::fputs("Password: ", stderr);
  core::secret first(read_line());
  std::fputs("\nOnce more: ", stderr);
  const core::secret second(read_line());
  std::fputs("\n", stderr);
  if (!first.equals(second.reveal()))
    return core::fail(core::ec::invalid_request, "These were two different passwords.");
  return first;
}

core::expected<void> add(admin& api, const user_options& options) {
  const auto password = read_password();
  if (!password)
    return core::fail(password.error());
  json::writer out;
  out.begin_object().field("user", options.name).field("password", password->reveal()).field("role", options.role);
  if (!options.company.empty())
    out.field("companyId", options.company);
  out.end_object();
  const auto made = api.ask("POST", "/api/admin/users", out.take());
  if (!made)
    return core::fail(made.error());
  print_object(*made, options.json);
  return {};
}

core::expected<void> remove(admin& api, const user_options& options) {
  const auto done = api.ask("DELETE", "/api/admin/users/" + escaped(options.name));
  if (!done)
    return core::fail(done.error());
  if (!options.json)
    std::printf("%s can not sign in any more\n", options.name.c_str());
  return {};
}

} // namespace

void add_users(CLI::App& app, command& chosen) {
  command_group<user_options> users(app, chosen, "users", "Who may sign in to the console");
  auto& options = *users.options;
  users.add("list", "All users, newest first", list);
  auto* added =
      users.add("add", "A user, or another password for one; it is asked for or read from standard input", add);
  added->add_option("name", options.name, "By which they sign in")->required();
  added->add_option("--role", options.role, "What they may do")
      ->check(CLI::IsMember({"platform_admin", "company_admin", "company_viewer"}));
  added->add_option("--company", options.company, "co_...; not for platform_admin");
  auto* removed = users.add("remove", "A user can not sign in any more", remove);
  removed->add_option("name", options.name, "By which they sign in")->required();
}

} // namespace trunkline::cli
