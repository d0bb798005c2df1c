#include "testing/bench/tcp_floor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "glog/logging.h"

namespace siphon::bench {
namespace {

constexpr size_t kReplySize = 64;

void SetUp(int fd) {
  const int one = 1;
  PCHECK(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0);
}

// A blocking-free send of all of `size` bytes: waits for room with epoll, as a plain program does.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd), epoll_(epoll_create1(0)) {
    SetUp(fd);
    epoll_event event{};
    event.events = EPOLLIN;
    PCHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0);
  }
  ~Stream() {
    close(epoll_);
    close(fd_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Sends `size` bytes; takes in what arrives while the socket is full. False: the peer is gone.
  bool Send(const char* bytes, size_t size) {
    while (size > 0) {
      const ssize_t n = send(fd_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0) {
        bytes += n;
        size -= static_cast<size_t>(n);
        continue;
      }
      if (errno == ECONNRESET || errno == EPIPE) return false;
      PCHECK(errno == EAGAIN);
      Wait(EPOLLIN | EPOLLOUT);
      // The other side may be waiting for us to read.
      Drain();
    }
    return true;
  }
  // Receives what is there, waiting for at least one byte; false at the end of the stream.
  bool Receive(size_t want) {
    if (pending_ > 0) return true;
    for (;;) {
      const ssize_t n = recv(fd_, buffer_.get(), std::min(want, kBuffer), MSG_DONTWAIT);
      if (n > 0) {
        pending_ += static_cast<size_t>(n);
        return true;
      }
      if (n == 0 || errno == ECONNRESET) return false;
      PCHECK(errno == EAGAIN);
      Wait(EPOLLIN);
    }
  }
  size_t Take(size_t n) {
    n = std::min(n, pending_);
    pending_ -= n;
    return n;
  }

 private:
  static constexpr size_t kBuffer = 4 << 20;

  void Drain() {
    const ssize_t n = recv(fd_, buffer_.get(), kBuffer, MSG_DONTWAIT);
    if (n > 0) pending_ += static_cast<size_t>(n);
  }
  void Wait(uint32_t events) {
    if (events != watched_) {
      epoll_event event{};
      event.events = events;
      PCHECK(epoll_ctl(epoll_, EPOLL_CTL_MOD, fd_, &event) == 0);
      watched_ = events;
    }
    epoll_event fired;
    while (epoll_wait(epoll_, &fired, 1, -1) < 0) PCHECK(errno == EINTR);
  }

  const int fd_;
  const int epoll_;
  uint32_t watched_ = EPOLLIN;
  size_t pending_ = 0;  // received, not taken yet
  const std::unique_ptr<char[]> buffer_{new char[kBuffer]};
};

absl::Duration Serve(const Load& load, const std::function<void(int)>& tell) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in addr{};
  addr.sin_family = AF_INET;
  addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  PCHECK(bind(listener, reinterpret_cast<sockaddr*>(&addr), sizeof(addr)) == 0);
  PCHECK(listen(listener, 1) == 0);
  socklen_t length = sizeof(addr);
  PCHECK(getsockname(listener, reinterpret_cast<sockaddr*>(&addr), &length) == 0);
  tell(ntohs(addr.sin_port));
  const int fd = accept(listener, nullptr, nullptr);
  PCHECK(fd >= 0);
  close(listener);

  Stream stream(fd);
  const absl::Duration start = ProcessCpu();
  const std::string reply(kReplySize, 'r');
  const uint64_t per_reply = MessagesPerReply(load);
  size_t missing = load.size;
  uint64_t since_reply = 0;
  // One recv per message: never more than the rest of this one.
  while (stream.Receive(missing)) {
    missing -= stream.Take(missing);
    if (missing > 0) continue;
    missing = load.size;
    if (++since_reply < per_reply) continue;
    since_reply = 0;
    if (!stream.Send(reply.data(), reply.size())) break;
  }
  return ProcessCpu() - start;
}

Result Drive(const Load& load, int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in addr{};
  addr.sin_family = AF_INET;
  addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  addr.sin_port = htons(static_cast<uint16_t>(port));
  PCHECK(connect(fd, reinterpret_cast<sockaddr*>(&addr), sizeof(addr)) == 0);
  Stream stream(fd);
  const std::string request(load.size, 'q');
  const uint64_t per_reply = MessagesPerReply(load);

  Result result;
  result.latency_nanos.reserve(1 << 20);
  std::deque<int64_t> sent_at;
  uint64_t in_flight = 0, sent = 0;
  size_t missing = kReplySize;
  const absl::Duration cpu = ProcessCpu();
  const int64_t start = absl::GetCurrentTimeNanos();
  const int64_t end = start + absl::ToInt64Nanoseconds(load.duration);
  int64_t now = start;
  while (now < end) {
    while (in_flight < static_cast<uint64_t>(load.in_flight)) {
      if (++sent % per_reply == 0) sent_at.push_back(absl::GetCurrentTimeNanos());
      CHECK(stream.Send(request.data(), request.size()));
      ++in_flight;
    }
    CHECK(stream.Receive(missing));
    missing -= stream.Take(missing);
    if (missing > 0) continue;
    missing = kReplySize;
    now = absl::GetCurrentTimeNanos();
    in_flight -= per_reply;
    result.messages += per_reply;
    if (result.latency_nanos.size() < (1 << 20)) {
      result.latency_nanos.push_back(static_cast<uint32_t>(now - sent_at.front()));
    }
    sent_at.pop_front();
  }
  result.elapsed = absl::Nanoseconds(now - start);
  result.client_cpu = ProcessCpu() - cpu;
  return result;
}

}  // namespace

Result RunTcpFloor(const Load& load) {
  return RunInTwoProcesses(
      load, [&](std::function<void(int)> tell) { return Serve(load, tell); },
      [&](int port) { return Drive(load, port); });
}

}  // namespace siphon::bench
