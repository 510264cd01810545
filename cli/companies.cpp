#include "cli/administration.hpp"
#include "json/writer.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

namespace trunkline::cli {

namespace {

struct company_options {
  bool json = false, config_shown = false;
  std::string id, query, state;
  std::optional<std::string> name, country, time_zone, menu_url, config_file;
};

/// What PUT takes. From stdin or a file, so that no secret ever stands in an argument.
core::expected<std::string> read_config(const std::string& file) {
  constexpr size_t longest = 64 * 1024;
  std::ifstream opened;
  if (file != "-")
    opened.open(file, std::ios::binary);
  if (file != "-" && !opened)
    return core::fail(core::ec::invalid_request,
                      fmt::format("{} can not be read: {}.", file, std::generic_category().message(errno)));
  auto& in = file == "-" ? std::cin : opened;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.size() > longest)
    return core::fail(core::ec::invalid_request, fmt::format("{} has more than {} bytes.", file, longest));
  if (!parse(text))
    return core::fail(core::ec::invalid_request,
                      fmt::format("{} is not a JSON object. `trunkline companies show ID --config --json` prints one.",
                                  file == "-" ? "What came on standard input" : file));
  return text;
}

/// The company's own fields; "{}" when none was given.
std::string fields_of(const company_options& options) {
  json::writer out;
  out.begin_object();
  if (options.name)
    out.field("companyName", *options.name);
  if (options.country)
    out.field("country", *options.country);
  if (options.time_zone)
    out.field("timeZone", *options.time_zone);
  if (options.menu_url && options.menu_url->empty())
    out.null_field("menuUrl");
  else if (options.menu_url)
    out.field("menuUrl", *options.menu_url);
  out.end_object();
  return out.take();
}

std::string path_of(const std::string& id) { return "/api/companies/" + escaped(id); }

core::expected<void> print_company(admin& api, const std::string& id, bool as_json) {
  const auto company = api.ask("GET", path_of(id));
  if (!company)
    return core::fail(company.error());
  print_object(*company, as_json);
  return {};
}

core::expected<void> list(admin& api, const company_options& options) {
  std::string path = "/api/companies?q=" + escaped(options.query);
  if (!options.state.empty())
    path += "&state=" + options.state;
  const auto page = api.list(path);
  if (!page)
    return core::fail(page.error());
  print_listing(*page, options.json, {"id", "companyName", "state", "primaryNumber", "credentialSource", "ready"});
  return {};
}

core::expected<void> show(admin& api, const company_options& options) {
  if (!options.config_shown)
    return print_company(api, options.id, options.json);
  const auto config = api.ask("GET", path_of(options.id) + "/twilio/config");
  if (!config)
    return core::fail(config.error());
  print_object(*config, options.json);
  return {};
}

core::expected<void> put_config(admin& api, const std::string& id, const std::string& config) {
  const auto put = api.ask("PUT", path_of(id) + "/twilio/config", config);
  return put ? core::expected<void>() : core::fail(put.error());
}

core::expected<void> add(admin& api, const company_options& options, const std::optional<std::string>& config) {
  const auto made = api.ask("POST", "/api/companies", fields_of(options));
  if (!made)
    return core::fail(made.error());
  const auto company = parse(*made);
  if (!company)
    return core::fail(company.error());
  const auto id = shown(*company, "id");
  if (config)
    if (const auto put = put_config(api, id, *config); !put)
      return core::fail(put.error().code,
                        fmt::format("The company is there, its configuration is not: {}\nCorrect that, then: trunkline "
                                    "companies set {} --config FILE",
                                    put.error().detail, id));
  return print_company(api, id, options.json);
}

core::expected<void> set(admin& api, const company_options& options, const std::optional<std::string>& config) {
  if (const auto fields = fields_of(options); fields != "{}")
    if (const auto patched = api.ask("PATCH", path_of(options.id), fields); !patched)
      return core::fail(patched.error());
  if (config)
    if (auto put = put_config(api, options.id, *config); !put)
      return put;
  return print_company(api, options.id, options.json);
}

core::expected<void> remove(admin& api, const company_options& options) {
  const auto removed = api.ask("DELETE", path_of(options.id));
  if (!removed)
    return core::fail(removed.error());
  if (!options.json)
    std::printf("%s is removed\n", options.id.c_str());
  return {};
}

using company_change = core::expected<void> (*)(admin&, const company_options&, const std::optional<std::string>&);

/// The configuration is read before anything is changed.
command with_config(const std::shared_ptr<company_options>& options, company_change work) {
  return [options, work](const config::settings& settings) {
    std::optional<std::string> config;
    if (options->config_file) {
      auto text = read_config(*options->config_file);
      if (!text)
        return exit_status(core::fail(text.error()));
      config = std::move(*text);
    }
    return with_api(settings, admin::open, [&](admin& api) { return work(api, *options, config); });
  };
}

void add_fields(CLI::App& to, company_options& options) {
  to.add_option("--country", options.country, "ISO 3166 alpha-2, for example US");
  to.add_option("--time-zone", options.time_zone, "IANA, for example America/New_York");
  to.add_option("--menu-url", options.menu_url, "https://...; '' for none");
  to.add_option("--config", options.config_file,
                "JSON file with the Twilio configuration, as PUT /api/companies/{id}/twilio/config takes it; - is "
                "standard input");
}

} // namespace

void add_companies(CLI::App& app, command& chosen) {
  command_group<company_options> companies(app, chosen, "companies", "The companies of this platform");
  auto& options = *companies.options;
  auto* listed = companies.add("list", "All companies, newest first", list);
  listed->add_option("--query", options.query, "Part of the name");
  listed->add_option("--state", options.state, "Only these")->check(CLI::IsMember({"active", "quarantined"}));
  auto* one = companies.add("show", "One company", show);
  one->add_option("id", options.id, "co_...")->required();
  one->add_flag("--config", options.config_shown, "Its Twilio configuration instead; credentials are not shown");
  auto* added = companies.add("add", "A new company", with_config(companies.options, add));
  added->add_option("name", options.name, "What it is called")->required();
  add_fields(*added, options);
  auto* changed =
      companies.add("set", "Change a company or its Twilio configuration", with_config(companies.options, set));
  changed->add_option("id", options.id, "co_...")->required();
  changed->add_option("--name", options.name, "What it is called");
  add_fields(*changed, options);
  auto* removed = companies.add("remove", "Remove a company that has no numbers", remove);
  removed->add_option("id", options.id, "co_...")->required();
}

} // namespace trunkline::cli
