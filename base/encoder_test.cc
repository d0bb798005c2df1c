#include "base/encoder.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

template <typename F>
std::string Encoded(F encode) {
  BufferList out;
  Encoder e(&out);
  encode(e);
  return out.ToString();
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (const int byte : bytes) out.push_back(static_cast<char>(byte));
  return out;
}

TEST(EncoderTest, IntegersAreLittleEndianAndPacked) {
  const std::string out = Encoded([](Encoder& e) {
    e.U8(1);
    e.U16(0x0203);
    e.U32(0x04050607);
    e.U64(0x08090a0b0c0d0e0f);
    e.I8(-1);
    e.I32(-2);
    e.Bool(true);
  });
  EXPECT_EQ(out,
            Bytes({1, 3, 2, 7, 6, 5, 4, 15, 14, 13, 12, 11, 10, 9, 8, 255, 254, 255, 255, 255, 1}));
}

TEST(EncoderTest, StringsAndBlobsCarryTheirLength) {
  EXPECT_EQ(Encoded([](Encoder& e) { e.String("ab"); }), Bytes({2, 0, 0, 0, 'a', 'b'}));
  EXPECT_EQ(Encoded([](Encoder& e) { e.Blob(BufferList::CopyOf("c")); }), Bytes({1, 0, 0, 0, 'c'}));
  EXPECT_EQ(Encoded([](Encoder& e) { e.Raw("x"); }), "x");
}

TEST(EncoderTest, BlobsAreShared) {
  const BufferList blob(Buffer::CopyOf(std::string(10000, 'x')));
  BufferList out;
  Encoder(&out).Blob(blob);
  EXPECT_TRUE(out.pieces().back().SharesBlockWith(blob.pieces()[0]));
}

TEST(EncoderTest, TimeIsSecondsAndNanosecondsWithinItsRange) {
  const auto time = [](absl::Time t) { return Encoded([t](Encoder& e) { e.Time(t); }); };
  EXPECT_EQ(time(absl::FromUnixSeconds(1) + absl::Nanoseconds(2)), Bytes({1, 0, 0, 0, 2, 0, 0, 0}));
  const std::string zero(8, '\0');
  EXPECT_EQ(time(absl::InfinitePast()), zero);
  EXPECT_EQ(time(absl::FromUnixSeconds(-5)), zero);
  EXPECT_EQ(time(absl::InfiniteFuture()), Bytes({255, 255, 255, 255, 0, 0, 0, 0}));
}

TEST(EncoderTest, SpanHasTheSignInBothParts) {
  const auto span = [](absl::Duration d) { return Encoded([d](Encoder& e) { e.Span(d); }); };
  EXPECT_EQ(span(absl::Seconds(3) + absl::Nanoseconds(4)), Bytes({3, 0, 0, 0, 4, 0, 0, 0}));
  EXPECT_EQ(span(-(absl::Seconds(1) + absl::Nanoseconds(1))),
            Bytes({255, 255, 255, 255, 255, 255, 255, 255}));
  EXPECT_EQ(span(absl::InfiniteDuration()), Bytes({255, 255, 255, 127, 0, 0, 0, 0}));
}

TEST(EncoderTest, VersionedFillsItsLengthInAlsoWhenNested) {
  const std::string out = Encoded([](Encoder& e) {
    Encoder::Versioned outer(e, 6, 3);
    e.U8(1);
    {
      const Encoder::Versioned inner(e, 2, 1);
    }
    e.U8(9);
  });
  EXPECT_EQ(out, Bytes({6, 3, 8, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 9}));
}

TEST(EncoderTest, VersionedLengthsSpanManyChunks) {
  BufferList out;
  Encoder e(&out);
  {
    const Encoder::Versioned outer(e, 1, 1);
    for (int i = 0; i < 3000; ++i) e.U32(7);
  }
  uint32_t length;
  out.CopyTo(2, 4, reinterpret_cast<char*>(&length));
  EXPECT_EQ(length, 12000u);
}

}  // namespace
}  // namespace siphon
