// The ceph.conf reader takes any text without a crash, and what it reads it also applies or
// refuses.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ceph_conf.h"
#include "base/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<siphon::CephConf> conf = siphon::CephConf::Parse(text, "fuzz.conf");
  if (!conf.ok()) return 0;
  conf->Get("osd", "3", "log_file").value_or("");
  siphon::Config config;
  std::vector<std::string> ignored;
  conf->ApplyTo(&config, "osd", "3", &ignored).IgnoreError();
  return 0;
}
