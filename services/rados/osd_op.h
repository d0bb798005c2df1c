// OsdOp: one operation within an MOsdOp or its reply: the 38 bytes of Ceph's ceph_osd_op, with the
// bytes that go in and come out.
//
// What the 28 bytes of parameters mean depends on the code; each meaning has a struct and a pair of
// accessors. Reading the wrong one gives garbage numbers, never worse.
#ifndef SIPHON_SERVICES_RADOS_OSD_OP_H_
#define SIPHON_SERVICES_RADOS_OSD_OP_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/osd_op_code.h"

namespace siphon::rados {

struct OsdOp {
  // Bytes on the wire.
  static constexpr size_t kEncodedSize = 38;
  static constexpr size_t kParamsSize = 28;

  // Parameters, packed as on the wire.
  struct __attribute__((packed)) Extent {  // read, write, truncate, zero, ...
    uint64_t offset = 0;
    uint64_t length = 0;
    uint64_t truncate_size = 0;
    uint32_t truncate_seq = 0;
  };
  struct __attribute__((packed)) Xattr {  // name and value are in the input
    uint32_t name_len = 0;
    uint32_t value_len = 0;
    uint8_t cmp_op = 0;
    uint8_t cmp_mode = 0;
  };
  struct __attribute__((packed)) Call {  // class and method names, then input, are in the input
    uint8_t class_len = 0;
    uint8_t method_len = 0;
    uint8_t argc = 0;
    uint32_t input_len = 0;
  };
  struct __attribute__((packed)) PgList {  // the cursor is in the input
    uint64_t count = 0;
    uint32_t start_epoch = 0;
  };
  struct __attribute__((packed)) AssertVersion {
    uint64_t unused = 0;
    uint64_t version = 0;
  };
  struct __attribute__((packed)) AllocHint {
    uint64_t expected_object_size = 0;
    uint64_t expected_write_size = 0;
    uint32_t flags = 0;
  };
  struct __attribute__((packed)) Snap {
    uint64_t snap = 0;
  };
  struct __attribute__((packed)) Watch {
    uint64_t cookie = 0;
    uint64_t version = 0;
    uint8_t op = 0;
    uint32_t generation = 0;
    uint32_t timeout = 0;  // seconds
  };
  struct __attribute__((packed)) CopyFrom {  // the source's name and place are in the input
    uint64_t snap = 0;
    uint64_t source_version = 0;
    uint8_t flags = 0;
    uint32_t source_fadvise = 0;
  };
  struct __attribute__((packed)) Checksum {  // the first value is in the input
    uint64_t offset = 0;
    uint64_t length = 0;
    uint32_t chunk_size = 0;
    uint8_t type = 0;
  };
  struct __attribute__((packed)) WriteSame {
    uint64_t offset = 0;
    uint64_t length = 0;
    uint64_t data_length = 0;
  };

  uint16_t code = 0;
  uint32_t flags = 0;
  std::array<uint8_t, kParamsSize> params = {};
  uint32_t payload_len = 0;  // of the input (request) or output (reply) within the message's data

  BufferList in;   // request
  BufferList out;  // reply
  int32_t result = 0;

  template <typename T>
  T Get() const {
    static_assert(sizeof(T) <= kParamsSize);
    T t;
    std::memcpy(static_cast<void*>(&t), params.data(), sizeof(T));
    return t;
  }
  template <typename T>
  void Set(const T& t) {
    static_assert(sizeof(T) <= kParamsSize);
    std::memcpy(params.data(), static_cast<const void*>(&t), sizeof(T));
  }
  Extent extent() const { return Get<Extent>(); }
  Xattr xattr() const { return Get<Xattr>(); }
  PgList pg_list() const { return Get<PgList>(); }

  // For people: "writefull 0~4096".
  std::string Summary() const;

  // The 38 bytes, with `payload` as the length of the bytes that go along.
  void Encode(Encoder& e, size_t payload) const;
  static OsdOp Decode(Decoder& d);
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_OP_H_
