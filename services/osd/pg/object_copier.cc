#include "services/osd/pg/object_copier.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/object_locator.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

constexpr uint64_t kKeysPerRead = 1024;
constexpr uint8_t kKnownFlags = 0x3f;

bool IsCopy(const OsdOp& op) {
  return op.code == rados::kOpCopyFrom || op.code == rados::kOpCopyFrom2;
}

OsdOp AssertVersionOp(uint64_t version) {
  OsdOp op;
  op.code = rados::kOpAssertVersion;
  op.Set(OsdOp::AssertVersion{0, version});
  return op;
}

OsdOp OmapOp(const std::string& after) {
  OsdOp op;
  op.code = rados::kOpOmapGetVals;
  Encoder e(&op.in);
  e.String(after);
  e.U64(kKeysPerRead);
  e.String("");
  return op;
}

OsdOp PlainOp(uint16_t code) {
  OsdOp op;
  op.code = code;
  return op;
}

// Adds the pairs of `bytes` to `values`; `more` is what follows them, if it is asked for.
bool DecodePairs(const BufferList& bytes, KeyValues* values, bool* more) {
  Decoder d(bytes);
  for (uint32_t n = d.Count(8); n > 0 && d.ok(); --n) {
    std::string key = d.String();
    (*values)[std::move(key)] = d.Blob();
  }
  if (more != nullptr) *more = d.Bool();
  return d.ok();
}

}  // namespace

struct ObjectCopier::Job {
  struct Source {
    std::string oid;
    rados::ObjectLocator locator;
    uint64_t snap = rados::kSnapHead;
    uint64_t version = 0;  // 0: any
    bool valid = false;
  };
  std::vector<Source> sources;
  std::vector<CopiedObject> copies;  // the last one is being made
  uint64_t omap_bytes = 0;
  Done done;

  const Source& source() const { return sources[copies.size() - 1]; }
  CopiedObject& copy() { return copies.back(); }
};

bool ObjectCopier::Needs(const rados::MOsdOp& request) {
  return std::any_of(request.ops.begin(), request.ops.end(), IsCopy);
}

void ObjectCopier::Fetch(const rados::MOsdOp& request, Done done) {
  auto job = std::make_shared<Job>();
  job->done = std::move(done);
  for (const OsdOp& op : request.ops) {
    if (!IsCopy(op)) continue;
    const auto asked = op.Get<OsdOp::CopyFrom>();
    Job::Source& source = job->sources.emplace_back();
    Decoder d(op.in);
    source.oid = d.String();
    source.locator = rados::ObjectLocator::Decode(d);
    source.snap = asked.snap;
    source.version = asked.source_version;
    const bool itself = source.oid == request.oid && source.snap == rados::kSnapHead &&
                        source.locator.pool == request.locator.pool &&
                        source.locator.nspace == request.locator.nspace &&
                        source.locator.key == request.locator.key;
    source.valid = d.ok() && !itself && (asked.flags & ~kKnownFlags) == 0;
  }
  Next(std::move(job));
}

void ObjectCopier::Next(std::shared_ptr<Job> job) {
  while (job->copies.size() < job->sources.size()) {
    job->copies.emplace_back();
    const Job::Source& source = job->source();
    if (!source.valid) {
      job->copy().result = -EINVAL;
      continue;
    }
    std::vector<OsdOp> ops;
    ops.push_back(PlainOp(rados::kOpRead));
    ops.push_back(PlainOp(rados::kOpGetXattrs));
    ops.push_back(PlainOp(rados::kOpOmapGetHeader));
    ops.push_back(OmapOp(""));
    if (source.version != 0) ops.insert(ops.begin(), AssertVersionOp(source.version));
    objects_->Read(source.oid, source.locator, source.snap, std::move(ops),
                   [this, job](RemoteObjects::Answer answer) { OnFirst(job, std::move(answer)); });
    return;
  }
  job->done(std::move(job->copies));
}

void ObjectCopier::Fail(const std::shared_ptr<Job>& job, int32_t result) {
  job->copy() = {};
  job->copy().result = result;
  Next(job);
}

void ObjectCopier::OnFirst(const std::shared_ptr<Job>& job, RemoteObjects::Answer answer) {
  if (answer.result < 0) return Fail(job, answer.result);
  const size_t skip = job->source().version != 0 ? 1 : 0;
  if (answer.ops.size() != 4 + skip) return Fail(job, -EIO);
  CopiedObject& copy = job->copy();
  copy.user_version = answer.user_version;
  copy.data = std::move(answer.ops[skip].out);
  if (!DecodePairs(answer.ops[skip + 1].out, &copy.attrs, nullptr)) return Fail(job, -EIO);
  copy.omap_header = std::move(answer.ops[skip + 2].out);
  job->omap_bytes = 0;
  answer.ops.erase(answer.ops.begin(), answer.ops.end() - 1);
  OnOmap(job, std::move(answer));
}

void ObjectCopier::ReadOmap(const std::shared_ptr<Job>& job, std::string after) {
  const Job::Source& source = job->source();
  std::vector<OsdOp> ops;
  ops.push_back(AssertVersionOp(job->copy().user_version));
  ops.push_back(OmapOp(after));
  objects_->Read(source.oid, source.locator, source.snap, std::move(ops),
                 [this, job](RemoteObjects::Answer answer) { OnOmap(job, std::move(answer)); });
}

void ObjectCopier::OnOmap(const std::shared_ptr<Job>& job, RemoteObjects::Answer answer) {
  if (answer.result < 0) return Fail(job, answer.result);
  if (answer.ops.empty()) return Fail(job, -EIO);
  const BufferList& page = answer.ops.back().out;
  job->omap_bytes += page.size();
  bool more = false;
  KeyValues& omap = job->copy().omap;
  const size_t before = omap.size();
  if (!DecodePairs(page, &omap, &more)) return Fail(job, -EIO);
  if (job->omap_bytes > kMaxOmapBytes) return Fail(job, -EFBIG);
  // A peer that says there is more, and sends nothing, is not asked for ever.
  if (!more || omap.size() == before) return Next(job);
  ReadOmap(job, omap.rbegin()->first);
}

}  // namespace siphon::osd
