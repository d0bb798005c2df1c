// StoreKeys: where the durable store keeps what, in its RocksDB.
//
// Numbers in keys are big-endian, so that keys sort as they do. PG is u64 pool, u32 seed.
//
//   family   key                            value
//   default  "S"                            superblock: whose store this is (store_database.h)
//            "I"                            u64: object numbers below it may be in use
//            "C" PG                         empty: there is this collection
//            "M" PG name                    what the placement group notes of itself
//            "O" PG OBJECT                  the object's record (stored_object.h)
//   omap     u64 number, "h"                header of the object map
//            u64 number, "k" key            a value of it
//   data     u64 number, u64 index          64 KiB of the object's bytes, from index * 64 KiB on;
//                                           what is missing, within and at the end, is zeros
//   slots    u64 number, u64 index          where such 64 KiB lie in the data files (data_slot.h);
//                                           the family data has no such key then
//
// OBJECT sorts as HObject does: u64 pool with its sign bit flipped, u32 hash with its bits
// reversed, namespace, effective locator key, name, u64 snapshot. The three texts end in 00 01; a
// 00 in them is 00 ff.
//
// An object's number is new each time it is made, and is never used again: what the other two
// families hold is found, and dropped, by it, whatever the object's name.
#ifndef SIPHON_SERVICES_OSD_STORE_STORE_KEYS_H_
#define SIPHON_SERVICES_OSD_STORE_STORE_KEYS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/rados/hobject.h"
#include "services/rados/pg_id.h"

namespace siphon::osd::store_keys {

inline constexpr uint64_t kChunkSize = 64 * 1024;  // bytes

inline constexpr char kSuperblock[] = "S";
inline constexpr char kNumbers[] = "I";
// First letters of the others in the default family.
inline constexpr char kCollections = 'C';
inline constexpr char kNotes = 'M';
inline constexpr char kObjects = 'O';

std::string OfPg(char kind, const rados::PgId& pg);
inline constexpr size_t kPgKeySize = 1 + 8 + 4;  // bytes

std::string OfObject(const rados::PgId& pg, const rados::HObject& object);
std::string OfOmapHeader(uint64_t number);
std::string OfOmap(uint64_t number, std::string_view key);
std::string OfChunk(uint64_t number, uint64_t index);
// What all keys of the object in the families omap and data begin with.
std::string OfNumber(uint64_t number);
inline constexpr size_t kNumberSize = 8;                    // bytes
inline constexpr size_t kOmapPrefixSize = kNumberSize + 1;  // bytes before the key

// The first key after all that begin with `prefix`; empty if there is none.
std::string After(std::string prefix);

// Back from keys; nothing if they are none of these.
std::optional<rados::PgId> PgOf(std::string_view key);
std::optional<rados::HObject> ObjectOf(std::string_view key);
std::optional<uint64_t> NumberOf(std::string_view key);
std::optional<uint64_t> ChunkIndexOf(std::string_view key);

}  // namespace siphon::osd::store_keys

#endif  // SIPHON_SERVICES_OSD_STORE_STORE_KEYS_H_
