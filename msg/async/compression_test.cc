// Compression between messengers of OSDs on real sockets: what is agreed on, how much goes over the
// wire, and that the contents are the same.
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "base/config.h"
#include "base/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/async/create_messenger.h"
#include "msg/async/messenger_options.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_policy.h"
#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/client_exchanges.h"
#include "msg/auth/cephx/server_exchanges.h"
#include "msg/auth/negotiating_auth_client.h"
#include "msg/auth/negotiating_auth_server.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "msg/message_registry.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "net/make_network_stack.h"
#include "net/network_stack.h"
#include "testing/scenarios/scenario_message.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

constexpr size_t kPayload = 4 << 20;

// What compresses well, and no two pages of which are equal.
std::string Compressible(size_t size) {
  std::string text;
  for (int line = 0; text.size() < size; ++line)
    absl::StrAppend(&text, "line ", line, " of many\n");
  text.resize(size);
  return text;
}

// One OSD: options, keys and a messenger.
class Osd {
 public:
  Osd(int64_t number, cephx::CephxCluster* cluster) : number_(number), cluster_(cluster) {
    for (const char* option : {"auth_cluster_required", "auth_service_required"}) {
      Set(option, "cephx");
    }
    Set("ms_bind_port_min", "24000");
    Set("ms_bind_port_max", "27999");
    Set("ms_initial_backoff", "0.01");
    dispatcher.on_message = [this](const Message& message) {
      MutexLock lock(mutex_);
      received_.push_back(message.data().ToString());
    };
    dispatcher.replies = true;
  }
  ~Osd() {
    if (messenger_ == nullptr) return;
    messenger_->Shutdown();
    messenger_->Wait();
  }

  void Set(const char* option, const std::string& value) {
    ASSERT_TRUE(config_.Set(option, value, Config::Source::kCommandLine).ok()) << option;
  }
  void Compress(const std::string& algorithms) {
    Set("ms_osd_compress_mode", "force");
    Set("ms_osd_compression_algorithm", algorithms);
  }

  void Start(NetworkStack* stack, const MessageRegistry* registry) {
    cephx_ = cluster_->Client(cluster_->kOsd);
    const auto login =
        cephx::NewMonClientExchange(cephx_.get(), {static_cast<uint32_t>(ConMode::kSecure)});
    const auto mon = cephx::NewMonServerExchange(&cluster_->server, ConMode::kSecure);
    ASSERT_TRUE(cephx::Converse(*login, *mon).client.ok());
    const AuthPolicy policy(&config_, kEntityOsd);
    auth_client_ = std::make_unique<NegotiatingAuthClient>(policy, cluster_->kOsd, cephx_.get());
    NegotiatingAuthServer::Options judge;
    judge.self = kEntityOsd;
    judge.keys = &cluster_->osd_keys;
    judge.clock = &cluster_->clock;
    auth_server_ = std::make_unique<NegotiatingAuthServer>(policy, judge);

    MessengerOptions options;
    options.entity = {kEntityOsd, number_};
    options.name = absl::StrCat("osd.", number_);
    options.nonce = static_cast<uint32_t>(number_ + 1);
    options.stack = stack;
    options.config = &config_;
    options.registry = registry;
    options.auth_client = auth_client_.get();
    options.auth_server = auth_server_.get();
    auto made = CreateMessenger("async+posix", options);
    ASSERT_TRUE(made.ok()) << made.status();
    messenger_ = *std::move(made);
    messenger_->SetDefaultPolicy(Policy::LosslessPeerReuse(0));
    ASSERT_TRUE(messenger_->Bind(EntityAddrVec(*EntityAddr::Parse("v2:127.0.0.1:0/0"))).ok());
    messenger_->AddDispatcherHead(&dispatcher);
    ASSERT_TRUE(messenger_->Start().ok());
  }

  Messenger* messenger() { return messenger_.get(); }
  // Of the only connection: "crc zstd".
  std::string Protection() {
    const std::vector<ConnectionInfo> all = messenger_->ListConnections();
    return all.size() == 1 ? absl::StrCat(all[0].con_mode, " ", all[0].compression) : "";
  }
  std::vector<std::string> Received() {
    MutexLock lock(mutex_);
    return received_;
  }

  SessionDispatcher dispatcher;

 private:
  const int64_t number_;
  cephx::CephxCluster* const cluster_;
  Config config_;
  std::unique_ptr<cephx::CephxClient> cephx_;
  std::unique_ptr<NegotiatingAuthClient> auth_client_;
  std::unique_ptr<NegotiatingAuthServer> auth_server_;
  Mutex mutex_;
  std::vector<std::string> received_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Messenger> messenger_;
};

class CompressionTest : public testing::Test {
 protected:
  CompressionTest() {
    registry_.Register<ScenarioMessage>();
    NetworkStackOptions options;
    options.workers = 2;
    stack_ = *MakeNetworkStack("posix", options);
    EXPECT_TRUE(stack_->Start().ok());
  }
  ~CompressionTest() override {
    a_.reset();
    b_.reset();
    stack_->Stop();
  }

  // Sends `data` from a to b, and back; both have to see it unchanged.
  void Exchange(const std::string& data) {
    for (Osd* osd : {a_.get(), b_.get()})
      ASSERT_NO_FATAL_FAILURE(osd->Start(stack_.get(), &registry_));
    auto connection = a_->messenger()->ConnectTo(kEntityOsd, b_->messenger()->addrs());
    ASSERT_TRUE(connection.ok()) << connection.status();
    auto ping = std::make_unique<ScenarioMessage>(1);
    ping->mutable_data().Append(data);
    (*connection)->Send(std::move(ping));
    ASSERT_TRUE(a_->dispatcher.WaitFor([this] { return !a_->Received().empty(); }))
        << a_->Protection();
    EXPECT_TRUE(b_->Received() == std::vector<std::string>{data}) << "there";
    EXPECT_TRUE(a_->Received() == std::vector<std::string>{data}) << "and back";
  }
  uint64_t BytesOut() {
    return a_->messenger()->Info().bytes_out + b_->messenger()->Info().bytes_out;
  }

  cephx::CephxCluster cluster_;
  MessageRegistry registry_;
  std::unique_ptr<NetworkStack> stack_;
  std::unique_ptr<Osd> a_ = std::make_unique<Osd>(0, &cluster_);
  std::unique_ptr<Osd> b_ = std::make_unique<Osd>(1, &cluster_);
};

class CompressionMatrixTest
    : public CompressionTest,
      public testing::WithParamInterface<std::tuple<const char*, const char*>> {};

TEST_P(CompressionMatrixTest, CarriesTheSameBytesInFewer) {
  const auto& [algorithm, mode] = GetParam();
  for (Osd* osd : {a_.get(), b_.get()}) {
    osd->Compress(algorithm);
    osd->Set("ms_cluster_mode", mode);
    osd->Set("ms_compress_secure", "true");
  }
  const std::string data = Compressible(kPayload);
  ASSERT_NO_FATAL_FAILURE(Exchange(data));
  const std::string expected = absl::StrCat(mode, " ", algorithm);
  EXPECT_EQ(a_->Protection(), expected);
  EXPECT_EQ(b_->Protection(), expected);
  EXPECT_LT(BytesOut(), 2 * kPayload * 3 / 5);
}

INSTANTIATE_TEST_SUITE_P(All, CompressionMatrixTest,
                         testing::Combine(testing::Values("snappy", "zlib", "zstd", "lz4"),
                                          testing::Values("crc", "secure")),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param), "_",
                                               std::get<1>(info.param));
                         });

TEST_F(CompressionTest, WithoutCompressSecureAnEncryptedConnectionIsNotCompressed) {
  for (Osd* osd : {a_.get(), b_.get()}) {
    osd->Compress("zstd");
    osd->Set("ms_cluster_mode", "secure");
  }
  ASSERT_NO_FATAL_FAILURE(Exchange(Compressible(kPayload)));
  EXPECT_EQ(a_->Protection(), "secure ");
  EXPECT_GT(BytesOut(), 2 * kPayload);
}

TEST_F(CompressionTest, AServerWithoutCompressionGetsNone) {
  a_->Compress("zstd lz4");
  ASSERT_NO_FATAL_FAILURE(Exchange(Compressible(kPayload)));
  EXPECT_EQ(a_->Protection(), "crc ");
  EXPECT_EQ(b_->Protection(), "crc ");
  EXPECT_GT(BytesOut(), 2 * kPayload);
}

TEST_F(CompressionTest, ADiallerWithoutCompressionGetsNone) {
  b_->Compress("zstd lz4");
  ASSERT_NO_FATAL_FAILURE(Exchange(Compressible(kPayload)));
  EXPECT_EQ(a_->Protection(), "crc ");
  EXPECT_EQ(b_->Protection(), "crc ");
  EXPECT_GT(BytesOut(), 2 * kPayload);
}

TEST_F(CompressionTest, OfListsTheFirstOfTheDiallersThatTheServerHas) {
  a_->Compress("zlib lz4 zstd");
  b_->Compress("snappy zstd lz4");
  ASSERT_NO_FATAL_FAILURE(Exchange(Compressible(kPayload)));
  EXPECT_EQ(a_->Protection(), "crc lz4");
  EXPECT_EQ(b_->Protection(), "crc lz4");
}

TEST_F(CompressionTest, WithoutACommonAlgorithmNothingIsCompressed) {
  a_->Compress("zlib");
  b_->Compress("snappy");
  ASSERT_NO_FATAL_FAILURE(Exchange(Compressible(kPayload)));
  EXPECT_EQ(a_->Protection(), "crc ");
}

TEST_F(CompressionTest, FramesBelowTheLeastSizeGoAsTheyAre) {
  for (Osd* osd : {a_.get(), b_.get()}) {
    osd->Compress("zstd");
    osd->Set("ms_osd_compress_min_size", "8M");
  }
  ASSERT_NO_FATAL_FAILURE(Exchange(Compressible(kPayload)));
  EXPECT_EQ(a_->Protection(), "crc zstd");
  EXPECT_GT(BytesOut(), 2 * kPayload);
}

TEST_F(CompressionTest, WhatDoesNotCompressArrivesAllTheSame) {
  for (Osd* osd : {a_.get(), b_.get()}) osd->Compress("lz4");
  std::string noise(kPayload, '\0');
  for (char& c : noise) c = static_cast<char>(cluster_.random.Next());
  ASSERT_NO_FATAL_FAILURE(Exchange(noise));
  EXPECT_EQ(a_->Protection(), "crc lz4");
}

}  // namespace
}  // namespace siphon
