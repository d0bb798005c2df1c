#include "testing/scenarios/dial_race.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

// Rounds that share a stack (and its dispatchers).
constexpr uint64_t kRoundsPerStack = 200;

struct Side {
  SessionDispatcher* dispatcher;
  Messenger* messenger;
};

std::string Describe(const char* name, const Side& side) {
  std::vector<std::string> connections;
  for (const ConnectionInfo& c : side.messenger->ListConnections()) {
    connections.push_back(absl::StrCat(c.state, " connect_seq ", c.connect_seq, " ", c.last_fault));
  }
  return absl::StrCat(name, ": messages ", absl::StrJoin(side.dispatcher->Pings(), ","),
                      ", resets ", side.dispatcher->resets.load(), "+",
                      side.dispatcher->remote_resets.load(), ", connections [",
                      absl::StrJoin(connections, "; "), "]");
}

bool IsRight(const Side& side, uint64_t expected) {
  return side.dispatcher->Pings() == std::vector<uint64_t>{expected} &&
         side.dispatcher->resets + side.dispatcher->remote_resets == 0 &&
         ScenarioFixture::StateOf(side.messenger) == "OPEN";
}

bool Raced(const Side& side) {
  for (const ConnectionInfo& c : side.messenger->ListConnections()) {
    for (const StateTransition& step : c.recent) {
      if (step.state == "WAIT" || step.reason.find("race") != std::string::npos) return true;
    }
  }
  return false;
}

// Returns what went wrong.
std::string PlayRound(ScenarioFixture* fixture, bool* raced) {
  Side sides[2];
  for (int i = 0; i < 2; ++i) {
    sides[i].dispatcher = &fixture->NewDispatcher();
    sides[i].messenger = fixture->Peer(i + 1, Policy::LosslessPeerReuse(0), sides[i].dispatcher);
  }
  std::atomic<int> ready{0};
  const auto dial = [&](int from) {
    ready.fetch_add(1);
    while (ready.load() < 2) std::this_thread::yield();
    const ConnectionPtr c = ScenarioFixture::Dial(sides[from].messenger, sides[1 - from].messenger);
    ScenarioFixture::Ping(c, static_cast<uint64_t>(from) + 1);
  };
  std::thread other([&dial] { dial(1); });
  dial(0);
  other.join();
  const bool right = sides[0].dispatcher->WaitFor(
      [&sides] { return IsRight(sides[0], 2) && IsRight(sides[1], 1); });
  std::string violation;
  if (!right) violation = Describe("a", sides[0]) + " " + Describe("b", sides[1]);
  *raced = Raced(sides[0]) || Raced(sides[1]);
  for (const Side& side : sides) fixture->Destroy(side.messenger);
  // Nothing may have come after that.
  if (right &&
      (sides[0].dispatcher->Pings().size() != 1 || sides[1].dispatcher->Pings().size() != 1)) {
    violation = "a message came twice";
  }
  return violation;
}

}  // namespace

DialRaceResult RunDialRace(uint64_t rounds) {
  DialRaceResult result;
  std::unique_ptr<ScenarioFixture> fixture;
  while (result.rounds < rounds && result.violation.empty()) {
    if (result.rounds % kRoundsPerStack == 0) fixture = std::make_unique<ScenarioFixture>();
    bool raced = false;
    result.violation = PlayRound(fixture.get(), &raced);
    ++result.rounds;
    if (raced) ++result.races;
  }
  return result;
}

}  // namespace siphon
