// For tests: a store in a folder of its own, a clock, and the parts of a monitor over them.
#ifndef SIPHON_SERVICES_MON_STATE_MON_FIXTURE_H_
#define SIPHON_SERVICES_MON_STATE_MON_FIXTURE_H_

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/config.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "services/mon/state/creating_groups.h"
#include "services/mon/state/mon_store.h"
#include "services/mon/state/osd_map_history.h"
#include "services/mon/state/osd_monitor.h"
#include "services/mon/state/pool_monitor.h"
#include "services/rados/crush_builder.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/osd_map.h"
#include "services/rados/uuid.h"
#include "testing/fakes/fake_clock.h"

namespace siphon::mon {

class TempFolder {
 public:
  TempFolder() {
    char name[] = "/tmp/siphon_mon_XXXXXX";
    EXPECT_NE(mkdtemp(name), nullptr);
    path_ = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class MonFixture : public ::testing::Test {
 protected:
  MonFixture() {
    auto store = MonStore::Open(folder_.path());
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    rados::OsdMap first;
    first.fsid.bytes[0] = 0x77;
    first.crush = std::make_shared<rados::CrushMap>(rados::CrushBuilder::Fresh(0));
    first.created = first.modified = clock_.Now();
    maps_ = std::make_unique<OsdMapHistory>(store_.get());
    EXPECT_TRUE(maps_->Begin(std::move(first)).ok());
    osds_ = std::make_unique<OsdMonitor>(&config_, &clock_, maps_.get());
    creating_ = std::make_unique<CreatingGroups>(store_.get());
    pools_ = std::make_unique<PoolMonitor>(&config_, &clock_, maps_.get(), creating_.get());
  }

  const rados::OsdMap& map() const { return maps_->current(); }
  static rados::Uuid StoreUuid(int32_t osd) {
    rados::Uuid uuid;
    uuid.bytes[15] = static_cast<uint8_t>(osd + 1);
    return uuid;
  }
  static EntityAddrVec Addr(int32_t osd, int port = 6800) {
    return *EntityAddrVec::Parse(absl::StrCat("v1:127.0.0.1:", port + osd, "/7"));
  }
  rados::MOsdBoot& Fill(rados::MOsdBoot& boot, int32_t osd) {
    boot.superblock.cluster_fsid = map().fsid;
    boot.superblock.whoami = osd;
    boot.superblock.osd_fsid = StoreUuid(osd);
    boot.cluster_addrs = boot.hb_back_addrs = boot.hb_front_addrs = Addr(osd, 6900);
    boot.osd_features = 1;
    return boot;
  }
  // Registers the OSD and lets it boot.
  void Up(int32_t osd) {
    ASSERT_EQ(osds_->NewOsd(StoreUuid(osd), -1).value_or(-1), osd);
    rados::MOsdBoot boot;
    const absl::Status status = osds_->Boot(osd, Addr(osd), Fill(boot, osd));
    ASSERT_TRUE(status.ok()) << status;
  }

  TempFolder folder_;
  FakeClock clock_;
  Config config_;
  std::unique_ptr<MonStore> store_;
  std::unique_ptr<OsdMapHistory> maps_;
  std::unique_ptr<OsdMonitor> osds_;
  std::unique_ptr<CreatingGroups> creating_;
  std::unique_ptr<PoolMonitor> pools_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_MON_FIXTURE_H_
