// ObjecterObjects: RemoteObjects over the messenger ms_objecter.
#ifndef SIPHON_SERVICES_OSD_OBJECTER_OBJECTS_H_
#define SIPHON_SERVICES_OSD_OBJECTER_OBJECTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "services/objecter/object_operation.h"
#include "services/objecter/objecter.h"
#include "services/osd/pg/remote_objects.h"

namespace siphon::osd {

class ObjecterObjects final : public RemoteObjects {
 public:
  // `objecter` outlives this.
  explicit ObjecterObjects(client::Objecter* objecter) : objecter_(objecter) {}

  void Read(const std::string& oid, const rados::ObjectLocator& locator, uint64_t snap,
            std::vector<rados::OsdOp> ops, Done done) override {
    client::Objecter::Request request;
    request.oid = oid;
    request.locator = locator;
    request.snap = snap;
    for (rados::OsdOp& op : ops) request.operation.AddStep(std::move(op));
    objecter_->Submit(std::move(request),
                      [done = std::move(done)](client::Objecter::Reply reply) mutable {
                        done({reply.result, std::move(reply.ops), reply.user_version});
                      });
  }

 private:
  client::Objecter* const objecter_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OBJECTER_OBJECTS_H_
