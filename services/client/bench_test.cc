#include "services/client/bench.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/client/pool_io_fixture.h"

namespace siphon::client {
namespace {

class BenchTest : public PoolIoFixture {
 protected:
  absl::StatusOr<BenchResult> Run(BenchKind kind, bool cleanup) {
    BenchOptions options;
    options.kind = kind;
    options.duration = absl::Milliseconds(50);
    options.object_bytes = 4096;
    options.under_way = 4;
    options.cleanup = cleanup;
    return RunBench(io_, options, [](const BenchTick&) {});
  }
  size_t ObjectsStored() {
    size_t n = 0;
    OnOsd([&](FakeOsd& osd) { n = osd.objects.size(); });
    return n;
  }
};

TEST_F(BenchTest, ReadsWhatAnEarlierRunWrote) {
  const auto written = Run(BenchKind::kWrite, /*cleanup=*/false);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->errors, 0u);
  EXPECT_EQ(ObjectsStored(), written->operations + 1);  // and the record
  const auto read = Run(BenchKind::kSequentialRead, false);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_GT(read->operations, 0u);
  EXPECT_LE(read->operations, written->operations);
  EXPECT_EQ(read->errors, 0u);
  EXPECT_EQ(read->object_bytes, 4096u);
  EXPECT_LE(read->latency_p50, read->latency_max);
  const auto random = Run(BenchKind::kRandomRead, false);
  ASSERT_TRUE(random.ok()) << random.status();
  EXPECT_EQ(random->errors, 0u);
}

TEST_F(BenchTest, RemovesWhatItWrote) {
  ASSERT_TRUE(Run(BenchKind::kWrite, /*cleanup=*/true).ok());
  EXPECT_EQ(ObjectsStored(), 0u);
}

TEST_F(BenchTest, NoticesWrongContents) {
  ASSERT_TRUE(Run(BenchKind::kWrite, false).ok());
  OnOsd([](FakeOsd& osd) {
    for (auto& [name, bytes] : osd.objects) {
      if (name.oid != "benchmark_last_metadata") bytes[0] ^= 1;
    }
  });
  const auto read = Run(BenchKind::kSequentialRead, false);
  ASSERT_TRUE(read.ok());
  EXPECT_GT(read->errors, 0u);
  EXPECT_NE(read->first_error, "");
}

TEST_F(BenchTest, SaysWhatToDoWhenThereIsNothingToRead) {
  EXPECT_TRUE(absl::IsNotFound(Run(BenchKind::kRandomRead, false).status()));
}

}  // namespace
}  // namespace siphon::client
