// Any request against a placement group: two bytes of length, the front of an MOsdOp, and the rest
// as its data. Every request is answered, and an object is never larger than the limit.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "services/osd/pg/op_limits.h"
#include "services/osd/pg/pg.h"
#include "services/osd/store/mem_store.h"
#include "services/rados/hobject.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

// Gives the object of `like` contents, a clone for the snapshots 3 and 2, attributes and a map.
void Prepare(Pg& pg, const rados::MOsdOp& like) {
  uint64_t tid = 100;
  for (const uint64_t seq : {0, 3}) {
    rados::MOsdOp request;
    request.set_tid(++tid);
    request.oid = like.oid;
    request.locator = like.locator;
    request.raw_hash = like.raw_hash;
    request.pg = like.pg;
    if (seq != 0) request.snap_context = {seq, {3, 2}};
    rados::OsdOp& write = request.ops.emplace_back();
    write.code = rados::kOpWriteFull;
    write.in = BufferList::CopyOf("what was there before");
    rados::OsdOp::Extent extent;
    extent.length = write.in.size();
    write.Set(extent);
    rados::OsdOp& attr = request.ops.emplace_back();
    attr.code = rados::kOpSetXattr;
    attr.in = BufferList::CopyOf("xy");
    attr.Set(rados::OsdOp::Xattr{1, 1, 0, 0});
    pg.Execute(request, {.epoch = 12, .pg_num = 8});
  }
}

void RunOne(std::string_view input) {
  if (input.size() < 2) return;
  const size_t length = static_cast<uint8_t>(input[0]) | static_cast<uint8_t>(input[1]) << 8;
  input.remove_prefix(2);
  const BufferList front = BufferList::CopyOf(input.substr(0, length));
  const BufferList data =
      BufferList::CopyOf(input.size() > length ? input.substr(length) : std::string_view());

  OpLimits limits;
  limits.max_object_size = 1 << 20;
  MemStore store;
  const rados::PgId id{1, 3};
  const ObjectCollectionPtr objects = store.Open(id).value();
  const auto pg = Pg::Make(id, objects, {limits});
  // The second finds what the first left; the third is the first again.
  for (const uint64_t tid : {1, 2, 1}) {
    rados::MOsdOp request;
    MessageHeader header = request.header();
    header.tid = tid;
    request.SetSegments(header, front, BufferList(), data);
    Decoder d(front);
    if (!request.DecodePayload(d).ok()) return;
    // With the first byte of the data odd, the object is there before.
    if (tid == 1 && !data.empty() && data.ToString()[0] % 2 != 0) Prepare(*pg, request);
    if (pg->Execute(request, {.epoch = 12, .pg_num = 8}) == nullptr) std::abort();
  }
  const auto page = objects->List(rados::HObject::Min(), 10).value();
  for (const rados::HObject& object : page.objects) {
    if (objects->Size(object).value() > limits.max_object_size) std::abort();
  }
}

}  // namespace
}  // namespace siphon::osd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  siphon::osd::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
