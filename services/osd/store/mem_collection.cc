#include "services/osd/store/mem_collection.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using Kind = Transaction::Kind;

absl::Status NoObject(const HObject& object) {
  return absl::NotFoundError(absl::StrCat("no object ", object.ToString()));
}

// Small values are copied, so that they do not keep the message they came in.
BufferList Compact(const BufferList& value) {
  if (value.IsContiguous() && value.MemoryHeld() <= 2 * value.size()) return value;
  return BufferList::CopyOf(value.ToString());
}

void Insert(const KeyValues& values, KeyValues* into) {
  for (const auto& [key, value] : values) (*into)[key] = Compact(value);
}

}  // namespace

absl::Status MemCollection::Apply(Transaction transaction) {
  Garbage garbage;
  MutexLock lock(mutex_);
  for (const Transaction::Step& step : transaction.steps()) ApplyStep(step, &garbage);
  return absl::OkStatus();
}

void MemCollection::ApplyStep(const Transaction::Step& step, Garbage* garbage) {
  if (step.kind == Kind::kNote) return Insert(step.values, &notes_);
  if (step.kind == Kind::kRemove) {
    const auto it = objects_.find(step.object);
    if (it == objects_.end()) return;
    garbage->push_back(std::move(it->second));
    objects_.erase(it);
    return;
  }
  if (step.kind == Kind::kClone) {
    const auto source = objects_.find(step.source);
    if (source == objects_.end()) return;
    const Object& from = source->second;
    Object copy{from.data.Clone(), from.attrs, from.omap_header, from.omap};
    garbage->push_back(std::exchange(objects_[step.object], std::move(copy)));
    return;
  }
  Object& object = objects_[step.object];
  switch (step.kind) {
    case Kind::kTouch:
    case Kind::kRemove:
    case Kind::kClone:
    case Kind::kNote:
      return;
    case Kind::kWrite:
      return object.data.Write(step.offset, step.data);
    case Kind::kWriteFull:
      garbage->emplace_back().data = std::exchange(object.data, ObjectData());
      return object.data.Write(0, step.data);
    case Kind::kTruncate:
      return object.data.Truncate(step.offset);
    case Kind::kZero:
      return object.data.Zero(step.offset, step.length);
    case Kind::kSetAttrs:
      return Insert(step.values, &object.attrs);
    case Kind::kRemoveAttr:
      for (const std::string& name : step.keys) object.attrs.erase(name);
      return;
    default:
      return ApplyOmapStep(step, object);
  }
}

void MemCollection::ApplyOmapStep(const Transaction::Step& step, Object& object) {
  switch (step.kind) {
    case Kind::kOmapSet:
      return Insert(step.values, &object.omap);
    case Kind::kOmapRemove:
      for (const std::string& key : step.keys) object.omap.erase(key);
      return;
    case Kind::kOmapRemoveRange:
      if (step.first < step.last) {
        object.omap.erase(object.omap.lower_bound(step.first), object.omap.lower_bound(step.last));
      }
      return;
    case Kind::kOmapClear:
      object.omap.clear();
      object.omap_header.Clear();
      return;
    case Kind::kOmapSetHeader:
      object.omap_header = Compact(step.data);
      return;
    default:
      return;
  }
}

const MemCollection::Object* MemCollection::Find(const HObject& object) const {
  const auto it = objects_.find(object);
  return it == objects_.end() ? nullptr : &it->second;
}

absl::StatusOr<uint64_t> MemCollection::Size(const HObject& object) {
  MutexLock lock(mutex_);
  const Object* found = Find(object);
  if (found == nullptr) return NoObject(object);
  return found->data.size();
}

absl::StatusOr<BufferList> MemCollection::Read(const HObject& object, uint64_t offset,
                                               uint64_t length) {
  MutexLock lock(mutex_);
  const Object* found = Find(object);
  if (found == nullptr) return NoObject(object);
  return found->data.Read(offset, length);
}

absl::StatusOr<BufferList> MemCollection::GetAttr(const HObject& object, std::string_view name) {
  MutexLock lock(mutex_);
  const Object* found = Find(object);
  if (found == nullptr) return NoObject(object);
  const auto it = found->attrs.find(std::string(name));
  if (it == found->attrs.end()) {
    return absl::NotFoundError(absl::StrCat(object.ToString(), " has no such attribute"));
  }
  return it->second;
}

absl::StatusOr<KeyValues> MemCollection::GetAttrs(const HObject& object) {
  MutexLock lock(mutex_);
  const Object* found = Find(object);
  if (found == nullptr) return NoObject(object);
  return found->attrs;
}

absl::StatusOr<BufferList> MemCollection::OmapHeader(const HObject& object) {
  MutexLock lock(mutex_);
  const Object* found = Find(object);
  if (found == nullptr) return NoObject(object);
  return found->omap_header;
}

absl::StatusOr<ObjectCollection::OmapPage> MemCollection::OmapList(const HObject& object,
                                                                   std::string_view after,
                                                                   std::string_view prefix,
                                                                   size_t max) {
  MutexLock lock(mutex_);
  const Object* found = Find(object);
  if (found == nullptr) return NoObject(object);
  OmapPage page;
  // An empty `after` is before the empty key too.
  auto it = after.empty() ? found->omap.begin() : found->omap.upper_bound(std::string(after));
  if (!prefix.empty() && after < prefix) it = found->omap.lower_bound(std::string(prefix));
  for (; it != found->omap.end(); ++it) {
    if (!std::string_view(it->first).starts_with(prefix)) break;
    if (page.values.size() == max) {
      page.more = true;
      break;
    }
    page.values.insert(*it);
  }
  return page;
}

absl::StatusOr<KeyValues> MemCollection::OmapGet(const HObject& object,
                                                 const std::set<std::string>& keys) {
  MutexLock lock(mutex_);
  const Object* found = Find(object);
  if (found == nullptr) return NoObject(object);
  KeyValues values;
  for (const std::string& key : keys) {
    if (const auto it = found->omap.find(key); it != found->omap.end()) values.insert(*it);
  }
  return values;
}

absl::StatusOr<ObjectCollection::ListPage> MemCollection::List(const HObject& begin, size_t max) {
  ListPage page;
  MutexLock lock(mutex_);
  auto it = objects_.lower_bound(begin);
  for (; it != objects_.end() && page.objects.size() < max; ++it) page.objects.push_back(it->first);
  page.next = it == objects_.end() ? HObject::Max() : it->first;
  return page;
}

absl::StatusOr<KeyValues> MemCollection::Notes() {
  MutexLock lock(mutex_);
  return notes_;
}

ObjectStore::Usage MemCollection::GetUsage() {
  MutexLock lock(mutex_);
  ObjectStore::Usage usage;
  usage.objects = objects_.size();
  for (const auto& [name, object] : objects_) usage.bytes += object.data.size();
  return usage;
}

void MemCollection::Clear() {
  std::map<HObject, Object> gone;
  KeyValues gone_notes;
  MutexLock lock(mutex_);
  gone.swap(objects_);
  gone_notes.swap(notes_);
}

}  // namespace siphon::osd
