// The profiles of monitor capabilities, as Ceph 16.2 has them.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "services/common/caps/mon_caps.h"

namespace siphon {
namespace {

using Grant = MonCaps::Grant;
using Constraint = MonCaps::Constraint;
using Kind = Constraint::Kind;

constexpr uint8_t kR = MonCaps::kRead;
constexpr uint8_t kW = MonCaps::kWrite;
constexpr uint8_t kX = MonCaps::kExec;
constexpr uint8_t kAll = MonCaps::kRwx;

// Collects the grants of one profile.
class Grants {
 public:
  Grants& Service(const char* name, uint8_t rights) {
    Grant& grant = list_.emplace_back();
    grant.service = name;
    grant.rights = rights;
    return *this;
  }
  Grants& Command(const char* name, std::map<std::string, Constraint> arguments = {}) {
    Grant& grant = list_.emplace_back();
    grant.command = name;
    grant.arguments = std::move(arguments);
    return *this;
  }
  Grants& Rights(uint8_t rights) {
    list_.emplace_back().rights = rights;
    return *this;
  }
  // What a client needs to find its way.
  Grants& Maps() { return Service("mon", kR).Service("osd", kR).Service("pg", kR); }
  // Everybody who guards a lock may keep a dead client off: one address, with its nonce.
  Grants& Blocklist() {
    const Constraint one = {Kind::kRegex, "^[^/]+/[0-9]+$"};
    Command("osd blacklist", {{"blacklistop", {Kind::kEqual, "add"}}, {"addr", one}});
    return Command("osd blocklist", {{"blocklistop", {Kind::kEqual, "add"}}, {"addr", one}});
  }
  // Makes keys of one kind of entity, with no more than these capabilities.
  Grants& Bootstrap(const char* entity, std::map<std::string, Constraint> caps) {
    caps["entity"] = {Kind::kPrefix, entity};
    return Command("auth get-or-create", std::move(caps));
  }
  std::vector<Grant> Take() { return std::move(list_); }

 private:
  std::vector<Grant> list_;
};

// A place in the configuration's keys that is a daemon's own.
void AddPrivateKeys(std::string_view entity, Grants* grants) {
  const Constraint own = {Kind::kPrefix, absl::StrCat("daemon-private/", AbslView(entity), "/")};
  for (const char* verb : {"get", "put", "set", "exists", "delete"})
    grants->Command(absl::StrCat("config-key ", verb).c_str(), {{"key", own}});
}

std::vector<Grant> DaemonGrants(std::string_view profile, std::string_view entity) {
  Grants g;
  if (profile == "mon") {
    g.Service("mon", kAll).Service("log", kAll);
  } else if (profile == "osd") {
    g.Service("osd", kAll).Service("mon", kR).Service("pg", kR | kW).Service("log", kW);
  } else if (profile == "mds") {
    g.Service("mds", kAll).Service("mon", kR).Service("osd", kR).Service("log", kW);
    g.Command("osd pool rmsnap").Command("osd blacklist").Command("osd blocklist");
  } else {  // mgr
    g.Service("mgr", kAll).Service("auth", kR | kX);
    for (const char* name : {"log", "mon", "mds", "fs", "osd", "config-key", "config"})
      g.Service(name, kR | kW);
  }
  AddPrivateKeys(entity, &g);
  return g.Take();
}

std::vector<Grant> BootstrapGrants(std::string_view profile) {
  const auto equal = [](const char* caps) { return Constraint{Kind::kEqual, caps}; };
  Grants g;
  g.Service("mon", kR);
  if (profile == "bootstrap-rbd" || profile == "bootstrap-rbd-mirror") {
    const bool mirror = profile == "bootstrap-rbd-mirror";
    g.Bootstrap(
        "client.",
        {{"caps_mon", equal(mirror ? "profile rbd-mirror" : "profile rbd")},
         {"caps_osd",
          {Kind::kRegex,
           R"(([ ,]*profile(=|[ ]+)['"]?rbd[^ ,'"]*['"]?([ ]+pool(=|[ ]+)['"]?[^,'"]+['"]?)?)+)"}}});
    return g.Take();
  }
  g.Service("osd", kR).Command("mon getmap");
  if (profile == "bootstrap-osd") {
    g.Command("osd new").Command("osd purge-new");
  } else if (profile == "bootstrap-mds") {
    g.Bootstrap("mds.", {{"caps_mon", equal("allow profile mds")},
                         {"caps_osd", equal("allow rwx")},
                         {"caps_mds", equal("allow")}});
  } else if (profile == "bootstrap-mgr") {
    g.Bootstrap("mgr.", {{"caps_mon", equal("allow profile mgr")}});
  } else if (profile == "bootstrap-rgw") {
    g.Bootstrap("client.rgw.", {{"caps_mon", equal("allow rw")}, {"caps_osd", equal("allow rwx")}});
  }
  return g.Take();
}

std::vector<Grant> ClientGrants(std::string_view profile) {
  Grants g;
  if (profile == "read-only") g.Rights(kR);
  if (profile == "read-write") g.Rights(kR | kW);
  if (profile == "fs-client") g.Maps().Service("mds", kR);
  if (profile == "simple-rados-client") g.Maps();
  if (profile == "simple-rados-client-with-blocklist") g.Maps().Blocklist();
  if (profile == "rbd" || profile == "rbd-mirror" || profile == "rbd-mirror-peer")
    g.Maps().Blocklist();
  if (profile == "rbd-mirror")
    g.Command("config-key get", {{"key", {Kind::kPrefix, "rbd/mirror/"}}});
  if (profile == "rbd-mirror-peer") {
    g.Command("config-key get", {{"key", {Kind::kPrefix, "rbd/mirror/peer"}}});
    g.Command("config-key set", {{"key", {Kind::kPrefix, "rbd/mirror/peer"}}});
  }
  if (profile == "crash") g.Service("mon", kR);
  if (profile == "role-definer") g.Service("mon", kR).Service("auth", kAll);
  return g.Take();
}

}  // namespace

std::vector<Grant> MonProfileGrants(std::string_view profile, std::string_view entity) {
  if (profile == "mon" || profile == "osd" || profile == "mds" || profile == "mgr")
    return DaemonGrants(profile, entity);
  if (profile.starts_with("bootstrap-")) return BootstrapGrants(profile);
  return ClientGrants(profile);
}

}  // namespace siphon
