// Message: one typed message, on its way in or out.
//
// A type derives from Message, gives its number and versions to the constructor, and implements
// EncodePayload() and DecodePayload() for the front segment; bulk bytes go into data(). Types are
// made known to a decoder through a MessageRegistry (msg/message_registry.h).
//
// Ownership: a message has one owner at a time (MessagePtr). Sending gives it to the connection,
// receiving gives it to the dispatcher. The shares of throttles that were taken for a received
// message are given back when it is destroyed.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_MESSAGE_H_
#define SIPHON_MSG_MESSAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/clock.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message_header.h"
#include "msg/throttle.h"

namespace siphon {

class Connection;

class Message {
 public:
  // `head_version` is what this code writes; `compat_version` the oldest that can read it (0: only
  // readers of the version that was written).
  Message(uint16_t type, uint16_t head_version, uint16_t compat_version = 0) {
    header_.type = type;
    header_.version = head_version;
    header_.compat_version = compat_version;
    head_version_ = head_version;
    head_compat_version_ = compat_version;
  }
  virtual ~Message() = default;
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  // The type's name in Ceph ("osd_op"), for people.
  virtual std::string_view type_name() const = 0;
  // One line about the contents, for logs. Never the payload's bytes, never secrets.
  virtual std::string Summary() const { return std::string(type_name()); }

  // Writes the front segment for a peer with `features`. May lower header().version and
  // compat_version for an old peer. May set (not add to) data() and middle() too. Called again,
  // with the versions as constructed, when a replay meets other features.
  virtual void EncodePayload(Encoder& e, uint64_t features) = 0;
  // Reads the front segment as header().version says; data() and middle() are set already. Reads of
  // `d` past the end are noticed by the caller. InvalidArgument: what cannot be right.
  virtual absl::Status DecodePayload(Decoder& d) = 0;

  const MessageHeader& header() const { return header_; }
  MessageHeader& mutable_header() { return header_; }
  uint16_t type() const { return header_.type; }
  uint64_t seq() const { return header_.seq; }
  uint64_t tid() const { return header_.tid; }
  void set_tid(uint64_t tid) { header_.tid = tid; }
  uint16_t priority() const { return header_.priority; }
  void set_priority(uint16_t priority) { header_.priority = priority; }
  const EntityName& source() const { return header_.src; }

  const BufferList& payload() const { return payload_; }
  const BufferList& middle() const { return middle_; }
  const BufferList& data() const { return data_; }
  BufferList& mutable_middle() { return middle_; }
  BufferList& mutable_data() { return data_; }
  // front + middle + data, in bytes; before encoding, without the front.
  size_t TotalSize() const { return payload_.size() + middle_.size() + data_.size(); }

  // Fills payload() for `features`, unless it is filled for the same already or was received (a
  // message that is passed on goes out as it came), and sets the header's lengths.
  void Encode(uint64_t features);
  // Makes the next Encode() write the payload anew: after a change of the fields.
  void ClearPayload() {
    payload_.Clear();
    encoding_ = Encoding::kNone;
  }
  // For the decoder: the segments as received. DecodePayload() has not run yet.
  void SetSegments(const MessageHeader& header, BufferList front, BufferList middle,
                   BufferList data);

  // The connection that a received message came on; null for one not received.
  const std::shared_ptr<Connection>& connection() const { return connection_; }
  void set_connection(std::shared_ptr<Connection> connection) {
    connection_ = std::move(connection);
  }

  // Times of a received message, on the monotonic clock.
  struct Stamps {
    MonoNanos received = 0;    // the header arrived
    MonoNanos throttled = 0;   // all throttles were passed
    MonoNanos complete = 0;    // the footer arrived
    MonoNanos dispatched = 0;  // a dispatcher got it
  };
  Stamps& stamps() { return stamps_; }

  // The shares of throttles that this message holds until it is destroyed.
  void HoldShares(ThrottleShare messages, ThrottleShare bytes) {
    message_share_ = std::move(messages);
    byte_share_ = std::move(bytes);
  }
  // The share of the dispatch queue's throttle; given back when the message was dispatched.
  void HoldDispatchShare(ThrottleShare share) { dispatch_share_ = std::move(share); }
  void ReleaseDispatchShare() { dispatch_share_.Release(); }
  // For who hands the message to a dispatcher, which may destroy it, and counts it until then.
  ThrottleShare TakeDispatchShare() { return std::move(dispatch_share_); }

 private:
  MessageHeader header_;
  BufferList payload_;
  BufferList middle_;
  BufferList data_;
  enum class Encoding : uint8_t { kNone, kForFeatures, kAsReceived };
  Encoding encoding_ = Encoding::kNone;
  uint16_t head_version_ = 0;         // as constructed
  uint16_t head_compat_version_ = 0;  // as constructed
  uint64_t encoded_features_ = 0;
  std::shared_ptr<Connection> connection_;
  Stamps stamps_;
  ThrottleShare message_share_;
  ThrottleShare byte_share_;
  ThrottleShare dispatch_share_;
};

using MessagePtr = std::unique_ptr<Message>;

// A received message as its own type, for a dispatcher that has looked at type(). The message must
// be of that type.
template <typename T>
T& MessageAs(Message& message) {
  return static_cast<T&>(message);
}

}  // namespace siphon

#endif  // SIPHON_MSG_MESSAGE_H_
