// What an OSD of Ceph's asks for when it copies an object: pieces of it, from a cursor on.
//
// Source: Ceph 16.2, observed: testing/vectors/messages/osd_op_copy_get.* and its replies.
#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/encoder.h"
#include "services/osd/pg/op_executor.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

// How far a copy has come.
struct Cursor {
  bool attrs_done = false;
  uint64_t offset = 0;  // of the bytes that come next
  bool data_done = false;
  std::string last_key;  // of those that were copied
  bool omap_done = false;

  static Cursor Decode(Decoder& d) {
    Cursor cursor;
    Decoder::Versioned v(d, 1, "object_copy_cursor_t");
    cursor.attrs_done = d.Bool();
    cursor.offset = d.U64();
    cursor.data_done = d.Bool();
    cursor.last_key = d.String();
    cursor.omap_done = d.Bool();
    return cursor;
  }
  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 1, 1);
    e.Bool(attrs_done);
    e.U64(offset);
    e.Bool(data_done);
    e.String(last_key);
    e.Bool(omap_done);
  }
};

void EncodePairs(Encoder& e, const KeyValues& values) {
  e.U32(static_cast<uint32_t>(values.size()));
  for (const auto& [key, value] : values) {
    e.String(key);
    e.Blob(value);
  }
}

}  // namespace

struct OpExecutor::Piece {
  uint64_t size = ~uint64_t{0};  // of the object; this if there is none
  absl::Time mtime = absl::UnixEpoch();
  KeyValues attrs;  // clients' names
  BufferList data;
  KeyValues omap;
  Cursor next;
  BufferList omap_header;
  std::vector<uint64_t> snaps;  // of a clone
  uint64_t snap_seq = 0;        // of a head
  uint64_t truncate_seq = 0;
  uint64_t truncate_size = 0;

  BufferList Encode() const;
};

BufferList OpExecutor::Piece::Encode() const {
  constexpr uint32_t kNoDigest = 0xffffffff;
  BufferList pairs;
  if (!omap.empty()) {
    Encoder e(&pairs);
    EncodePairs(e, omap);
  }
  BufferList out;
  Encoder e(&out);
  Encoder::Versioned v(e, 8, 5);
  e.U64(size);
  e.Time(mtime);
  EncodePairs(e, attrs);
  e.Blob(data);
  e.Blob(pairs);
  next.Encode(e);
  e.Blob(omap_header);
  e.U32(static_cast<uint32_t>(snaps.size()));
  for (const uint64_t snap : snaps) e.U64(snap);
  e.U64(snap_seq);
  e.U32(0);  // flags: which of the digests there are
  e.U32(kNoDigest);
  e.U32(kNoDigest);
  e.U32(0);  // no requests that changed the object: only caches look at them
  e.U64(truncate_seq);
  e.U64(truncate_size);
  e.U32(0);  // results of those requests
  return out;
}

BufferList OpExecutor::CopyOfNothing() { return Piece().Encode(); }

int32_t OpExecutor::CopyAttrs(Piece* piece) const {
  auto attrs = collection_->GetAttrs(object_);
  if (!attrs.ok()) return -EIO;
  for (auto& [name, value] : *attrs) {
    if (!name.starts_with('_') || name == ObjectInfo::kAttr) continue;
    piece->attrs[name.substr(1)] = std::move(value);
  }
  piece->next.attrs_done = true;
  return 0;
}

int32_t OpExecutor::CopyOmap(uint64_t max_bytes, Piece* piece) const {
  Cursor& next = piece->next;
  auto header = collection_->OmapHeader(object_);
  if (!header.ok()) return -EIO;
  ObjectCollection::OmapPage page;
  const int32_t r =
      ListOmap(next.last_key, "", limits_.max_omap_entries, max_bytes, Listed::kPairs, &page);
  if (r < 0) return r;
  next.omap_done = !page.more && (max_bytes > 0 || header->empty());
  if (max_bytes == 0) return 0;
  if (next.last_key.empty()) piece->omap_header = *std::move(header);
  piece->omap = std::move(page.values);
  if (page.more) next.last_key = piece->omap.rbegin()->first;
  return 0;
}

// Input: the cursor, u64 bytes that a piece may have. The bytes come before the pairs; a piece that
// is full of bytes has no pairs.
int32_t OpExecutor::CopyGet(OsdOp& op) {
  if (!existed_) return -ENOENT;
  Piece piece;
  Cursor& next = piece.next;
  Decoder d(op.in);
  next = Cursor::Decode(d);
  uint64_t left = std::min(d.U64(), limits_.max_object_size);
  if (!d.ok() || next.offset > before_.size) return -EINVAL;
  piece.size = before_.size;
  piece.mtime = before_.info.mtime;
  piece.truncate_seq = before_.info.truncate_seq;
  piece.truncate_size = before_.info.truncate_size;
  piece.snap_seq = before_.snaps.seq;
  if (object_.snap != rados::kSnapHead) {
    rados::HObject head = object_;
    head.snap = rados::kSnapHead;
    const SnapSet snaps = LoadObject(*collection_, head).snaps;
    const auto clone = snaps.clones.find(object_.snap);
    if (clone != snaps.clones.end()) piece.snaps = clone->second.snaps;
  }
  if (!next.attrs_done) {
    if (const int32_t r = CopyAttrs(&piece); r < 0) return r;
  }
  if (left > 0 && !next.data_done) {
    const uint64_t length = std::min(before_.size - next.offset, left);
    if (length > 0) {
      auto data = collection_->Read(object_, next.offset, length);
      if (!data.ok()) return -EIO;
      piece.data = *std::move(data);
    }
    left -= length;
    next.offset += length;
    next.data_done = next.offset == before_.size;
  }
  if (!next.omap_done) {
    if (const int32_t r = CopyOmap(left, &piece); r < 0) return r;
  }
  op.out = piece.Encode();
  return 0;
}

}  // namespace siphon::osd
