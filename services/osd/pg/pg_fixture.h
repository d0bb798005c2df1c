// For tests of a placement group: one group in memory, and requests as clients send them.
#ifndef SIPHON_SERVICES_OSD_PG_PG_FIXTURE_H_
#define SIPHON_SERVICES_OSD_PG_PG_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"
#include "msg/connection.h"
#include "msg/entity_name.h"
#include "services/osd/pg/op_limits.h"
#include "services/osd/pg/pg.h"
#include "services/osd/store/mem_store.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::osd {

class PgFixture : public ::testing::Test {
 protected:
  using OsdOp = rados::OsdOp;

  static constexpr rados::PgId kId{1, 3};

  PgFixture() : pg_(Load()) {}

  // The group as a restart finds it, with limits_ as they are.
  std::shared_ptr<Pg> Load() {
    return Pg::Make(kId, store_.Open(kId).value(),
                    {.limits = limits_, .timer = &timer_, .clock = &clock_});
  }

  static OsdOp Op(uint16_t code, const std::string& in = "") {
    OsdOp op;
    op.code = code;
    op.in = BufferList::CopyOf(in);
    return op;
  }
  static OsdOp Write(uint64_t offset, const std::string& data) {
    OsdOp op = Op(rados::kOpWrite, data);
    OsdOp::Extent extent;
    extent.offset = offset;
    extent.length = data.size();
    op.Set(extent);
    return op;
  }
  static OsdOp WriteFull(const std::string& data) {
    OsdOp op = Write(0, data);
    op.code = rados::kOpWriteFull;
    return op;
  }
  static OsdOp Xattr(uint16_t code, const std::string& name, const std::string& value) {
    OsdOp op = Op(code, name + value);
    OsdOp::Xattr xattr;
    xattr.name_len = static_cast<uint32_t>(name.size());
    xattr.value_len = static_cast<uint32_t>(value.size());
    op.Set(xattr);
    return op;
  }
  static OsdOp SetXattr(const std::string& name, const std::string& value) {
    return Xattr(rados::kOpSetXattr, name, value);
  }
  static OsdOp GetXattr(const std::string& name) { return Xattr(rados::kOpGetXattr, name, ""); }
  static OsdOp Call(const std::string& object_class, const std::string& method,
                    const BufferList& in) {
    OsdOp op = Op(rados::kOpCall, object_class + method);
    op.in.Append(in);
    OsdOp::Call call;
    call.class_len = static_cast<uint8_t>(object_class.size());
    call.method_len = static_cast<uint8_t>(method.size());
    call.input_len = static_cast<uint32_t>(in.size());
    op.Set(call);
    return op;
  }

  std::unique_ptr<rados::MOsdOp> Make(std::vector<OsdOp> ops, const std::string& oid = "object") {
    auto request = std::make_unique<rados::MOsdOp>();
    request->set_tid(++tid_);
    request->mutable_header().src = client_;
    request->set_connection(connection_);
    request->oid = oid;
    request->pg.pg = kId;
    request->locator.pool = 1;
    request->mtime = absl::FromUnixSeconds(1000);
    request->flags = rados::kRequestOnDisk;
    for (const OsdOp& op : ops) {
      request->flags |= rados::IsWriteOp(op.code) ? rados::kRequestWrite : rados::kRequestRead;
      request->mutable_data().Append(op.in);
    }
    request->ops = std::move(ops);
    return request;
  }
  std::unique_ptr<rados::MOsdOpReply> Execute(rados::MOsdOp& request) {
    return pg_->Execute(request, now_);
  }
  std::unique_ptr<rados::MOsdOpReply> Run(std::vector<OsdOp> ops,
                                          const std::string& oid = "object") {
    return Execute(*Make(std::move(ops), oid));
  }

  MemStore store_;
  FakeClock clock_;
  FakeTimer timer_{&clock_};
  OpLimits limits_;
  std::shared_ptr<Pg> pg_;
  PgEpoch now_{.epoch = 12, .pg_num = 8};
  EntityName client_{kEntityClient, 4107};  // who sends the next request, and on what
  ConnectionPtr connection_;
  uint64_t tid_ = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_PG_FIXTURE_H_
