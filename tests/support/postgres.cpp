#include "tests/support/postgres.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <libpq-fe.h>
#include <memory>
#include <pwd.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace trunkline::tests {

namespace {

using std::chrono::steady_clock;

/// The newest version that is installed.
std::string find_binaries() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored))
    if (std::filesystem::exists(version.path() / "bin" / "initdb"))
      found.push_back((version.path() / "bin").string());
  if (found.empty())
    throw std::runtime_error("no PostgreSQL below /usr/lib/postgresql: apt-get install postgresql");
  return *std::max_element(found.begin(), found.end());
}

const passwd* server_user() { return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr; }

/// Between fork and exec only calls that are safe there: everything is made ready before.
pid_t spawn(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const auto& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const passwd* user = server_user();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0)
    return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  // After setuid, which clears it. SIGQUIT is the server's order to drop everything at once.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent)
    ::_exit(125);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

std::string tail(const std::string& path) {
  std::ifstream in(path);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

/// The parent's process id out of /proc/PID/stat; the name in it may hold anything, so it is read from the last ')'.
pid_t parent_of(const std::string& stat_path) {
  std::ifstream in(stat_path);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto end = text.rfind(')');
  char state = 0;
  pid_t parent = -1;
  if (end != std::string::npos)
    std::sscanf(text.c_str() + end + 1, " %c %d", &state, &parent);
  return parent;
}

} // namespace

postgres_server& postgres_server::instance() {
  static postgres_server server;
  return server;
}

postgres_server::postgres_server() : binaries_(find_binaries()) {
  initialise();
  start();
  wait_until_ready();
}

postgres_server::~postgres_server() { stop(); }

void postgres_server::stop() {
  if (server_ <= 0)
    return;
  thaw();
  ::kill(server_, SIGINT); // fast shutdown: sessions that are still open are ended
  for (int i = 0; i < 500 && ::waitpid(server_, nullptr, WNOHANG) == 0; ++i) {
    if (i == 400)
      ::kill(server_, SIGQUIT);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  server_ = -1;
}

void postgres_server::start_again() {
  start();
  wait_until_ready();
}

void postgres_server::initialise() {
  if (const passwd* user = server_user(); user != nullptr)
    if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot hand the folder over to postgres");
  const auto log = folder_.file("initdb.log");
  const pid_t child = spawn({binaries_ + "/initdb", "-D", folder_.file("data"), "-U", "trunkline", "-A", "trust", "-E",
                             "UTF8", "--no-locale", "--no-sync"},
                            log);
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0)
    throw std::runtime_error("initdb failed: " + tail(log));
}

void postgres_server::start() {
  server_ = spawn({binaries_ + "/postgres", "-D", folder_.file("data"), "-k", folder_.path().string(), "-c",
                   "listen_addresses=", "-c", "max_connections=50", "-c", "shared_buffers=64MB", "-c",
                   "max_wal_size=512MB", "-c", "deadlock_timeout=100ms"},
                  folder_.file("server.log"));
}

void postgres_server::wait_until_ready() {
  const auto give_up = steady_clock::now() + std::chrono::seconds(30);
  const auto target = fmt::format("host={} user=trunkline dbname=postgres", folder_.path().string());
  while (PQping(target.c_str()) != PQPING_OK) {
    if (steady_clock::now() > give_up || ::waitpid(server_, nullptr, WNOHANG) != 0)
      throw std::runtime_error("PostgreSQL does not start: " + tail(folder_.file("server.log")));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void postgres_server::run_sql(const std::string& sql) {
  const auto target = fmt::format("host={} user=trunkline dbname=postgres", folder_.path().string());
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(target.c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
}

std::string postgres_server::new_database() {
  const auto name = fmt::format("t{}", ++databases_);
  run_sql("create database " + name);
  return fmt::format("postgresql://trunkline:correct-horse@/{}?host={}", name, folder_.path().string());
}

std::vector<pid_t> postgres_server::processes() const {
  std::vector<pid_t> all{server_};
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
        parent_of(entry.path() / "stat") == server_)
      all.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return all;
}

void postgres_server::signal_all(int signal) {
  for (const pid_t process : processes())
    ::kill(process, signal);
}

void postgres_server::freeze() { signal_all(SIGSTOP); }

void postgres_server::thaw() { signal_all(SIGCONT); }

} // namespace trunkline::tests
