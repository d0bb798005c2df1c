// Messenger: an endpoint that sends and receives messages.
//
// Life cycle: create (msg/async/create_messenger.h) -> SetPolicy... -> Bind (servers) ->
// AddDispatcherHead/Tail -> Start -> ... -> Shutdown -> Wait -> delete. The first dispatcher that
// is added makes the messenger ready: it listens and dispatches from then on.
//
// Threads: any, unless said otherwise. Policies and dispatchers are set before the messenger is
// ready. Bind(), Rebind(), Shutdown(), Wait(), InjectFault() and the Info calls wait for workers:
// never call them on a worker or from a fast dispatcher.
#ifndef SIPHON_MSG_MESSENGER_H_
#define SIPHON_MSG_MESSENGER_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/fault_injection.h"
#include "msg/policy.h"

namespace siphon {

class Dispatcher;

class Messenger {
 public:
  virtual ~Messenger() = default;

  // "ms_public", ...
  virtual const std::string& name() const = 0;
  virtual EntityName entity() const = 0;
  // Renames the entity (a client that was given its number).
  virtual void SetEntity(const EntityName& entity) = 0;
  // Where this messenger is reached; the IP is blank until it is bound to one or learns it.
  virtual EntityAddrVec addrs() const = 0;
  virtual uint32_t nonce() const = 0;

  // --- Before it is ready.
  virtual void SetDefaultPolicy(const Policy& policy) = 0;
  virtual void SetPolicy(EntityType peer_type, const Policy& policy) = 0;
  virtual Policy GetPolicy(EntityType peer_type) const = 0;
  // The protocol version between two of this messenger's own type (protocol section 1); 0 if unset.
  virtual void SetClusterProtocol(uint32_t version) = 0;
  // For messages whose priority is 0; kPriorityDefault if unset.
  virtual void SetDefaultSendPriority(uint16_t priority) = 0;
  // Sockets' priority (SO_PRIORITY); -1 if unset.
  virtual void SetSocketPriority(int priority) = 0;
  // What peers are told instead of the addresses that it binds to, protocol by protocol: for one
  // that is reached through a port mapping or a relay. Before Bind().
  virtual void SetAdvertisedAddrs(const EntityAddrVec& addrs) = 0;
  // Binds to each address; a port of 0 takes one of the range ms_bind_port_min..max.
  // AlreadyExists: no free port. FailedPrecondition: bound or ready already.
  virtual absl::Status Bind(const EntityAddrVec& addrs) = 0;
  virtual void AddDispatcherHead(Dispatcher* dispatcher) = 0;
  virtual void AddDispatcherTail(Dispatcher* dispatcher) = 0;

  // --- Running.
  virtual absl::Status Start() = 0;
  // Closes every connection, moves to other ports (not one of `avoid_ports`) with a new nonce.
  virtual absl::Status Rebind(const std::set<int>& avoid_ports) = 0;
  // The connection to a peer: the one that exists, or a new one that is being opened. To oneself it
  // is the loopback connection. With `anonymous`, always a new one that is not shared.
  // InvalidArgument: no usable address. FailedPrecondition: the policy for `peer_type` is a
  // server's and there is no connection; or the messenger is shut down.
  virtual absl::StatusOr<ConnectionPtr> ConnectTo(EntityType peer_type, const EntityAddrVec& addrs,
                                                  bool anonymous = false) = 0;
  // Messages to oneself: not encoded, delivered by a thread of their own.
  virtual ConnectionPtr GetLoopbackConnection() = 0;
  // ConnectTo() and Send() in one.
  virtual absl::Status SendTo(MessagePtr message, EntityType peer_type,
                              const EntityAddrVec& addrs) = 0;
  // Connection::MarkDown() for the connection to an address, or for all.
  virtual void MarkDown(const EntityAddr& addr) = 0;
  virtual void MarkDownAll() = 0;

  // Stops listening, closes every connection without reset events and lets Wait() return. Messages
  // that wait for the dispatch thread are dropped.
  virtual void Shutdown() = 0;
  // Returns when Shutdown() was called and every thread and connection of this messenger is done.
  virtual void Wait() = 0;

  // --- To look at and to control.
  virtual MessengerInfo Info() = 0;
  virtual std::vector<ConnectionInfo> ListConnections() = 0;
  virtual DispatchQueueInfo QueueInfo() = 0;
  // Holds the dispatch thread back (fast dispatch goes on) and lets it go on.
  virtual void PauseDispatch() = 0;
  virtual void ResumeDispatch() = 0;
  // Waits until the dispatch queue is empty. DeadlineExceeded: it was not within `timeout`.
  // FailedPrecondition: it is paused.
  virtual absl::Status DrainDispatch(absl::Duration timeout) = 0;
  // Misbehaves towards a peer, or stops doing so. InvalidArgument: `fault.peer` is neither an
  // address nor a name, or is missing. NotFound: there is no connection with an entity of that
  // name.
  virtual absl::Status InjectFault(const FaultInjection& fault) = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_MESSENGER_H_
