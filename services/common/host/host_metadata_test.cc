#include "services/common/host/host_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(HostMetadataTest, ReadsTheFirstProcessorMemoryInKibAndTheUnquotedDistribution) {
  EXPECT_THAT(HostMetadataFrom("processor\t: 0\nmodel name\t: Fast One: 3\nmodel name\t: Other\n",
                               "MemTotal:       8048576 kB\nMemFree:  1 kB\nSwapTotal:      0 kB\n",
                               "PRETTY_NAME=\"A System 12\"\nVERSION_ID=\"12\"\nID=asystem\n"),
              ElementsAre(Pair("cpu", "Fast One: 3"), Pair("distro", "asystem"),
                          Pair("distro_description", "A System 12"), Pair("distro_version", "12"),
                          Pair("mem_swap_kb", "0"), Pair("mem_total_kb", "8048576")));
}

TEST(HostMetadataTest, LeavesOutWhatIsNotThere) {
  EXPECT_THAT(HostMetadataFrom("", "MemTotal\n", "ID=\n"), IsEmpty());
}

TEST(HostMetadataTest, KnowsTheSystemOfThisMachine) {
  const std::map<std::string, std::string> found = HostMetadata();
  EXPECT_EQ(found.at("os"), "Linux");
  EXPECT_FALSE(found.at("hostname").empty());
}

}  // namespace
}  // namespace siphon
