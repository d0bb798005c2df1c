#include "services/osd/pg/request_log.h"

#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {
namespace {

constexpr uint8_t kVersion = 1;
constexpr std::string_view kPrefix = "log.";

}  // namespace

const RequestLog::Entry* RequestLog::Find(const rados::OsdReqId& id) const {
  const auto it = entries_.find(id);
  return it == entries_.end() ? nullptr : &it->second;
}

void RequestLog::Add(const rados::OsdReqId& id, const Entry& entry) {
  ++next_;
  if (!entries_.insert_or_assign(id, entry).second) return;
  order_.push_back(id);
  if (order_.size() <= kMaxEntries) return;
  entries_.erase(order_.front());
  order_.pop_front();
}

KeyValues RequestLog::NoteOf(const rados::OsdReqId& id, const Entry& entry) const {
  BufferList bytes;
  Encoder e(&bytes);
  {
    Encoder::Versioned v(e, kVersion, 1);
    e.U64(next_);
    id.Encode(e);
    entry.version.Encode(e);
    e.U64(entry.user_version);
    e.I32(entry.result);
    e.U32(static_cast<uint32_t>(entry.returns.size()));
    for (const Entry::Return& op : entry.returns) {
      e.I32(op.result);
      e.Blob(op.out);
    }
  }
  return {{absl::StrFormat("log.%04u", next_ % kMaxEntries), std::move(bytes)}};
}

absl::Status RequestLog::Load(const KeyValues& notes) {
  std::map<uint64_t, std::pair<rados::OsdReqId, Entry>> entries;  // by number
  for (const auto& [name, bytes] : notes) {
    if (!name.starts_with(kPrefix)) continue;
    Decoder d(bytes);
    std::pair<rados::OsdReqId, Entry> entry;
    uint64_t number = 0;
    {
      Decoder::Versioned v(d, kVersion, "request log entry");
      number = d.U64();
      entry.first = rados::OsdReqId::Decode(d);
      entry.second.version = rados::EVersion::Decode(d);
      entry.second.user_version = d.U64();
      entry.second.result = d.I32();
      const uint32_t n = d.Count(4 + 4);
      for (uint32_t i = 0; i < n && d.ok(); ++i) {
        Entry::Return op;
        op.result = d.I32();
        op.out = d.Blob();
        entry.second.returns.push_back(std::move(op));
      }
    }
    if (!d.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": ", d.status().ToString()));
    }
    entries.insert_or_assign(number, entry);
  }
  for (const auto& [number, entry] : entries) {
    next_ = number;
    Add(entry.first, entry.second);
  }
  return absl::OkStatus();
}

}  // namespace siphon::osd
