#include "services/rados/mon_map.h"

#include <algorithm>
#include <utility>

#include "msg/features.h"
#include "services/rados/container_codec.h"

namespace siphon::rados {
namespace {

void EncodeMonFeature(Encoder& e, uint64_t features) {
  Encoder::Versioned v(e, 1, 1);
  e.U64(features);
}

uint64_t DecodeMonFeature(Decoder& d) {
  Decoder::Versioned v(d, 1, "mon_feature_t");
  return d.U64();
}

std::set<std::string> DecodeStringSet(Decoder& d) {
  std::set<std::string> set;
  DecodeEach(d, 4, [&] { set.insert(d.String()); });
  return set;
}

}  // namespace

void MonInfo::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 5, 1);
  e.String(name);
  addrs.Encode(e, kFeaturesPacific);
  e.U16(priority);
  e.U16(weight);
  EncodeStringMap(e, crush_location);
}

MonInfo MonInfo::Decode(Decoder& d) {
  MonInfo info;
  Decoder::Versioned v(d, 5, "mon_info_t");
  info.name = d.String();
  info.addrs = EntityAddrVec::Decode(d);
  if (v.version() >= 2) info.priority = d.U16();
  if (v.version() >= 4) info.weight = d.U16();
  if (v.version() >= 5) info.crush_location = DecodeStringMap(d);
  return info;
}

BufferList MonMap::Encode() const {
  BufferList out;
  Encoder e(&out);
  {
    Encoder::Versioned v(e, 9, 6);
    fsid.Encode(e);
    e.U32(epoch);
    e.Time(last_changed);
    e.Time(created);
    EncodeMonFeature(e, persistent_features);
    EncodeMonFeature(e, optional_features);
    EncodeEach(e, monitors, [&e](const auto& item) {
      e.String(item.first);
      item.second.Encode(e);
    });
    EncodeEach(e, ranks, [&e](const std::string& name) { e.String(name); });
    e.U8(min_mon_release);
    EncodeEach(e, removed_ranks, [&e](uint32_t rank) { e.U32(rank); });
    e.U8(election_strategy);
    EncodeEach(e, disallowed_leaders, [&e](const std::string& name) { e.String(name); });
    e.Bool(stretch_mode);
    e.String(tiebreaker);
    EncodeEach(e, stretch_marked_down, [&e](const std::string& name) { e.String(name); });
  }
  return out;
}

absl::StatusOr<MonMap> MonMap::Decode(const BufferList& bytes) {
  Decoder d(bytes);
  MonMap map;
  {
    Decoder::Versioned v(d, 9, "MonMap");
    if (d.ok() && v.version() < 6) d.Fail("monitor map older than of Nautilus");
    map.fsid = Uuid::Decode(d);
    map.epoch = d.U32();
    map.last_changed = d.Time();
    map.created = d.Time();
    map.persistent_features = DecodeMonFeature(d);
    map.optional_features = DecodeMonFeature(d);
    DecodeEach(d, 4 + 6, [&] {
      std::string name = d.String();
      map.monitors[std::move(name)] = MonInfo::Decode(d);
    });
    DecodeEach(d, 4, [&] { map.ranks.push_back(d.String()); });
    if (v.version() >= 7) map.min_mon_release = d.U8();
    if (v.version() >= 8) {
      DecodeEach(d, 4, [&] { map.removed_ranks.insert(d.U32()); });
      map.election_strategy = d.U8();
      map.disallowed_leaders = DecodeStringSet(d);
    }
    if (v.version() >= 9) {
      map.stretch_mode = d.Bool();
      map.tiebreaker = d.String();
      map.stretch_marked_down = DecodeStringSet(d);
    }
    for (const std::string& name : map.ranks)
      if (d.ok() && !map.monitors.contains(name))
        d.Fail("monitor map: a rank names a monitor that is not in the map");
  }
  if (!d.ok()) return d.status();
  return map;
}

void MonMap::Add(const std::string& name, const EntityAddrVec& addrs) {
  MonInfo& info = monitors[name];
  info.name = name;
  info.addrs = addrs;
  if (std::find(ranks.begin(), ranks.end(), name) == ranks.end()) ranks.push_back(name);
}

const MonInfo* MonMap::FindRank(size_t rank) const {
  if (rank >= ranks.size()) return nullptr;
  const auto it = monitors.find(ranks[rank]);
  return it == monitors.end() ? nullptr : &it->second;
}

}  // namespace siphon::rados
