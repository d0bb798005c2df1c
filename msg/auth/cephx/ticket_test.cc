#include "msg/auth/cephx/ticket.h"

#include <gtest/gtest.h>

#include <string>

#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/seeded_random.h"

namespace siphon::cephx {
namespace {

class TicketTest : public ::testing::Test {
 protected:
  CryptoKey Key() { return CryptoKey::Generate(absl::UnixEpoch(), random_); }

  SeededRandom random_{1};
  const CryptoKey secret_ = Key();
  const CryptoKey holder_ = Key();
  const ServiceTicketInfo info_{{.name = {kEntityClient, "a"},
                                 .global_id = 7,
                                 .created = absl::FromUnixSeconds(5),
                                 .expires = absl::FromUnixSeconds(65),
                                 .allow_all = false,
                                 .caps = "allow rw pool=p"},
                                Key()};
};

TEST_F(TicketTest, OpensWithTheServicesSecretOnly) {
  const TicketBlob blob = info_.Seal(3, secret_);
  EXPECT_EQ(blob.secret_id, 3u);
  const auto opened = ServiceTicketInfo::Open(blob, secret_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->ticket.name, info_.ticket.name);
  EXPECT_EQ(opened->ticket.global_id, 7u);
  EXPECT_EQ(opened->ticket.expires, info_.ticket.expires);
  EXPECT_EQ(opened->ticket.caps, "allow rw pool=p");
  EXPECT_EQ(opened->session_key, info_.session_key);
  EXPECT_TRUE(absl::IsPermissionDenied(ServiceTicketInfo::Open(blob, holder_).status()));
}

TEST_F(TicketTest, ATicketWithoutASessionKeyIsNone) {
  ServiceTicketInfo keyless = info_;
  keyless.session_key = CryptoKey();
  EXPECT_FALSE(ServiceTicketInfo::Open(keyless.Seal(1, secret_), secret_).ok());
}

TEST_F(TicketTest, EveryCutOfWhatIsSealedIsRefused) {
  const std::string whole = *cephx::Open(secret_, info_.Seal(1, secret_).sealed);
  for (size_t n = 0; n < whole.size(); ++n) {
    const TicketBlob cut{1, Seal(secret_, whole.substr(0, n))};
    EXPECT_FALSE(ServiceTicketInfo::Open(cut, secret_).ok()) << n;
  }
}

TEST_F(TicketTest, GrantsComeBackPlainOrWithTheirBlobsSealed) {
  const std::vector<TicketGrant> grants = {
      {kEntityOsd, info_.session_key, absl::Seconds(60), info_.Seal(3, secret_)},
      {kEntityMon, holder_, absl::Milliseconds(1500), info_.Seal(4, secret_)}};
  for (const CryptoKey& blob_key : {CryptoKey(), Key()}) {
    const std::string bytes =
        Encoded([&](Encoder& e) { EncodeGrants(e, grants, holder_, blob_key); });
    Decoder d(bytes);
    const auto back = DecodeGrants(d, holder_, blob_key);
    ASSERT_TRUE(d.ok()) << d.status();
    ASSERT_EQ(back.size(), 2u);
    EXPECT_EQ(back[0].service, kEntityOsd);
    EXPECT_EQ(back[0].session_key, info_.session_key);
    EXPECT_EQ(back[0].blob.sealed, grants[0].blob.sealed);
    EXPECT_EQ(back[1].validity, absl::Milliseconds(1500));
    for (size_t n = 0; n < bytes.size(); ++n) {
      Decoder cut(std::string_view(bytes).substr(0, n));
      EXPECT_TRUE(DecodeGrants(cut, holder_, blob_key).empty());
      EXPECT_FALSE(cut.ok());
    }
    Decoder other(bytes);
    EXPECT_TRUE(DecodeGrants(other, secret_, blob_key).empty());
  }
}

}  // namespace
}  // namespace siphon::cephx
