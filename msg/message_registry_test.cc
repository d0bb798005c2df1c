#include "msg/message_registry.h"

#include <gtest/gtest.h>

#include "msg/message.h"
#include "msg/ping.h"

namespace siphon {
namespace {

TEST(MessageRegistryTest, MakesTheTypesThatWereRegistered) {
  MessageRegistry registry;
  EXPECT_EQ(registry.Find(MPing::kType), nullptr);
  registry.Register<MPing>();
  const MessageRegistry::Entry* entry = registry.Find(MPing::kType);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->head_version, MPing::kHeadVersion);
  const MessagePtr message = entry->factory();
  EXPECT_EQ(message->type(), MPing::kType);
  EXPECT_EQ(message->type_name(), "ping");
  EXPECT_EQ(registry.Find(MPing::kType + 1), nullptr);
}

TEST(MessageRegistryTest, TakesTheSameTypeTwice) {
  MessageRegistry registry;
  registry.Register<MPing>();
  registry.Register<MPing>();
  EXPECT_NE(registry.Find(MPing::kType), nullptr);
}

TEST(MessageRegistryDeathTest, RefusesTwoTypesOfOneNumber) {
  MessageRegistry registry;
  registry.Register<MPing>();
  const MessageRegistry::Entry other{.factory = [] { return MessagePtr(); }, .head_version = 1};
  EXPECT_DEATH(registry.Add(MPing::kType, other), "two message types have the number 2");
}

}  // namespace
}  // namespace siphon
