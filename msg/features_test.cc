#include "msg/features.h"

#include <gtest/gtest.h>

namespace siphon {
namespace {

TEST(FeaturesTest, AReusedBitCountsOnlyWithItsIncarnationsMarkers) {
  constexpr uint64_t kBit2 = uint64_t{1} << 2;
  EXPECT_FALSE(HasFeature(kBit2, kFeatureServerNautilus));
  EXPECT_FALSE(HasFeature(kBit2 | kIncarnation2, kFeatureServerNautilus));
  EXPECT_TRUE(HasFeature(kBit2 | kIncarnation3, kFeatureServerNautilus));
}

TEST(FeaturesTest, WhatPacificAnnouncesHoldsAllThatTheMessengerAsksFor) {
  for (const uint64_t feature :
       {kFeatureReconnectSeq, kFeatureMsgAuth, kFeatureKeepalive2, kFeatureMsgAddr2,
        kFeatureCephxV2, kFeatureServerNautilus, kFeatureServerLuminous, kFeatureServerMimic}) {
    EXPECT_TRUE(HasFeature(kFeaturesSupported, feature)) << std::hex << feature;
  }
}

}  // namespace
}  // namespace siphon
