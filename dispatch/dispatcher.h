// Dispatcher: who receives a messenger's messages and events.
//
// Messages take one of two ways. A fast dispatcher gets those it accepts at once, on the worker
// that read them: it must be quick and never block. All others go through the messenger's dispatch
// queue to Dispatch() on its one dispatch thread.
//
// Order: messages of one connection and priority keep their order. Connection events are queued
// like messages of the highest priority and run on the dispatch thread. Ownership: dispatchers
// outlive the messenger they were added to (until its Wait() returned).
#ifndef SIPHON_DISPATCH_DISPATCHER_H_
#define SIPHON_DISPATCH_DISPATCHER_H_

#include "msg/connection.h"
#include "msg/message.h"

namespace siphon {

class Dispatcher {
 public:
  virtual ~Dispatcher() = default;

  // --- Fast way: on a worker (or the local delivery thread).
  // Asked once when the dispatcher is added: will it ever fast-dispatch?
  virtual bool CanFastDispatchAny() const { return false; }
  // A cheap test of the type.
  virtual bool CanFastDispatch(const Message& message) const { return false; }
  // A look at every message before it is queued, by every fast dispatcher.
  virtual void FastPreprocess(const Message& message) {}
  // Handles the message. Called only after CanFastDispatch() said yes.
  virtual void FastDispatch(MessagePtr message) {}
  // An outgoing, or incoming, session became ready: before its first message.
  virtual void HandleFastConnect(const ConnectionPtr& connection) {}
  virtual void HandleFastAccept(const ConnectionPtr& connection) {}

  // --- Queued way: on the dispatch thread.
  // Takes the message (moves it away, returns true), or leaves it to the next dispatcher (false).
  virtual bool Dispatch(MessagePtr& message) { return false; }
  // As above, after the fact: each (re)connection of an outgoing session, each incoming one.
  virtual void HandleConnect(const ConnectionPtr& connection) {}
  virtual void HandleAccept(const ConnectionPtr& connection) {}
  // The connection is dead on this side: a lossy one failed. True: handled, ask no other
  // dispatcher.
  virtual bool HandleReset(const ConnectionPtr& connection) { return false; }
  // The peer lost the session: what was queued and unacknowledged is gone, the connection goes on.
  virtual void HandleRemoteReset(const ConnectionPtr& connection) {}
  // Nobody listens there. True: handled.
  virtual bool HandleRefused(const ConnectionPtr& connection) { return false; }
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_DISPATCHER_H_
