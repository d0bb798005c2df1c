#include "services/common/mon_host.h"

#include <netdb.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

constexpr std::string_view kSeparators = " ,;\t\n";

absl::Status BadEntry(std::string_view entry, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "mon_host: \"", AbslView(entry), "\": ", why,
      "; give HOST, HOST:PORT or [v2:HOST:PORT,v1:HOST:PORT], with commas between monitors"));
}

// Cuts `text` at separators outside brackets.
std::vector<std::string_view> SplitOutsideBrackets(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const bool at_end = i == text.size();
    if (!at_end && text[i] == '[') ++depth;
    if (!at_end && text[i] == ']') --depth;
    if (!at_end && (depth > 0 || kSeparators.find(text[i]) == std::string_view::npos)) continue;
    if (i > begin) parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

// The address of a name, with its port if it has one: "localhost:6789".
absl::StatusOr<EntityAddr> LookUp(std::string_view name) {
  std::string host(name);
  int port = 0;
  if (const size_t colon = host.rfind(':'); colon != std::string::npos) {
    absl::StatusOr<EntityAddr> with_port =
        EntityAddr::Parse(absl::StrCat("0.0.0.0", host.substr(colon)));
    if (!with_port.ok()) return with_port.status();
    port = with_port->port();
    host.resize(colon);
  }
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) return absl::InvalidArgumentError(gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
  const addrinfo* chosen = found;
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    if (a->ai_family == AF_INET && chosen->ai_family != AF_INET) chosen = a;
  }
  EntityAddr addr = EntityAddr::FromSockaddr(chosen->ai_addr);
  addr.set_type(EntityAddr::kAny);
  addr.set_port(port);
  return addr;
}

absl::StatusOr<EntityAddr> ParseOne(std::string_view text) {
  absl::StatusOr<EntityAddr> parsed = EntityAddr::Parse(text, EntityAddr::kAny);
  if (parsed.ok()) return parsed;
  EntityAddr::Type type = EntityAddr::kAny;
  if (text.starts_with("v1:")) type = EntityAddr::kLegacy;
  if (text.starts_with("v2:")) type = EntityAddr::kMsgr2;
  const std::string_view name = type == EntityAddr::kAny ? text : text.substr(3);
  const bool is_number = !name.empty() && name.find_first_not_of("0123456789.:/") == name.npos;
  if (is_number || name.empty() || name.find('[') != name.npos) return parsed;
  absl::StatusOr<EntityAddr> found = LookUp(name);
  if (found.ok()) found->set_type(type);
  return found;
}

// Fills in what the entry leaves open.
EntityAddrVec Complete(const EntityAddr& addr) {
  const auto with = [&addr](EntityAddr::Type type, int port) {
    EntityAddr a = addr;
    a.set_type(type);
    a.set_port(port);
    return a;
  };
  const int port = addr.port();
  if (addr.type() == EntityAddr::kLegacy) {
    return EntityAddrVec(with(EntityAddr::kLegacy, port == 0 ? kMonPortV1 : port));
  }
  if (addr.type() == EntityAddr::kMsgr2 || port == kMonPortV2) {
    return EntityAddrVec(with(EntityAddr::kMsgr2, port == 0 ? kMonPortV2 : port));
  }
  if (port != 0) return EntityAddrVec(with(EntityAddr::kLegacy, port));
  return EntityAddrVec(
      {with(EntityAddr::kMsgr2, kMonPortV2), with(EntityAddr::kLegacy, kMonPortV1)});
}

absl::StatusOr<EntityAddrVec> ParseEntry(std::string_view entry) {
  std::string_view inner = entry;
  if (entry.starts_with("[v") && entry.ends_with("]")) inner = entry.substr(1, entry.size() - 2);
  EntityAddrVec addrs;
  for (const std::string_view part : SplitOutsideBrackets(inner)) {
    absl::StatusOr<EntityAddr> addr = ParseOne(part);
    if (!addr.ok()) return BadEntry(entry, addr.status().message());
    if (addr->is_blank_ip()) return BadEntry(entry, "no address to connect to");
    const EntityAddrVec complete = Complete(*addr);
    for (const EntityAddr& a : complete.addrs()) addrs.addrs().push_back(a);
  }
  return addrs;
}

}  // namespace

absl::StatusOr<std::vector<EntityAddrVec>> ParseMonHost(std::string_view text) {
  std::vector<EntityAddrVec> monitors;
  for (const std::string_view entry : SplitOutsideBrackets(text)) {
    absl::StatusOr<EntityAddrVec> addrs = ParseEntry(entry);
    if (!addrs.ok()) return addrs.status();
    monitors.push_back(*std::move(addrs));
  }
  if (monitors.empty()) {
    return absl::InvalidArgumentError(
        "mon_host is empty: name the monitors with --mon-host HOST:PORT, or give a ceph.conf that "
        "does with -c FILE");
  }
  return monitors;
}

}  // namespace siphon
