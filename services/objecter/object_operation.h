// ObjectOperation: the steps of one request on one object. All take effect, or none does.
//
//   ObjectOperation op;
//   op.Create(/*exclusive=*/true).Write(0, data);
//
// Steps that return something leave it, in their order, in the reply (services/client/objecter.h);
// the format of each is given below.
#ifndef SIPHON_SERVICES_CLIENT_OBJECT_OPERATION_H_
#define SIPHON_SERVICES_CLIENT_OBJECT_OPERATION_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/buffer_list.h"
#include "services/rados/hobject.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"

namespace siphon::client {

class ObjectOperation {
 public:
  // --- Reads.
  // The bytes; fewer at the object's end. A length of 0 means to the end.
  ObjectOperation& Read(uint64_t offset, uint64_t length);
  // u64 size, utime mtime.
  ObjectOperation& Stat();
  ObjectOperation& GetXattr(std::string_view name);
  // map<string, blob>.
  ObjectOperation& GetXattrs();
  // A listing of a placement group from `cursor` on: {1,1} the next cursor, then the names.
  ObjectOperation& ListPg(const rados::HObject& cursor, uint64_t max_entries, uint32_t map_epoch);

  // --- Writes.
  ObjectOperation& Create(bool exclusive);
  ObjectOperation& Write(uint64_t offset, BufferList data);
  // Replaces the whole object.
  ObjectOperation& WriteFull(BufferList data);
  ObjectOperation& Append(BufferList data);
  ObjectOperation& Truncate(uint64_t size);
  ObjectOperation& Zero(uint64_t offset, uint64_t length);
  ObjectOperation& Delete();
  ObjectOperation& SetXattr(std::string_view name, const BufferList& value);
  ObjectOperation& RemoveXattr(std::string_view name);
  // A hint; its failure does not matter.
  ObjectOperation& SetAllocHint(uint64_t object_size, uint64_t write_size);

  // --- Any other step, as it goes over the wire.
  ObjectOperation& AddStep(rados::OsdOp op);

  bool reads() const;
  bool writes() const;
  // The message's flags (kRequest...).
  uint32_t request_flags() const;
  // Bytes that go out.
  size_t input_bytes() const;

  const std::vector<rados::OsdOp>& ops() const { return ops_; }

 private:
  rados::OsdOp& Add(rados::OsdOpCode code);
  rados::OsdOp& AddExtent(rados::OsdOpCode code, uint64_t offset, uint64_t length);
  rados::OsdOp& AddXattr(rados::OsdOpCode code, std::string_view name, const BufferList& value);

  std::vector<rados::OsdOp> ops_;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OBJECT_OPERATION_H_
