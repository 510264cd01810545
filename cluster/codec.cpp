#include "cluster/codec.hpp"

#include "cluster/bytes.hpp"

namespace trunkline::cluster {

namespace {

void write_failure(byte_writer& out, const core::error& failure) {
  out.number(0).number(static_cast<int64_t>(failure.code)).text(failure.detail);
}

/// What write_failure() wrote, after the 0.
core::error read_failure(byte_reader& in) {
  const auto code = in.number_to(static_cast<int64_t>(core::ec::internal_error));
  core::error failure{static_cast<core::ec>(code), in.text(), {}, {}};
  return in.was_whole() ? failure : not_whole().value();
}

/// What `read` finds after a 1, or why there is nothing.
template <class T, class Read>
core::expected<T> read_outcome(std::string_view bytes, Read read) {
  byte_reader in(bytes);
  if (in.number() == 0)
    return core::fail(read_failure(in));
  T value = read(in);
  if (!in.was_whole())
    return not_whole();
  return value;
}

} // namespace

std::string encode_webhook(const actors::webhook_job& job) {
  byte_writer out;
  out.text(job.request.value).text(job.key.tenant.value).number(job.received_at.ms);
  out.number(static_cast<int64_t>(job.webhook.kind)).number(job.webhook.step).text(job.webhook.message.value);
  out.text(job.webhook.hooks_url);
  out.text(job.webhook.raw_params);
  return out.take();
}

core::expected<actors::webhook_job> decode_webhook(std::string_view bytes) {
  byte_reader in(bytes);
  actors::webhook_job job;
  job.request.value = in.text();
  core::tenant_id tenant(in.text());
  job.received_at.ms = in.number();
  job.webhook.kind =
      static_cast<core::webhook_kind>(in.number_to(static_cast<int64_t>(core::webhook_kind::transcription)));
  job.webhook.step = static_cast<int>(in.number());
  job.webhook.message.value = in.text();
  job.webhook.hooks_url = in.text();
  job.webhook.raw_params = in.text();
  if (!in.was_whole())
    return not_whole();
  auto params = twilio::form::parse(job.webhook.raw_params);
  if (!params)
    return not_whole();
  job.webhook.params = std::move(*params);
  auto key = routing::key_of(job.webhook.kind, job.webhook.step, job.webhook.params);
  if (!key)
    return core::fail(std::move(key).error());
  job.key = std::move(*key);
  job.key.tenant = std::move(tenant);
  return job;
}

std::string encode_outcome(const core::expected<core::webhook_answer>& outcome) {
  byte_writer out;
  if (outcome)
    out.number(1).number(outcome->status).text(outcome->content_type).text(outcome->body);
  else
    write_failure(out, outcome.error());
  return out.take();
}

core::expected<core::webhook_answer> decode_outcome(std::string_view bytes) {
  return read_outcome<core::webhook_answer>(bytes, [](byte_reader& in) {
    core::webhook_answer answer;
    answer.status = static_cast<int>(in.number_to(599));
    answer.content_type = in.text();
    answer.body = in.text();
    return answer;
  });
}

std::string encode_text(const core::expected<std::string>& outcome) {
  byte_writer out;
  if (outcome)
    out.number(1).text(*outcome);
  else
    write_failure(out, outcome.error());
  return out.take();
}

core::expected<std::string> decode_text(std::string_view bytes) {
  return read_outcome<std::string>(bytes, [](byte_reader& in) { return in.text(); });
}

} // namespace trunkline::cluster
