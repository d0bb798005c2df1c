// CrushBuilder: changes to a CRUSH map that keep it whole: sums of weights, names, max_devices, and
// the shadow trees of device classes.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_RADOS_CRUSH_BUILDER_H_
#define SIPHON_SERVICES_RADOS_CRUSH_BUILDER_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/rados/crush_map.h"

namespace siphon::rados {

// A place in the hierarchy, in any order: {{"root", "default"}, {"host", "a"}}: type and name.
using CrushLocation = std::vector<std::pair<std::string, std::string>>;

class CrushBuilder {
 public:
  // Buckets may be this many: beyond it the map is refused.
  static constexpr size_t kMaxBuckets = 1 << 16;

  // What a new cluster starts with: Ceph's types, the root "default", and "replicated_rule", which
  // keeps copies on different buckets of type `failure_domain` (0: on different OSDs).
  static CrushMap Fresh(int32_t failure_domain = 1);

  // `map` is borrowed. After an error it may hold part of the change.
  explicit CrushBuilder(CrushMap* map) : map_(*map) {}

  // Puts device osd.N at `location`, making buckets that are missing. A device that is there
  // already keeps its weight; one that is elsewhere moves and keeps its weight. Returns whether the
  // map changed. InvalidArgument: a type or name that cannot be, or a name that is of another type.
  absl::StatusOr<bool> CreateOrMove(int32_t osd, uint32_t weight, const CrushLocation& location);

  // InvalidArgument: no class name. NotFound: no such device.
  // FailedPrecondition: it is of another class already.
  absl::StatusOr<bool> SetDeviceClass(int32_t osd, std::string_view device_class);

  // A rule for replicated pools below `root`, one copy a `type`; of one class of devices, if given.
  // Returns its id. AlreadyExists, NotFound, InvalidArgument.
  absl::StatusOr<int32_t> AddReplicatedRule(std::string_view name, std::string_view root,
                                            std::string_view type,
                                            std::string_view device_class = {});

  // Takes a device out of its bucket, and out of its class and name.
  void RemoveDevice(int32_t osd);

  // --- Edits by name; in crush_builder_edit.cc. Each returns whether the map changed.
  // An empty bucket, in no other one. InvalidArgument: no such type, or no name.
  absl::StatusOr<bool> AddBucket(std::string_view name, std::string_view type);
  // Puts a bucket or device, with all below it, at `location`.
  // NotFound: no such item.
  absl::StatusOr<bool> Move(std::string_view name, const CrushLocation& location);
  // FailedPrecondition: a bucket that is not empty, or that a rule takes from.
  absl::StatusOr<bool> Remove(std::string_view name);
  absl::StatusOr<bool> RenameBucket(std::string_view name, std::string_view new_name);
  // Of one device, or of all devices below a bucket.
  absl::StatusOr<bool> SetWeight(std::string_view name, uint32_t weight);
  // Makes all sums of weights right.
  bool ReweighAll();
  absl::StatusOr<bool> RemoveFromClass(int32_t osd);
  // Class names without devices.
  absl::StatusOr<bool> AddClass(std::string_view name);
  // FailedPrecondition: devices or rules use it.
  absl::StatusOr<bool> RemoveClass(std::string_view name);
  absl::StatusOr<bool> RemoveRule(std::string_view name);
  // That buckets hold one another without a cycle, and nothing that is not there. InvalidArgument.
  absl::Status CheckTree() const;
  absl::StatusOr<bool> RenameRule(std::string_view name, std::string_view new_name);

 private:
  void Detach(int32_t item);
  void SetWeightBelow(int32_t bucket, uint32_t weight, size_t depth);
  int32_t NewBucket(uint16_t type, std::string_view name);
  void AddItem(CrushBucket& bucket, int32_t item, uint32_t weight);
  void RemoveItem(CrushBucket& bucket, int32_t item);
  // Sets the weights of the buckets above `bucket` to the sums of what is in them.
  void Reweigh(int32_t bucket);
  // The bucket for a location's lowest level, made with all that is missing above it.
  absl::StatusOr<int32_t> BucketAt(const CrushLocation& location, bool* changed);
  // Makes the shadow trees anew, with the ids that they had.
  void RebuildShadows();
  int32_t CloneForClass(int32_t bucket, int32_t device_class,
                        const std::map<int32_t, std::map<int32_t, int32_t>>& old_ids);

  CrushMap& map_;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_CRUSH_BUILDER_H_
