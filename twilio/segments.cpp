#include "twilio/segments.hpp"

#include "core/utf8.hpp"
#include "twilio/smart_encoding_map.hpp"

#include <algorithm>
#include <memory>
#include <unicode/ubrk.h>
#include <vector>

namespace trunkline::twilio {

namespace {

struct capacity {
  int alone, in_parts; ///< units of a message that fits in one part; of each part when it does not
};

constexpr capacity gsm7_capacity = {160, 153};
constexpr capacity ucs2_capacity = {70, 67};

/// GSM 03.38: septets that a code point takes, 0 if the alphabet lacks it.
int gsm7_septets(char32_t point) {
  constexpr std::u32string_view not_in_ascii_range = U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
  constexpr std::u32string_view missing_ascii = U"`[\\]^{|}~";
  constexpr std::u32string_view extension = U"^{}[]~\\|€\f";
  if (extension.find(point) != std::u32string_view::npos)
    return 2;
  if (point >= 0x20 && point < 0x7F && missing_ascii.find(point) == std::u32string_view::npos)
    return 1;
  return not_in_ascii_range.find(point) != std::u32string_view::npos ? 1 : 0;
}

/// Sizes of what must not be split, in order.
using atoms = std::vector<int>;

/// Empty if the text needs UCS-2 (or is empty itself).
atoms gsm7_atoms(std::string_view text) {
  atoms out;
  out.reserve(text.size());
  while (!text.empty()) {
    const int septets = gsm7_septets(core::take_code_point(text));
    if (septets == 0)
      return {};
    out.push_back(septets);
  }
  return out;
}

std::u16string to_utf16(std::string_view text) {
  std::u16string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t point = core::take_code_point(text);
    if (point < 0x10000) {
      out += static_cast<char16_t>(point);
    } else {
      out += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

bool is_pair_at(std::u16string_view text, size_t i) {
  return i + 1 < text.size() && text[i] >= 0xD800 && text[i] < 0xDC00;
}

/// Code point by code point: what is left when a cluster is longer than a part, or when there is no other cluster.
void append_code_points(atoms& out, std::u16string_view text) {
  for (size_t i = 0; i < text.size(); i += static_cast<size_t>(out.back()))
    out.push_back(is_pair_at(text, i) ? 2 : 1);
}

struct close_iterator {
  void operator()(UBreakIterator* it) const { ubrk_close(it); }
};

/// An iterator over the grapheme clusters of `text`, which must outlive its use; null if ICU has no rules for them.
UBreakIterator* clusters_of(const std::u16string& text) {
  thread_local std::unique_ptr<UBreakIterator, close_iterator> it; // opening one reads ICU's rules
  UErrorCode error = U_ZERO_ERROR;
  if (!it)
    it.reset(ubrk_open(UBRK_CHARACTER, "en", nullptr, 0, &error));
  if (U_SUCCESS(error))
    ubrk_setText(it.get(), text.data(), static_cast<int32_t>(text.size()), &error);
  return U_SUCCESS(error) ? it.get() : nullptr;
}

atoms ucs2_atoms(const std::u16string& text) {
  constexpr char16_t first_combining = 0x300; // below it, only CR LF is a cluster, and that one may be split
  atoms out;
  out.reserve(text.size());
  const std::u16string_view all = text;
  auto* const it = std::all_of(text.begin(), text.end(), [](char16_t c) { return c < first_combining; })
                       ? nullptr
                       : clusters_of(text);
  if (it == nullptr) {
    append_code_points(out, all);
    return out;
  }
  for (int32_t begin = ubrk_first(it), end = ubrk_next(it); end != UBRK_DONE; begin = end, end = ubrk_next(it)) {
    const auto cluster = all.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    if (cluster == u"\r\n" || end - begin > ucs2_capacity.in_parts)
      append_code_points(out, cluster);
    else
      out.push_back(end - begin);
  }
  return out;
}

int parts_for(const atoms& sizes, int units, capacity room) {
  if (units <= room.alone)
    return 1;
  int parts = 1, used = 0;
  for (const int size : sizes) {
    if (used + size > room.in_parts) {
      ++parts;
      used = 0;
    }
    used += size;
  }
  return parts;
}

int sum(const atoms& sizes) {
  int units = 0;
  for (const int size : sizes)
    units += size;
  return units;
}

} // namespace

std::string_view to_string(sms_encoding encoding) { return encoding == sms_encoding::gsm7 ? "GSM-7" : "UCS-2"; }

segment_count count_segments(std::string_view text) {
  if (const auto septets = gsm7_atoms(text); !septets.empty() || text.empty()) {
    const int units = sum(septets);
    return {sms_encoding::gsm7, parts_for(septets, units, gsm7_capacity), units};
  }
  const auto utf16 = to_utf16(text);
  const int units = static_cast<int>(utf16.size());
  if (units <= ucs2_capacity.alone)
    return {sms_encoding::ucs2, 1, units};
  return {sms_encoding::ucs2, parts_for(ucs2_atoms(utf16), units, ucs2_capacity), units};
}

std::string smart_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto before = text;
    const char32_t point = core::take_code_point(text);
    const auto entry = std::lower_bound(smart_encoding_map.begin(), smart_encoding_map.end(), point,
                                        [](const replacement& r, char32_t p) { return r.point < p; });
    if (entry != smart_encoding_map.end() && entry->point == point)
      out += entry->text;
    else
      out += before.substr(0, before.size() - text.size());
  }
  return out;
}

} // namespace trunkline::twilio
