// EntityAddr, EntityAddrVec: where an entity is reached.
//
// An address is a messenger protocol (v1 "legacy", v2 "msgr2"), a nonce that tells incarnations of
// a daemon apart, and an IPv4 or IPv6 socket address. Two encodings exist: 136 legacy bytes, and
// the modern form for peers with the feature MSG_ADDR2 (protocol section 2).
#ifndef SIPHON_MSG_ENTITY_ADDR_H_
#define SIPHON_MSG_ENTITY_ADDR_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon {

class EntityAddr {
 public:
  enum Type : uint32_t { kNone = 0, kLegacy = 1, kMsgr2 = 2, kAny = 3 };

  // Bytes of the legacy form on the wire.
  static constexpr size_t kLegacySize = 136;

  EntityAddr() = default;
  // From the system's form; AF_INET and AF_INET6 only, anything else gives a blank address.
  static EntityAddr FromSockaddr(const sockaddr* sa);
  // "v1:127.0.0.1:6789/0", "v2:[::1]:3300/17", "127.0.0.1:6789", "-" (blank); the nonce is
  // optional, and so is the port, which then is 0. The type of an address without one is
  // `default_type`. InvalidArgument: anything else, with what was wrong.
  static absl::StatusOr<EntityAddr> Parse(std::string_view text, Type default_type = kAny);

  Type type() const { return static_cast<Type>(type_); }
  void set_type(Type type) { type_ = type; }
  uint32_t nonce() const { return nonce_; }
  void set_nonce(uint32_t nonce) { nonce_ = nonce; }
  int family() const { return u_.sa.sa_family; }
  int port() const;  // host order; 0 without a family
  void set_port(int port);
  bool is_ipv4() const { return family() == AF_INET; }
  bool is_ipv6() const { return family() == AF_INET6; }
  // No family, or the any-address.
  bool is_blank_ip() const;
  // No type and no family.
  bool is_blank() const { return type_ == kNone && family() == AF_UNSPEC; }
  // Takes the IP and family of `other`; keeps port (given a family), nonce and type.
  void set_ip_from(const EntityAddr& other);
  bool SameIp(const EntityAddr& other) const;

  const sockaddr* sockaddr_ptr() const { return &u_.sa; }
  socklen_t sockaddr_len() const;

  // "v1:127.0.0.1:6789/0"; "-" for a blank one. The types none and any have no prefix, as in Ceph.
  std::string ToString() const;
  // "127.0.0.1:6789/0", without the type; ":/0" without a family.
  std::string HostPortNonce() const;

  // The legacy form (136 bytes), the type written as 0.
  void EncodeLegacy(Encoder& e) const;
  // The form that a peer with `features` reads.
  void Encode(Encoder& e, uint64_t features) const;
  // Either form. `d` fails for a family that is none of the two, for a length that does not fit it,
  // and for an unknown form; a blank address is returned then.
  static EntityAddr Decode(Decoder& d);

  // Order and equality are those of the 36 bytes in memory (u32 type, u32 nonce, sockaddr),
  // compared bytewise as Ceph does on little-endian machines: it decides connection races.
  friend bool operator==(const EntityAddr& a, const EntityAddr& b);
  friend std::strong_ordering operator<=>(const EntityAddr& a, const EntityAddr& b);
  template <typename H>
  friend H AbslHashValue(H h, const EntityAddr& a) {
    return H::combine_contiguous(std::move(h), reinterpret_cast<const unsigned char*>(&a),
                                 sizeof(a));
  }

 private:
  friend class EntityAddrVec;
  // The rest, behind the first byte, of each form.
  static EntityAddr DecodeAfterLegacyMarker(Decoder& d);
  static EntityAddr DecodeAfterModernMarker(Decoder& d);

  uint32_t type_ = kNone;
  uint32_t nonce_ = 0;
  // All 28 bytes are zeroed before any member is set, for the order above.
  union U {
    U() : bytes{} {}
    unsigned char bytes[28];
    sockaddr sa;
    sockaddr_in sin;
    sockaddr_in6 sin6;
  } u_;
};
static_assert(sizeof(EntityAddr) == 36);

class EntityAddrVec {
 public:
  EntityAddrVec() = default;
  explicit EntityAddrVec(EntityAddr addr) : addrs_{addr} {}
  explicit EntityAddrVec(std::vector<EntityAddr> addrs) : addrs_(std::move(addrs)) {}
  // "[v2:HOST:PORT/N,v1:HOST:PORT/N]", or one address without brackets; an address without a type
  // takes `default_type`. "-" and "[]" are the empty vector. InvalidArgument as EntityAddr::Parse.
  static absl::StatusOr<EntityAddrVec> Parse(std::string_view text,
                                             EntityAddr::Type default_type = EntityAddr::kAny);

  bool empty() const { return addrs_.empty(); }
  size_t size() const { return addrs_.size(); }
  const std::vector<EntityAddr>& addrs() const { return addrs_; }
  std::vector<EntityAddr>& addrs() { return addrs_; }
  // The first legacy (v1) address; a blank one when there is none.
  EntityAddr legacy() const { return FirstOfType(EntityAddr::kLegacy); }
  // The first msgr2 address; a blank one when there is none.
  EntityAddr msgr2() const { return FirstOfType(EntityAddr::kMsgr2); }
  // The first address, or a blank one.
  EntityAddr front() const { return addrs_.empty() ? EntityAddr() : addrs_.front(); }
  bool Contains(const EntityAddr& addr) const;
  void set_nonce(uint32_t nonce);

  // "[v2:...,v1:...]", one alone without brackets; "-" when empty.
  std::string ToString() const;

  void Encode(Encoder& e, uint64_t features) const;
  // Any of the three forms; empty when `d` fails.
  static EntityAddrVec Decode(Decoder& d);

  friend bool operator==(const EntityAddrVec&, const EntityAddrVec&) = default;
  friend auto operator<=>(const EntityAddrVec& a, const EntityAddrVec& b) {
    return a.addrs_ <=> b.addrs_;
  }
  template <typename H>
  friend H AbslHashValue(H h, const EntityAddrVec& v) {
    return H::combine(std::move(h), v.addrs_);
  }

 private:
  EntityAddr FirstOfType(EntityAddr::Type type) const;

  std::vector<EntityAddr> addrs_;
};

}  // namespace siphon

#endif  // SIPHON_MSG_ENTITY_ADDR_H_
