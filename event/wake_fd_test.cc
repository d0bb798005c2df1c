#include "event/wake_fd.h"

#include <poll.h>
#include <unistd.h>

#include <cstdint>

#include "gtest/gtest.h"

namespace siphon {
namespace {

bool Readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&entry, 1, 0) == 1;
}

TEST(WakeFdTest, IsReadableFromAWakeUntilItIsDrained) {
  WakeFd wake;
  ASSERT_TRUE(wake.Init().ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(Readable(wake.fd()));
    wake.Wake();
    EXPECT_TRUE(Readable(wake.fd()));
    wake.Drain();
  }
  EXPECT_FALSE(Readable(wake.fd()));
}

TEST(WakeFdTest, SeveralWakesWriteOnceUntilTheyAreAcknowledged) {
  WakeFd wake;
  ASSERT_TRUE(wake.Init().ok());
  for (int i = 0; i < 5; ++i) wake.Wake();
  wake.Acknowledge();
  wake.Wake();
  uint64_t writes = 0;
  ASSERT_EQ(read(wake.fd(), &writes, sizeof(writes)), 8);
  EXPECT_EQ(writes, 2u);
}

}  // namespace
}  // namespace siphon
