#include "services/client/progress_meter.h"

#include <unistd.h>

#include <string>

#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"

namespace siphon::client {
namespace {

TEST(ProgressMeterTest, ShowsPartRateAndTimeLeft) {
  EXPECT_EQ(ProgressMeter::Line("put a", 16 << 20, 64 << 20, absl::Seconds(2)),
            "put a  [######..................]  25%  16.0 MiB  8.0 MiB/s  6 s left");
}

TEST(ProgressMeterTest, ShowsBytesAndRateWhenTheWholeIsNotKnown) {
  EXPECT_EQ(ProgressMeter::Line("put a", 512 << 10, 0, absl::Seconds(1)),
            "put a  512.0 KiB  512.0 KiB/s");
}

TEST(ProgressMeterTest, WritesNothingToWhatIsNoTerminal) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  FakeClock clock;
  {
    ProgressMeter meter("put a", fds[1], &clock);
    meter.Update(32 << 20, 64 << 20);
  }
  close(fds[1]);
  char c;
  EXPECT_EQ(read(fds[0], &c, 1), 0);
  close(fds[0]);
}

TEST(FormatBytesTest, PicksTheUnit) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(1023), "1023 B");
  EXPECT_EQ(FormatBytes(1024), "1.0 KiB");
  EXPECT_EQ(FormatBytes(5.5 * 1024 * 1024), "5.5 MiB");
}

}  // namespace
}  // namespace siphon::client
