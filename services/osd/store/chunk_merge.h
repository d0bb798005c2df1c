// ChunkMerge: how RocksDB applies changes to a part of a chunk, so that a small write stores the
// bytes written and no more.
//
// A change is a letter, a u32 offset, and for a write its bytes:
//   "w" offset bytes   the bytes are at `offset`; what is between the chunk's end and it, is zeros
//   "t" offset         the chunk ends at `offset`, if it reaches so far
// Changes are applied when the chunk is read, and for good when RocksDB compacts.
//
// Threads: any, RocksDB's.
// Errors: bytes that are no change make RocksDB report corruption.
#ifndef SIPHON_SERVICES_OSD_STORE_CHUNK_MERGE_H_
#define SIPHON_SERVICES_OSD_STORE_CHUNK_MERGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "rocksdb/merge_operator.h"

namespace siphon::osd {

std::string ChunkWrite(uint32_t offset, std::string_view bytes);
std::string ChunkCut(uint32_t offset);

// False: `change` is none, or leads beyond a chunk's size.
bool ApplyToChunk(std::string_view change, std::string* chunk);

std::shared_ptr<rocksdb::MergeOperator> MakeChunkMerge();

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_CHUNK_MERGE_H_
