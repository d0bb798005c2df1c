#include "services/osd/osd_messengers.h"

#include <memory>
#include <string>
#include <vector>

#include "base/config.h"
#include "gtest/gtest.h"
#include "msg/entity_type.h"
#include "msg/features.h"
#include "msg/message_registry.h"
#include "msg/throttle.h"
#include "net/network_stack.h"
#include "services/common/start_network_stack.h"

namespace siphon::osd {
namespace {

class OsdMessengersTest : public ::testing::Test {
 protected:
  OsdMessengersTest() : stack_(StartNetworkStack(config_).value()) {
    options_.whoami = 3;
    options_.nonce = 77;
    options_.stack = stack_.get();
    options_.config = &config_;
    options_.registry = &registry_;
  }
  ~OsdMessengersTest() override {
    if (messengers_ != nullptr) {
      messengers_->Shutdown();
      messengers_->Wait();
    }
    messengers_.reset();
    stack_->Stop();
  }
  OsdMessengers& Make() {
    messengers_ = OsdMessengers::Create(options_).value();
    return *messengers_;
  }

  Config config_;
  MessageRegistry registry_;
  std::unique_ptr<NetworkStack> stack_;
  OsdMessengers::Options options_;
  std::unique_ptr<OsdMessengers> messengers_;
};

TEST_F(OsdMessengersTest, ThereAreSevenWithOneNameAndNonce) {
  OsdMessengers& m = Make();
  std::vector<std::string> names;
  for (Messenger* messenger : m.all()) {
    names.push_back(messenger->name());
    EXPECT_EQ(messenger->nonce(), 77u);
    EXPECT_EQ(messenger->entity().ToString(), "osd.3");
  }
  EXPECT_EQ(names, (std::vector<std::string>{"ms_public", "ms_cluster", "ms_hb_back_client",
                                             "ms_hb_front_client", "ms_hb_back_server",
                                             "ms_hb_front_server", "ms_objecter"}));
}

TEST_F(OsdMessengersTest, EachTreatsItsPeersAsCephsDo) {
  OsdMessengers& m = Make();
  const uint64_t required = kFeatureUid | kFeaturePgid64 | kFeatureOsdEnc;
  struct Row {
    Messenger& messenger;
    EntityType peer;
    const char* policy;
    uint64_t required;
  };
  for (const Row& row : {
           Row{m.public_messenger(), kEntityClient, "stateless_registered_server", 0},
           Row{m.public_messenger(), kEntityMds, "stateless_registered_server", 0},
           Row{m.public_messenger(), kEntityMon, "lossy_client", required},
           Row{m.public_messenger(), kEntityMgr, "lossy_client", required},
           Row{m.public_messenger(), kEntityOsd, "stateless_server", 0},
           Row{m.cluster(), kEntityOsd, "lossless_peer", required},
           Row{m.cluster(), kEntityMon, "lossy_client", 0},
           Row{m.cluster(), kEntityClient, "stateless_server", 0},
           Row{m.hb_back_client(), kEntityOsd, "lossy_client", 0},
           Row{m.hb_front_client(), kEntityOsd, "lossy_client", 0},
           Row{m.hb_back_server(), kEntityOsd, "stateless_server", 0},
           Row{m.hb_front_server(), kEntityOsd, "stateless_server", 0},
           Row{m.objecter(), kEntityOsd, "lossy_client", kFeatureOsdReplyMux},
       }) {
    const Policy policy = row.messenger.GetPolicy(row.peer);
    EXPECT_EQ(policy.name, row.policy) << row.messenger.name() << " " << int{row.peer};
    EXPECT_EQ(policy.features_required, row.required) << row.messenger.name();
  }
}

TEST_F(OsdMessengersTest, OnlyClientsAreThrottled) {
  ASSERT_TRUE(config_.Set("osd_client_message_cap", "7").ok());
  ASSERT_TRUE(config_.Set("osd_client_message_size_cap", "1M").ok());
  OsdMessengers& m = Make();
  const Policy client = m.public_messenger().GetPolicy(kEntityClient);
  ASSERT_NE(client.throttler_bytes, nullptr);
  ASSERT_NE(client.throttler_messages, nullptr);
  EXPECT_EQ(client.throttler_messages->stats().max, 7u);
  EXPECT_EQ(client.throttler_bytes->stats().max, uint64_t{1} << 20);
  EXPECT_EQ(m.public_messenger().GetPolicy(kEntityOsd).throttler_bytes, nullptr);
}

TEST_F(OsdMessengersTest, FourListenOnPortsOfTheirOwn) {
  OsdMessengers& m = Make();
  const EntityAddr local = EntityAddr::Parse("v1:127.0.0.1:0/0").value();
  ASSERT_TRUE(m.Bind(EntityAddrVec(local), EntityAddrVec(local)).ok());
  std::vector<int> ports;
  for (Messenger* messenger :
       {&m.public_messenger(), &m.cluster(), &m.hb_back_server(), &m.hb_front_server()}) {
    const EntityAddr addr = messenger->addrs().front();
    EXPECT_EQ(addr.nonce(), 77u);
    EXPECT_NE(addr.port(), 0);
    for (const int other : ports) EXPECT_NE(addr.port(), other);
    ports.push_back(addr.port());
  }
}

TEST_F(OsdMessengersTest, SaysWhenATypeIsUnknown) {
  ASSERT_TRUE(config_.Set("ms_cluster_type", "pigeon", Config::Source::kFile).ok());
  EXPECT_EQ(OsdMessengers::Create(options_).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace siphon::osd
