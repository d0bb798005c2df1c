// Operations on an object's map of keys and values.
#include <algorithm>
#include <cerrno>
#include <set>
#include <string>
#include <utility>

#include "base/encoder.h"
#include "services/osd/pg/compare.h"
#include "services/osd/pg/op_executor.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

constexpr uint64_t kFirstPage = 64;  // pairs

KeyValues DecodeKeyValues(Decoder& d) {
  KeyValues values;
  const uint32_t n = d.Count(8);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    std::string key = d.String();
    values[std::move(key)] = d.Blob();
  }
  return values;
}

void EncodeKeyValues(Encoder& e, const KeyValues& values) {
  e.U32(static_cast<uint32_t>(values.size()));
  for (const auto& [key, value] : values) {
    e.String(key);
    e.Blob(value);
  }
}

std::set<std::string> DecodeKeys(Decoder& d) {
  std::set<std::string> keys;
  const uint32_t n = d.Count(4);
  for (uint32_t i = 0; i < n && d.ok(); ++i) keys.insert(d.String());
  return keys;
}

}  // namespace

int32_t OpExecutor::ListOmap(const std::string& after, const std::string& prefix,
                             uint64_t max_pairs, uint64_t max_bytes, Listed what,
                             ObjectCollection::OmapPage* out) const {
  if (!existed_) return 0;
  const uint64_t max = std::min(max_pairs, limits_.max_omap_entries);
  uint64_t bytes = 0;
  std::string at = after;
  // Few at first: they may be large. One more than needed tells whether there are more.
  for (uint64_t step = kFirstPage;; step *= 2) {
    const uint64_t wanted = std::max<uint64_t>(2, std::min(step, max - out->values.size()) + 1);
    auto page = collection_->OmapList(object_, at, prefix, wanted);
    if (!page.ok()) return -EIO;
    for (auto& [key, value] : page->values) {
      if (key.empty()) continue;  // nothing lies before it, so no cursor leads to it
      if (out->values.size() >= max || bytes >= max_bytes) {
        out->more = true;
        return 0;
      }
      bytes += sizeof(uint32_t) + key.size();
      if (what == Listed::kPairs) bytes += sizeof(uint32_t) + value.size();
      at = key;
      out->values.emplace_hint(out->values.end(), key, std::move(value));
    }
    if (!page->more || page->values.empty()) return 0;
  }
}

int32_t OpExecutor::RunOmap(OsdOp& op) {
  switch (op.code) {
    case rados::kOpOmapGetKeys:
      return OmapGetKeys(op);
    case rados::kOpOmapGetVals:
      return OmapGetVals(op);
    case rados::kOpOmapGetHeader:
      return OmapGetHeader(op);
    case rados::kOpOmapGetValsByKeys:
      return OmapGetValsByKeys(op);
    case rados::kOpOmapCmp:
      return OmapCompare(op);
    case rados::kOpOmapSetVals:
      return OmapSetVals(op);
    case rados::kOpOmapRmKeys:
      return OmapRemoveKeys(op);
    case rados::kOpOmapRmKeyRange:
      return OmapRemoveRange(op);
    case rados::kOpOmapSetHeader:
      Ensure();
      transaction_.OmapSetHeader(object_, op.in);
      return 0;
    case rados::kOpOmapClear:
      return OmapClear();
    default:
      return RunTier(op);
  }
}

int32_t OpExecutor::OmapGetKeys(OsdOp& op) {
  Decoder d(op.in);
  const std::string after = d.String();
  const uint64_t max = d.U64();
  if (!d.ok()) return -EINVAL;
  ObjectCollection::OmapPage page;
  if (const int32_t r = ListOmap(after, "", max, limits_.max_omap_bytes, Listed::kKeys, &page);
      r < 0)
    return r;
  Encoder e(&op.out);
  e.U32(static_cast<uint32_t>(page.values.size()));
  for (const auto& [key, value] : page.values) e.String(key);
  e.Bool(page.more);
  return 0;
}

int32_t OpExecutor::OmapGetVals(OsdOp& op) {
  Decoder d(op.in);
  const std::string after = d.String();
  const uint64_t max = d.U64();
  const std::string prefix = d.String();
  if (!d.ok()) return -EINVAL;
  ObjectCollection::OmapPage page;
  if (const int32_t r = ListOmap(after, prefix, max, limits_.max_omap_bytes, Listed::kPairs, &page);
      r < 0)
    return r;
  Encoder e(&op.out);
  EncodeKeyValues(e, page.values);
  e.Bool(page.more);
  return 0;
}

int32_t OpExecutor::OmapGetHeader(OsdOp& op) {
  if (!existed_) return 0;
  auto header = collection_->OmapHeader(object_);
  if (!header.ok()) return -EIO;
  op.out = *std::move(header);
  return 0;
}

int32_t OpExecutor::OmapGetValsByKeys(OsdOp& op) {
  Decoder d(op.in);
  const std::set<std::string> keys = DecodeKeys(d);
  if (!d.ok()) return -EINVAL;
  KeyValues values;
  if (existed_) {
    auto found = collection_->OmapGet(object_, keys);
    if (!found.ok()) return -EIO;
    values = *std::move(found);
  }
  Encoder e(&op.out);
  EncodeKeyValues(e, values);
  return 0;
}

// Input: map<string key, pair<blob value, i32 operation>>.
int32_t OpExecutor::OmapCompare(const OsdOp& op) {
  if (!exists_) return -ENOENT;
  Decoder d(op.in);
  const uint32_t n = d.Count(12);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    const std::string key = d.String();
    const std::string ours = d.String();
    const int32_t how = d.I32();
    if (!d.ok()) break;
    std::string theirs;
    if (existed_) {
      const auto found = collection_->OmapGet(object_, {key});
      if (!found.ok()) return -EIO;
      if (!found->empty()) theirs = found->begin()->second.ToString();
    }
    if (how != kCompareEq && how != kCompareLt && how != kCompareGt) return -EINVAL;
    // Unlike attributes, what is kept stands on the left.
    if (Compare(static_cast<uint8_t>(how), theirs, ours) == 0) return -ECANCELED;
  }
  return d.ok() ? 0 : -EINVAL;
}

int32_t OpExecutor::OmapSetVals(const OsdOp& op) {
  Decoder d(op.in);
  KeyValues values = DecodeKeyValues(d);
  if (!d.ok()) return -EINVAL;
  Ensure();
  transaction_.OmapSet(object_, std::move(values));
  return 0;
}

int32_t OpExecutor::OmapClear() {
  if (!exists_) return -ENOENT;
  // An object without a map is left as it is, and keeps its version.
  const auto sets = [](const Transaction::Step& step) {
    return step.kind == Transaction::Kind::kOmapSet ||
           step.kind == Transaction::Kind::kOmapSetHeader;
  };
  bool has_map = std::ranges::any_of(transaction_.steps(), sets);
  if (!has_map && existed_) {
    const auto header = collection_->OmapHeader(object_);
    const auto pairs = collection_->OmapList(object_, "", "", 1);
    if (!header.ok() || !pairs.ok()) return -EIO;
    has_map = !header->empty() || !pairs->values.empty();
  }
  if (has_map) transaction_.OmapClear(object_);
  return 0;
}

int32_t OpExecutor::OmapRemoveKeys(const OsdOp& op) {
  if (!exists_) return -ENOENT;
  Decoder d(op.in);
  std::set<std::string> keys = DecodeKeys(d);
  if (!d.ok()) return -EINVAL;
  transaction_.OmapRemove(object_, std::move(keys));
  return 0;
}

int32_t OpExecutor::OmapRemoveRange(const OsdOp& op) {
  if (!exists_) return -ENOENT;
  Decoder d(op.in);
  std::string first = d.String();
  std::string last = d.String();
  if (!d.ok()) return -EINVAL;
  transaction_.OmapRemoveRange(object_, std::move(first), std::move(last));
  return 0;
}

}  // namespace siphon::osd
