#include "testing/sim/sim_network.h"

#include <cerrno>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

class SimNetworkTest : public testing::Test {
 protected:
  static constexpr MonoNanos kLong = 1'000'000'000;

  // Node 0 has dialled node 1, who has accepted.
  void Connect() {
    listener_ = network_.Listen(1, SimNetwork::NodeAddr(1, 6800));
    stream_ = network_.Connect(0, SimNetwork::NodeAddr(1, 6800));
    Pass();
    ASSERT_EQ(network_.ConnectProgress(*stream_), 0);
    ASSERT_EQ(listener_->backlog.size(), 1u);
    listener_->backlog.clear();
  }
  void Pass() {
    for (int i = 0; i < 2; ++i) {
      clock_.Advance(kLong);
      network_.Advance();
    }
  }
  IoResult Write(int side, std::string bytes) {
    const iovec piece{bytes.data(), bytes.size()};
    return network_.Write(*stream_, side, absl::MakeConstSpan(&piece, 1));
  }
  // Reads all there is; `end` becomes the result that ended it.
  std::string Read(int side, IoResult* end) {
    std::string all;
    while (true) {
      char bytes[3];
      const iovec piece{bytes, sizeof(bytes)};
      *end = network_.Read(*stream_, side, absl::MakeConstSpan(&piece, 1));
      if (end->bytes == 0) return all;
      all.append(bytes, end->bytes);
    }
  }

  SimClock clock_;
  SimRandom random_{1};
  Trace trace_{&clock_, false};
  NetworkWeather weather_{.buffer_bytes = 20};
  SimNetwork network_{&clock_, &random_, &trace_, weather_};
  std::shared_ptr<SimNetwork::Listener> listener_;
  SimNetwork::StreamPtr stream_;
  IoResult end_;
};

TEST_F(SimNetworkTest, BytesArriveLateAndInOrder) {
  Connect();
  EXPECT_EQ(Write(0, "hello ").bytes, 6u);
  EXPECT_EQ(Write(0, "world").bytes, 5u);
  EXPECT_EQ(Read(1, &end_), "");
  EXPECT_TRUE(end_.would_block());
  EXPECT_GT(network_.ReadableAt(*stream_, 1), clock_.now());
  Pass();
  EXPECT_EQ(Read(1, &end_), "hello world");
  EXPECT_TRUE(end_.would_block());
}

TEST_F(SimNetworkTest, AFullBufferTakesNoMoreUntilItIsRead) {
  Connect();
  EXPECT_EQ(Write(0, std::string(50, 'x')).bytes, 20u);
  EXPECT_TRUE(Write(0, "y").would_block());
  EXPECT_EQ(network_.WritableAt(*stream_, 0), kNever);
  Pass();
  EXPECT_EQ(Read(1, &end_).size(), 20u);
  EXPECT_LE(network_.WritableAt(*stream_, 0), clock_.now());
  EXPECT_EQ(Write(0, "y").bytes, 1u);
}

TEST_F(SimNetworkTest, NobodyListensIsRefused) {
  stream_ = network_.Connect(0, SimNetwork::NodeAddr(1, 6800));
  EXPECT_EQ(network_.ConnectProgress(*stream_), EINPROGRESS);
  Pass();
  EXPECT_EQ(network_.ConnectProgress(*stream_), ECONNREFUSED);
}

TEST_F(SimNetworkTest, TheEndArrivesBehindTheBytes) {
  Connect();
  Write(0, "last");
  network_.Shutdown(*stream_, 0);
  Pass();
  EXPECT_EQ(Read(1, &end_), "last");
  EXPECT_EQ(end_.error, 0);
}

TEST_F(SimNetworkTest, ClosingWithUnreadBytesResetsThePeer) {
  Connect();
  Write(1, "unread");
  Pass();
  network_.Shutdown(*stream_, 0);
  Pass();
  EXPECT_EQ(Read(1, &end_), "");
  EXPECT_EQ(end_.error, ECONNRESET);
}

TEST_F(SimNetworkTest, WritingToOneWhoClosedIsAnsweredWithAReset) {
  Connect();
  network_.Shutdown(*stream_, 1);
  EXPECT_EQ(Write(0, "too late").bytes, 8u);
  Pass();
  EXPECT_EQ(Write(0, "x").error, ECONNRESET);
}

TEST_F(SimNetworkTest, ACutLosesWhatIsWrittenBehindIt) {
  Connect();
  stream_->side[0].cut_after = 4;
  stream_->cut = SimNetwork::Break::kEnd;
  EXPECT_EQ(Write(0, "123456").bytes, 6u);
  clock_.AdvanceTo(stream_->side[1].end_due);
  EXPECT_EQ(Read(1, &end_), "1234");
  EXPECT_EQ(end_.error, 0);
  Pass();
  EXPECT_EQ(Write(0, "7").error, ECONNRESET);
}

TEST_F(SimNetworkTest, AHalfOpenStreamTellsOnlyTheWriterAndLate) {
  Connect();
  ASSERT_TRUE(network_.BreakOne(SimNetwork::Break::kSilence));
  EXPECT_EQ(Write(0, "into the void").bytes, 13u);
  Pass();
  EXPECT_EQ(Read(1, &end_), "");
  EXPECT_TRUE(end_.would_block());
  EXPECT_EQ(network_.ReadableAt(*stream_, 1), kNever);
  clock_.Advance(weather_.give_up_after);
  EXPECT_EQ(Write(0, "x").error, ETIMEDOUT);
}

TEST_F(SimNetworkTest, APartitionHoldsBytesBackUntilItHeals) {
  Connect();
  network_.SetPartition(0, 1, true);
  Write(0, "later");
  Pass();
  EXPECT_EQ(Read(1, &end_), "");
  network_.SetPartition(1, 0, false);
  EXPECT_EQ(Read(1, &end_), "later");
}

TEST_F(SimNetworkTest, ADeadNodeResetsItsPeersOrFallsSilent) {
  Connect();
  network_.DropNode(1, /*silently=*/false);
  Pass();
  Read(0, &end_);
  EXPECT_EQ(end_.error, ECONNRESET);

  listener_.reset();
  network_.DropNode(1, false);
  auto again = network_.Listen(2, SimNetwork::NodeAddr(2, 6800));
  stream_ = network_.Connect(0, SimNetwork::NodeAddr(2, 6800));
  Pass();
  network_.DropNode(2, /*silently=*/true);
  Pass();
  Read(0, &end_);
  EXPECT_TRUE(end_.would_block());
}

}  // namespace
}  // namespace siphon
