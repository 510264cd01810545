#pragma once

#include "config/load.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

namespace trunkline::tests {

/// A working directory of its own, with the files and variables a case gives it.
class config_folder {
public:
  config_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "trunkline-config-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()));
    path_ = name;
    from_.folder = path_;
  }
  ~config_folder() { std::filesystem::remove_all(path_); }
  config_folder(const config_folder&) = delete;
  config_folder& operator=(const config_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  config_folder& file(const std::string& name, std::string_view text) {
    std::ofstream(path_ / name, std::ios::binary) << text;
    std::filesystem::permissions(path_ / name,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return *this;
  }
  config_folder& toml(std::string_view text) { return file("trunkline.toml", text); }
  config_folder& dotenv(std::string_view text) { return file(".env", text); }
  config_folder& variable(const std::string& name, const std::string& value) {
    return from_.environment[name] = value, *this;
  }
  config_folder& named_file(const std::string& name) { return from_.file = path_ / name, *this; }

  config::loaded load() const {
    auto out = config::load(from_);
    BOOST_REQUIRE_MESSAGE(out, out.error().detail);
    return std::move(*out);
  }

  config::settings settings() const { return load().values; }

  /// What the start is refused with.
  std::string refusal() const {
    const auto out = config::load(from_);
    BOOST_REQUIRE(!out);
    BOOST_TEST((out.error().code == core::ec::invalid_configuration));
    return out.error().detail;
  }

private:
  std::filesystem::path path_;
  config::sources from_;
};

} // namespace trunkline::tests
