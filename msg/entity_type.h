// Entity types: the kinds of Ceph programs, one bit each (protocol constants).
#ifndef SIPHON_MSG_ENTITY_TYPE_H_
#define SIPHON_MSG_ENTITY_TYPE_H_

#include <cstdint>
#include <string_view>

namespace siphon {

using EntityType = uint8_t;
inline constexpr EntityType kEntityNone = 0;
inline constexpr EntityType kEntityMon = 0x01;
inline constexpr EntityType kEntityMds = 0x02;
inline constexpr EntityType kEntityOsd = 0x04;
inline constexpr EntityType kEntityClient = 0x08;
inline constexpr EntityType kEntityMgr = 0x10;
inline constexpr EntityType kEntityAuth = 0x20;
inline constexpr EntityType kEntityAny = 0xff;

// "mon", "osd", ...; "unknown" for anything else.
constexpr std::string_view EntityTypeName(EntityType type) {
  switch (type) {
    case kEntityMon:
      return "mon";
    case kEntityMds:
      return "mds";
    case kEntityOsd:
      return "osd";
    case kEntityClient:
      return "client";
    case kEntityMgr:
      return "mgr";
    case kEntityAuth:
      return "auth";
    default:
      return "unknown";
  }
}

// kEntityNone for a name that is none.
constexpr EntityType EntityTypeFromName(std::string_view name) {
  if (name == "mon") return kEntityMon;
  if (name == "mds") return kEntityMds;
  if (name == "osd") return kEntityOsd;
  if (name == "client") return kEntityClient;
  if (name == "mgr") return kEntityMgr;
  if (name == "auth") return kEntityAuth;
  return kEntityNone;
}

}  // namespace siphon

#endif  // SIPHON_MSG_ENTITY_TYPE_H_
