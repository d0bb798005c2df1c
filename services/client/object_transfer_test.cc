#include "services/client/object_transfer.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/client/pool_io_fixture.h"

namespace siphon::client {
namespace {

class ObjectTransferTest : public PoolIoFixture {
 protected:
  static constexpr size_t kChunk = 1000;

  static std::string Bytes(size_t n) {
    std::string bytes(n, '\0');
    for (size_t i = 0; i < n; ++i) bytes[i] = static_cast<char>(i * 31 + i / kChunk);
    return bytes;
  }
  absl::StatusOr<uint64_t> Put(const std::string& bytes) {
    size_t at = 0;
    return PutObject(
        io_, "o",
        [&](size_t max_bytes) -> absl::StatusOr<BufferList> {
          const std::string part = bytes.substr(at, max_bytes);
          at += part.size();
          return BufferList::CopyOf(part);
        },
        bytes.size(), Options());
  }
  absl::StatusOr<std::string> Get() {
    std::string out;
    const absl::StatusOr<uint64_t> size = GetObject(
        io_, "o",
        [&](const BufferList& bytes) {
          out += bytes.ToString();
          return absl::OkStatus();
        },
        Options());
    if (!size.ok()) return size.status();
    EXPECT_EQ(*size, out.size());
    return out;
  }
  TransferOptions Options() {
    TransferOptions options;
    options.chunk_bytes = kChunk;
    options.chunks_under_way = 3;
    options.progress = [this](uint64_t done, uint64_t total) {
      progress_.push_back(done);
      total_ = total;
    };
    return options;
  }
  std::vector<uint64_t> progress_;
  uint64_t total_ = 0;
};

TEST_F(ObjectTransferTest, AnySizeComesBackAsItWas) {
  for (const size_t n : {0, 1, 999, 1000, 1001, 2000, 9999, 10000}) {
    SCOPED_TRACE(n);
    const std::string bytes = Bytes(n);
    const absl::StatusOr<uint64_t> put = Put(bytes);
    ASSERT_TRUE(put.ok()) << put.status();
    EXPECT_EQ(*put, n);
    EXPECT_EQ(Stored("o"), bytes);
    progress_.clear();
    const absl::StatusOr<std::string> got = Get();
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, bytes);
    EXPECT_TRUE(std::is_sorted(progress_.begin(), progress_.end()));
    EXPECT_EQ(progress_.back(), n);
    EXPECT_EQ(total_, n);
  }
}

TEST_F(ObjectTransferTest, PutReplacesALongerObject) {
  ASSERT_TRUE(Put(Bytes(5000)).ok());
  ASSERT_TRUE(Put(Bytes(2500)).ok());
  EXPECT_EQ(Stored("o"), Bytes(2500));
}

TEST_F(ObjectTransferTest, GetNoticesThatTheObjectWasWrittenMeanwhile) {
  ASSERT_TRUE(Put(Bytes(5000)).ok());
  const absl::StatusOr<uint64_t> size = GetObject(
      io_, "o", [&](const BufferList&) { return io_.Write("o", 0, BufferList::CopyOf("other")); },
      Options());
  EXPECT_TRUE(absl::IsAborted(size.status())) << size.status();
}

TEST_F(ObjectTransferTest, GetOfAMissingObjectTouchesNoFile) {
  bool touched = false;
  const absl::StatusOr<uint64_t> size = GetObject(
      io_, "missing",
      [&](const BufferList&) {
        touched = true;
        return absl::OkStatus();
      },
      Options());
  EXPECT_TRUE(absl::IsNotFound(size.status()));
  EXPECT_FALSE(touched);
}

TEST_F(ObjectTransferTest, ErrorsOfBothSidesEndIt) {
  OnOsd([](FakeOsd& osd) { osd.fail_with = -ENOSPC; });
  EXPECT_TRUE(absl::IsResourceExhausted(Put(Bytes(9999)).status()));
  OnOsd([](FakeOsd& osd) { osd.fail_with = 0; });
  ASSERT_TRUE(Put(Bytes(9999)).ok());
  const absl::StatusOr<uint64_t> size = GetObject(
      io_, "o", [](const BufferList&) { return absl::UnavailableError("disk"); }, Options());
  EXPECT_TRUE(absl::IsUnavailable(size.status()));
}

}  // namespace
}  // namespace siphon::client
