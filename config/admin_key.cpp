#include "config/admin_key.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace trunkline::config {

namespace {

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

private:
  int fd_;
};

tl::unexpected<core::error> refuse(const std::string& file, std::string_view what) {
  return core::fail(core::ec::invalid_configuration, fmt::format("{}: {}", file, what));
}

core::expected<core::secret> read_key(const std::string& file, const descriptor& in) {
  struct stat facts {};
  if (fstat(in.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return refuse(file, "is not a file");
  if (facts.st_mode & (S_IRWXG | S_IRWXO))
    return refuse(file, "can be read by other users. Run: chmod 600 " + file);
  std::array<char, 256> bytes{};
  const auto got = ::read(in.get(), bytes.data(), bytes.size());
  std::string text(bytes.data(), got > 0 ? static_cast<size_t>(got) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (text.size() < 16 || text.size() > 128)
    return refuse(file,
                  "does not hold a key of 16 to 128 characters. Delete it, and a new one is made at the next start.");
  return core::secret(std::move(text));
}

core::expected<core::secret> make_key(const std::string& file) {
  if (sodium_init() < 0)
    return core::fail(core::ec::internal_error, "no random numbers");
  std::array<unsigned char, 24> random{};
  std::array<char, random.size() * 2 + 1> hex{};
  randombytes_buf(random.data(), random.size());
  sodium_bin2hex(hex.data(), hex.size(), random.data(), random.size());
  hex.back() = '\n';
  // Written beside and renamed: a crash in between must not leave half a key under the real name.
  const auto fresh = file + ".new";
  const descriptor out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out.open() || fchmod(out.get(), 0600) != 0 ||
      ::write(out.get(), hex.data(), hex.size()) != ssize_t{hex.size()} || fsync(out.get()) != 0 ||
      ::rename(fresh.c_str(), file.c_str()) != 0)
    return refuse(file, fmt::format("can not be written: {}", std::generic_category().message(errno)));
  return core::secret(std::string(hex.data(), hex.size() - 1));
}

} // namespace

std::string admin_key_file(const settings& s) { return s.data_dir + "/admin.key"; }

core::expected<core::secret> admin_key(const settings& s) {
  if (!s.admin_key.empty())
    return s.admin_key;
  std::error_code ignored; // a folder that could not be made shows when the file is written
  std::filesystem::create_directories(s.data_dir, ignored);
  const auto file = admin_key_file(s);
  const descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.open())
    return read_key(file, in);
  return errno == ENOENT ? make_key(file)
                         : refuse(file, fmt::format("can not be opened: {}", std::generic_category().message(errno)));
}

} // namespace trunkline::config
