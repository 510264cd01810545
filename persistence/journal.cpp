#include "persistence/journal.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "persistence/journal_segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace trunkline::persistence {

namespace {

namespace fs = std::filesystem;

core::gauge events_kept("trunkline_journal_events", "Webhooks answered and not in the database yet");
core::gauge bytes_kept("trunkline_journal_bytes", "Size of the journal's files");
core::counter refused("trunkline_journal_refused_total", "Webhooks of the journal that the database refused");

/// NNNNNNNN.log and nothing else.
std::optional<uint64_t> number_of(const fs::path& file) {
  const auto name = file.filename().string();
  uint64_t number = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (problem != std::errc{} || end == name.data() || std::string_view(end, name.data() + name.size()) != ".log")
    return std::nullopt;
  return number;
}

std::vector<fs::path> segments_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem))
    if (number_of(entry.path()))
      found.push_back(entry.path());
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return number_of(a) < number_of(b); });
  return found;
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

} // namespace

int64_t events_in_journals() { return events_kept.value(); }

journal::journal(fs::path folder, journal_limits limits) : folder_(std::move(folder)), limits_(limits) {}

journal::~journal() { // of another process these figures are not
  if (locked_)
    count(-static_cast<int64_t>(events_), -static_cast<int64_t>(bytes_));
}

core::expected<journal> journal::open(fs::path folder, journal_limits limits, const visitor& visit) {
  journal made(std::move(folder), limits);
  if (is_there(made.folder_)) {
    if (auto locked = made.lock(); !locked)
      return core::fail(locked.error());
    if (auto read = made.read_all(visit); !read)
      return core::fail(read.error());
  }
  return made;
}

std::vector<fs::path> journal::found_in(const fs::path& home) {
  std::vector<fs::path> found;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(home, problem))
    if (!segments_in(entry.path()).empty())
      found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

core::expected<void> journal::lock() {
  descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder)
    return core::fail(file_failure("opening", folder_));
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0)
    return core::fail(core::ec::database_unavailable,
                      fmt::format("The journal {} is in use by another process. Every node has a data_dir of its own.",
                                  folder_.string()));
  locked_ = std::move(folder);
  return {};
}

core::expected<void> journal::read_all(const visitor& visit) {
  const auto files = segments_in(folder_);
  for (const auto& file : files) {
    auto found = read_segment(file);
    if (!found)
      return core::fail(found.error());
    // Only what was written last can be torn; elsewhere somebody has changed what was on disk.
    const bool torn = found->sound < found->size && file == files.back();
    const segment mine{file, *number_of(file), found->size, found->events.size()};
    if (found->damaged_at || (found->sound < found->size && !torn))
      keep_as_evidence(mine, fmt::format("{} bytes from byte {} on can not be read",
                                         found->damaged_bytes + (torn ? 0 : found->size - found->sound),
                                         found->damaged_at.value_or(found->sound)));
    segments_.push_back(mine);
    count(static_cast<int64_t>(mine.events), static_cast<int64_t>(mine.bytes));
    next_number_ = mine.number + 1;
    if (torn) {
      log::warn(log::no_request, "journal: the last record of {} is torn and was cut off at byte {}", file.string(),
                found->sound);
      active_ = descriptor(::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
      take_back(found->sound);
      active_ = descriptor();
    }
    if (visit)
      std::for_each(found->events.begin(), found->events.end(), visit);
  }
  return {};
}

core::expected<void> journal::append(const std::vector<const core::webhook_event*>& events) {
  if (events.empty())
    return {};
  std::string frames;
  for (const auto* event : events)
    add_frame(frames, *event);
  if (bytes_ + frames.size() + segment_header_bytes > limits_.bytes) {
    if (!std::exchange(full_, true))
      log::error(log::no_request,
                 "ALERT JOURNAL_FULL {} holds {} bytes: webhooks are refused until the database is back",
                 folder_.string(), bytes_);
    return core::fail(core::ec::database_unavailable, "The database is not available.", "the journal is full");
  }
  if (active_ && segments_.back().bytes >= limits_.segment_bytes)
    active_ = descriptor();
  if (!active_)
    if (auto begun = begin_segment(); !begun)
      return begun;
  if (auto written = write(frames); !written)
    return written;
  segments_.back().events += events.size();
  count(static_cast<int64_t>(events.size()), 0);
  return {};
}

core::expected<void> journal::begin_segment() {
  if (!locked_) {
    if (auto made = make_private_folder(folder_); !made)
      return made;
    if (auto locked = lock(); !locked)
      return locked;
  }
  const auto file = folder_ / fmt::format("{:08}.log", next_number_);
  descriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!made)
    return core::fail(file_failure("making", file));
  segments_.push_back({file, next_number_++});
  active_ = std::move(made);
  auto written = write(segment_header());
  if (written)
    written = sync_folder(folder_);
  if (!written) {
    active_ = descriptor();
    ::unlink(file.c_str());
    count(0, -static_cast<int64_t>(segments_.back().bytes));
    segments_.pop_back();
  }
  return written;
}

/// On disk when it returns; if it fails, nothing of it counts.
core::expected<void> journal::write(std::string_view bytes) {
  auto& last = segments_.back();
  auto written = write_all(active_, bytes, last.file);
  const bool dubious = bool(written);
  if (written)
    written = sync_file(active_, last.file);
  if (written) {
    last.bytes += bytes.size();
    count(0, static_cast<int64_t>(bytes.size()));
    return {};
  }
  log::error(log::no_request, "ALERT JOURNAL_NOT_WRITABLE {}", written.error().context);
  take_back(last.bytes);
  if (dubious) // the kernel may have given up earlier pages without a word, so this file gets no more
    active_ = descriptor();
  return written;
}

/// The last segment ends here again. Whoever reads it finds no record that nobody was promised.
void journal::take_back(uint64_t bytes) {
  auto& last = segments_.back();
  if (!active_ || ::ftruncate(active_.get(), static_cast<off_t>(bytes)) != 0 || ::fdatasync(active_.get()) != 0) {
    log::error(log::no_request, "journal: {}", file_failure("cutting", last.file).context);
    active_ = descriptor();
  }
  count(0, static_cast<int64_t>(bytes) - static_cast<int64_t>(last.bytes));
  last.bytes = bytes;
}

std::vector<core::webhook_event> journal::front() {
  while (!segments_.empty()) {
    if (segments_.size() == 1)
      active_ = descriptor();
    const auto& first = segments_.front();
    auto found = read_segment(first.file);
    if (!found)
      keep_as_evidence(first, found.error().context);
    else if (found->events.size() != first.events)
      keep_as_evidence(first,
                       fmt::format("of {} records {} can be read, the first that can not is at byte {}", first.events,
                                   found->events.size(), found->damaged_at.value_or(found->sound)));
    if (found && !found->events.empty())
      return std::move(found->events);
    drop_front();
  }
  return {};
}

void journal::drop_front() {
  const auto& first = segments_.front();
  if (::unlink(first.file.c_str()) != 0) // then it will be drained once more, which changes nothing
    log::error(log::no_request, "journal: {}", file_failure("deleting", first.file).context);
  if (auto synced = sync_folder(folder_); !synced)
    log::error(log::no_request, "journal: {}", synced.error().context);
  count(-static_cast<int64_t>(first.events), -static_cast<int64_t>(first.bytes));
  segments_.pop_front();
  full_ = false;
}

void journal::set_aside(const core::webhook_event& event) {
  refused.add();
  const auto file = folder_ / "refused.log";
  const descriptor to(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  std::string bytes = to && ::lseek(to.get(), 0, SEEK_END) == 0 ? segment_header() : std::string();
  add_frame(bytes, event);
  core::expected<void> kept = to ? write_all(to, bytes, file) : core::fail(file_failure("opening", file));
  if (kept)
    kept = sync_file(to, file);
  if (kept)
    kept = sync_folder(folder_);
  log::error(log::no_request, "ALERT JOURNAL_REFUSED company {}: {} {} can not be stored and is kept in {}",
             event.key.tenant, core::to_string(event.key.kind), event.key.sid, file.string());
  if (!kept) // no room, perhaps: its whole file takes none
    keep_as_evidence(segments_.front(), kept.error().context);
}

/// A second name for the file, which stays when the first one goes.
void journal::keep_as_evidence(const segment& which, std::string_view why) {
  const auto kept = which.file.string() + ".bad";
  if (::link(which.file.c_str(), kept.c_str()) != 0 && errno == EEXIST)
    return; // said before
  log::error(log::no_request, "ALERT JOURNAL_DAMAGED {}: {}. The file is kept as {}; all else in it is used",
             which.file.string(), why, kept);
}

void journal::count(int64_t events, int64_t bytes) {
  events_ += static_cast<size_t>(events);
  bytes_ += static_cast<uint64_t>(bytes);
  events_kept.add(events);
  bytes_kept.add(bytes);
}

} // namespace trunkline::persistence
