// Real Ceph 16.2 handshakes and streams through the state machine, split at every byte position,
// and written again byte for byte.
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/decoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v1/connection_fsm.h"
#include "msg/protocol/v1/recording_host.h"

namespace siphon::v1 {
namespace {

struct Capture {
  const char* name;
  EntityType server_type;
  uint32_t protocol_version;
};

std::string Load(const std::string& name) {
  std::ifstream in("testing/vectors/streams/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

EntityAddr AddrAt(std::string_view stream, size_t offset) {
  Decoder d(stream.substr(offset, kAddrSize));
  EntityAddr addr = EntityAddr::Decode(d);
  EXPECT_TRUE(d.ok());
  return addr;
}

// Writes what a host was told, as the peer that it came from would.
void Rewrite(const std::vector<RecordingHost::Item>& items, ConnectionFsm* fsm) {
  for (const RecordingHost::Item& item : items) {
    switch (item.tag) {
      case Tag::kAck:
        fsm->AppendAck(item.seq);
        break;
      case Tag::kKeepalive2:
        fsm->AppendKeepalive(item.stamp);
        break;
      case Tag::kKeepalive2Ack: {
        char stamp[1 + kStampSize] = {static_cast<char>(Tag::kKeepalive2Ack)};
        EncodeStamp(item.stamp, stamp + 1);
        fsm->out().Copy({stamp, sizeof(stamp)});
        break;
      }
      default: {
        SegmentsMessage message(item.header, item.front, item.middle, item.data);
        fsm->AppendMessage(message);
      }
    }
  }
}

class ReplayTest : public testing::TestWithParam<Capture> {
 protected:
  void SetUp() override {
    client_ = Load(std::string(GetParam().name) + ".client.bin");
    server_ = Load(std::string(GetParam().name) + ".server.bin");
  }

  // Feeds `pieces` of the client's bytes to an accepting machine that accepts.
  struct Accepted {
    RecordingHost host;
    Session session{Policy::StatelessServer(0)};
    ConnectionFsm fsm;
    std::string out;
    Accepted(EntityType type) : fsm(MachineOptions{.self_type = type}, &host) {}

    void Feed(std::string_view bytes) {
      while (!bytes.empty()) {
        bytes.remove_prefix(fsm.Consume(bytes));
        if (!fsm.blocked()) break;
        fsm.Open(&session, false);
      }
      EXPECT_TRUE(bytes.empty());
    }
  };
  std::unique_ptr<Accepted> Accept() {
    auto a = std::make_unique<Accepted>(GetParam().server_type);
    a->host.my_addr = AddrAt(server_, kBanner.size());
    a->host.accept_terms.protocol_version = GetParam().protocol_version;
    a->fsm.StartAccept(a->host.my_addr, AddrAt(server_, kBanner.size() + kAddrSize));
    return a;
  }
  size_t ServerHandshake() const {
    return kBanner.size() + 2 * kAddrSize + kConnectReplySize + kSeqSize;
  }

  std::string client_, server_;
};

TEST_P(ReplayTest, AnAcceptingMachineSaysWhatTheRealServerSaid) {
  auto a = Accept();
  a->Feed(client_);
  EXPECT_TRUE(a->fsm.fault().ok()) << a->fsm.fault();
  EXPECT_EQ(a->host.ready, 1);
  ASSERT_EQ(a->host.requests.size(), 1u);
  EXPECT_EQ(a->host.requests[0].peer_type, kEntityClient);

  std::string said = a->fsm.out().ToString().substr(0, ServerHandshake());
  std::string real = server_.substr(0, ServerHandshake());
  // The global sequence number is the server's own count.
  const size_t global_seq_at = kBanner.size() + 2 * kAddrSize + 9;
  said.replace(global_seq_at, 4, 4, '?');
  real.replace(global_seq_at, 4, 4, '?');
  EXPECT_EQ(said, real);
}

TEST_P(ReplayTest, WhatAnAcceptingMachineReadIsWrittenAgainByteForByte) {
  auto reader = Accept();
  reader->Feed(client_);
  ASSERT_FALSE(reader->host.items.empty());

  auto writer = Accept();
  const size_t authorizer = reader->fsm.connect().authorizer_len;
  const size_t handshake = kBanner.size() + kAddrSize + kConnectSize + authorizer + kSeqSize;
  writer->Feed(std::string_view(client_).substr(0, handshake));
  writer->fsm.out().Clear();
  Rewrite(reader->host.items, &writer->fsm);
  EXPECT_EQ(writer->fsm.out().ToString(), client_.substr(handshake));
}

TEST_P(ReplayTest, AnAcceptingMachineReadsTheSameHoweverTheStreamIsSplit) {
  auto whole = Accept();
  whole->Feed(client_);
  for (size_t split = 1; split < client_.size(); ++split) {
    auto a = Accept();
    a->Feed(std::string_view(client_).substr(0, split));
    ASSERT_TRUE(a->fsm.fault().ok()) << "split at " << split << ": " << a->fsm.fault();
    a->Feed(std::string_view(client_).substr(split));
    ASSERT_EQ(a->host.items.size(), whole->host.items.size()) << "split at " << split;
    ASSERT_EQ(a->fsm.out().ToString(), whole->fsm.out().ToString()) << "split at " << split;
  }
  auto bytewise = Accept();
  for (const char& c : client_) bytewise->Feed({&c, 1});
  EXPECT_EQ(bytewise->host.items.size(), whole->host.items.size());
  EXPECT_EQ(bytewise->fsm.out().ToString(), whole->fsm.out().ToString());
}

// A machine that dials as the captured client did.
struct Dialled {
  RecordingHost host;
  Session session{Policy::LossyClient(0)};
  ConnectionFsm fsm{MachineOptions{.self_type = kEntityClient}, &host};

  Dialled(const Capture& capture, std::string_view client) {
    host.my_addr = AddrAt(client, kBanner.size());
    const ConnectMsg real = ConnectMsg::Decode(client.substr(kBanner.size() + kAddrSize));
    host.authorizer.method = real.authorizer_protocol;
    host.authorizer.payload =
        std::string(client.substr(kBanner.size() + kAddrSize + kConnectSize, real.authorizer_len));
    host.next_global_seq = real.global_seq - 1;
    fsm.StartConnect({.features_supported = kFeaturesSupported,
                      .features_required = 0,
                      .protocol_version = capture.protocol_version},
                     &session);
    fsm.OnConnected();
  }
};

TEST_P(ReplayTest, AConnectingMachineSaysWhatTheRealClientSaid) {
  Dialled d(GetParam(), client_);
  EXPECT_EQ(d.fsm.Consume(server_), server_.size());
  EXPECT_TRUE(d.fsm.fault().ok()) << d.fsm.fault();
  EXPECT_EQ(d.host.ready, 1);
  const std::string said = d.fsm.out().ToString();
  const size_t handshake =
      kBanner.size() + kAddrSize + kConnectSize + d.host.authorizer.payload.size() + kSeqSize;
  EXPECT_EQ(said.substr(0, handshake), client_.substr(0, handshake));
}

TEST_P(ReplayTest, WhatAConnectingMachineReadIsWrittenAgainByteForByte) {
  Dialled reader(GetParam(), client_);
  reader.fsm.Consume(server_);
  ASSERT_FALSE(reader.host.items.empty());
  Dialled writer(GetParam(), client_);
  writer.fsm.Consume(std::string_view(server_).substr(0, ServerHandshake()));
  writer.fsm.out().Clear();
  Rewrite(reader.host.items, &writer.fsm);
  EXPECT_EQ(writer.fsm.out().ToString(), server_.substr(ServerHandshake()));
}

TEST_P(ReplayTest, AConnectingMachineReadsTheSameHoweverTheStreamIsSplit) {
  Dialled whole(GetParam(), client_);
  whole.fsm.Consume(server_);
  for (size_t split = 1; split < server_.size(); ++split) {
    Dialled d(GetParam(), client_);
    d.fsm.Consume(std::string_view(server_).substr(0, split));
    ASSERT_TRUE(d.fsm.fault().ok()) << "split at " << split << ": " << d.fsm.fault();
    d.fsm.Consume(std::string_view(server_).substr(split));
    ASSERT_EQ(d.host.items.size(), whole.host.items.size()) << "split at " << split;
    ASSERT_EQ(d.fsm.out().ToString(), whole.fsm.out().ToString()) << "split at " << split;
  }
}

TEST_P(ReplayTest, LargeSegmentsMayBeReadStraightIntoPlace) {
  Dialled d(GetParam(), client_);
  std::string_view rest = server_;
  while (!rest.empty()) {
    const absl::Span<char> direct = d.fsm.DirectTarget();
    if (!direct.empty()) {
      const size_t n = std::min(direct.size(), rest.size());
      std::memcpy(direct.data(), rest.data(), n);
      d.fsm.CommitDirect(n);
      rest.remove_prefix(n);
    } else {
      rest.remove_prefix(d.fsm.Consume(rest.substr(0, 1)));
    }
  }
  Dialled whole(GetParam(), client_);
  whole.fsm.Consume(server_);
  EXPECT_EQ(d.host.items.size(), whole.host.items.size());
}

INSTANTIATE_TEST_SUITE_P(Captures, ReplayTest,
                         testing::Values(Capture{"v1_none_client_mon_put", kEntityMon, 15},
                                         Capture{"v1_none_client_osd_put", kEntityOsd, 24}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace siphon::v1
