#include "twilio/twiml.hpp"

#include "core/utf8.hpp"

#include <fmt/format.h>

#include <cassert>

namespace trunkline::twilio {

namespace {

constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";
constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

enum class place { text, attribute };

/// What stands for a byte in XML; empty if it stands for itself.
std::string_view escape_of(unsigned char byte, place where) {
  switch (byte) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return where == place::text ? "&gt;" : "";
  case '"':
    return where == place::attribute ? "&quot;" : "";
  case '\r':
    return "&#xD;"; // a parser turns a bare one into a line feed
  case '\t':
    return where == place::attribute ? "&#x9;" : ""; // and these into spaces
  case '\n':
    return where == place::attribute ? "&#xA;" : "";
  default:
    return byte < 0x20 ? replacement : "";
  }
}

/// U+FFFE and U+FFFF are UTF-8, but not XML.
bool is_noncharacter(std::string_view at) { return at.starts_with("\xEF\xBF\xBE") || at.starts_with("\xEF\xBF\xBF"); }

void append_escaped(std::string& out, std::string_view content, place where) {
  const std::string clean = core::to_clean_utf8(content);
  const std::string_view text = clean;
  size_t done = 0;
  const auto replace = [&](size_t at, size_t length, std::string_view by) {
    out.append(text, done, at - done).append(by);
    done = at + length;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (const auto escape = escape_of(byte, where); !escape.empty())
      replace(i, 1, escape);
    else if (byte == 0xEF && is_noncharacter(text.substr(i)))
      replace(i, 3, replacement);
  }
  out.append(text, done);
}

} // namespace

twiml::twiml() : out_(declaration) {
  out_.reserve(512);
  open("Response");
}

twiml& twiml::open(std::string_view element) {
  end_start_tag();
  (out_ += '<') += element;
  open_.emplace_back(element);
  in_start_tag_ = true;
  return *this;
}

twiml& twiml::attribute(std::string_view name, std::string_view value) {
  assert(in_start_tag_);
  ((out_ += ' ') += name) += "=\"";
  append_escaped(out_, value, place::attribute);
  out_ += '"';
  return *this;
}

twiml& twiml::attribute(std::string_view name, int64_t value) { return attribute(name, fmt::to_string(value)); }

twiml& twiml::attribute(std::string_view name, bool value) { return attribute(name, value ? "true" : "false"); }

twiml& twiml::text(std::string_view content) {
  if (content.empty())
    return *this;
  end_start_tag();
  append_escaped(out_, content, place::text);
  return *this;
}

twiml& twiml::close() {
  assert(!open_.empty());
  if (in_start_tag_)
    out_ += "/>";
  else
    ((out_ += "</") += open_.back()) += '>';
  in_start_tag_ = false;
  open_.pop_back();
  return *this;
}

std::string twiml::finish() && {
  while (!open_.empty())
    close();
  return std::move(out_);
}

void twiml::end_start_tag() {
  if (in_start_tag_)
    out_ += '>';
  in_start_tag_ = false;
}

const std::string& empty_twiml() {
  static const std::string xml = twiml().finish();
  return xml;
}

} // namespace trunkline::twilio
