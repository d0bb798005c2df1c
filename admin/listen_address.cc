#include "admin/listen_address.h"

#include <arpa/inet.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

absl::Status Problem(absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" ", what));
}

bool IsLoopback(const std::string& host) {
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

absl::StatusOr<ListenAddress> ListenAddress::Parse(std::string_view given) {
  const absl::string_view text = AbslView(given);
  ListenAddress out;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    // Three slashes: "unix://" and an absolute path.
    if (absl::StartsWith(rest, "///")) rest.remove_prefix(2);
    if (rest.empty()) return Problem(text, "has no path; give unix:PATH");
    if (rest.size() > kMaxPath) {
      return Problem(text, absl::StrCat("has a path of ", rest.size(),
                                        " bytes; a Unix socket's may "
                                        "have ",
                                        kMaxPath, ": use a shorter folder"));
    }
    out.path_ = std::string(rest);
    return out;
  }
  const size_t colon = rest.rfind(':');
  if (colon == absl::string_view::npos) {
    return Problem(text, "is no address; give unix:PATH or 127.0.0.1:PORT");
  }
  if (!absl::SimpleAtoi(rest.substr(colon + 1), &out.port_) || out.port_ < 0 || out.port_ > 65535) {
    return Problem(text, "has no port from 0 to 65535 after the colon");
  }
  std::string host(rest.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (!IsLoopback(host)) {
    return Problem(text,
                   "is not a loopback address, and the admin port asks nobody who they are; give "
                   "unix:PATH or 127.0.0.1:PORT, and reach it from elsewhere through ssh -L");
  }
  out.host_ = host.find(':') == std::string::npos ? host : absl::StrCat("[", host, "]");
  return out;
}

std::string ListenAddress::ToString() const {
  return is_unix() ? absl::StrCat("unix:", path_) : absl::StrCat(host_, ":", port_);
}

}  // namespace siphon
