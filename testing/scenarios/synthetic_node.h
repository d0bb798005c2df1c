// SyntheticNode: a dispatcher of the synthetic workload: it checks what arrives, answers pings, and
// keeps the ledger. PayloadPool: what the messages carry.
#ifndef SIPHON_TESTING_SCENARIOS_SYNTHETIC_NODE_H_
#define SIPHON_TESTING_SCENARIOS_SYNTHETIC_NODE_H_

#include <cstddef>
#include <cstdint>

#include "base/buffer.h"
#include "dispatch/dispatcher.h"
#include "msg/connection.h"
#include "msg/message.h"
#include "testing/scenarios/ledger.h"
#include "testing/scenarios/scenario_message.h"

namespace siphon {

// Random bytes, of which each message gets a piece that follows from its name.
// Threads: any; it does not change.
class PayloadPool {
 public:
  PayloadPool(uint64_t seed, size_t max_payload);
  Buffer PayloadOf(const ScenarioMessage& message) const;

 private:
  const uint64_t seed_;
  const size_t max_payload_;
  Buffer bytes_;
};

// Hangs on the connection that a stream is sent on.
struct StreamContext : ConnectionContext {
  explicit StreamContext(uint64_t stream) : stream(stream) {}
  const uint64_t stream;
};

class SyntheticNode final : public Dispatcher {
 public:
  // `fast`: takes messages on the worker. Ledger and pool outlive this.
  SyntheticNode(Ledger* ledger, const PayloadPool* pool, bool fast)
      : ledger_(ledger), pool_(pool), fast_(fast) {}

  bool CanFastDispatchAny() const override { return fast_; }
  bool CanFastDispatch(const Message&) const override { return fast_; }
  void FastDispatch(MessagePtr message) override;
  bool Dispatch(MessagePtr& message) override;
  bool HandleReset(const ConnectionPtr& connection) override;
  void HandleRemoteReset(const ConnectionPtr& connection) override;
  bool HandleRefused(const ConnectionPtr&) override { return true; }

 private:
  Ledger* const ledger_;
  const PayloadPool* const pool_;
  const bool fast_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_SYNTHETIC_NODE_H_
