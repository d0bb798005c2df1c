#include "msg/auth/cephx/requests.h"

#include <gtest/gtest.h>

#include <string>

#include "msg/auth/cephx/envelope.h"

namespace siphon::cephx {
namespace {

TEST(GreetingTest, ComesBackInBothVersionsAndIsRefusedWhenCut) {
  const Greeting greeting{{kEntityClient, "admin"}, 7, {2, 1}};
  const std::string v1 = greeting.EncodeV1();
  const std::string v2 = greeting.EncodeV2();
  EXPECT_EQ(Greeting::DecodeV1(v1)->methods, greeting.methods);
  EXPECT_EQ(Greeting::DecodeV1(v1)->global_id, 7u);
  EXPECT_EQ(Greeting::DecodeV2(v2)->name, greeting.name);
  for (size_t n = 0; n < v1.size(); ++n) EXPECT_FALSE(Greeting::DecodeV1(v1.substr(0, n)).ok());
  for (size_t n = 0; n < v2.size(); ++n) EXPECT_FALSE(Greeting::DecodeV2(v2.substr(0, n)).ok());
  EXPECT_FALSE(Greeting::DecodeV2(v2 + "x").ok());
  EXPECT_FALSE(Greeting::DecodeV2("\x01" + v2.substr(1)).ok()) << "an authorizer's mode";
}

TEST(GreetingTest, AnEndlessListOfMethodsIsRefused) {
  const Greeting greeting{{kEntityClient, "admin"}, 7, std::vector<uint32_t>(17, 2)};
  EXPECT_FALSE(Greeting::DecodeV1(greeting.EncodeV1()).ok());
}

TEST(RequestsTest, UnknownKindsAndAnswersToOtherQuestionsAreRefused) {
  EXPECT_EQ(*PeekKind(std::string("\0\4", 2)), RequestKind::kRotatingKeys);
  EXPECT_FALSE(PeekKind(std::string("\0\3", 2)).ok());
  EXPECT_FALSE(PeekKind("\1").ok());
  const std::string header =
      Encoded([](Encoder& e) { EncodeAnswerHeader(e, RequestKind::kTickets, 0); });
  Decoder good(header);
  EXPECT_TRUE(DecodeAnswerHeader(good, RequestKind::kTickets).ok());
  Decoder other(header);
  EXPECT_FALSE(DecodeAnswerHeader(other, RequestKind::kRotatingKeys).ok());
  Decoder cut(std::string_view(header).substr(0, 5));
  EXPECT_FALSE(DecodeAnswerHeader(cut, RequestKind::kTickets).ok());
}

TEST(RequestsTest, TheProofDependsOnTheSecretAndBothChallenges) {
  const CryptoKey a = *CryptoKey::FromBase64("AQCGkgJr8gDSGBAAnp4otIYKg0J+40PDVO+YIw==");
  const CryptoKey b = *CryptoKey::FromBase64("AQCGkgJrBYeSOxAARLn3frcjFKjdGUxGNvVLag==");
  const uint64_t proof = ChallengeProof(a, 1, 2);
  EXPECT_EQ(ChallengeProof(a, 1, 2), proof);
  EXPECT_NE(ChallengeProof(b, 1, 2), proof);
  EXPECT_NE(ChallengeProof(a, 3, 2), proof);
  EXPECT_NE(ChallengeProof(a, 1, 3), proof);
}

}  // namespace
}  // namespace siphon::cephx
