// RunDialRace: two cluster messengers dial each other at the same moment, again and again.
#ifndef SIPHON_TESTING_SCENARIOS_DIAL_RACE_H_
#define SIPHON_TESTING_SCENARIOS_DIAL_RACE_H_

#include <cstdint>
#include <string>

namespace siphon {

struct DialRaceResult {
  uint64_t rounds = 0;
  uint64_t races = 0;  // rounds in which both connections were under way at once
  // What went wrong in the first round that did; empty if none did. Each side must have one
  // connection, open, have got the other's message once, and have been told of no reset.
  std::string violation;
};

// Plays rounds until one goes wrong. Each has two new messengers with lossless_peer_reuse.
DialRaceResult RunDialRace(uint64_t rounds);

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_DIAL_RACE_H_
