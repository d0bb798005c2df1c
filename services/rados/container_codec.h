// EncodeEach, DecodeEach: Ceph's containers: a u32 count and that many items.
//
// A map's items are a key and a value, in the order of the keys, so that std::map and std::set
// encode as Ceph's do.
#ifndef SIPHON_SERVICES_RADOS_CONTAINER_CODEC_H_
#define SIPHON_SERVICES_RADOS_CONTAINER_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

// Calls `write(item)` for each item, after the count.
template <typename Container, typename Write>
void EncodeEach(Encoder& e, const Container& container, Write write) {
  e.U32(static_cast<uint32_t>(container.size()));
  for (const auto& item : container) write(item);
}

// Calls `read()` once an item; it must read at least `min_item_bytes` from `d`. Stops at an error.
template <typename Read>
void DecodeEach(Decoder& d, size_t min_item_bytes, Read read) {
  for (uint32_t n = d.Count(min_item_bytes); n > 0 && d.ok(); --n) read();
}

// map<string, string>.
inline void EncodeStringMap(Encoder& e, const std::map<std::string, std::string>& map) {
  EncodeEach(e, map, [&e](const auto& item) {
    e.String(item.first);
    e.String(item.second);
  });
}
inline std::map<std::string, std::string> DecodeStringMap(Decoder& d) {
  std::map<std::string, std::string> map;
  DecodeEach(d, 8, [&] {
    std::string key = d.String();
    map[std::move(key)] = d.String();
  });
  return map;
}

// map<string, map<string, string>>.
inline void EncodeStringMaps(
    Encoder& e, const std::map<std::string, std::map<std::string, std::string>>& maps) {
  EncodeEach(e, maps, [&e](const auto& item) {
    e.String(item.first);
    EncodeStringMap(e, item.second);
  });
}
inline std::map<std::string, std::map<std::string, std::string>> DecodeStringMaps(Decoder& d) {
  std::map<std::string, std::map<std::string, std::string>> maps;
  DecodeEach(d, 8, [&] {
    std::string key = d.String();
    maps[std::move(key)] = DecodeStringMap(d);
  });
  return maps;
}

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_CONTAINER_CODEC_H_
