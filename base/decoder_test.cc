#include "base/decoder.h"

#include <string>

#include "base/encoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

// A structure with every kind of field.
BufferList Sample() {
  BufferList out;
  Encoder e(&out);
  const Encoder::Versioned v(e, 3, 2);
  e.U8(1);
  e.U16(2);
  e.U32(3);
  e.U64(4);
  e.I8(-1);
  e.I16(-2);
  e.I32(-3);
  e.I64(-4);
  e.F32(1.5f);
  e.F64(2.5);
  e.Bool(true);
  e.String("text");
  e.Blob(BufferList::CopyOf("blob"));
  e.Time(absl::FromUnixSeconds(100) + absl::Nanoseconds(5));
  e.Span(absl::Milliseconds(-1500));
  e.U32(2);  // a list of two u16
  e.U16(8);
  e.U16(9);
  return out;
}

// Reads a Sample(); true when all came out as it went in.
bool ReadSample(Decoder& d) {
  const Decoder::Versioned v(d, 3, "sample");
  bool same = d.U8() == 1 && d.U16() == 2 && d.U32() == 3 && d.U64() == 4;
  same = same && d.I8() == -1 && d.I16() == -2 && d.I32() == -3 && d.I64() == -4;
  same = same && d.F32() == 1.5f && d.F64() == 2.5 && d.Bool() && d.String() == "text";
  same = same && d.Blob() == "blob";
  same = same && d.Time() == absl::FromUnixSeconds(100) + absl::Nanoseconds(5);
  same = same && d.Span() == absl::Milliseconds(-1500);
  const uint32_t count = d.Count(2);
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += d.U16();
  return same && sum == 17 && v.version() == 3 && v.compat() == 2;
}

TEST(DecoderTest, ReadsBackWhatTheEncoderWrote) {
  Decoder d(Sample());
  EXPECT_TRUE(ReadSample(d));
  EXPECT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(d.remaining(), 0u);
}

TEST(DecoderTest, ReadsAcrossPiecesCutAnywhere) {
  const BufferList sample = Sample();
  for (size_t cut = 0; cut <= sample.size(); ++cut) {
    const std::string bytes = sample.ToString();
    BufferList list(Buffer::CopyOf(bytes.substr(0, cut)));
    list.Append(Buffer::CopyOf(bytes.substr(cut)));
    Decoder d(list);
    EXPECT_TRUE(ReadSample(d)) << cut;
    EXPECT_TRUE(d.ok()) << cut;
  }
}

TEST(DecoderTest, FailsAtEveryTruncation) {
  const std::string bytes = Sample().ToString();
  for (size_t length = 0; length < bytes.size(); ++length) {
    const std::string part = bytes.substr(0, length);  // its own memory, for AddressSanitizer
    Decoder d{std::string_view(part)};
    ReadSample(d);
    EXPECT_EQ(d.status().code(), absl::StatusCode::kInvalidArgument) << length;
    EXPECT_EQ(d.remaining(), 0u);
  }
}

TEST(DecoderTest, EveryFieldFailsWhenTheStructureItselfIsCutShort) {
  // The same, but with a length that fits the cut, so that the fields are what comes up short.
  const std::string bytes = Sample().ToString();
  for (uint32_t length = 0; length + 6 < bytes.size(); ++length) {
    std::string part = bytes.substr(0, 6 + length);
    std::memcpy(&part[2], &length, 4);
    Decoder d{std::string_view(part)};
    ReadSample(d);
    EXPECT_FALSE(d.ok()) << length;
  }
}

TEST(DecoderTest, ErrorsAreStickyAndReadsAfterThemAreZero) {
  Decoder d(std::string_view("\x01\x02\x03\x04\x05", 5));
  d.U32();
  d.U16();
  const absl::Status first = d.status();
  EXPECT_FALSE(first.ok());
  EXPECT_EQ(d.U8(), 0);
  EXPECT_EQ(d.String(), "");
  EXPECT_TRUE(d.Blob().empty());
  EXPECT_EQ(d.Count(1), 0u);
  EXPECT_EQ(d.Rest(), "");
  d.Fail("another");
  EXPECT_EQ(d.status(), first);
}

TEST(DecoderTest, ErrorsSayWhatAndWhere) {
  Decoder d(std::string_view("\x01\x02\x03", 3));
  d.U8();
  d.U32();
  EXPECT_THAT(std::string(d.status().message()),
              AllOf(HasSubstr("4 bytes expected, 2 left"), HasSubstr("at byte 1")));
}

TEST(DecoderTest, HostileCountsPromiseNoMoreThanTheInputHolds) {
  BufferList in;
  Encoder e(&in);
  e.U32(0xffffffff);
  e.U64(0);
  Decoder d(in);
  EXPECT_EQ(d.Count(1), 0u);
  EXPECT_FALSE(d.ok());

  BufferList exact;
  Encoder(&exact).U32(2);
  exact.AppendZero(8);
  EXPECT_EQ(Decoder(exact).Count(4), 2u);
  Decoder short_by_one(exact);
  EXPECT_EQ(short_by_one.Count(5), 0u);
  EXPECT_FALSE(short_by_one.ok());
}

TEST(DecoderTest, HostileLengthsAllocateNothing) {
  const std::string_view bytes("\xff\xff\xff\xff tail", 9);
  Decoder text(bytes);
  EXPECT_EQ(text.String(), "");
  EXPECT_FALSE(text.ok());
  Decoder blob{BufferList::CopyOf(bytes)};
  EXPECT_TRUE(blob.Blob().empty());
  EXPECT_FALSE(blob.ok());
  Decoder raw(bytes);
  EXPECT_EQ(raw.Raw(~size_t{0}), "");
  EXPECT_FALSE(raw.ok());
}

TEST(DecoderTest, BlobsShareTheInputsMemoryAndOutliveIt) {
  BufferList blob;
  {
    BufferList in;
    Encoder(&in).Blob(BufferList::CopyOf("payload"));
    in.Flatten();
    const char* memory = in.pieces()[0].data();
    Decoder d(in);
    blob = d.Blob();
    EXPECT_EQ(blob.pieces()[0].data(), memory + 4);
  }
  EXPECT_EQ(blob.ToString(), "payload");
}

TEST(DecoderTest, BlobsOverForeignMemoryAreCopies) {
  BufferList blob;
  {
    const std::string in("\x02\x00\x00\x00ok", 6);
    blob = Decoder(std::string_view(in)).Blob();
  }
  EXPECT_EQ(blob.ToString(), "ok");
}

TEST(DecoderTest, VersionedSkipsANewerVersionsTail) {
  BufferList in;
  Encoder e(&in);
  {
    const Encoder::Versioned v(e, 9, 1);
    e.U32(5);
    e.U64(6);  // unknown to the reader
  }
  e.U8(7);
  Decoder d(in);
  {
    const Decoder::Versioned v(d, 2, "thing");
    EXPECT_EQ(v.version(), 9);
    EXPECT_EQ(d.U32(), 5u);
  }
  EXPECT_EQ(d.U8(), 7);
  EXPECT_TRUE(d.ok()) << d.status();
}

TEST(DecoderTest, VersionedKeepsReadsInside) {
  BufferList in;
  Encoder e(&in);
  {
    const Encoder::Versioned v(e, 1, 1);
  }
  e.U32(7);
  Decoder d(in);
  const Decoder::Versioned v(d, 1, "thing");
  EXPECT_EQ(d.U32(), 0u);
  EXPECT_FALSE(d.ok());
}

TEST(DecoderTest, VersionedRefusesWhatItCannotRead) {
  BufferList in;
  Encoder e(&in);
  {
    const Encoder::Versioned v(e, 9, 5);
  }
  Decoder d(in);
  {
    const Decoder::Versioned v(d, 4, "osd map");
  }
  EXPECT_THAT(std::string(d.status().message()),
              AllOf(HasSubstr("osd map"), HasSubstr("version 9"), HasSubstr("up to 4")));
}

TEST(DecoderTest, AFailureInsideAStructureEndsTheOuterOneToo) {
  BufferList in;
  Encoder e(&in);
  const Encoder::Versioned outer(e, 1, 1);
  {
    const Encoder::Versioned inner(e, 1, 1);
  }
  e.U32(7);
  Decoder d(in.Substr(0, in.size()));
  {
    const Decoder::Versioned inner(d, 1, "inner");
    d.Fail("no good");
  }
  EXPECT_EQ(d.U32(), 0u);
  EXPECT_EQ(d.remaining(), 0u);
}

}  // namespace
}  // namespace siphon
