// The floor: a raw epoll TCP program that moves requests of a size and small replies, with one send
// and one recv per message and nothing else. What a messenger is measured against.
#ifndef SIPHON_TESTING_BENCH_TCP_FLOOR_H_
#define SIPHON_TESTING_BENCH_TCP_FLOOR_H_

#include "testing/bench/load.h"

namespace siphon::bench {

Result RunTcpFloor(const Load& load);

}  // namespace siphon::bench

#endif  // SIPHON_TESTING_BENCH_TCP_FLOOR_H_
