#pragma once

#include "core/error.hpp"
#include "core/opt_out.hpp"
#include "core/principal.hpp"
#include "core/query.hpp"

#include <memory>

namespace trunkline::persistence {

class session;

/// Who is to be left alone, as somebody says it who is not the person himself. What a later STOP or START of his does,
/// is the inbox's matter: a STOP always counts, a START if it is later.
class opt_out_store {
public:
  virtual ~opt_out_store() = default;

  /// Newest first, by (when it was said, number).
  virtual core::expected<core::page<core::opt_out>> list(const core::tenant_id& tenant,
                                                         const core::page_request& page) = 0;
  /// Who has opted out already stays as he is.
  virtual core::expected<core::opt_out> add(const core::tenant_id& tenant, const core::phone_number& number,
                                            core::timestamp now, const core::author& by) = 0;
  /// ec::not_found if the number has not opted out.
  virtual core::expected<void> remove(const core::tenant_id& tenant, const core::phone_number& number,
                                      core::timestamp now, const core::author& by) = 0;
};

std::unique_ptr<opt_out_store> make_opt_out_store(std::shared_ptr<session> connection);

} // namespace trunkline::persistence
