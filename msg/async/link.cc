#include "msg/async/link.h"

#include <climits>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

// What one read may bring beside a large segment. Shared by all links of a thread: a machine takes
// everything at once unless it is blocked, and then the rest is kept aside.
constexpr size_t kReadBuffer = 128 << 10;
// Reads in a row before other connections get their turn.
constexpr int kReadsPerTurn = 16;
// The kernel takes IOV_MAX (1024) pieces; fewer keep the array on the stack small.
constexpr size_t kMaxIovecs = 256;

char* ReadScratch() {
  static thread_local std::unique_ptr<char[]> scratch(new char[kReadBuffer]);
  return scratch.get();
}

absl::Status SocketError(std::string_view what, int error) {
  return absl::UnavailableError(absl::StrCat(AbslView(what), ": ", std::strerror(error)));
}

}  // namespace

Link::Link(std::unique_ptr<ConnectedSocket> socket, Worker* worker,
           std::unique_ptr<ConnectionMachine> machine, Owner* owner)
    : socket_(std::move(socket)), worker_(worker), owner_(owner), machine_(std::move(machine)) {}

Link::~Link() { Close(); }

void Link::StartConnect(const ConnectTerms& terms, Session* session) {
  connecting_ = true;
  machine_->StartConnect(terms, session);
  UpdateWatch();
}

void Link::StartAccept(const EntityAddr& my_addr) {
  machine_->StartAccept(my_addr, socket_->PeerAddr());
  Flush();
}

void Link::FinishConnect() {
  const int error = socket_->ConnectProgress();
  if (error == EINPROGRESS) return;
  if (error != 0) {
    return Fail(error == ECONNREFUSED ? absl::NotFoundError("connection refused: nobody listens")
                                      : SocketError("connect", error));
  }
  connecting_ = false;
  machine_->OnConnected();
  Flush();
}

void Link::OnReadable(int) {
  if (failed_) return;
  if (connecting_) return FinishConnect();
  for (int i = 0; i < kReadsPerTurn; ++i) {
    if (failed_ || paused_ || machine_->blocked()) break;
    if (!ReadOnce()) break;
  }
  if (failed_) return;
  if (!machine_->out().empty()) return Flush();
  UpdateWatch();
}

bool Link::ReadOnce() {
  const absl::Span<char> direct = machine_->DirectTarget();
  iovec pieces[2];
  size_t count = 0;
  // Small rests go through the scratch, with what follows them.
  const bool use_direct = direct.size() >= 4096;
  if (use_direct) pieces[count++] = {direct.data(), direct.size()};
  char* const scratch = ReadScratch();
  pieces[count++] = {scratch, kReadBuffer};
  const size_t asked = (use_direct ? direct.size() : 0) + kReadBuffer;

  if (owner_->InjectSocketFailure()) socket_->Shutdown();
  const IoResult result = socket_->Read(absl::MakeConstSpan(pieces, count));
  if (result.would_block()) return false;
  if (result.error != 0) {
    Fail(SocketError("read", result.error));
    return false;
  }
  if (result.bytes == 0) {
    Fail(absl::UnavailableError("the peer closed the TCP connection"));
    return false;
  }
  owner_->OnBytesIn(result.bytes);
  reading_ = true;
  size_t rest = result.bytes;
  if (use_direct) {
    const size_t n = std::min(rest, direct.size());
    machine_->CommitDirect(n);
    rest -= n;
  }
  const size_t taken = machine_->Consume({scratch, rest});
  reading_ = false;
  if (taken < rest && machine_->blocked()) pending_.append(scratch + taken, rest - taken);
  if (!CheckMachine()) return false;
  return result.bytes == asked;
}

bool Link::CheckMachine() {
  if (failed_) return false;
  if (!machine_->fault().ok()) {
    // A refusal may still be on its way out.
    Fail(machine_->fault());
    return false;
  }
  return !machine_->stopped();
}

void Link::ConsumePending() {
  if (pending_.empty()) {
    // A state that wants no bytes may be next.
    machine_->Consume({});
  } else {
    const std::string bytes = std::exchange(pending_, {});
    const size_t taken = machine_->Consume(bytes);
    if (taken < bytes.size() && machine_->blocked()) pending_ = bytes.substr(taken);
  }
}

void Link::ResumeReading() {
  if (failed_ || !attached_ || reading_) return;
  reading_ = true;
  ConsumePending();
  reading_ = false;
  if (!CheckMachine()) return;
  Flush();
}

void Link::PauseReading(bool paused) {
  paused_ = paused;
  UpdateWatch();
}

void Link::OnWritable(int) {
  if (failed_) return;
  if (connecting_) return FinishConnect();
  want_write_ = false;
  Flush();
}

void Link::Flush() {
  if (failed_ || !attached_ || connecting_ || flushing_) return;
  flushing_ = true;
  while (!want_write_ && !failed_) {
    if (machine_->is_open() && machine_->out().size() < kGatherBytes) owner_->OnWritable();
    if (failed_ || machine_->out().empty()) break;
    iovec pieces[kMaxIovecs];
    const size_t count = machine_->out().Iovecs(pieces, kMaxIovecs);
    size_t asked = 0;
    for (size_t i = 0; i < count; ++i) asked += pieces[i].iov_len;
    if (owner_->InjectSocketFailure()) socket_->Shutdown();
    const IoResult result =
        socket_->Write(absl::MakeConstSpan(pieces, count), asked < machine_->out().size());
    if (result.would_block()) {
      want_write_ = true;
      break;
    }
    if (result.error != 0) {
      flushing_ = false;
      return Fail(SocketError("write", result.error));
    }
    machine_->out().Consume(result.bytes);
    owner_->OnBytesOut(result.bytes);
    if (result.bytes < asked) want_write_ = true;
  }
  flushing_ = false;
  if (!failed_) UpdateWatch();
}

void Link::UpdateWatch() {
  if (!attached_ || failed_) return;
  EventMask wanted = kEventNone;
  if (connecting_) {
    wanted = kEventWritable;
  } else {
    if (!paused_ && !machine_->blocked()) wanted |= kEventReadable;
    if (want_write_) wanted |= kEventWritable;
  }
  if (wanted == watched_) return;
  EventCenter* center = worker_->center();
  if (EventMask gone = watched_ & static_cast<EventMask>(~wanted); gone != 0) {
    center->DeleteFileEvent(socket_->fd(), gone);
  }
  if (EventMask more = wanted & static_cast<EventMask>(~watched_); more != 0) {
    const absl::Status status = center->CreateFileEvent(socket_->fd(), more, this);
    if (!status.ok()) return Fail(status);
  }
  watched_ = wanted;
}

void Link::Fail(absl::Status reason) {
  if (failed_) return;
  // What the machine still had to say (a refusal) gets one try.
  if (!connecting_ && !machine_->out().empty() && !machine_->is_open()) {
    iovec pieces[8];
    const size_t count = machine_->out().Iovecs(pieces, 8);
    socket_->Write(absl::MakeConstSpan(pieces, count), false);
  }
  Owner* owner = owner_;
  Close();
  owner->OnLinkFault(reason);
}

void Link::Detach() {
  if (!attached_) return;
  if (watched_ != kEventNone) worker_->center()->DeleteFileEvent(socket_->fd(), watched_);
  watched_ = kEventNone;
  attached_ = false;
}

void Link::Attach(Worker* worker, Owner* owner) {
  worker_ = worker;
  owner_ = owner;
  machine_->set_host(owner);
  attached_ = true;
}

void Link::Close() {
  if (failed_) return;
  Detach();
  failed_ = true;
  machine_->Stop();
  socket_->Shutdown();
}

void Link::Discard(std::unique_ptr<Link> link) {
  if (link == nullptr) return;
  link->Close();
  EventCenter* center = link->worker_->center();
  center->Post([link = std::move(link)] {});
}

}  // namespace siphon
