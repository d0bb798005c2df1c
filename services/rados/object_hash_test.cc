#include "services/rados/object_hash.h"

#include <string>

#include "gtest/gtest.h"

namespace siphon::rados {
namespace {

TEST(ObjectHashTest, GivesTheValuesOfCeph) {
  EXPECT_EQ(ObjectHash(""), 0xbd49d10du);
  EXPECT_EQ(ObjectHash("foo"), 0x7fc1f406u);
  EXPECT_EQ(ObjectHash("bar"), 0xefe6384bu);
  EXPECT_EQ(ObjectHash(std::string(25, 'a')), 0x1a0b0127u);
}

TEST(ObjectPlacementHashTest, HashesTheKeyInsteadOfTheName) {
  EXPECT_EQ(ObjectPlacementHash("anything", "foo", ""), ObjectHash("foo"));
  EXPECT_EQ(ObjectPlacementHash("foo", "", ""), ObjectHash("foo"));
}

TEST(ObjectPlacementHashTest, PutsTheNamespaceBeforeWhatIsHashed) {
  EXPECT_EQ(ObjectPlacementHash("foo", "", "ns"), ObjectHash("ns\x1f"
                                                             "foo"));
  EXPECT_EQ(ObjectPlacementHash("foo", "key", "ns"), ObjectHash("ns\x1fkey"));
}

}  // namespace
}  // namespace siphon::rados
