#include "actors/webhook_job.hpp"

namespace trunkline::actors {

job_ptr make_rescuable(webhook_job job, std::function<void(job_ptr)> rescue) {
  return job_ptr(new webhook_job(std::move(job)), [rescue = std::move(rescue)](webhook_job* last) {
    job_ptr again(last); // from here on an ordinary job: a second loss lets its reply say so
    if (!again->reply.settled())
      rescue(std::move(again));
  });
}

} // namespace trunkline::actors
