#include "services/osd/store/chunk_merge.h"

#include <cstring>

#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

constexpr char kWrite = 'w';
constexpr char kCut = 't';
constexpr size_t kHeaderSize = 1 + 4;

std::string Header(char kind, uint32_t offset) {
  std::string change(kHeaderSize, kind);
  std::memcpy(change.data() + 1, &offset, sizeof(offset));
  return change;
}

class ChunkMerge : public rocksdb::MergeOperator {
 public:
  const char* Name() const override { return "siphon.chunk.1"; }

  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    std::string& chunk = out->new_value;
    chunk.clear();
    if (in.existing_value != nullptr) {
      chunk.assign(in.existing_value->data(), in.existing_value->size());
    }
    for (const rocksdb::Slice& change : in.operand_list) {
      if (!ApplyToChunk({change.data(), change.size()}, &chunk)) return false;
    }
    return true;
  }
};

}  // namespace

std::string ChunkWrite(uint32_t offset, std::string_view bytes) {
  std::string change = Header(kWrite, offset);
  change += bytes;
  return change;
}

std::string ChunkCut(uint32_t offset) { return Header(kCut, offset); }

bool ApplyToChunk(std::string_view change, std::string* chunk) {
  if (change.size() < kHeaderSize) return false;
  uint32_t offset = 0;
  std::memcpy(&offset, change.data() + 1, sizeof(offset));
  const std::string_view bytes = change.substr(kHeaderSize);
  if (offset + uint64_t{bytes.size()} > store_keys::kChunkSize) return false;
  if (change[0] == kCut) {
    if (chunk->size() > offset) chunk->resize(offset);
    return bytes.empty();
  }
  if (change[0] != kWrite) return false;
  if (chunk->size() < offset + bytes.size()) chunk->resize(offset + bytes.size());
  std::memcpy(chunk->data() + offset, bytes.data(), bytes.size());
  return true;
}

std::shared_ptr<rocksdb::MergeOperator> MakeChunkMerge() { return std::make_shared<ChunkMerge>(); }

}  // namespace siphon::osd
