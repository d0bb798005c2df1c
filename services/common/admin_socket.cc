#include "services/common/admin_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"

namespace siphon {
namespace {

constexpr size_t kMaxRequest = 64 << 10;
constexpr timeval kPatience = {.tv_sec = 5, .tv_usec = 0};
// Of the protocol, as Ceph says it.
constexpr std::string_view kVersion = "2";

// The command that a client writes; empty when it wrote none, or too much.
std::string ReadRequest(int client) {
  std::string request;
  char chunk[1024];
  while (request.size() < kMaxRequest) {
    const ssize_t n = recv(client, chunk, sizeof(chunk), 0);
    if (n <= 0) return {};
    request.append(chunk, static_cast<size_t>(n));
    if (request[0] == '\0') {
      if (request.size() >= 4) return request.substr(0, 4);
      continue;
    }
    const size_t end = request.find_first_of(std::string_view("\0\n", 2));
    if (end != std::string::npos) return request.substr(0, end);
  }
  return {};
}

void WriteAnswer(int client, std::string_view answer) {
  const auto size = static_cast<uint32_t>(answer.size());
  std::string bytes = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                       static_cast<char>(size >> 8), static_cast<char>(size)};
  bytes.append(answer);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t n = send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    rest.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminSocket>> AdminSocket::Open(const std::string& path,
                                                               Execute execute) {
  auto place = SocketPlace::Prepare(path);
  if (!place.ok()) return place.status();
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat(path, ": no socket"));
  // From here on, the object closes it.
  std::unique_ptr<AdminSocket> made(new AdminSocket(*std::move(place), fd, std::move(execute)));
  if (absl::Status status = made->Start(); !status.ok()) return status;
  return made;
}

AdminSocket::AdminSocket(std::unique_ptr<SocketPlace> place, int fd, Execute execute)
    : place_(std::move(place)), listen_fd_(fd), execute_(std::move(execute)) {}

absl::Status AdminSocket::Start() {
  const std::string at = place_->bind_path();
  sockaddr_un addr = {};
  addr.sun_family = AF_UNIX;
  std::memcpy(addr.sun_path, at.data(), at.size());  // SocketPlace looked at its length
  if (bind(listen_fd_, reinterpret_cast<const sockaddr*>(&addr), sizeof(addr)) != 0 ||
      listen(listen_fd_, 16) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("listen at ", at));
  }
  if (absl::Status status = place_->Publish(); !status.ok()) return status;
  if (absl::Status status = stop_.Init(); !status.ok()) return status;
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

AdminSocket::~AdminSocket() {
  if (thread_.joinable()) {
    stop_.Wake();
    thread_.join();
  }
  close(listen_fd_);
}

void AdminSocket::Run() {
  for (;;) {
    pollfd polled[] = {{stop_.fd(), POLLIN, 0}, {listen_fd_, POLLIN, 0}};
    if (poll(polled, 2, -1) < 0 && errno != EINTR) {
      PLOG(ERROR) << "the admin socket ends";
      return;
    }
    if (polled[0].revents != 0) return;
    const int client = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    Serve(client);
    close(client);
  }
}

void AdminSocket::Serve(int client) const {
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  const std::string request = ReadRequest(client);
  if (request.empty()) return;
  WriteAnswer(client, Answer(request));
}

std::string AdminSocket::Answer(const std::string& request) const {
  if (request == std::string_view("\0\0\0\0", 4)) return std::string(kVersion);
  absl::StatusOr<CommandArgs> args = CommandArgs::Parse({request});
  CommandResult result;
  if (args.ok()) {
    if (args->prefix() == "0") return std::string(kVersion);
    // A person reads it, unless the command says otherwise.
    args->set_default_format("json-pretty");
    result = execute_(*args);
  } else {
    result = CommandResult::Error(args.status());
  }
  std::string answer;
  if (result.code < 0) {
    answer = absl::StrCat("ERROR: (", -result.code, ") ", std::strerror(-result.code), "\n",
                          result.status, "\n");
  }
  return answer + result.output.ToString();
}

}  // namespace siphon
