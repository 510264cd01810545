#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trunkline::tests {

struct xml_element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes; ///< in the order written
  std::string text;                                            ///< all of its own text
  std::vector<xml_element> children;

  friend bool operator==(const xml_element&, const xml_element&) = default;
};

/// Reads as much XML as TwiML is made of, and throws at anything else. It is not the writer's mirror: it normalises
/// line ends and blanks in attributes as an XML parser must, so that an escape forgotten there shows.
class xml_reader {
public:
  static xml_element read(std::string_view document) {
    xml_reader in(document);
    in.expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    auto root = in.element();
    if (!in.rest_.empty())
      throw std::runtime_error("text after the root element");
    return root;
  }

private:
  explicit xml_reader(std::string_view document) : rest_(document) {}

  void expect(std::string_view what) {
    if (!take(what))
      throw std::runtime_error("expected " + std::string(what) + " at " + std::string(rest_.substr(0, 20)));
  }

  bool take(std::string_view what) {
    if (!rest_.starts_with(what))
      return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  std::string name() {
    const auto end = rest_.find_first_of(" />=<\"'");
    std::string out(rest_.substr(0, end));
    if (out.empty() || end == std::string_view::npos)
      throw std::runtime_error("expected a name");
    rest_.remove_prefix(end);
    return out;
  }

  xml_element element() {
    xml_element out;
    expect("<");
    out.name = name();
    while (take(" ")) {
      auto key = name();
      expect("=\"");
      out.attributes.emplace_back(std::move(key), characters('"', true));
      expect("\"");
    }
    if (take("/>"))
      return out;
    expect(">");
    while (!rest_.starts_with("</")) {
      if (rest_.starts_with("<"))
        out.children.push_back(element());
      else
        out.text += characters('<', false);
    }
    expect("</" + out.name + ">");
    return out;
  }

  std::string characters(char end, bool in_attribute) {
    std::string out;
    while (!rest_.empty() && rest_[0] != end) {
      const char c = rest_[0];
      if (c == '<')
        throw std::runtime_error("a bare <");
      if (c == '&') {
        out += reference();
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r')
        throw std::runtime_error("a control character");
      out += in_attribute && static_cast<unsigned char>(c) < 0x20 ? ' ' : c == '\r' ? '\n' : c;
      rest_.remove_prefix(1);
    }
    return out;
  }

  char reference() {
    constexpr std::pair<std::string_view, char> known[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
                                                           {"&quot;", '"'}, {"&#xD;", '\r'}, {"&#xA;", '\n'},
                                                           {"&#x9;", '\t'}};
    for (const auto& [text, c] : known)
      if (take(text))
        return c;
    throw std::runtime_error("a bare &");
  }

  std::string_view rest_;
};

} // namespace trunkline::tests
