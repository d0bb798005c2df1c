// Maps for tests: a few OSDs that are up, and one pool.
#ifndef SIPHON_SERVICES_OSD_TEST_MAP_H_
#define SIPHON_SERVICES_OSD_TEST_MAP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "msg/entity_addr.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_pool.h"

namespace siphon::osd {

inline constexpr int64_t kTestPool = 1;
inline constexpr uint32_t kTestPgNum = 8;

// OSDs 0 to osds - 1 are up; group N of the pool is led by osd.(N % osds).
inline rados::OsdMap MakeTestMap(uint32_t epoch, int32_t osds) {
  rados::OsdMap map;
  map.fsid.bytes[0] = 0x11;
  map.epoch = epoch;
  map.SetMaxOsd(osds);
  for (int32_t i = 0; i < osds; ++i) {
    const auto at = [&](int port) {
      return EntityAddrVec::Parse(absl::StrCat("v1:10.0.0.1:", port + 10 * i, "/1")).value();
    };
    map.osd_state[i] = rados::kOsdExists | rados::kOsdUp;
    map.osd_weight[i] = rados::OsdMap::kWeightIn;
    map.client_addrs[i] = at(1000);
    map.cluster_addrs[i] = at(1001);
    map.hb_back_addrs[i] = at(1002);
    map.hb_front_addrs[i] = at(1003);
    map.osd_info[i].up_from = 1;
  }
  rados::PgPool pool;
  pool.SetPgNum(kTestPgNum);
  map.pools[kTestPool] = pool;
  map.pool_names[kTestPool] = "pool";
  map.pool_max = kTestPool;
  for (uint32_t ps = 0; ps < kTestPgNum && osds > 0; ++ps) {
    map.pg_temp[rados::PgId{kTestPool, ps}] = {static_cast<int32_t>(ps) % osds};
  }
  return map;
}

// As a monitor sends it.
inline std::unique_ptr<rados::MOsdMap> MapMessage(const rados::OsdMap& map) {
  auto message = std::make_unique<rados::MOsdMap>();
  message->fsid = map.fsid;
  message->full_maps[map.epoch] = map.Encode();
  message->newest_map = map.epoch;
  return message;
}

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_TEST_MAP_H_
