// Link: one TCP connection and the state machine that runs on it.
//
// It moves bytes between the socket and the machine on its worker's event center: reads as long as
// the machine takes bytes, stops watching when a throttle holds it back, and writes what the
// machine and the session have to send in as few system calls as it can. What happens is told to
// its Owner: an IncomingLink during the handshake of an accepted connection, then the
// AsyncConnection.
//
// Threads: the worker's event center. A link may be moved to another worker whole (Detach, Attach).
#ifndef SIPHON_MSG_ASYNC_LINK_H_
#define SIPHON_MSG_ASYNC_LINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "event/event_center.h"
#include "msg/protocol/connection_machine.h"
#include "msg/protocol/machine_host.h"
#include "net/socket.h"
#include "net/worker.h"

namespace siphon {

class Link : private FileEventHandler {
 public:
  class Owner : public MachineHost {
   public:
    // The link is of no more use: the peer closed, the socket failed or the machine faulted. Called
    // once, last; the owner gives the link up, to be destroyed after the call (Link::Discard()).
    virtual void OnLinkFault(const absl::Status& reason) = 0;
    // The socket can take more, and nothing of the machine's waits: append messages if there are.
    // Called again as long as it appended something.
    virtual void OnWritable() = 0;
    // Asked before each read and write: break the connection here (ms_inject_socket_failures)?
    virtual bool InjectSocketFailure() = 0;
    // Bytes moved.
    virtual void OnBytesIn(size_t n) = 0;
    virtual void OnBytesOut(size_t n) = 0;
  };

  // How many bytes are gathered for one write before it is made.
  static constexpr size_t kGatherBytes = 1 << 20;

  // `machine` has `owner` for its host.
  Link(std::unique_ptr<ConnectedSocket> socket, Worker* worker,
       std::unique_ptr<ConnectionMachine> machine, Owner* owner);
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Begins: waits for TCP, then runs the handshake.
  void StartConnect(const ConnectTerms& terms, Session* session);
  void StartAccept(const EntityAddr& my_addr);

  // Writes what waits; call after the machine or the session got something to send.
  void Flush();
  // The machine may take bytes again (a throttle's share was taken, or a decision was made).
  void ResumeReading();
  // Stops reading without telling the machine (and goes on): for fault injection and drains.
  void PauseReading(bool paused);

  // Takes the link off its center, and puts it on `worker`'s. Between the two it belongs to nobody.
  void Detach();
  void Attach(Worker* worker, Owner* owner);

  // Ends the link at once: the socket is shut down, no owner is told anything any more. The object
  // is to be destroyed later, from the event loop, as this may be called from inside it.
  void Close();
  // Closes `link` and destroys it when the event loop is out of its methods.
  static void Discard(std::unique_ptr<Link> link);

  ConnectionMachine& machine() { return *machine_; }
  const ConnectionMachine& machine() const { return *machine_; }
  ConnectedSocket& socket() { return *socket_; }
  Worker* worker() { return worker_; }

 private:
  void OnReadable(int fd) override;
  void OnWritable(int fd) override;
  // The TCP connection is made, or failed.
  void FinishConnect();
  // One read; false when there is no more to read now.
  bool ReadOnce();
  void ConsumePending();
  // Watches the descriptor for what the link is ready to do.
  void UpdateWatch();
  void Fail(absl::Status reason);
  bool CheckMachine();

  std::unique_ptr<ConnectedSocket> socket_;
  Worker* worker_;
  Owner* owner_;
  const std::unique_ptr<ConnectionMachine> machine_;
  std::string pending_;  // read, but not taken yet by a blocked machine
  EventMask watched_ = kEventNone;
  bool attached_ = true;
  bool connecting_ = false;  // TCP is being connected
  bool want_write_ = false;  // the socket took less than there was
  bool paused_ = false;
  bool failed_ = false;
  bool flushing_ = false;
  bool reading_ = false;
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_LINK_H_
