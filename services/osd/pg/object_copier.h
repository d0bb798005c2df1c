// ObjectCopier: fetches the objects that a request copies (copy-from), before the request runs.
//
// An object is read whole: bytes, attributes, object map. A large object map takes several reads,
// each of which asserts the version that the first one saw; if the object changed in between, the
// copy fails with ERANGE, as Ceph's does.
//
// Threads: any. `done` is called once, without locks, perhaps before Fetch() returns.
// Bounds: kMaxOmapBytes of object map; bytes by the largest object there can be.
#ifndef SIPHON_SERVICES_OSD_PG_OBJECT_COPIER_H_
#define SIPHON_SERVICES_OSD_PG_OBJECT_COPIER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "base/buffer_list.h"
#include "services/osd/pg/remote_objects.h"
#include "services/osd/store/transaction.h"
#include "services/rados/messages/osd_op.h"

namespace siphon::osd {

// A copy of one object.
struct CopiedObject {
  int32_t result = 0;  // or why there is none, a negative errno
  BufferList data;
  KeyValues attrs;  // clients' names
  BufferList omap_header;
  KeyValues omap;
  uint64_t user_version = 0;
};

class ObjectCopier {
 public:
  static constexpr uint64_t kMaxOmapBytes = 256 << 20;

  using Done = absl::AnyInvocable<void(std::vector<CopiedObject>)>;

  // `objects` outlives this and its calls.
  explicit ObjectCopier(RemoteObjects* objects) : objects_(objects) {}

  static bool Needs(const rados::MOsdOp& request);
  // Fetches what each copy-from of `request` names, in their order. An operation that cannot be
  // understood gets a copy with EINVAL.
  void Fetch(const rados::MOsdOp& request, Done done);

 private:
  struct Job;

  void Next(std::shared_ptr<Job> job);
  void OnFirst(const std::shared_ptr<Job>& job, RemoteObjects::Answer answer);
  void ReadOmap(const std::shared_ptr<Job>& job, std::string after);
  void OnOmap(const std::shared_ptr<Job>& job, RemoteObjects::Answer answer);
  void Fail(const std::shared_ptr<Job>& job, int32_t result);

  RemoteObjects* const objects_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OBJECT_COPIER_H_
