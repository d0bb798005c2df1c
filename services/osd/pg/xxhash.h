// xxHash's 32 and 64 bit forms, for the checksums that clients may ask for.
#ifndef SIPHON_SERVICES_OSD_PG_XXHASH_H_
#define SIPHON_SERVICES_OSD_PG_XXHASH_H_

#include <cstdint>
#include <string_view>

namespace siphon::osd {

uint32_t Xxhash32(std::string_view bytes, uint32_t seed);
uint64_t Xxhash64(std::string_view bytes, uint64_t seed);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_XXHASH_H_
