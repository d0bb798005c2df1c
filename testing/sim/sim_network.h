// SimNetwork: the byte streams between simulated nodes, and what goes wrong with them.
//
// A stream behaves as TCP does, as far as a messenger can tell: connecting takes time and may be
// refused; bytes arrive in order, late, in pieces; buffers are bounded; an end arrives behind the
// bytes before it; a reset takes unread bytes along. Chosen by the seed, a stream breaks after any
// number of bytes (reset, orderly end, or silence: half-open), and nodes are cut off from each
// other for a while.
//
// A node's IP address is 10.0.0.(node + 1). Threads: one. Time is the clock's; what is due happens
// when Advance() is called or the stream is looked at.
#ifndef SIPHON_TESTING_SIM_SIM_NETWORK_H_
#define SIPHON_TESTING_SIM_SIM_NETWORK_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "msg/entity_addr.h"
#include "net/socket.h"
#include "testing/sim/sim_clock.h"
#include "testing/sim/sim_random.h"
#include "testing/sim/trace.h"

namespace siphon {

// How the network behaves. "One in n": 0 is never.
struct NetworkWeather {
  MonoNanos latency_min = 20'000;
  MonoNanos latency_max = 300'000;
  uint64_t late_one_in = 0;  // a packet is as late as late_max
  MonoNanos late_max = 2'000'000'000;
  size_t buffer_bytes = 64 << 10;  // in flight and unread, for each direction
  uint64_t short_one_in = 0;       // a read or write moves a few bytes only
  size_t short_max = 64;
  uint64_t cut_one_in = 0;                   // a stream breaks by itself after some bytes
  uint64_t handshake_cut_in = 2;             // and so many of those within the first few hundred
  uint64_t refuse_one_in = 0;                // a connection is refused though somebody listens
  MonoNanos give_up_after = 60'000'000'000;  // a writer into silence learns it then (ETIMEDOUT)
};

class SimNetwork {
 public:
  enum class Break { kReset, kEnd, kSilence };
  static constexpr int kSides = 2;  // 0 dialled, 1 accepted

  // One TCP connection.
  struct Stream {
    struct Chunk {
      MonoNanos due;
      std::string bytes;
      size_t taken = 0;
    };
    struct Side {
      int node = 0;
      EntityAddr addr;
      std::deque<Chunk> inbound;  // on the way to this side, or there and unread
      size_t inbound_bytes = 0;
      MonoNanos last_due = 0;      // of what is on the way here
      MonoNanos end_due = kNever;  // the other side ended the stream
      MonoNanos error_due = kNever;
      int error = 0;
      bool closed = false;  // this side has shut it down
      uint64_t written = 0;
      uint64_t cut_after = ~uint64_t{0};  // the stream breaks when so many bytes were written
    };
    uint64_t id = 0;
    Side side[kSides];
    MonoNanos connected_at = kNever;  // as the dialling side sees it
    Break cut = Break::kReset;
    bool broken = false;  // by a fault
    bool silent = false;  // nothing gets through any more, and nobody is told
  };
  using StreamPtr = std::shared_ptr<Stream>;

  struct Listener {
    int node = 0;
    EntityAddr addr;
    std::deque<StreamPtr> backlog;
  };

  SimNetwork(const SimClock* clock, SimRandom* random, Trace* trace, const NetworkWeather& weather)
      : clock_(clock), random_(random), trace_(trace), weather_(weather) {}

  static EntityAddr NodeAddr(int node, int port);

  // --- For sockets.
  // EADDRINUSE: null.
  std::shared_ptr<Listener> Listen(int node, const EntityAddr& addr);
  void CloseListener(const std::shared_ptr<Listener>& listener);
  StreamPtr Connect(int node, const EntityAddr& to);
  // 0, EINPROGRESS, or why it failed.
  int ConnectProgress(const Stream& stream) const;
  IoResult Read(Stream& stream, int side, absl::Span<const iovec> pieces);
  IoResult Write(Stream& stream, int side, absl::Span<const iovec> pieces);
  void Shutdown(Stream& stream, int side);
  // When a read (a write) would not block; kNever if only another event can bring that about.
  MonoNanos ReadableAt(const Stream& stream, int side) const;
  MonoNanos WritableAt(const Stream& stream, int side) const;

  // --- For the world.
  // Lets connections arrive that are due. True: something happened.
  bool Advance();
  // When Advance() will next have something to do.
  MonoNanos NextArrival() const;

  // --- Faults.
  // No more of those that come by themselves; what is broken stays broken.
  void Calm();
  // Breaks one of the streams that are open. False: there is none.
  bool BreakOne(Break how);
  void SetPartition(int a, int b, bool apart);
  void HealPartitions() { partitions_.clear(); }
  // The process on `node` died: its streams are reset, or fall silent until somebody writes to
  // them.
  void DropNode(int node, bool silently);
  // What `node` sent and nobody has read yet never arrives.
  void LoseWhatIsUnderWay(int node);

  size_t open_streams();
  size_t listeners() const { return listeners_.size(); }
  uint64_t breaks() const { return breaks_; }

 private:
  struct Dial {
    StreamPtr stream;
    EntityAddr to;
    MonoNanos due;
  };
  MonoNanos Latency();
  bool Apart(int a, int b) const;
  bool Apart(const Stream& s) const { return Apart(s.side[0].node, s.side[1].node); }
  void Fail(Stream& stream, int side, int error, MonoNanos due);
  void BreakStream(Stream& stream, Break how);
  void PlanCut(Stream& stream);
  void Arrive(Dial& dial);
  size_t Budget(size_t wanted);

  const SimClock* const clock_;
  SimRandom* const random_;
  Trace* const trace_;
  NetworkWeather weather_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<Dial> dials_;
  std::vector<std::weak_ptr<Stream>> streams_;
  std::set<std::pair<int, int>> partitions_;
  uint64_t next_stream_ = 1;
  int next_port_ = 30000;
  uint64_t breaks_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_NETWORK_H_
