// No text of capabilities harms its reader; what is refused says why, and what `allow *` is not
// needed for never needs it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "services/common/caps/mon_caps.h"
#include "services/common/caps/osd_caps.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto mon = siphon::MonCaps::Parse(text);
  if (!mon.ok() && mon.status().message().empty()) std::abort();
  if (mon.ok()) {
    const std::map<std::string, std::string> arguments = {{"key", "rbd/mirror/x"}, {"a", "b"}};
    const siphon::MonCaps::Question question = {.entity = "osd.1",
                                                .service = "osd",
                                                .rights = siphon::MonCaps::kRwx,
                                                .command = "osd new",
                                                .arguments = &arguments};
    if (!mon->IsAllowed(question) && mon->allows_all()) std::abort();
  }
  const auto osd = siphon::OsdCaps::Parse(text);
  if (!osd.ok() && osd.status().message().empty()) std::abort();
  if (osd.ok()) {
    siphon::OsdCaps::Question question;
    question.pool = "p";
    question.object = "rbd_header.1";
    question.writes = true;
    question.calls.push_back({.class_name = "rbd", .method = "child_attach", .reads = true});
    if (!osd->IsAllowed(question) && osd->allows_all()) std::abort();
  }
  return 0;
}
