// Handshakes and streams of real Ceph 16.2, of msgr 2.1 and 2.0, through the state machine: it says
// what the real side said, and reads the same however the stream is split.
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/control_frames.h"
#include "msg/protocol/v2/recording_host.h"
#include "msg/protocol/v2/test_frames.h"

namespace siphon::v2 {
namespace {

std::string Load(const std::string& name) {
  std::ifstream in("testing/vectors/streams/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The places of the frames of a handshake without a challenge.
enum : size_t { kHelloAt = 0, kAuthAt = 1, kSignatureAt = 2, kIdentAt = 3 };

size_t CountMessages(const std::vector<ReadFrame>& frames) {
  size_t count = 0;
  for (const ReadFrame& frame : frames) count += frame.tag == Tag::kMessage ? 1 : 0;
  return count;
}

class ReplayTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string name = GetParam();
    revision1_ = name.find("rev0") == std::string::npos;
    client_ = Load(name + ".client.bin");
    server_ = Load(name + ".server.bin");
    client_frames_ = ReadStream(client_, revision1_);
    server_frames_ = ReadStream(server_, revision1_);
    ASSERT_GT(client_frames_.size(), kIdentAt);
    ASSERT_GT(server_frames_.size(), kIdentAt);
    client_hello_ = client_frames_[kHelloAt].As<HelloFrame>();
    client_ident_ = client_frames_[kIdentAt].As<ClientIdentFrame>();
    server_hello_ = server_frames_[kHelloAt].As<HelloFrame>();
    server_ident_ = server_frames_[kIdentAt].As<ServerIdentFrame>();
  }
  Policy ThePolicy() const {
    return (server_ident_.flags & kIdentFlagLossy) != 0 ? Policy::LossyClient(0)
                                                        : Policy::LosslessPeer(0);
  }

  struct Side {
    explicit Side(EntityType type, const Policy& policy)
        : session(policy), fsm(MachineOptions{.self_type = type}, &host) {}
    RecordingHost host;
    Session session;
    ConnectionFsm fsm;

    void Feed(std::string_view bytes) {
      while (!bytes.empty()) {
        bytes.remove_prefix(fsm.Consume(bytes));
        if (!fsm.blocked()) break;
        fsm.Open(&session, false);
        fsm.Consume({});
      }
      EXPECT_TRUE(bytes.empty()) << fsm.fault();
    }
  };

  // Accepts as the captured server did.
  std::unique_ptr<Side> Accepting() {
    auto side = std::make_unique<Side>(server_hello_.entity_type, ThePolicy());
    side->host.my_name = {server_hello_.entity_type, server_ident_.gid};
    side->host.my_addrs = server_ident_.addrs;
    side->host.next_global_seq = server_ident_.global_seq - 1;
    side->host.next_cookie = server_ident_.cookie - 1;
    side->host.accept_terms = {.features_supported = server_ident_.features_supported,
                               .features_required = server_ident_.features_required,
                               .protocol_version = 0,
                               .lossy = (server_ident_.flags & kIdentFlagLossy) != 0};
    const uint64_t global_id = server_frames_[kAuthAt].As<AuthDoneFrame>().global_id;
    // A monitor gives a number to who has none; others repeat what they are told, as the machine
    // does without an exchange.
    if (server_hello_.entity_type == kEntityMon) {
      side->host.auth =
          KeyedAuth{.method = kAuthNone, .global_id = global_id, .modes = {1}, .session_key = {}};
    }
    side->fsm.StartAccept(server_ident_.addrs.msgr2(), server_hello_.peer_addr);
    return side;
  }
  // Dials as the captured client did.
  std::unique_ptr<Side> Dialling() {
    auto side = std::make_unique<Side>(client_hello_.entity_type, ThePolicy());
    const AuthRequestFrame request = client_frames_[kAuthAt].As<AuthRequestFrame>();
    side->host.my_name = {client_hello_.entity_type, client_ident_.gid};
    side->host.my_addrs = client_ident_.addrs;
    side->host.next_global_seq = client_ident_.global_seq - 1;
    side->host.next_cookie = client_ident_.cookie - 1;
    side->host.auth = KeyedAuth{.method = request.method,
                                .authorizer = request.payload,
                                .modes = request.preferred_modes,
                                .session_key = {}};
    if (!revision1_) side->fsm.set_banner(Banner{});
    side->fsm.StartConnect({.features_supported = client_ident_.features_supported,
                            .features_required = client_ident_.features_required,
                            .protocol_version = 0,
                            .peer_type = server_hello_.entity_type,
                            .target = client_ident_.target},
                           &side->session);
    side->fsm.OnConnected();
    return side;
  }
  // What a machine read is written again by another, frame by frame.
  void ExpectRewritten(Side& reader, Side& writer, std::string_view stream) {
    size_t pos = 0;
    for (const RecordingHost::Received& received : reader.host.messages) {
      if (received.acked > writer.session.in_seq()) writer.session.OnMessage(received.acked);
      SegmentsMessage message(received.header, received.front, received.middle, received.data);
      writer.fsm.out().Clear();
      writer.fsm.AppendMessage(message);
      const std::string bytes = writer.fsm.out().ToString();
      pos = stream.find(bytes, pos);
      ASSERT_NE(pos, std::string_view::npos) << "message " << received.header.seq;
      pos += bytes.size();
    }
  }

  bool revision1_ = true;
  std::string client_, server_;
  std::vector<ReadFrame> client_frames_, server_frames_;
  HelloFrame client_hello_, server_hello_;
  ClientIdentFrame client_ident_;
  ServerIdentFrame server_ident_;
};

TEST_P(ReplayTest, AnAcceptingMachineSaysWhatTheRealServerSaid) {
  auto side = Accepting();
  side->Feed(client_);
  EXPECT_TRUE(side->fsm.fault().ok()) << side->fsm.fault();
  EXPECT_EQ(side->host.ready, 1);
  EXPECT_EQ(side->fsm.is_revision1(), revision1_);
  ASSERT_EQ(side->host.requests.size(), 1u);
  EXPECT_EQ(side->host.requests[0].peer_type, client_hello_.entity_type);
  EXPECT_EQ(side->host.requests[0].peer_num, client_ident_.gid);
  EXPECT_EQ(side->host.messages.size(), CountMessages(client_frames_));
  const size_t handshake = server_frames_[kIdentAt].end;
  EXPECT_EQ(side->fsm.out().ToString().substr(0, handshake), server_.substr(0, handshake));
}

TEST_P(ReplayTest, AConnectingMachineSaysWhatTheRealClientSaid) {
  auto side = Dialling();
  side->Feed(server_);
  EXPECT_TRUE(side->fsm.fault().ok()) << side->fsm.fault();
  EXPECT_EQ(side->host.ready, 1);
  EXPECT_EQ(side->host.server_addrs, server_ident_.addrs);
  EXPECT_EQ(side->host.seen_as, server_hello_.peer_addr);
  EXPECT_EQ(side->session.lossy(), (server_ident_.flags & kIdentFlagLossy) != 0);
  EXPECT_EQ(side->host.messages.size(), CountMessages(server_frames_));
  const size_t handshake = client_frames_[kIdentAt].end;
  EXPECT_EQ(side->fsm.out().ToString().substr(0, handshake), client_.substr(0, handshake));
}

TEST_P(ReplayTest, MessagesAreWrittenAgainByteForByte) {
  auto accepting = Accepting(), dialling = Dialling();
  accepting->Feed(client_);
  dialling->Feed(server_);
  auto client = Dialling(), server = Accepting();
  client->Feed(std::string_view(server_).substr(0, server_frames_[kIdentAt].end));
  server->Feed(std::string_view(client_).substr(0, client_frames_[kIdentAt].end));
  ExpectRewritten(*accepting, *client, client_);
  ExpectRewritten(*dialling, *server, server_);
}

// Of long streams not every place is tried.
size_t Stride(std::string_view stream) { return stream.size() < 1500 ? 1 : stream.size() / 500; }

TEST_P(ReplayTest, AMachineReadsTheSameHoweverTheStreamIsSplit) {
  for (const bool accepts : {true, false}) {
    const std::string_view stream = accepts ? client_ : server_;
    const auto begin = [&] { return accepts ? Accepting() : Dialling(); };
    auto whole = begin();
    whole->Feed(stream);
    for (size_t split = 1; split < stream.size(); split += Stride(stream)) {
      auto side = begin();
      side->Feed(stream.substr(0, split));
      ASSERT_TRUE(side->fsm.fault().ok()) << "split at " << split << ": " << side->fsm.fault();
      side->Feed(stream.substr(split));
      ASSERT_EQ(side->host.messages.size(), whole->host.messages.size()) << "split at " << split;
      ASSERT_EQ(side->fsm.out().ToString(), whole->fsm.out().ToString()) << "split at " << split;
    }
    auto bytewise = begin();
    for (const char& c : stream) bytewise->Feed({&c, 1});
    EXPECT_EQ(bytewise->host.messages.size(), whole->host.messages.size());
    EXPECT_EQ(bytewise->fsm.out().ToString(), whole->fsm.out().ToString());
  }
}

TEST_P(ReplayTest, LargeSegmentsMayBeReadStraightIntoPlace) {
  auto side = Dialling();
  std::string_view rest = server_;
  while (!rest.empty()) {
    const absl::Span<char> direct = side->fsm.DirectTarget();
    if (!direct.empty()) {
      const size_t n = std::min(direct.size(), rest.size());
      std::memcpy(direct.data(), rest.data(), n);
      side->fsm.CommitDirect(n);
      rest.remove_prefix(n);
    } else {
      rest.remove_prefix(side->fsm.Consume(rest.substr(0, 1)));
    }
    ASSERT_TRUE(side->fsm.fault().ok()) << side->fsm.fault();
  }
  EXPECT_EQ(side->host.messages.size(), CountMessages(server_frames_));
}

INSTANTIATE_TEST_SUITE_P(Captures, ReplayTest,
                         testing::Values("v2_crc_none_client_mon_put", "v2_crc_none_client_osd_put",
                                         "v2_crc_none_client_osd_get", "v2_crc_none_osd_mon_boot",
                                         "v2_crc_none_osd_osd_heartbeat",
                                         "v2rev0_crc_none_client_mon"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace siphon::v2
