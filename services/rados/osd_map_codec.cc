#include "services/rados/osd_map_codec.h"

#include "msg/features.h"

namespace siphon::rados {

void EncodePools(Encoder& e, const std::map<int64_t, PgPool>& pools) {
  EncodeEach(e, pools, [&e](const auto& item) {
    e.I64(item.first);
    item.second.Encode(e);
  });
}

std::map<int64_t, PgPool> DecodePools(Decoder& d) {
  std::map<int64_t, PgPool> pools;
  DecodeEach(d, 14, [&] {
    const int64_t id = d.I64();
    pools[id] = PgPool::Decode(d);
  });
  return pools;
}

void EncodePoolNames(Encoder& e, const std::map<int64_t, std::string>& names) {
  EncodeEach(e, names, [&e](const auto& item) {
    e.I64(item.first);
    e.String(item.second);
  });
}

std::map<int64_t, std::string> DecodePoolNames(Decoder& d) {
  std::map<int64_t, std::string> names;
  DecodeEach(d, 12, [&] {
    const int64_t id = d.I64();
    names[id] = d.String();
  });
  return names;
}

void EncodeAddrsByOsd(Encoder& e, const std::map<int32_t, EntityAddrVec>& addrs) {
  EncodeEach(e, addrs, [&e](const auto& item) {
    e.I32(item.first);
    item.second.Encode(e, kFeaturesPacific);
  });
}

std::map<int32_t, EntityAddrVec> DecodeAddrsByOsd(Decoder& d) {
  std::map<int32_t, EntityAddrVec> addrs;
  DecodeEach(d, 5, [&] {
    const int32_t osd = d.I32();
    addrs[osd] = EntityAddrVec::Decode(d);
  });
  return addrs;
}

void EncodeWordsByOsd(Encoder& e, const std::map<int32_t, uint32_t>& words) {
  EncodeEach(e, words, [&e](const auto& item) {
    e.I32(item.first);
    e.U32(item.second);
  });
}

std::map<int32_t, uint32_t> DecodeWordsByOsd(Decoder& d) {
  std::map<int32_t, uint32_t> words;
  DecodeEach(d, 8, [&] {
    const int32_t osd = d.I32();
    words[osd] = d.U32();
  });
  return words;
}

void EncodePgTemp(Encoder& e, const std::map<PgId, std::vector<int32_t>>& temp) {
  EncodeEach(e, temp, [&e](const auto& item) {
    item.first.Encode(e);
    EncodeEach(e, item.second, [&e](int32_t osd) { e.I32(osd); });
  });
}

std::map<PgId, std::vector<int32_t>> DecodePgTemp(Decoder& d) {
  std::map<PgId, std::vector<int32_t>> temp;
  DecodeEach(d, PgId::kEncodedSize + 4, [&] {
    std::vector<int32_t>& osds = temp[PgId::Decode(d)];
    DecodeEach(d, 4, [&] { osds.push_back(d.I32()); });
  });
  return temp;
}

void EncodePrimaryTemp(Encoder& e, const std::map<PgId, int32_t>& temp) {
  EncodeEach(e, temp, [&e](const auto& item) {
    item.first.Encode(e);
    e.I32(item.second);
  });
}

std::map<PgId, int32_t> DecodePrimaryTemp(Decoder& d) {
  std::map<PgId, int32_t> temp;
  DecodeEach(d, PgId::kEncodedSize + 4, [&] {
    const PgId pg = PgId::Decode(d);
    temp[pg] = d.I32();
  });
  return temp;
}

void EncodeUpmapItems(Encoder& e, const UpmapItems& items) {
  EncodeEach(e, items, [&e](const auto& item) {
    item.first.Encode(e);
    EncodeEach(e, item.second, [&e](const auto& pair) {
      e.I32(pair.first);
      e.I32(pair.second);
    });
  });
}

UpmapItems DecodeUpmapItems(Decoder& d) {
  UpmapItems items;
  DecodeEach(d, PgId::kEncodedSize + 4, [&] {
    auto& pairs = items[PgId::Decode(d)];
    DecodeEach(d, 8, [&] {
      const int32_t from = d.I32();
      pairs.emplace_back(from, d.I32());
    });
  });
  return items;
}

void EncodeSnapsByPool(Encoder& e, const std::map<int64_t, IntervalSet>& snaps) {
  EncodeEach(e, snaps, [&e](const auto& item) {
    e.I64(item.first);
    EncodeIntervalSet(e, item.second);
  });
}

std::map<int64_t, IntervalSet> DecodeSnapsByPool(Decoder& d) {
  std::map<int64_t, IntervalSet> snaps;
  DecodeEach(d, 12, [&] {
    const int64_t pool = d.I64();
    snaps[pool] = DecodeIntervalSet(d);
  });
  return snaps;
}

void EncodeBlocklist(Encoder& e, const std::map<EntityAddr, absl::Time>& blocklist) {
  EncodeEach(e, blocklist, [&e](const auto& item) {
    item.first.Encode(e, kFeaturesPacific);
    e.Time(item.second);
  });
}

std::map<EntityAddr, absl::Time> DecodeBlocklist(Decoder& d) {
  std::map<EntityAddr, absl::Time> blocklist;
  DecodeEach(d, 9, [&] {
    const EntityAddr addr = EntityAddr::Decode(d);
    blocklist[addr] = d.Time();
  });
  return blocklist;
}

}  // namespace siphon::rados
