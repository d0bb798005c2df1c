#include "base/decoder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {

Decoder::Decoder(const BufferList& in) : end_(in.size()) {
  if (in.empty()) return;
  if (in.IsContiguous()) {
    owner_ = in.pieces()[0];
  } else {
    owner_ = Buffer::Allocate(in.size());
    in.CopyTo(0, in.size(), owner_.mutable_data());
  }
  base_ = owner_.data();
}

Decoder::Decoder(std::string_view in) : base_(in.data()), end_(in.size()) {}

std::string_view Decoder::Raw(size_t n) {
  if (remaining() < n) {
    FailShort(n);
    return {};
  }
  const std::string_view bytes(base_ + pos_, n);
  pos_ += n;
  return bytes;
}

BufferList Decoder::RawBlob(size_t n) {
  const size_t begin = pos_;
  const std::string_view bytes = Raw(n);
  if (bytes.empty()) return BufferList();
  return owner_.empty() ? BufferList::CopyOf(bytes) : BufferList(owner_.Substr(begin, n));
}

absl::Time Decoder::Time() {
  const uint32_t seconds = U32();
  const uint32_t nanos = U32();
  return absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos);
}

absl::Duration Decoder::Span() {
  const int32_t seconds = I32();
  const int32_t nanos = I32();
  return absl::Seconds(seconds) + absl::Nanoseconds(nanos);
}

uint32_t Decoder::Count(size_t min_item_bytes) {
  const uint32_t count = U32();
  if (count > remaining() / std::max<size_t>(min_item_bytes, 1)) {
    Fail(absl::StrCat("a count of ", count, " items of at least ", min_item_bytes,
                      " bytes, but only ", remaining(), " bytes are left"));
    return 0;
  }
  return count;
}

void Decoder::Fail(std::string_view what) {
  if (!status_.ok()) return;
  status_ = absl::InvalidArgumentError(
      absl::StrCat(AbslView(what), " (at byte ", pos_, "; the input ends at byte ", end_, ")"));
  // Nothing is left to read: every later read comes up short.
  end_ = pos_;
}

void Decoder::FailShort(size_t wanted) {
  if (!status_.ok()) return;
  Fail(absl::StrCat("truncated: ", wanted, " bytes expected, ", remaining(), " left"));
}

Decoder::Versioned::Versioned(Decoder& decoder, uint8_t understood, std::string_view what)
    : decoder_(decoder), outer_end_(decoder.end_) {
  version_ = decoder.U8();
  compat_ = decoder.U8();
  const uint32_t length = decoder.U32();
  if (!decoder.ok()) return;
  if (compat_ > understood) {
    decoder.Fail(absl::StrCat(AbslView(what), ": version ", version_, " can be read from version ",
                              compat_, " on; this program reads up to ", understood));
  } else if (length > decoder.remaining()) {
    decoder.Fail(absl::StrCat(AbslView(what), ": says it is ", length, " bytes long, but ",
                              decoder.remaining(), " are left"));
  } else {
    decoder.end_ = decoder.pos_ + length;
  }
}

Decoder::Versioned::~Versioned() {
  if (!decoder_.ok()) return;
  decoder_.pos_ = decoder_.end_;
  decoder_.end_ = outer_end_;
}

}  // namespace siphon
