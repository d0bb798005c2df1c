// Decoder: reads Ceph's encodings (little-endian, packed) from bytes that a peer sent.
//
// Errors are sticky: the first read past the end, or the first Fail(), is remembered; every read
// after it returns zero or empty. Read a whole structure and ask ok() once; loops over a peer's
// counts ask Count(), which never promises more items than the bytes left could hold, so that a
// peer's number never allocates more memory than the peer sent.
//
// Threads: one at a time. Views and the Decoder itself live as long as the list it was made from is
// unchanged; Blob() shares memory and lives on.
#ifndef SIPHON_BASE_DECODER_H_
#define SIPHON_BASE_DECODER_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"

namespace siphon {

class Decoder {
 public:
  // Over the bytes of `in`. A list in several pieces is copied into one.
  explicit Decoder(const BufferList& in);
  // Over a piece of memory that outlives the Decoder; Blob() then copies.
  explicit Decoder(std::string_view in);

  uint8_t U8() { return Fixed<uint8_t>(); }
  uint16_t U16() { return Fixed<uint16_t>(); }
  uint32_t U32() { return Fixed<uint32_t>(); }
  uint64_t U64() { return Fixed<uint64_t>(); }
  int8_t I8() { return Fixed<int8_t>(); }
  int16_t I16() { return Fixed<int16_t>(); }
  int32_t I32() { return Fixed<int32_t>(); }
  int64_t I64() { return Fixed<int64_t>(); }
  float F32() { return Fixed<float>(); }
  double F64() { return Fixed<double>(); }
  bool Bool() { return Fixed<uint8_t>() != 0; }

  // The next `n` bytes, a view into the input.
  std::string_view Raw(size_t n);
  // The next `n` bytes, sharing memory.
  BufferList RawBlob(size_t n);
  // u32 length and the bytes.
  std::string String() { return std::string(StringView()); }
  std::string_view StringView() { return Raw(U32()); }
  BufferList Blob() { return RawBlob(U32()); }
  // utime_t.
  absl::Time Time();
  // i32 seconds, i32 nanoseconds.
  absl::Duration Span();

  // A u32 count of items of at least `min_item_bytes` (>= 1) each. Fails when the rest of the input
  // cannot hold as many, so a loop over the result is bounded by the input.
  uint32_t Count(size_t min_item_bytes);

  void Skip(size_t n) { Raw(n); }
  size_t remaining() const { return end_ - pos_; }
  size_t offset() const { return pos_; }
  // The bytes not read yet.
  std::string_view Rest() const { return {base_ + pos_, end_ - pos_}; }

  // Makes the Decoder fail with InvalidArgument, unless it has failed already. `what` says what was
  // wrong; offset and size are added.
  void Fail(std::string_view what);
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

  // A versioned structure, DECODE_START(understood): reads u8 version, u8 compat, u32 length, and
  // narrows the Decoder to that length until the scope ends; then what was not read of it (a newer
  // version's tail) is skipped. Fails when compat is greater than `understood`, which names the
  // newest version this code can read.
  //   { Decoder::Versioned v(d, 6, "object_locator_t"); if (v.version() >= 5) ...; }
  class Versioned {
   public:
    Versioned(Decoder& decoder, uint8_t understood, std::string_view what);
    ~Versioned();
    Versioned(const Versioned&) = delete;
    Versioned& operator=(const Versioned&) = delete;
    uint8_t version() const { return version_; }
    uint8_t compat() const { return compat_; }

   private:
    Decoder& decoder_;
    uint8_t version_ = 0;
    uint8_t compat_ = 0;
    size_t outer_end_;
  };

 private:
  template <typename T>
  T Fixed() {
    T v{};
    if (end_ - pos_ < sizeof(T)) {
      FailShort(sizeof(T));
      return v;
    }
    std::memcpy(&v, base_ + pos_, sizeof(T));
    pos_ += sizeof(T);
    return v;
  }
  void FailShort(size_t wanted);

  Buffer owner_;  // shares what RawBlob() hands out; empty over foreign memory
  const char* base_ = nullptr;
  size_t pos_ = 0;
  size_t end_ = 0;
  absl::Status status_;
};

}  // namespace siphon

#endif  // SIPHON_BASE_DECODER_H_
