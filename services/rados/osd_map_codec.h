// Encodings that the OSD map and its incrementals share: containers by pool, OSD and placement
// group.
#ifndef SIPHON_SERVICES_RADOS_OSD_MAP_CODEC_H_
#define SIPHON_SERVICES_RADOS_OSD_MAP_CODEC_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "services/rados/container_codec.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_pool.h"

namespace siphon::rados {

using UpmapItems = std::map<PgId, std::vector<std::pair<int32_t, int32_t>>>;

void EncodePools(Encoder& e, const std::map<int64_t, PgPool>& pools);
std::map<int64_t, PgPool> DecodePools(Decoder& d);

void EncodePoolNames(Encoder& e, const std::map<int64_t, std::string>& names);
std::map<int64_t, std::string> DecodePoolNames(Decoder& d);

void EncodeAddrsByOsd(Encoder& e, const std::map<int32_t, EntityAddrVec>& addrs);
std::map<int32_t, EntityAddrVec> DecodeAddrsByOsd(Decoder& d);

// Also of crush nodes and device classes: any number to any number.
void EncodeWordsByOsd(Encoder& e, const std::map<int32_t, uint32_t>& words);
std::map<int32_t, uint32_t> DecodeWordsByOsd(Decoder& d);

// Lists of OSDs by placement group: pg_temp and pg_upmap.
void EncodePgTemp(Encoder& e, const std::map<PgId, std::vector<int32_t>>& temp);
std::map<PgId, std::vector<int32_t>> DecodePgTemp(Decoder& d);

void EncodePrimaryTemp(Encoder& e, const std::map<PgId, int32_t>& temp);
std::map<PgId, int32_t> DecodePrimaryTemp(Decoder& d);

void EncodeUpmapItems(Encoder& e, const UpmapItems& items);
UpmapItems DecodeUpmapItems(Decoder& d);

void EncodeSnapsByPool(Encoder& e, const std::map<int64_t, IntervalSet>& snaps);
std::map<int64_t, IntervalSet> DecodeSnapsByPool(Decoder& d);

void EncodeBlocklist(Encoder& e, const std::map<EntityAddr, absl::Time>& blocklist);
std::map<EntityAddr, absl::Time> DecodeBlocklist(Decoder& d);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_MAP_CODEC_H_
