#include "net/posix_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "net/socket.h"

namespace siphon {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

EntityAddr Addr(const std::string& text) {
  auto addr = EntityAddr::Parse(text);
  EXPECT_TRUE(addr.ok()) << addr.status();
  return addr.value_or(EntityAddr());
}

// Waits in the kernel; a test that would wait for ever fails instead.
void Await(int fd, int events) {
  pollfd entry{.fd = fd, .events = static_cast<short>(events), .revents = 0};
  ASSERT_EQ(poll(&entry, 1, 10'000), 1);
}

int AwaitProgress(ConnectedSocket& socket) {
  while (socket.ConnectProgress() == EINPROGRESS) Await(socket.fd(), POLLOUT);
  return socket.ConnectProgress();
}

IoResult WriteText(ConnectedSocket& socket, std::string text) {
  const iovec piece{text.data(), text.size()};
  return socket.Write({&piece, 1}, /*more=*/false);
}

// Reads `bytes` bytes, or fewer when the stream ends or fails.
std::string ReadText(ConnectedSocket& socket, size_t bytes) {
  std::string text(bytes, '\0');
  size_t have = 0;
  while (have < bytes) {
    const iovec piece{text.data() + have, bytes - have};
    const IoResult result = socket.Read({&piece, 1});
    if (result.would_block()) {
      Await(socket.fd(), POLLIN);
      continue;
    }
    if (result.error != 0 || result.bytes == 0) break;
    have += result.bytes;
  }
  text.resize(have);
  return text;
}

IoResult ReadOnce(ConnectedSocket& socket) {
  char byte;
  const iovec piece{&byte, 1};
  Await(socket.fd(), POLLIN);
  return socket.Read({&piece, 1});
}

int Option(int fd, int level, int option) {
  int value = -1;
  socklen_t length = sizeof(value);
  EXPECT_EQ(getsockopt(fd, level, option, &value, &length), 0);
  return value;
}

class PosixSocketTest : public testing::TestWithParam<const char*> {
 protected:
  void Listen(const SocketOptions& options = {}) {
    auto listener = PosixListen(Addr(GetParam()), options);
    ASSERT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
  }
  std::unique_ptr<ConnectedSocket> Connect(const SocketOptions& options = {}) {
    auto socket = PosixConnect(listener_->LocalAddr(), options, nullptr);
    EXPECT_TRUE(socket.ok()) << socket.status();
    return socket.ok() ? *std::move(socket) : nullptr;
  }
  std::unique_ptr<ConnectedSocket> Accept(const SocketOptions& options = {}) {
    std::unique_ptr<ConnectedSocket> socket;
    Await(listener_->fd(), POLLIN);
    EXPECT_EQ(listener_->Accept(options, &socket), 0);
    return socket;
  }
  void ConnectPair(const SocketOptions& options = {}) {
    Listen(options);
    client_ = Connect(options);
    server_ = Accept(options);
    ASSERT_TRUE(client_ != nullptr && server_ != nullptr);
    ASSERT_EQ(AwaitProgress(*client_), 0);
  }

  std::unique_ptr<ServerSocket> listener_;
  std::unique_ptr<ConnectedSocket> client_, server_;
};

TEST_P(PosixSocketTest, CarriesBytesBothWaysAndTellsTheEnd) {
  ConnectPair();
  EXPECT_EQ(server_->ConnectProgress(), 0);
  EXPECT_EQ(WriteText(*client_, "question").bytes, 8u);
  EXPECT_EQ(ReadText(*server_, 8), "question");
  EXPECT_EQ(WriteText(*server_, "answer").bytes, 6u);
  EXPECT_EQ(ReadText(*client_, 6), "answer");

  client_->Shutdown();
  EXPECT_EQ(WriteText(*client_, "late").error, EPIPE);
  const IoResult end = ReadOnce(*server_);
  EXPECT_EQ(end.error, 0);
  EXPECT_EQ(end.bytes, 0u);
}

TEST_P(PosixSocketTest, KnowsBothAddresses) {
  ConnectPair();
  EXPECT_GT(listener_->LocalAddr().port(), 0);
  EXPECT_TRUE(listener_->LocalAddr().SameIp(Addr(GetParam())));
  EXPECT_EQ(client_->PeerAddr(), listener_->LocalAddr());
  EXPECT_EQ(server_->LocalAddr(), listener_->LocalAddr());
  EXPECT_EQ(server_->PeerAddr(), client_->LocalAddr());
  EXPECT_EQ(client_->LocalAddr().type(), EntityAddr::kNone);
}

TEST_P(PosixSocketTest, ReadsAndAcceptsNothingWhenNothingIsThere) {
  Listen();
  std::unique_ptr<ConnectedSocket> none;
  EXPECT_EQ(listener_->Accept({}, &none), EAGAIN);
  EXPECT_EQ(none, nullptr);
  client_ = Connect();
  server_ = Accept();
  char byte;
  const iovec piece{&byte, 1};
  EXPECT_TRUE(server_->Read({&piece, 1}).would_block());
}

TEST_P(PosixSocketTest, TheClientReadsTheEndWhenTheServerCloses) {
  ConnectPair();
  server_.reset();
  const IoResult end = ReadOnce(*client_);
  EXPECT_EQ(end.error, 0);
  EXPECT_EQ(end.bytes, 0u);
  // Writing on raises no signal, and fails once the peer's refusal is here.
  IoResult result;
  do {
    result = WriteText(*client_, "x");
  } while (result.error == 0);
  EXPECT_THAT(result.error, AnyOf(EPIPE, ECONNRESET));
}

TEST_P(PosixSocketTest, IsRefusedWhereNobodyListensAndSaysSoAgain) {
  Listen();
  const EntityAddr addr = listener_->LocalAddr();
  listener_.reset();
  auto socket = PosixConnect(addr, {}, nullptr);
  if (!socket.ok()) {
    EXPECT_TRUE(absl::IsUnavailable(socket.status())) << socket.status();
    return;
  }
  EXPECT_EQ(AwaitProgress(**socket), ECONNREFUSED);
  EXPECT_EQ((*socket)->ConnectProgress(), ECONNREFUSED);
}

TEST_P(PosixSocketTest, ASecondListenerOnAnAddressFindsItTaken) {
  Listen();
  const auto second = PosixListen(listener_->LocalAddr(), {});
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(std::to_string(listener_->LocalAddr().port())));
}

TEST_P(PosixSocketTest, ListensAgainAtOnceWhereAConnectionWasClosed) {
  ConnectPair();
  const EntityAddr addr = listener_->LocalAddr();
  listener_.reset();
  server_.reset();  // first to close, so its end waits in TIME_WAIT
  client_.reset();
  EXPECT_TRUE(PosixListen(addr, {}).ok());
}

TEST_P(PosixSocketTest, MovesManyPiecesThroughSmallBuffersUnchanged) {
  SocketOptions options;
  options.receive_buffer = 8192;
  ConnectPair(options);
  // More pieces than one system call takes, of odd sizes, and empty ones between.
  std::string sent(3'000'000, '\0');
  for (size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 2654435761u >> 13);
  std::string received;
  size_t done = 0;
  std::vector<char> a(777), b(1), c(5000);
  while (received.size() < sent.size()) {
    std::vector<iovec> pieces;
    size_t at = done;
    for (size_t i = 0; at < sent.size() && i < 3000; ++i) {
      const size_t size = i % 7 == 3 ? 0 : std::min(sent.size() - at, i % 61 + 1);
      pieces.push_back({sent.data() + at, size});
      at += size;
    }
    if (!pieces.empty()) {
      const IoResult result = client_->Write(pieces, /*more=*/at < sent.size());
      ASSERT_TRUE(result.error == 0 || result.would_block()) << result.error;
      done += result.bytes;
    }
    const iovec into[] = {{a.data(), a.size()}, {b.data(), b.size()}, {c.data(), c.size()}};
    const IoResult result = server_->Read(into);
    ASSERT_TRUE(result.would_block() || (result.error == 0 && result.bytes > 0)) << result.error;
    size_t left = result.bytes;
    for (const iovec& piece : into) {
      const size_t part = std::min(left, piece.iov_len);
      received.append(static_cast<const char*>(piece.iov_base), part);
      left -= part;
    }
    if (result.would_block() && done == sent.size()) Await(server_->fd(), POLLIN);
  }
  EXPECT_TRUE(received == sent);
}

TEST_P(PosixSocketTest, SetsTheOptionsOnBothEnds) {
  const bool ipv6 = Addr(GetParam()).is_ipv6();
  SocketOptions options;
  options.receive_buffer = 70'000;
  options.priority = 6;
  ConnectPair(options);
  for (const ConnectedSocket* socket : {client_.get(), server_.get()}) {
    const int fd = socket->fd();
    EXPECT_EQ(Option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(Option(fd, SOL_SOCKET, SO_RCVBUF), 140'000);  // the kernel doubles it
    EXPECT_EQ(Option(fd, SOL_SOCKET, SO_PRIORITY), 6);
    EXPECT_EQ(ipv6 ? Option(fd, IPPROTO_IPV6, IPV6_TCLASS) : Option(fd, IPPROTO_IP, IP_TOS), 0xc0);
  }
}

TEST_P(PosixSocketTest, LeavesTheKernelsChoicesWhereNothingIsAsked) {
  SocketOptions options;
  options.nodelay = false;
  ConnectPair(options);
  EXPECT_EQ(Option(client_->fd(), IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(Option(server_->fd(), IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(Option(client_->fd(), SOL_SOCKET, SO_PRIORITY), 0);
}

TEST_P(PosixSocketTest, EverySocketIsNonBlockingAndClosedOnExec) {
  ConnectPair();
  for (int fd : {listener_->fd(), client_->fd(), server_->fd()}) {
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
  }
}

INSTANTIATE_TEST_SUITE_P(Families, PosixSocketTest, testing::Values("127.0.0.1:0", "[::1]:0"),
                         [](const auto& info) {
                           return std::string(info.param[0] == '[' ? "ipv6" : "ipv4");
                         });

TEST(PosixConnectTest, ComesFromTheAddressItIsBoundTo) {
  auto listener = PosixListen(Addr("127.0.0.1:0"), {});
  ASSERT_TRUE(listener.ok());
  const EntityAddr source = Addr("127.0.0.9:6800");  // the port is not used
  auto client = PosixConnect((*listener)->LocalAddr(), {}, &source);
  ASSERT_TRUE(client.ok()) << client.status();
  std::unique_ptr<ConnectedSocket> server;
  Await((*listener)->fd(), POLLIN);
  ASSERT_EQ((*listener)->Accept({}, &server), 0);
  EXPECT_TRUE(server->PeerAddr().SameIp(source));
  EXPECT_NE(server->PeerAddr().port(), 6800);
}

TEST(PosixConnectTest, NeedsAnIpAndAPort) {
  EXPECT_TRUE(absl::IsInvalidArgument(PosixConnect(EntityAddr(), {}, nullptr).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(PosixConnect(Addr("127.0.0.1:0"), {}, nullptr).status()));
}

TEST(PosixListenTest, RefusesWhatIsNoAddressOfThisHost) {
  EXPECT_TRUE(absl::IsInvalidArgument(PosixListen(EntityAddr(), {}).status()));
  const auto foreign = PosixListen(Addr("192.0.2.1:0"), {});
  EXPECT_TRUE(absl::IsUnavailable(foreign.status()));
  EXPECT_THAT(std::string(foreign.status().message()), HasSubstr("192.0.2.1"));
}

TEST(PosixListenTest, TheAnyAddressOfIpv6TakesIpv4UnlessToldNotTo) {
  for (const bool only : {false, true}) {
    SocketOptions options;
    options.ipv6_only = only;
    auto listener = PosixListen(Addr("[::]:0"), options);
    ASSERT_TRUE(listener.ok()) << listener.status();
    EntityAddr to = Addr("127.0.0.1:0");
    to.set_port((*listener)->LocalAddr().port());
    auto client = PosixConnect(to, {}, nullptr);
    const int progress = client.ok() ? AwaitProgress(**client) : ECONNREFUSED;
    EXPECT_EQ(progress, only ? ECONNREFUSED : 0);
  }
}

}  // namespace
}  // namespace siphon
