#pragma once

#include "core/ids.hpp"
#include "core/principal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trunkline::http {

struct response {
  int status = 200;
  std::string content_type; ///< empty with an empty body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers; ///< besides Content-Type and Content-Length
  bool close_connection = false;                            ///< after this answer
};

/// An answer that goes on, a part at a time. Callable from any thread; when the last handle of it goes, it ends.
class stream {
public:
  virtual ~stream() = default;

  /// What is sent after the end, or when nobody is there any more, goes nowhere.
  virtual void send(std::shared_ptr<const std::string> part) = 0;
  /// Parts that have not left yet.
  virtual size_t unsent() const = 0;
  virtual size_t unsent_bytes() const = 0;
  /// It has ended, on whichever side.
  virtual bool ended() const = 0;
  virtual void end() = 0;
};

/// One request and the right to answer it. The server implements it; handlers and checks see no more of HTTP than this.
class exchange {
public:
  virtual ~exchange() = default;

  virtual std::string_view method() const = 0;
  virtual std::string_view target() const = 0; ///< as on the request line, "/hooks/k7/voice?x=1"
  virtual std::string_view body() const = 0;
  virtual std::string_view header(std::string_view name) const = 0; ///< first value, "" if there is none
  virtual size_t header_count(std::string_view name) const = 0;
  virtual std::string remote_address() const = 0;

  /// Callable from any thread; only the first answer is sent.
  virtual void respond(response answer) = 0;
  /// Instead of an answer of known length: the head at once, the body by and by. Null if it has been answered before.
  virtual std::shared_ptr<stream> respond_streaming(response head) = 0;

  const core::request_id& id() const { return id_; }

  std::string_view path() const { return target().substr(0, target().find('?')); }
  std::string_view query() const {
    const auto mark = target().find('?');
    return mark == std::string_view::npos ? std::string_view{} : target().substr(mark + 1);
  }

  /// What the route's template captured, in its order: "/api/companies/{id}" has one.
  std::vector<std::string_view> captures;

  /// Who asks, once that is proven; of routes that are open to anybody, nobody.
  core::principal who;
  /// Not empty: whatever is made here goes by an id that follows from this text, so that it is not made twice.
  std::string once;
  /// A new id, so many characters after its prefix.
  std::string new_id(std::string_view prefix, std::string_view kind, size_t characters) const {
    return once.empty() ? core::new_id(prefix, characters)
                        : core::derived_id(prefix, once, kind).substr(0, prefix.size() + characters);
  }
  core::author author() const { return {who, id_}; }

protected:
  explicit exchange(core::request_id id) : id_(std::move(id)) {}

private:
  core::request_id id_;
};

using exchange_ptr = std::shared_ptr<exchange>;

} // namespace trunkline::http
