#include "msg/entity_addr.h"

#include <arpa/inet.h>

#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/features.h"

namespace siphon {
namespace {

// First bytes of an encoded address or vector of them.
constexpr uint8_t kMarkerLegacy = 0;
constexpr uint8_t kMarkerModern = 1;
constexpr uint8_t kMarkerVector = 2;

// Bytes of the sockaddr_storage in the legacy form.
constexpr size_t kStorageSize = 128;
// The smallest modern address: marker, versions, length, type, nonce and an elen of 0.
constexpr size_t kMinModernSize = 1 + 1 + 1 + 4 + 4 + 4 + 4;
constexpr uint8_t kModernVersion = 1;

// Bytes of a sockaddr of that family; the whole union where there is none. 0: not supported.
size_t SockaddrSize(int family) {
  switch (family) {
    case AF_INET:
      return sizeof(sockaddr_in);
    case AF_INET6:
      return sizeof(sockaddr_in6);
    case AF_UNSPEC:
      return sizeof(sockaddr_in6);
    default:
      return 0;
  }
}

std::string UnsupportedFamily(int family) {
  return absl::StrCat("entity_addr_t: address family ", family, " is neither IPv4 (", AF_INET,
                      ") nor IPv6 (", AF_INET6, ")");
}

// The prefix of an address of that type in text.
std::string TypePrefix(uint32_t type) {
  switch (type) {
    case EntityAddr::kNone:
    case EntityAddr::kAny:
      return "";
    case EntityAddr::kLegacy:
      return "v1:";
    case EntityAddr::kMsgr2:
      return "v2:";
    default:
      return absl::StrCat("type", type, ":");
  }
}

bool ConsumePrefix(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

absl::Status NotAnAddress(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", AbslView(text), "\" is no address: ", AbslView(why),
                   "; give [v1:|v2:]HOST[:PORT][/NONCE] with an IPv4 address, or an IPv6 address "
                   "in brackets, as HOST"));
}

// Digits only: no sign, no spaces.
bool ParseNumber(std::string_view digits, uint32_t max, uint32_t* out) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return false;
  }
  return absl::SimpleAtoi(AbslView(digits), out) && *out <= max;
}

// Splits "HOST:PORT", "[HOST]:PORT", a bare IPv6 address or a bare host. False: unbalanced bracket
// or text behind it.
bool SplitHostPort(std::string_view text, std::string_view* host, std::string_view* port,
                   bool* has_port) {
  *has_port = false;
  if (ConsumePrefix(&text, "[")) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    *host = text.substr(0, close);
    text.remove_prefix(close + 1);
    if (text.empty()) return true;
    if (!ConsumePrefix(&text, ":")) return false;
    *port = text;
    *has_port = true;
    return true;
  }
  *host = text;
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
    return true;  // no port, or IPv6
  }
  *host = text.substr(0, colon);
  *port = text.substr(colon + 1);
  *has_port = true;
  return true;
}

}  // namespace

EntityAddr EntityAddr::FromSockaddr(const sockaddr* sa) {
  EntityAddr addr;
  if (sa->sa_family == AF_INET) std::memcpy(&addr.u_, sa, sizeof(sockaddr_in));
  if (sa->sa_family == AF_INET6) std::memcpy(&addr.u_, sa, sizeof(sockaddr_in6));
  return addr;
}

absl::StatusOr<EntityAddr> EntityAddr::Parse(std::string_view text, Type default_type) {
  EntityAddr addr;
  if (text == "-") return addr;
  std::string_view rest = text;
  addr.type_ = default_type;
  if (ConsumePrefix(&rest, "v1:")) {
    addr.type_ = kLegacy;
  } else if (ConsumePrefix(&rest, "v2:")) {
    addr.type_ = kMsgr2;
  } else if (ConsumePrefix(&rest, "any:")) {
    addr.type_ = kAny;
  }
  if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
    if (!ParseNumber(rest.substr(slash + 1), UINT32_MAX, &addr.nonce_)) {
      return NotAnAddress(text, "what follows the slash is no number from 0 to 4294967295");
    }
    rest = rest.substr(0, slash);
  }
  if (rest == ":") return addr;  // no IP yet, as ToString() writes it

  std::string_view host;
  std::string_view port_text;
  bool has_port = false;
  if (!SplitHostPort(rest, &host, &port_text, &has_port)) {
    return NotAnAddress(text, "the bracket does not end a host");
  }
  const std::string host_z(host);
  if (!rest.starts_with('[') && inet_pton(AF_INET, host_z.c_str(), &addr.u_.sin.sin_addr) == 1) {
    addr.u_.sin.sin_family = AF_INET;
  } else if (inet_pton(AF_INET6, host_z.c_str(), &addr.u_.sin6.sin6_addr) == 1) {
    addr.u_.sin6.sin6_family = AF_INET6;
  } else {
    return NotAnAddress(text, absl::StrCat("\"", host_z, "\" is no IP address"));
  }
  if (has_port) {
    uint32_t port = 0;
    if (!ParseNumber(port_text, 65535, &port)) {
      return NotAnAddress(text, "the port is no number from 0 to 65535");
    }
    addr.set_port(static_cast<int>(port));
  }
  return addr;
}

int EntityAddr::port() const {
  if (is_ipv4()) return ntohs(u_.sin.sin_port);
  if (is_ipv6()) return ntohs(u_.sin6.sin6_port);
  return 0;
}

void EntityAddr::set_port(int port) {
  if (is_ipv4()) u_.sin.sin_port = htons(static_cast<uint16_t>(port));
  if (is_ipv6()) u_.sin6.sin6_port = htons(static_cast<uint16_t>(port));
}

bool EntityAddr::is_blank_ip() const {
  if (is_ipv4()) return u_.sin.sin_addr.s_addr == INADDR_ANY;
  if (is_ipv6()) return IN6_IS_ADDR_UNSPECIFIED(&u_.sin6.sin6_addr);
  return true;
}

void EntityAddr::set_ip_from(const EntityAddr& other) {
  const int kept_port = port();
  u_ = other.u_;
  set_port(kept_port);
}

bool EntityAddr::SameIp(const EntityAddr& other) const {
  if (family() != other.family()) return false;
  if (is_ipv4()) return u_.sin.sin_addr.s_addr == other.u_.sin.sin_addr.s_addr;
  if (is_ipv6()) return IN6_ARE_ADDR_EQUAL(&u_.sin6.sin6_addr, &other.u_.sin6.sin6_addr);
  return true;
}

socklen_t EntityAddr::sockaddr_len() const {
  return static_cast<socklen_t>(SockaddrSize(family()));
}

std::string EntityAddr::ToString() const {
  if (is_blank()) return "-";
  return TypePrefix(type_) + HostPortNonce();
}

std::string EntityAddr::HostPortNonce() const {
  char host[INET6_ADDRSTRLEN] = "";
  if (is_ipv4()) {
    inet_ntop(AF_INET, &u_.sin.sin_addr, host, sizeof(host));
    return absl::StrCat(host, ":", port(), "/", nonce_);
  }
  if (is_ipv6()) {
    inet_ntop(AF_INET6, &u_.sin6.sin6_addr, host, sizeof(host));
    return absl::StrCat("[", host, "]:", port(), "/", nonce_);
  }
  return absl::StrCat(":/", nonce_);
}

void EntityAddr::EncodeLegacy(Encoder& e) const {
  e.U32(0);
  e.U32(nonce_);
  char* storage = e.out()->AppendHole(kStorageSize);
  std::memset(storage, 0, kStorageSize);
  std::memcpy(storage, &u_, sizeof(u_));
  const uint16_t family_be = htons(static_cast<uint16_t>(family()));
  std::memcpy(storage, &family_be, sizeof(family_be));
}

void EntityAddr::Encode(Encoder& e, uint64_t features) const {
  if (!HasFeature(features, kFeatureMsgAddr2)) return EncodeLegacy(e);
  e.U8(kMarkerModern);
  Encoder::Versioned versioned(e, kModernVersion, kModernVersion);
  const bool knows_any = HasFeature(features, kFeatureServerNautilus);
  e.U32(type_ == kAny && !knows_any ? uint32_t{kLegacy} : type_);
  e.U32(nonce_);
  const size_t size = sockaddr_len();
  e.U32(static_cast<uint32_t>(size));
  e.Raw(std::string_view(reinterpret_cast<const char*>(&u_), size));
}

EntityAddr EntityAddr::Decode(Decoder& d) {
  const uint8_t marker = d.U8();
  if (marker == kMarkerLegacy) return DecodeAfterLegacyMarker(d);
  if (marker == kMarkerModern) return DecodeAfterModernMarker(d);
  d.Fail(absl::StrCat("entity_addr_t: it begins with ", marker, ", which is neither 0 nor 1"));
  return EntityAddr();
}

EntityAddr EntityAddr::DecodeAfterLegacyMarker(Decoder& d) {
  EntityAddr addr;
  d.Skip(3);  // the rest of the type
  addr.nonce_ = d.U32();
  const std::string_view storage = d.Raw(kStorageSize);
  if (!d.ok()) return EntityAddr();
  uint16_t family = 0;
  std::memcpy(&family, storage.data(), sizeof(family));
  family = ntohs(family);
  if (SockaddrSize(family) == 0) {
    d.Fail(UnsupportedFamily(family));
    return EntityAddr();
  }
  if (family == AF_UNSPEC) return addr;  // whatever follows
  addr.type_ = kLegacy;
  std::memcpy(&addr.u_, storage.data(), SockaddrSize(family));
  addr.u_.sa.sa_family = family;
  return addr;
}

EntityAddr EntityAddr::DecodeAfterModernMarker(Decoder& d) {
  EntityAddr addr;
  Decoder::Versioned versioned(d, kModernVersion, "entity_addr_t");
  addr.type_ = d.U32();
  addr.nonce_ = d.U32();
  const uint32_t size = d.U32();
  if (!d.ok()) return EntityAddr();
  if (size == 0) return addr;
  uint16_t family = 0;
  if (size < sizeof(family) || size > sizeof(addr.u_)) {
    d.Fail(absl::StrCat("entity_addr_t: a socket address of ", size, " bytes"));
    return EntityAddr();
  }
  const std::string_view bytes = d.Raw(size);
  if (!d.ok()) return EntityAddr();
  std::memcpy(&family, bytes.data(), sizeof(family));
  if (SockaddrSize(family) == 0) {
    d.Fail(UnsupportedFamily(family));
    return EntityAddr();
  }
  if (size > SockaddrSize(family)) {
    d.Fail(absl::StrCat("entity_addr_t: a socket address of family ", family, " has ",
                        SockaddrSize(family), " bytes, not ", size));
    return EntityAddr();
  }
  std::memcpy(&addr.u_, bytes.data(), size);
  return addr;
}

bool operator==(const EntityAddr& a, const EntityAddr& b) {
  return std::memcmp(&a, &b, sizeof(a)) == 0;
}

std::strong_ordering operator<=>(const EntityAddr& a, const EntityAddr& b) {
  return std::memcmp(&a, &b, sizeof(a)) <=> 0;
}

absl::StatusOr<EntityAddrVec> EntityAddrVec::Parse(std::string_view text,
                                                   EntityAddr::Type default_type) {
  EntityAddrVec vec;
  if (text == "-" || text == "[]") return vec;
  // "[::1]" may be either; it means the same.
  absl::StatusOr<EntityAddr> single = EntityAddr::Parse(text, default_type);
  if (single.ok()) return EntityAddrVec(*single);
  if (!text.starts_with('[') || !text.ends_with(']')) return single.status();
  std::string_view list = text.substr(1, text.size() - 2);
  while (true) {
    const size_t comma = list.find(',');
    absl::StatusOr<EntityAddr> addr = EntityAddr::Parse(list.substr(0, comma), default_type);
    if (!addr.ok()) return addr.status();
    vec.addrs_.push_back(*addr);
    if (comma == std::string_view::npos) return vec;
    list.remove_prefix(comma + 1);
  }
}

EntityAddr EntityAddrVec::FirstOfType(EntityAddr::Type type) const {
  for (const EntityAddr& addr : addrs_) {
    if (addr.type() == type) return addr;
  }
  return EntityAddr();
}

bool EntityAddrVec::Contains(const EntityAddr& addr) const {
  for (const EntityAddr& mine : addrs_) {
    if (mine == addr) return true;
  }
  return false;
}

void EntityAddrVec::set_nonce(uint32_t nonce) {
  for (EntityAddr& addr : addrs_) addr.set_nonce(nonce);
}

std::string EntityAddrVec::ToString() const {
  if (addrs_.empty()) return "-";
  if (addrs_.size() == 1) return addrs_[0].ToString();
  std::string text = "[";
  for (size_t i = 0; i < addrs_.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", addrs_[i].ToString());
  }
  text += "]";
  return text;
}

void EntityAddrVec::Encode(Encoder& e, uint64_t features) const {
  if (!HasFeature(features, kFeatureMsgAddr2)) return legacy().EncodeLegacy(e);
  e.U8(kMarkerVector);
  e.U32(static_cast<uint32_t>(addrs_.size()));
  for (const EntityAddr& addr : addrs_) addr.Encode(e, features);
}

EntityAddrVec EntityAddrVec::Decode(Decoder& d) {
  EntityAddrVec vec;
  const uint8_t marker = d.U8();
  if (marker == kMarkerLegacy) {
    vec.addrs_.push_back(EntityAddr::DecodeAfterLegacyMarker(d));
  } else if (marker == kMarkerModern) {
    vec.addrs_.push_back(EntityAddr::DecodeAfterModernMarker(d));
  } else if (marker == kMarkerVector) {
    const uint32_t count = d.Count(kMinModernSize);
    for (uint32_t i = 0; i < count && d.ok(); ++i) vec.addrs_.push_back(EntityAddr::Decode(d));
  } else {
    d.Fail(absl::StrCat("entity_addrvec_t: it begins with ", marker, ", which is not 0, 1 or 2"));
  }
  if (!d.ok()) vec.addrs_.clear();
  return vec;
}

}  // namespace siphon
