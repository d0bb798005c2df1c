// MessageRegistry: which message types a process understands.
//
// Filled once at start-up (each library of message types has a Register...() function), then only
// read.
//
// Threads: Register() before the registry is shared; the rest from any.
#ifndef SIPHON_MSG_MESSAGE_REGISTRY_H_
#define SIPHON_MSG_MESSAGE_REGISTRY_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "msg/message.h"

namespace siphon {

class MessageRegistry {
 public:
  using Factory = MessagePtr (*)();
  struct Entry {
    Factory factory = nullptr;
    uint16_t head_version = 0;  // the newest version this code reads
  };

  // Makes type T known: T::kType and T::kHeadVersion are its number and newest version, and T has a
  // default constructor. A type registered twice must be the same (checked).
  template <typename T>
  void Register() {
    Add(T::kType, Entry{[]() -> MessagePtr { return std::make_unique<T>(); }, T::kHeadVersion});
  }
  void Add(uint16_t type, Entry entry);

  // Null for an unknown type.
  const Entry* Find(uint16_t type) const;

 private:
  absl::flat_hash_map<uint16_t, Entry> entries_;
};

}  // namespace siphon

#endif  // SIPHON_MSG_MESSAGE_REGISTRY_H_
