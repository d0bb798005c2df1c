#include "testing/scenarios/synthetic_node.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon {
namespace {

// A number that follows from both (splitmix64).
uint64_t Mix(uint64_t a, uint64_t b) {
  uint64_t x = a + 0x9e3779b97f4a7c15 * (b + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

PayloadPool::PayloadPool(uint64_t seed, size_t max_payload)
    : seed_(seed), max_payload_(max_payload), bytes_(Buffer::Allocate(2 * max_payload + 8)) {
  std::mt19937_64 random(seed);
  for (size_t i = 0; i + 8 <= bytes_.size(); i += 8) {
    const uint64_t word = random();
    std::memcpy(bytes_.mutable_data() + i, &word, sizeof(word));
  }
}

Buffer PayloadPool::PayloadOf(const ScenarioMessage& message) const {
  const uint64_t name = Mix(Mix(Mix(seed_, message.stream), message.lane), message.number);
  // Mostly small ones, as many bytes in large ones: each class has a quarter of all messages.
  const size_t classes[] = {64, 4096, 65536, max_payload_};
  const size_t limit = std::min(classes[name & 3], max_payload_);
  const size_t size = (name >> 2) % (limit + 1);
  const size_t offset = Mix(name, 1) % (bytes_.size() - size);
  return bytes_.Substr(offset, size);
}

void SyntheticNode::FastDispatch(MessagePtr message) { Dispatch(message); }

bool SyntheticNode::Dispatch(MessagePtr& message) {
  const MessagePtr taken = std::move(message);
  const auto& m = MessageAs<ScenarioMessage>(*taken);
  if (!(m.data() == pool_->PayloadOf(m).view())) {
    ledger_->Violation(absl::StrCat("stream ", m.stream, " lane ", int{m.lane}, " message ",
                                    m.number, " arrived with other contents than it was sent"));
  }
  if (m.pong) {
    ledger_->PongArrived(m.stream, m.lane, m.number);
  } else {
    ledger_->PingArrived(m.stream, m.lane, m.number);
    m.connection()->Send(m.Reply());
  }
  return true;
}

bool SyntheticNode::HandleReset(const ConnectionPtr& connection) {
  const auto context = std::static_pointer_cast<StreamContext>(connection->context());
  if (context != nullptr) ledger_->Ended(context->stream, /*marked_down=*/false);
  return true;
}

void SyntheticNode::HandleRemoteReset(const ConnectionPtr& connection) {
  const auto context = std::static_pointer_cast<StreamContext>(connection->context());
  if (context != nullptr) ledger_->Disturbed(context->stream);
}

}  // namespace siphon
