// Encoder: writes Ceph's encodings (little-endian, packed) to the end of a BufferList.
//
// Threads: one at a time. An Encoder must not outlive its list.
#ifndef SIPHON_BASE_ENCODER_H_
#define SIPHON_BASE_ENCODER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "absl/time/time.h"
#include "base/buffer_list.h"

namespace siphon {

static_assert(std::endian::native == std::endian::little, "codecs store integers as they are");

class Encoder {
 public:
  explicit Encoder(BufferList* out) : out_(out) {}

  void U8(uint8_t v) { Fixed(v); }
  void U16(uint16_t v) { Fixed(v); }
  void U32(uint32_t v) { Fixed(v); }
  void U64(uint64_t v) { Fixed(v); }
  void I8(int8_t v) { Fixed(v); }
  void I16(int16_t v) { Fixed(v); }
  void I32(int32_t v) { Fixed(v); }
  void I64(int64_t v) { Fixed(v); }
  void F32(float v) { Fixed(v); }
  void F64(double v) { Fixed(v); }
  void Bool(bool v) { Fixed(static_cast<uint8_t>(v)); }

  // Bytes as they are, without a length.
  void Raw(std::string_view bytes) { out_->Append(bytes); }
  void Raw(const BufferList& bytes) { out_->Append(bytes); }
  // u32 length and the bytes.
  void String(std::string_view bytes) {
    U32(static_cast<uint32_t>(bytes.size()));
    out_->Append(bytes);
  }
  // u32 length and the bytes, shared.
  void Blob(const BufferList& bytes) {
    U32(static_cast<uint32_t>(bytes.size()));
    out_->Append(bytes);
  }
  // utime_t: u32 seconds and u32 nanoseconds since the epoch. The infinite past is 0.0.
  void Time(absl::Time t);
  // A C++ duration: i32 seconds and i32 nanoseconds, both negative for a negative one.
  void Span(absl::Duration d);

  // A versioned structure, ENCODE_START(version, compat): u8, u8, and a u32 length that is filled
  // in when the scope ends.
  //   { Encoder::Versioned v(e, 6, 3); e.U64(...); }
  class Versioned {
   public:
    Versioned(Encoder& encoder, uint8_t version, uint8_t compat) : out_(encoder.out_) {
      encoder.U8(version);
      encoder.U8(compat);
      length_at_ = out_->AppendHole(4);
      begin_ = out_->size();
    }
    ~Versioned() {
      const uint32_t length = static_cast<uint32_t>(out_->size() - begin_);
      std::memcpy(length_at_, &length, 4);
    }
    Versioned(const Versioned&) = delete;
    Versioned& operator=(const Versioned&) = delete;

   private:
    BufferList* out_;
    char* length_at_;
    size_t begin_;
  };

  BufferList* out() { return out_; }

 private:
  template <typename T>
  void Fixed(T v) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(out_->AppendHole(sizeof(T)), &v, sizeof(T));
  }

  BufferList* out_;
};

}  // namespace siphon

#endif  // SIPHON_BASE_ENCODER_H_
