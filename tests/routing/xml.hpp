#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::tests {

/// Reads back the small part of XML that TwiML is written in, and throws std::runtime_error for anything that is not
/// well-formed: so a text that broke out of its place can not go unseen.
struct xml_node {
  std::string name, text;
  std::map<std::string, std::string> attributes;
  std::vector<xml_node> children;

  /// The node at "Connect/Stream", children by name, the first of each; throws if there is none.
  const xml_node& at(std::string_view path) const {
    const auto slash = path.find('/');
    for (const auto& child : children)
      if (child.name == path.substr(0, slash))
        return slash == std::string_view::npos ? child : child.at(path.substr(slash + 1));
    throw std::runtime_error("no element " + std::string(path) + " in " + name);
  }
  bool has(std::string_view child) const {
    return std::any_of(children.begin(), children.end(), [&](const auto& c) { return c.name == child; });
  }
  /// "" when it is not there.
  std::string operator[](const std::string& attribute) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? "" : found->second;
  }
  /// "Say Record Hangup"
  std::string verbs() const {
    std::string out;
    for (const auto& child : children)
      out += (out.empty() ? "" : " ") + child.name;
    return out;
  }
};

class xml_reader {
public:
  static xml_node read(std::string_view document) {
    xml_reader in(document);
    in.expect(R"(<?xml version="1.0" encoding="UTF-8"?>)");
    auto root = in.element();
    in.require(in.rest_.empty(), "text after the root element");
    return root;
  }

private:
  explicit xml_reader(std::string_view document) : rest_(document) {}

  void require(bool condition, std::string_view what) const {
    if (!condition)
      throw std::runtime_error(std::string(what) + " before: " + std::string(rest_.substr(0, 40)));
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text))
      return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void expect(std::string_view text) { require(take(text), text); }
  std::string_view until(std::string_view ends) {
    const auto end = rest_.find_first_of(ends);
    require(end != std::string_view::npos, "unexpected end");
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return text;
  }
  std::string name() {
    const auto text = until(" />=");
    require(!text.empty() && text.find_first_of("<&\"'") == std::string_view::npos, "bad name");
    return std::string(text);
  }
  std::string unescaped(std::string_view text) {
    static const std::map<std::string_view, char> entities = {{"lt", '<'},   {"gt", '>'},    {"amp", '&'},
                                                              {"quot", '"'}, {"apos", '\''}, {"#x9", '\t'},
                                                              {"#xA", '\n'}, {"#xD", '\r'}};
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      require(static_cast<unsigned char>(text[i]) >= 0x20 || text[i] == '\n' || text[i] == '\t', "control character");
      if (text[i] != '&') {
        out += text[i];
        continue;
      }
      const auto end = text.find(';', i);
      require(end != std::string_view::npos, "bare &");
      const auto entity = entities.find(text.substr(i + 1, end - i - 1));
      require(entity != entities.end(), "unknown entity");
      out += entity->second;
      i = end;
    }
    return out;
  }
  xml_node element() {
    expect("<");
    xml_node node;
    node.name = name();
    while (take(" ")) {
      auto attribute = name();
      expect("=\"");
      const bool fresh = node.attributes.emplace(attribute, unescaped(until("\"<"))).second;
      require(fresh, "repeated attribute");
      expect("\"");
    }
    if (take("/>"))
      return node;
    expect(">");
    for (node.text = unescaped(until("<")); !rest_.starts_with("</"); node.text += unescaped(until("<")))
      node.children.push_back(element());
    expect("</" + node.name + ">");
    return node;
  }

  std::string_view rest_;
};

} // namespace trunkline::tests
