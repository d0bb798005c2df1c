// ObjectHash: an object's name to 32 bits (Ceph's object_hash 2, "rjenkins").
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_RADOS_OBJECT_HASH_H_
#define SIPHON_SERVICES_RADOS_OBJECT_HASH_H_

#include <cstdint>
#include <string_view>

namespace siphon::rados {

uint32_t ObjectHash(std::string_view name);

// The hash that places an object: of the locator key if there is one, else of the name; in a
// namespace, of NAMESPACE 0x1f KEY.
uint32_t ObjectPlacementHash(std::string_view name, std::string_view key, std::string_view nspace);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OBJECT_HASH_H_
