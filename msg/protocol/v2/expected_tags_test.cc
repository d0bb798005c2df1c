#include "msg/protocol/v2/expected_tags.h"

#include <map>
#include <set>

#include "gtest/gtest.h"
#include "msg/protocol/v2/frame_tag.h"
#include "msg/protocol/v2/state.h"

namespace siphon::v2 {
namespace {

// The protocol's table, by numbers.
const std::map<State, std::set<int>>& Table() {
  static const auto* const table = new std::map<State, std::set<int>>{
      {State::kHelloConnecting, {1}},
      {State::kAuthConnecting, {3, 4, 6}},
      {State::kAuthConnectingSign, {7}},
      {State::kCompressionConnecting, {22}},
      {State::kSessionConnecting, {9, 10, 16}},
      {State::kSessionReconnecting, {12, 13, 14, 15, 16}},
      {State::kHelloAccepting, {1}},
      {State::kAuthAccepting, {2}},
      {State::kAuthAcceptingMore, {5}},
      {State::kAuthAcceptingSign, {7}},
      {State::kCompressionAccepting, {21}},
      {State::kSessionAccepting, {8, 11}},
      {State::kReady, {17, 18, 19, 20}},
  };
  return *table;
}

TEST(ExpectedTagsTest, AreThoseOfTheProtocolsTable) {
  for (size_t s = 0; s < kStateCount; ++s) {
    const State state = static_cast<State>(s);
    for (int tag = 0; tag < 256; ++tag) {
      const auto row = Table().find(state);
      const bool expected = row != Table().end() && row->second.count(tag) != 0;
      EXPECT_EQ(Expects(state, static_cast<Tag>(tag)), expected) << StateName(state) << " " << tag;
    }
  }
}

}  // namespace
}  // namespace siphon::v2
