#include "services/osd/classes/log_class.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {
namespace {

constexpr char kPrefix[] = "1_";
constexpr int32_t kMaxEntries = 1000;  // in one answer
// Ceph counts times of the log in microseconds.
constexpr absl::Duration kTick = absl::Microseconds(1);

struct Entry {
  std::string section;
  std::string name;
  absl::Time time;
  BufferList data;
  std::string id;  // its key

  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 2, 1);
    e.String(section);
    e.String(name);
    e.Time(time);
    e.Blob(data);
    e.String(id);
  }
  static Entry Decode(Decoder& d) {
    Entry entry;
    Decoder::Versioned v(d, 2, "cls_log_entry");
    entry.section = d.String();
    entry.name = d.String();
    entry.time = d.Time();
    entry.data = d.Blob();
    if (v.version() >= 2) entry.id = d.String();
    return entry;
  }
};

// Kept in the object map's header: the newest entry.
struct Header {
  std::string max_marker;
  absl::Time max_time = absl::UnixEpoch();

  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 1, 1);
    e.String(max_marker);
    e.Time(max_time);
  }
};

int32_t Load(MethodContext& object, Header* header) {
  BufferList bytes;
  if (const int32_t r = object.OmapGetHeader(&bytes); r < 0) return r;
  if (bytes.empty()) return 0;
  Decoder d(bytes);
  Decoder::Versioned v(d, 1, "cls_log_header");
  header->max_marker = d.String();
  header->max_time = d.Time();
  return d.ok() ? 0 : -EIO;
}

// How the keys of all entries of that microsecond begin.
std::string KeyOf(absl::Time time) {
  const int64_t micros = std::max<int64_t>(absl::ToUnixMicros(time), 0);
  return absl::StrFormat("%s%010d.%06d_", kPrefix, micros / 1'000'000, micros % 1'000'000);
}

int32_t Add(MethodContext& object, const BufferList& in, BufferList* out) {
  std::vector<Entry> entries;
  bool monotonic = true;
  Decoder d(in);
  {
    Decoder::Versioned v(d, 2, "cls_log_add_op");
    for (uint32_t n = d.Count(6); n > 0 && d.ok(); --n) entries.push_back(Entry::Decode(d));
    if (v.version() >= 2) monotonic = d.Bool();
  }
  if (!d.ok()) return -EINVAL;
  Header header;
  if (const int32_t r = Load(object, &header); r < 0) return r;
  MethodContext::KeyValues values;
  for (Entry& entry : entries) {
    absl::Time time = entry.time;
    if (monotonic) time = std::max(time, header.max_time);
    header.max_time = std::max(time, header.max_time);
    if (entry.id.empty()) entry.id = KeyOf(time) + object.NextUniqueId();
    header.max_marker = std::max(header.max_marker, entry.id);
    BufferList bytes;
    Encoder e(&bytes);
    entry.Encode(e);
    values[entry.id] = std::move(bytes);
  }
  if (const int32_t r = object.OmapSet(values); r < 0) return r;
  BufferList bytes;
  Encoder e(&bytes);
  header.Encode(e);
  return object.OmapSetHeader(bytes);
}

int32_t List(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_log_list_op");
  const absl::Time from = d.Time();
  const std::string after = d.String();
  const absl::Time to = d.Time();
  int32_t max = d.I32();
  if (!d.ok()) return -EINVAL;
  if (max <= 0 || max > kMaxEntries) max = kMaxEntries;
  const bool bounded = from > absl::UnixEpoch() && to >= from;
  const std::string end = KeyOf(to);

  MethodContext::KeyValues values;
  bool more = false;
  const int32_t r = object.OmapList(after.empty() ? KeyOf(from) : after, kPrefix,
                                    static_cast<size_t>(max), &values, &more);
  if (r < 0) return r;
  std::vector<const BufferList*> found;
  std::string marker;
  for (const auto& [key, value] : values) {
    marker = key;
    if (bounded && key.compare(0, end.size(), end) >= 0) {
      more = false;
      break;
    }
    found.push_back(&value);
  }
  Encoder e(out);
  Encoder::Versioned versioned(e, 1, 1);
  e.U32(static_cast<uint32_t>(found.size()));
  for (const BufferList* entry : found) e.Raw(*entry);
  e.String(marker);
  e.Bool(more);
  return 0;
}

// ENODATA once there is nothing left to remove.
int32_t Trim(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 2, "cls_log_trim_op");
  const absl::Time from = d.Time();
  const absl::Time to = d.Time();
  std::string from_marker;
  std::string to_marker;
  if (v.version() >= 2) {
    from_marker = d.String();
    to_marker = d.String();
  }
  if (!d.ok()) return -EINVAL;
  const std::string begin = from_marker.empty() ? KeyOf(from) : from_marker;
  const std::string end = to_marker.empty() ? KeyOf(to + kTick) : to_marker + '\0';
  MethodContext::KeyValues values;
  bool more = false;
  if (const int32_t r = object.OmapList(begin, "", 1, &values, &more); r < 0) return r;
  if (values.empty() || end < values.begin()->first) return -ENODATA;
  return object.OmapRemoveRange(values.begin()->first, end);
}

int32_t Info(MethodContext& object, const BufferList& in, BufferList* out) {
  Header header;
  if (const int32_t r = Load(object, &header); r < 0) return r;
  Encoder e(out);
  Encoder::Versioned v(e, 1, 1);
  header.Encode(e);
  return 0;
}

}  // namespace

ObjectClass LogClass() {
  constexpr uint8_t kReads = ObjectClass::kReads;
  constexpr uint8_t kBoth = ObjectClass::kReads | ObjectClass::kWrites;
  return {
      "log",
      {{"add", kBoth, Add}, {"list", kReads, List}, {"trim", kBoth, Trim}, {"info", kReads, Info}}};
}

}  // namespace siphon::osd
